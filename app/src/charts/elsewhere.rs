//! The way from the charts of a page to the same metrics on the trends page, where any dates can be chosen, and to their
//! numbers as a file.

use super::strip::Strip;
use super::view::ChartTime;
use crate::escape::escape_value;
use crate::trends::MOST_CHARTS;
use crate::trends::ask::key;
use crate::trends::span::{Span, write};

/// The parameters of the trends page that ask for the metrics of these strips: a chart a metric, and in it a line a device
/// where the strips have devices.
pub fn metrics(strips: &[Strip]) -> String {
    let mut query = String::new();
    let mut asked: Vec<&str> = Vec::new();
    for line in strips.iter().flat_map(|strip| &strip.lines) {
        let n = asked.len();
        if n == MOST_CHARTS || asked.contains(&line.metric) {
            continue;
        }
        asked.push(line.metric);
        let mut put = |name: &str, value: &str| {
            query.push_str(&key(name, n));
            query.push('=');
            escape_value(value, &mut query);
            query.push('&');
        };
        put("metric", line.metric);
        for (label, value) in &line.labels {
            if label == "gpu" { put("by", "gpu") } else { put(label, value) }
        }
    }
    query
}

/// The parameters of the time that is shown. Tracks what it depends on.
pub fn time(view: ChartTime) -> String {
    let mut query = match view.part() {
        None => ["range=", &view.range().word()].concat(),
        Some(part) => {
            let until = part.to.map(|to| ["&to=", &write(to)].concat());
            ["from=", &write(part.from), &until.unwrap_or_default()].concat()
        }
    };
    if let Some(span) = view.zoom().and_then(|(from, to)| Span::of(from, to)) {
        query.push_str("&zoom=");
        query.push_str(&span.word());
    }
    query
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::{Line, Tone};
    use crate::trends::Ask;
    use std::collections::BTreeMap;

    #[test]
    fn the_trends_page_understands_what_it_is_asked_for() {
        let line = |metric, tone| Line::new("", metric, tone).of("worker", "gpu 7&b");
        let heat = [0, 3].map(|gpu| line("gpu.temperature", Tone::BLUE).of("gpu", gpu));
        let load = line("worker.gpu_usage", Tone::GREEN).with_band("gpu.utilization");
        let strips = [Strip::new("Heat", "", heat.to_vec()), Strip::new("Load", "", vec![load])];
        let query = metrics(&strips);
        let pairs: BTreeMap<&str, &str> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        let (ask, remarks) = Ask::read(|key| pairs.get(key).map(|value| value.replace("%20", " ").replace("%26", "&")));
        assert_eq!(remarks, Vec::<String>::new());
        let told = |n: usize| (ask.charts[n].metric.as_str(), ask.charts[n].by.len(), &*ask.charts[n].labels["worker"]);
        assert_eq!(ask.charts.len(), 2);
        assert_eq!((told(0), told(1)), (("gpu.temperature", 1, "gpu 7&b"), ("worker.gpu_usage", 0, "gpu 7&b")));
    }

    #[test]
    fn no_more_is_asked_for_than_the_page_shows() {
        let lines = forewatch::catalogue::METRICS.iter().take(12).map(|metric| Line::new("", metric.name, Tone::BLUE));
        let query = metrics(&[Strip::new("All", "", lines.collect())]);
        assert_eq!(query.matches("metric").count(), MOST_CHARTS);
    }
}

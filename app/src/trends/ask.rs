//! What the trends page shows, as its address says it: which charts, of which time, compared with what.

use super::period::{Compare, Period};
use super::question::Question;
use super::span::{self, Span};
use crate::charts::Range;
use crate::escape::escape_value;
use forewatch::catalogue;
use forewatch::series::Aggregation;
use serde::{Deserialize, Serialize};

/// Charts on the page at most.
pub const MOST_CHARTS: usize = 8;
/// What is shown when nothing is asked: how much was done, and how long it waited.
const FIRST: [&str; 2] = ["system.throughput", "system.queue_wait"];
/// Characters of a value that are read.
const LONGEST: usize = 300;

/// Everything that the page shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// The charts, 1 to [`MOST_CHARTS`].
    pub charts: Vec<Question>,
    /// The time.
    pub period: Period,
    /// What it is compared with.
    pub compare: Compare,
    /// The part that was zoomed into.
    pub zoom: Option<Span>,
    /// The part of which is asked what changed in it.
    pub changed: Option<Span>,
}

impl Ask {
    /// Reads an address by its parameters, and tells in a sentence each what was not understood.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> (Self, Vec<String>) {
        let get =
            |key: &str| get(key).map(|v| v.trim().chars().take(LONGEST).collect()).filter(|v: &String| !v.is_empty());
        let mut remarks = Vec::new();
        let mut charts: Vec<Question> = (0..MOST_CHARTS).filter_map(|n| chart(n, &get, &mut remarks)).collect();
        if charts.is_empty() {
            charts = FIRST.into_iter().map(Question::of).collect();
        }
        let period = Period::read(&get, &mut remarks);
        let mut span = |key: &str| {
            let span = Span::read(&get(key)?);
            if span.is_none() {
                remarks.push(format!(
                    "{key}: two moments in order are needed, as 2026-11-24T14:02:00Z..2026-11-24T15:00:00Z."
                ));
            }
            span
        };
        let (zoom, changed) = (span("zoom"), span("changed"));
        let word = get("compare").unwrap_or_default();
        let compare = Compare::ALL.iter().find(|(_, known, _)| *known == word).map(|(compare, ..)| *compare);
        if compare.is_none() {
            remarks.push(format!("\"{word}\" is nothing to compare with: before, day and week are."));
        }
        (Self { charts, period, compare: compare.unwrap_or_default(), zoom, changed }, remarks)
    }

    /// The parameters that [`Self::read`] reads again, in the order in which they stand in the address.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let mut put = |key: String, value: String| pairs.push((key, value));
        for (n, chart) in self.charts.iter().enumerate() {
            put(key("metric", n), chart.metric.clone());
            if let Some(agg) = chart.agg {
                put(key("agg", n), agg.as_str().to_owned());
            }
            if !chart.by.is_empty() {
                put(key("by", n), chart.by.join(","));
            }
            for (label, value) in &chart.labels {
                put(key(label, n), value.clone());
            }
            if let Some(only) = &chart.only {
                put(key("only", n), only.clone());
            }
        }
        match self.period {
            Period::Last(range) => put("range".to_owned(), range.word()),
            Period::Dates(from, to) => {
                for (key, at) in [("from", from), ("to", to)] {
                    if let Some(at) = at {
                        put(key.to_owned(), span::write(at));
                    }
                }
            }
        }
        if self.compare != Compare::Nothing {
            put("compare".to_owned(), self.compare.word().to_owned());
        }
        for (key, span) in [("zoom", self.zoom), ("changed", self.changed)] {
            if let Some(span) = span {
                put(key.to_owned(), span.word());
            }
        }
        pairs
    }

    /// The page's address.
    pub fn address(&self) -> String {
        format!("/trends?{}", self.query())
    }

    /// The address of a file with a chart's numbers.
    pub fn file(&self, chart: usize) -> String {
        format!("/trends.csv?{}&chart={chart}", self.query())
    }

    fn query(&self) -> String {
        let mut query = String::new();
        for (key, value) in self.pairs() {
            if !query.is_empty() {
                query.push('&');
            }
            query.push_str(&key);
            query.push('=');
            escape_value(&value, &mut query);
        }
        query
    }

    /// The same with something changed.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut other = self.clone();
        change(&mut other);
        other
    }

    /// What decides which numbers are asked for: which lines are hidden, and what else is asked, do not.
    #[must_use]
    pub fn numbers(&self) -> Self {
        self.with(|ask| {
            ask.changed = None;
            ask.charts.iter_mut().for_each(|chart| chart.only = None);
        })
    }

    /// The time that is shown, as of `now` (Unix seconds).
    pub fn shown(&self, now: f64) -> Span {
        // What happened within this second is in it.
        let now = now.ceil();
        let last = |range: Range| Span { from: now - range.seconds(), to: now };
        let whole = match self.period {
            Period::Last(range) => last(range),
            Period::Dates(from, to) => {
                let to = to.unwrap_or(now);
                Span::of(from.unwrap_or(to - Range::Hour.seconds()), to).unwrap_or_else(|| last(Range::Hour))
            }
        };
        self.zoom.unwrap_or(whole)
    }
}

/// The parameters of the chart in place `n`, whose first has none behind its names: `metric`, `metric2` …
pub fn key(name: &str, n: usize) -> String {
    if n == 0 { name.to_owned() } else { format!("{name}{}", n + 1) }
}

fn chart(n: usize, get: &impl Fn(&str) -> Option<String>, remarks: &mut Vec<String>) -> Option<Question> {
    let mut question = Question::of(&get(&key("metric", n))?);
    let labels = catalogue::find(&question.metric).map_or(&[][..], |id| id.metric().labels);
    if let Some(agg) = get(&key("agg", n)) {
        match Aggregation::across(&agg) {
            Ok(agg) if agg.is_percentile() && question.is_counter() => {
                remarks.push(format!("{} only grows: there is no percentile of it.", question.metric));
            }
            Ok(agg) => question.agg = Some(agg),
            Err(error) => remarks.push(format!("How many values become one: {error}.")),
        }
    }
    // A label that this metric does not have is left over from another one.
    let by = get(&key("by", n)).unwrap_or_default();
    question.by =
        labels.iter().filter(|label| by.split(',').any(|by| by == **label)).map(ToString::to_string).collect();
    question.labels = labels.iter().filter_map(|label| Some(((*label).to_owned(), get(&key(label, n))?))).collect();
    question.only = get(&key("only", n));
    Some(question)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn read(query: &str) -> (Ask, Vec<String>) {
        let pairs: BTreeMap<&str, &str> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        Ask::read(|key| pairs.get(key).map(|value| (*value).to_owned()))
    }

    #[test]
    fn an_address_says_everything_and_is_read_back_the_same() {
        let query = "metric=gpu.temperature&agg=p95&by=worker,gpu&gpu=0&worker=gpu-*&only=gpu-7\
                     &metric2=queue.pending&queue2=gpu_*&from=2026-11-24T14:02:00&to=2026-11-24T15:00:00&compare=week\
                     &zoom=2026-11-24T14:10:00Z..2026-11-24T14:20:00Z&changed=2026-11-24T14:12:00Z..2026-11-24T14:13:00Z";
        let (ask, remarks) = read(query);
        assert_eq!(remarks, Vec::<String>::new());
        assert_eq!(ask.address(), format!("/trends?{query}"));
        assert_eq!(ask.charts.len(), 2);
        assert_eq!(Some(ask.shown(0.0)), ask.zoom);
        let numbers = ask.numbers();
        assert_eq!((numbers.changed, &numbers.charts[0].only, numbers.zoom), (None, &None, ask.zoom));
    }

    #[test]
    fn an_empty_address_shows_something_and_what_is_wrong_is_told() {
        let (ask, remarks) = read("");
        assert_eq!((ask.charts.len(), remarks.len()), (2, 0));
        assert_eq!(ask.shown(7_200.0), Span { from: 3_600.0, to: 7_200.0 });
        let (ask, remarks) = read("metric=no.such&agg=rate&range=5y&compare=year&zoom=now");
        assert_eq!(ask.charts[0].metric, "no.such");
        assert_eq!(remarks.len(), 4, "{remarks:?}");
        let (ask, remarks) = read("from=2026-11-24&to=2026-11-23");
        assert_eq!((ask.period, remarks.len()), (Period::Last(Range::Hour), 1));
    }

    #[test]
    fn labels_of_another_metric_are_forgotten_and_charts_in_between_may_be_missing() {
        let (ask, _) = read("metric3=queue.wait&by3=worker&worker3=gpu-7&queue3=a&metric=system.pending&by=queue");
        assert_eq!(ask.charts.len(), 2);
        assert_eq!((ask.charts[0].by.len(), ask.charts[1].by.len()), (0, 0));
        assert_eq!(ask.charts[1].labels, BTreeMap::from([("queue".to_owned(), "a".to_owned())]));
        assert!(ask.address().contains("&metric2=queue.wait&queue2=a&"));
    }

    #[test]
    fn values_are_escaped_in_addresses() {
        let (mut ask, _) = read("metric=queue.wait&queue=a b&range=15min");
        assert_eq!(ask.charts[0].labels["queue"], "a b");
        ask.charts[0].labels.insert("queue".to_owned(), "ü&=+%".to_owned());
        assert_eq!(ask.address(), "/trends?metric=queue.wait&queue=%C3%BC%26%3D%2B%25&range=15min");
    }
}

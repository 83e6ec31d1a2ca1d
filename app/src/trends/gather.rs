//! Asks history for the charts of the page.

use super::answer::{Chart, Trace, Trends};
use super::ask::{Ask, MOST_CHARTS};
use super::happening::About;
use super::kept;
use super::question::Question;
use super::span::Span;
use crate::backend::{Backend, BackendError};
use forewatch::series::{Series, step_for};
use forewatch::time;
use std::collections::BTreeMap;

/// Lines on one chart at most: six colours, each twice.
pub const MOST_LINES: usize = 12;
/// Marks on the charts at most.
const MOST_MARKS: usize = 40;
/// Steps that a chart aims at.
const STEPS: usize = 300;
/// The shortest step, seconds: readings are hardly ever closer together.
const SHORTEST: f64 = 10.0;
/// Values of a label that are offered for its filter.
const VALUES: usize = 200;

/// Answers what the page asks. A chart that cannot be answered says why, and does not keep the others away.
pub async fn trends(backend: &dyn Backend, ask: &Ask) -> Result<Trends, BackendError> {
    let now = backend.frame().await?.now;
    let shown = ask.shown(time::unix_seconds(now));
    let kept = time::from_unix_seconds(shown.from).map_or(0.0, |from| backend.shortest_step(from));
    let step = step_for(shown.seconds(), STEPS).max(SHORTEST).max(kept);
    let offset = ask.compare.offset(shown).map(|offset| (offset / step).ceil() * step);
    let mut charts = Vec::new();
    for question in ask.charts.iter().take(MOST_CHARTS) {
        charts.push(chart(backend, question, shown, step, offset).await);
    }
    let (happenings, left_out) =
        super::marks::within(backend, shown, (&About::Everything, MOST_MARKS), |_| true).await?;
    let values = values(backend, ask).await?;
    Ok(Trends { now, shown, step, charts, happenings, left_out, values })
}

async fn chart(
    backend: &dyn Backend,
    question: &Question,
    shown: Span,
    step: f64,
    offset: Option<f64>,
) -> Result<Chart, BackendError> {
    let metric = question.known().ok_or_else(|| {
        BackendError::NotFound(format!("There is no metric \"{}\". Choose one of those in the list.", question.metric))
    })?;
    let beyond = || BackendError::Invalid("The time lies beyond the calendar.".to_owned());
    let from = time::from_unix_seconds(shown.from).ok_or_else(beyond)?;
    let to = time::from_unix_seconds(shown.to).ok_or_else(beyond)?;
    let answer = kept::told(backend, question.query(from, to, step, None)).await?;
    let mut earlier = BTreeMap::new();
    if offset.is_some() {
        let before = kept::told(backend, question.query(from, to, step, offset)).await?;
        earlier.extend(before.series.into_iter().map(|series| (series.labels, values_of(&series.points))));
    }
    let first = answer.series.iter().find_map(|series| series.points.first()).map_or(shown.from, |point| point.0);
    let total = answer.series.len();
    let traces = largest(answer.series)
        .into_iter()
        .map(|series| {
            let values = values_of(&series.points);
            let before = earlier.remove(&series.labels).filter(|before| before.iter().any(Option::is_some));
            Trace { name: name(&series.labels, metric.labels), values, before: before.unwrap_or_default() }
        })
        .collect();
    Ok(Chart { first, traces, total })
}

fn values_of(points: &[forewatch::series::Point]) -> Vec<Option<f64>> {
    points.iter().map(|point| point.1.filter(|value| value.is_finite())).collect()
}

/// The series with the largest means, the largest first; those without any reading come last.
fn largest(series: Vec<Series>) -> Vec<Series> {
    let mean = |series: &Series| {
        let known: Vec<f64> = values_of(&series.points).into_iter().flatten().collect();
        if known.is_empty() { f64::NEG_INFINITY } else { known.iter().sum::<f64>() / known.len() as f64 }
    };
    let mut ranked: Vec<(f64, Series)> = series.into_iter().map(|series| (mean(&series), series)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    ranked.into_iter().take(MOST_LINES).map(|(_, series)| series).collect()
}

/// What a line is called: its labels, in the metric's order.
fn name(labels: &BTreeMap<String, String>, order: &[&str]) -> String {
    let known = order.iter().filter_map(|label| Some((*label, labels.get(*label)?)));
    let words: Vec<String> =
        known.map(|(label, value)| if label == "gpu" { format!("GPU {value}") } else { value.clone() }).collect();
    words.join(" · ")
}

/// What the filters of the charts may name.
async fn values(backend: &dyn Backend, ask: &Ask) -> Result<Vec<(String, Vec<String>)>, BackendError> {
    let wants = |label: &str| ask.charts.iter().filter_map(Question::known).any(|m| m.labels.contains(&label));
    let mut values = Vec::new();
    if wants("worker") {
        let workers = backend.workers().await?.data;
        values.push(("worker".to_owned(), workers.iter().take(VALUES).map(|w| w.worker_id.to_string()).collect()));
    }
    if wants("queue") {
        let queues = backend.queues().await?.data;
        values.push(("queue".to_owned(), queues.iter().take(VALUES).map(|q| q.id.to_string()).collect()));
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(worker: &str, values: &[Option<f64>]) -> Series {
        let points = (0..).map(f64::from as fn(u32) -> f64).zip(values.iter().copied()).collect();
        Series { labels: BTreeMap::from([("worker".to_owned(), worker.to_owned())]), points }
    }

    #[test]
    fn the_largest_lines_are_kept_and_the_unknown_come_last() {
        let mut all: Vec<Series> = (0..20).map(|n| series(&format!("w{n}"), &[Some(f64::from(n)), None])).collect();
        all.push(series("silent", &[None, None]));
        all.push(series("odd", &[Some(f64::NAN), Some(7.5)]));
        let kept = largest(all);
        let names: Vec<&str> = kept.iter().map(|series| series.labels["worker"].as_str()).collect();
        assert_eq!(kept.len(), MOST_LINES);
        assert_eq!(names[..2], ["w19", "w18"]);
        assert!(!names.contains(&"silent") && !names.contains(&"odd"));
        let few = largest(vec![series("silent", &[None]), series("loud", &[Some(-5.0)])]);
        assert_eq!(few[0].labels["worker"], "loud");
    }

    #[test]
    fn a_line_is_named_by_its_labels_in_the_order_of_the_metric() {
        let labels = BTreeMap::from([("gpu".to_owned(), "3".to_owned()), ("worker".to_owned(), "fra-7".to_owned())]);
        assert_eq!(name(&labels, &["worker", "gpu"]), "fra-7 · GPU 3");
        assert_eq!(name(&BTreeMap::new(), &["worker", "gpu"]), "");
    }
}

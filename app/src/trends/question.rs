//! What one chart of the trends page asks.

use crate::query::SeriesQuery;
use forewatch::catalogue::{self, Metric, MetricType};
use forewatch::series::Aggregation;
use forewatch::{Timestamp, Unit};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How series, and the readings of a step, may become one number, as people may choose it.
pub const AGGREGATIONS: [(Aggregation, &str); 9] = [
    (Aggregation::Avg, "mean"),
    (Aggregation::Min, "lowest"),
    (Aggregation::Max, "highest"),
    (Aggregation::P50, "median"),
    (Aggregation::P95, "95th percentile"),
    (Aggregation::P99, "99th percentile"),
    (Aggregation::Sum, "sum"),
    (Aggregation::Last, "newest"),
    (Aggregation::Count, "number of series"),
];

/// A chart's question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// A name of the metric catalogue, or what somebody wrote instead of one.
    pub metric: String,
    /// How many values become one; [`Self::usual`] when absent.
    pub agg: Option<Aggregation>,
    /// A line for each value of these labels; one for all when empty.
    pub by: Vec<String>,
    /// Only series with these labels; `*` stands for any text.
    pub labels: BTreeMap<String, String>,
    /// The name of the only line that is shown.
    pub only: Option<String>,
}

impl Question {
    /// All series of a metric as one line.
    pub fn of(metric: &str) -> Self {
        Self { metric: metric.to_owned(), agg: None, by: Vec::new(), labels: BTreeMap::new(), only: None }
    }

    /// The metric, where the catalogue has it.
    pub fn known(&self) -> Option<&'static Metric> {
        Some(catalogue::find(&self.metric)?.metric())
    }

    /// How many values become one when nobody chooses: what grows is summed up, all else has a mean.
    pub fn usual(&self) -> Aggregation {
        if self.is_counter() { Aggregation::Sum } else { Aggregation::Avg }
    }

    /// How many values become one.
    pub fn aggregation(&self) -> Aggregation {
        self.agg.unwrap_or_else(|| self.usual())
    }

    /// Whether the metric only grows: its growth a step is shown.
    pub fn is_counter(&self) -> bool {
        self.known().is_some_and(|metric| metric.kind == MetricType::Counter)
    }

    /// What the chart's numbers count.
    pub fn unit(&self) -> Unit {
        match self.aggregation() {
            Aggregation::Count => Unit::Count,
            _ => self.known().map_or(Unit::Count, |metric| metric.unit),
        }
    }

    /// How each number is made, in a few words: "mean, a line a worker".
    pub fn sentence(&self) -> String {
        let agg = self.aggregation();
        let word = AGGREGATIONS.iter().find(|(known, _)| *known == agg).map_or(agg.as_str(), |(_, word)| word);
        let growth = if self.is_counter() && agg != Aggregation::Count { " of the growth a step" } else { "" };
        match self.by.as_slice() {
            [] => format!("{word}{growth}"),
            by => format!("{word}{growth}, a line a {}", by.join(" and ")),
        }
    }

    /// What history is asked for this: one value a step and a line.
    pub fn query(&self, from: Timestamp, to: Timestamp, step: f64, offset: Option<f64>) -> SeriesQuery {
        let agg = self.aggregation();
        let usual = if self.is_counter() { Aggregation::Increase } else { Aggregation::Avg };
        // A line a series needs no joining, which for thousands of series takes far more memory.
        let apart = agg != Aggregation::Count && self.known().is_some_and(|m| m.labels.len() == self.by.len());
        // What is an extreme of the series is one of their readings too; a percentile is over all readings anyhow.
        let over = match agg {
            Aggregation::Min | Aggregation::Max | Aggregation::Last if !self.is_counter() => agg,
            _ if apart && agg.is_percentile() => agg,
            _ => usual,
        };
        SeriesQuery {
            metric: self.metric.clone(),
            labels: self.labels.clone(),
            from,
            to,
            step: Some(step),
            over: Some(over),
            agg: (!apart).then_some(agg),
            by: (!apart).then(|| self.by.clone()),
            offset,
        }
    }
}

/// The ways in which many values become one that make sense: what grows has no percentiles.
pub fn aggregations(is_counter: bool) -> impl Iterator<Item = (Aggregation, &'static str)> {
    AGGREGATIONS.into_iter().filter(move |(agg, _)| !(is_counter && agg.is_percentile()))
}

/// Which ways there are to set the lines of a metric with these labels apart: what stands in the address, and what
/// people read.
pub fn groupings(labels: &[&str]) -> Vec<(String, String)> {
    let mut ways = vec![(String::new(), "all together".to_owned())];
    ways.extend(labels.iter().map(|label| ((*label).to_owned(), format!("a line a {label}"))));
    if labels.len() > 1 {
        ways.push((labels.join(","), format!("a line a {}", labels.join(" and "))));
    }
    ways
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(metric: &str, by: &[&str], agg: Aggregation) -> SeriesQuery {
        let by = by.iter().map(|label| (*label).to_owned()).collect();
        Question { by, agg: Some(agg), ..Question::of(metric) }.query(
            Timestamp::default(),
            Timestamp::default(),
            60.0,
            None,
        )
    }

    #[test]
    fn extremes_are_of_readings_and_what_grows_is_asked_by_its_growth() {
        let over = |metric, agg| asked(metric, &[], agg).over;
        assert_eq!(over("worker.cpu_usage", Aggregation::Max), Some(Aggregation::Max));
        assert_eq!(over("worker.cpu_usage", Aggregation::Sum), Some(Aggregation::Avg));
        assert_eq!(over("gpu.energy", Aggregation::Max), Some(Aggregation::Increase));
        assert_eq!(Question::of("gpu.energy").aggregation(), Aggregation::Sum);
    }

    #[test]
    fn series_are_joined_only_where_lines_are_fewer_than_series() {
        assert_eq!(asked("gpu.temperature", &["worker", "gpu"], Aggregation::P95).by, None);
        let joined = asked("gpu.temperature", &["worker"], Aggregation::P95);
        assert_eq!((joined.by, joined.agg), (Some(vec!["worker".to_owned()]), Some(Aggregation::P95)));
        assert_eq!(asked("worker.cpu_usage", &["worker"], Aggregation::Count).by.map(|by| by.len()), Some(1));
    }
}

//! An alert's values as people read them.

use super::Alert;
use crate::{Unit, catalogue, format};

impl Alert {
    /// A value of its metric, with its unit; `None` of one raised by hand.
    pub fn write(&self, value: Option<f64>) -> Option<String> {
        Some(format::value(unit_of(self.metric_name.as_deref()?), value?))
    }
}

/// What the values of a metric count that an alert records: one of the catalogue, or a figure that only rules know, such
/// as `task.error_rate`.
pub fn unit_of(metric_name: &str) -> Unit {
    let figure = metric_name.split_once('.').map(|(_, figure)| figure);
    match (catalogue::find(metric_name), figure) {
        (Some(id), _) => id.metric().unit,
        (None, Some("silence" | "outage" | "run_time" | "wait" | "duration")) => Unit::Seconds,
        (None, Some("error_rate" | "timeout_rate" | "retry_rate")) => Unit::Ratio,
        (None, _) => Unit::Count,
    }
}

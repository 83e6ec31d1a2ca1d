//! An alert's timeline: who did what when, and what was measured.

use crate::alerts::write_value;
use forewatch::alert::{Alert, AlertMoment, MAX_TIMELINE};

/// Adds to the timeline. The first entry and the newest ones are kept.
pub(super) fn record(alert: &mut Alert, moment: AlertMoment) {
    if alert.timeline.len() >= MAX_TIMELINE {
        alert.timeline.remove(1);
    }
    alert.timeline.push(moment);
}

/// The value at a moment, as people read it.
pub(super) fn measured(alert: &Alert, value: Option<f64>) -> Option<String> {
    Some(write_value(alert.metric_name.as_deref()?, value?))
}

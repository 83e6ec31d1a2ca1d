//! An alert's timeline: who did what when.

use forewatch::alert::{Alert, AlertMoment, MAX_TIMELINE};

/// Adds to the timeline. The first entry and the newest ones are kept.
pub(super) fn record(alert: &mut Alert, moment: AlertMoment) {
    if alert.timeline.len() >= MAX_TIMELINE {
        alert.timeline.remove(1);
    }
    alert.timeline.push(moment);
}

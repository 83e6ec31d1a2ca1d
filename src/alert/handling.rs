//! How an alert fared: whether it was raised, and how fast it was handled. Reports and `/metrics` count by these.

use super::{Alert, AlertState, AlertStep};
use crate::time;
use chrono::{DateTime, Utc};

impl Alert {
    /// Whether it was raised: it has been true for long enough, now or before.
    pub fn was_raised(&self) -> bool {
        self.state != AlertState::Pending || self.resolved_at.is_some()
    }

    /// Seconds from raised to the first acknowledgement, also when that was taken back.
    pub fn acknowledged_after(&self) -> Option<f64> {
        let first = self.timeline.iter().find(|moment| moment.what == AlertStep::Acknowledged).map(|moment| moment.at);
        first.or(self.acknowledged_at).map(|at| self.after(at))
    }

    /// Seconds from raised to over, of one that is.
    pub fn resolved_after(&self) -> Option<f64> {
        self.resolved_at.map(|at| self.after(at))
    }

    fn after(&self, at: DateTime<Utc>) -> f64 {
        time::seconds_between(self.timestamp, at).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_count_from_when_it_was_raised() {
        let text = include_str!("../../tests/golden/alert.json");
        let mut alert: Alert = serde_json::from_str(text).expect("an alert");
        let at = |seconds| alert.timestamp + chrono::TimeDelta::seconds(seconds);
        let (acknowledged, resolved) = (at(90), at(600));
        alert.timeline.clear();
        (alert.state, alert.acknowledged_at, alert.resolved_at) = (AlertState::Pending, None, None);
        assert_eq!((alert.was_raised(), alert.acknowledged_after(), alert.resolved_after()), (false, None, None));
        (alert.acknowledged_at, alert.resolved_at) = (Some(acknowledged), Some(resolved));
        assert!(alert.was_raised(), "it is about to come back");
        assert_eq!((alert.acknowledged_after(), alert.resolved_after()), (Some(90.0), Some(600.0)));
    }
}

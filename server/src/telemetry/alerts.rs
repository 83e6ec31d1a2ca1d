//! How alerts fared since the start: how many each rule raised, and how fast people and time dealt with them. By the same
//! definitions as reports ([`Alert::acknowledged_after`], [`Alert::resolved_after`]).

use forewatch::alert::{Alert, AlertStep};
use forewatch::{AlertId, RuleId};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Upper ends of the classes of times, seconds: a minute to a day.
pub(crate) const CLASSES: [f64; 9] = [60.0, 300.0, 900.0, 1_800.0, 3_600.0, 7_200.0, 14_400.0, 28_800.0, 86_400.0];

/// Counts of alerts.
#[derive(Debug, Default)]
pub(crate) struct AlertCounts(Mutex<AlertFigures>);

/// What was counted.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct AlertFigures {
    /// Episodes that were raised, by rule. There are as many as there are rules.
    pub(crate) raised: BTreeMap<RuleId, u64>,
    /// From raised to the first acknowledgement.
    pub(crate) to_acknowledge: Times,
    /// From raised to the first end.
    pub(crate) to_resolve: Times,
}

/// Times by class.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Times {
    /// How many are at most as long as the class's upper end.
    pub(crate) within: [u64; CLASSES.len()],
    pub(crate) count: u64,
    pub(crate) sum: f64,
}

impl AlertCounts {
    /// Counts what has become of alerts that changed. `before` and `now` look an alert up, as it was and as it is.
    pub(crate) fn note<'a>(
        &self,
        changed: impl Iterator<Item = &'a AlertId>,
        before: impl Fn(&AlertId) -> Option<&'a Alert>,
        now: impl Fn(&AlertId) -> Option<&'a Alert>,
    ) {
        for (id, alert) in changed.filter_map(|id| Some((id, now(id)?))) {
            self.lock().note(before(id), alert);
        }
    }

    pub(crate) fn figures(&self) -> AlertFigures {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, AlertFigures> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AlertFigures {
    fn note(&mut self, before: Option<&Alert>, now: &Alert) {
        if now.was_raised() && !before.is_some_and(Alert::was_raised) {
            *self.raised.entry(now.rule_id.clone()).or_default() += 1;
        }
        let was = |told: fn(&Alert) -> Option<f64>| before.and_then(told).is_some();
        if let Some(seconds) = now.acknowledged_after().filter(|_| !was(Alert::acknowledged_after)) {
            self.to_acknowledge.add(seconds);
        }
        // One that came back ends again: its first end is its own, the others belong to what was the matter with it.
        let ends = now.timeline.iter().filter(|moment| moment.what == AlertStep::Resolved).count();
        if let Some(seconds) = now.resolved_after().filter(|_| !was(Alert::resolved_after) && ends <= 1) {
            self.to_resolve.add(seconds);
        }
    }
}

impl Times {
    fn add(&mut self, seconds: f64) {
        self.count += 1;
        self.sum += seconds;
        for (within, class) in self.within.iter_mut().zip(CLASSES) {
            *within += u64::from(seconds <= class);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use forewatch::AlertState;
    use forewatch::alert::AlertMoment;

    fn moment(alert: &mut Alert, what: AlertStep, minutes: i64) {
        let at = alert.timestamp + TimeDelta::minutes(minutes);
        alert.timeline.push(AlertMoment { at, what, by: None, detail: None });
        match what {
            AlertStep::Resolved => (alert.state, alert.resolved_at) = (AlertState::Resolved, Some(at)),
            AlertStep::Reopened => (alert.state, alert.resolved_at) = (AlertState::Firing, None),
            AlertStep::Acknowledged => (alert.acknowledged, alert.acknowledged_at) = (true, Some(at)),
            _ => {}
        }
    }

    #[test]
    fn an_episode_is_counted_once_with_its_first_acknowledgement_and_its_first_end() {
        let mut figures = AlertFigures::default();
        let mut alert = crate::notify::tests::alert("cpu-high", "01A");
        (alert.state, alert.timeline) = (AlertState::Pending, Vec::new());
        figures.note(None, &alert);
        assert_eq!(figures, AlertFigures::default(), "it may never be raised");
        let steps = [
            (AlertStep::Firing, 0),
            (AlertStep::Acknowledged, 4),
            (AlertStep::Unacknowledged, 5),
            (AlertStep::Acknowledged, 6),
            (AlertStep::Resolved, 20),
            (AlertStep::Reopened, 21),
            (AlertStep::Resolved, 90),
        ];
        for (what, minutes) in steps {
            let before = alert.clone();
            alert.state = AlertState::Firing;
            moment(&mut alert, what, minutes);
            figures.note(Some(&before), &alert);
        }
        assert_eq!(figures.raised, BTreeMap::from([(alert.rule_id.clone(), 1)]));
        let of = |times: &Times| (times.count, times.sum, times.within);
        assert_eq!(of(&figures.to_acknowledge), (1, 240.0, [0, 1, 1, 1, 1, 1, 1, 1, 1]));
        assert_eq!(of(&figures.to_resolve), (1, 1_200.0, [0, 0, 0, 1, 1, 1, 1, 1, 1]));
    }
}

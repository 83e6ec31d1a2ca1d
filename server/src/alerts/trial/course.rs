//! One subject's way through the past.

use super::times;
use crate::alerts::machine::{Condition, Next};
use crate::alerts::rule::Rule;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::AlertState;
use forewatch::rule::Firing;
use std::collections::BTreeMap;

/// How a subject's condition is, and when it fired until now.
pub(super) struct Course<'a> {
    rule: &'a Rule,
    labels: BTreeMap<String, String>,
    condition: Option<Condition>,
    last: Option<DateTime<Utc>>,
    firing: Option<Firing>,
    firings: Vec<Firing>,
}

impl<'a> Course<'a> {
    pub(super) fn of(rule: &'a Rule, labels: BTreeMap<String, String>) -> Self {
        Self { rule, labels, condition: None, last: None, firing: None, firings: Vec::new() }
    }

    /// Goes on to the next moment. Values are `step` apart; where some are missing in between nothing was known.
    pub(super) fn next(&mut self, at: DateTime<Utc>, value: Option<f64>, step: TimeDelta) {
        match self.last {
            Some(last) if at <= last => return,
            Some(last) if at - last > step * 2 => self.settle(last + step, None),
            _ => {}
        }
        self.last = Some(at);
        self.settle(at, value);
    }

    fn settle(&mut self, at: DateTime<Utc>, value: Option<f64>) {
        let rule = self.rule;
        let was_firing = self.condition.is_some_and(|was| was.is_true && was.state != AlertState::Pending);
        let bound = if was_firing { rule.clear } else { rule.threshold };
        let truth = value.map(|value| rule.op.holds(value, bound));
        let begins = || truth.filter(|is_true| *is_true).map(|_| times(rule).first());
        let state = match &self.condition {
            None => begins(),
            Some(was) => match times(rule).next(was, truth, None, at) {
                Next::Stay => Some(was.state),
                Next::Enter(state) | Next::Again(state) => Some(state),
                Next::Drop => None,
                Next::Anew => begins(),
            },
        };
        self.condition = state.map(|state| self.entered(state, at));
        match (state.is_some_and(AlertState::is_active), &mut self.firing) {
            (true, None) => {
                let labels = self.labels.clone();
                self.firing = Some(Firing { labels, from: at, to: None, peak: value.unwrap_or(rule.threshold) });
            }
            (true, Some(firing)) => {
                if let Some(value) = value.filter(|value| rule.op.is_upward() == (*value > firing.peak)) {
                    firing.peak = value;
                }
            }
            (false, firing) => self.firings.extend(firing.take().map(|firing| Firing { to: Some(at), ..firing })),
        }
    }

    fn entered(&self, state: AlertState, at: DateTime<Utc>) -> Condition {
        let was = self.condition.filter(|was| was.state == state);
        let resolved_at = match state {
            AlertState::Resolved => was.and_then(|was| was.resolved_at).or(Some(at)),
            AlertState::Pending => self.condition.and_then(|was| was.resolved_at),
            AlertState::Firing | AlertState::Recovering => None,
        };
        let is_true = matches!(state, AlertState::Pending | AlertState::Firing);
        Condition { state, since: was.map_or(at, |was| was.since), is_true, resolved_at }
    }

    /// When it fired; what fires still has no end.
    pub(super) fn finish(mut self) -> Vec<Firing> {
        self.firings.extend(self.firing);
        self.firings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alerts::tests::world::World;
    use forewatch::alert::AlertStep;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        /// What would have fired is what the live engine fires on the same values.
        #[test]
        fn the_past_fires_when_the_present_would_have(
            loads in prop::collection::vec(prop_oneof![1 => Just(None), 3 => Just(Some(0.3)), 2 => Just(Some(0.85)), 4 => Just(Some(0.97))], 1..60),
        ) {
            let mut world = World::of("[[rule]]\nid = \"cpu-high\"\nkeep_firing_for = \"1m\"\n");
            let rule = world.rules().iter().find(|rule| rule.id.as_str() == "cpu-high").cloned().expect("there is one");
            let mut course = Course::of(&rule, BTreeMap::new());
            let step = TimeDelta::seconds(30);
            for load in loads {
                world.now += step;
                world.cpu(1, load);
                world.tick();
                course.next(world.now, load, step);
            }
            let fired = |what| {
                let moments = world.alerts("cpu-high").into_iter().flat_map(|alert| alert.timeline);
                let mut last = None;
                moments.filter(|moment| {
                    // Firing again after recovering is the same firing.
                    let counts = moment.what == what && !(what == AlertStep::Firing && last == Some(AlertStep::Recovering));
                    last = Some(moment.what);
                    counts
                }).map(|moment| moment.at).collect::<Vec<_>>()
            };
            let mut began = fired(AlertStep::Firing);
            began.extend(fired(AlertStep::Reopened));
            began.sort_unstable();
            let firings = course.finish();
            prop_assert_eq!(firings.iter().map(|firing| firing.from).collect::<Vec<_>>(), began);
            prop_assert_eq!(firings.iter().filter_map(|firing| firing.to).collect::<Vec<_>>(), fired(AlertStep::Resolved));
        }
    }

    #[test]
    fn a_gap_is_no_value_and_never_the_end() {
        let world = World::new();
        let rule = world.rules().iter().find(|rule| rule.id.as_str() == "disk-high").expect("there is one");
        let mut course = Course::of(rule, BTreeMap::new());
        let (step, at) = (TimeDelta::seconds(60), |minutes| world.now + TimeDelta::minutes(minutes));
        for (minutes, value) in [(0, Some(0.95)), (1, Some(0.99)), (2, None), (300, Some(0.92)), (301, Some(0.5))] {
            course.next(at(minutes), value, step);
        }
        let firings = course.finish();
        assert_eq!(firings.len(), 1);
        assert_eq!((firings[0].from, firings[0].to, firings[0].peak), (at(0), Some(at(301)), 0.99));
    }
}

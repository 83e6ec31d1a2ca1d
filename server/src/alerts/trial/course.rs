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

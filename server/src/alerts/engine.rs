//! Evaluating the rules: every subject of every rule, with the episode it has.

use super::decide::{expired, forgotten, next, open};
use super::episodes::Episodes;
use super::reading;
use super::rule::Rule;
use crate::collector::Fleet;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::event::AlertTransition;
use std::collections::HashSet;

/// What the engine needs to know besides the rules.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// Since when this server has been there: absence before it means nothing.
    pub(crate) started_at: DateTime<Utc>,
    /// True again within this of clearing is the same episode.
    pub(crate) reopen_within: TimeDelta,
    /// Resolved by hand and still true after this is open again.
    pub(crate) renotify: TimeDelta,
}

impl Settings {
    /// The usual times, for a server that started at `started_at`.
    pub(crate) fn starting(started_at: DateTime<Utc>) -> Self {
        Self { started_at, reopen_within: TimeDelta::minutes(10), renotify: TimeDelta::hours(4) }
    }
}

/// The rules, ready to be evaluated.
#[derive(Debug)]
pub(crate) struct Engine {
    rules: Vec<Rule>,
    settings: Settings,
}

impl Engine {
    /// An engine with these rules, those that inhibit others first.
    pub(crate) fn new(rules: Vec<Rule>, settings: Settings) -> Self {
        Self { rules, settings }
    }

    /// Absence before `since` means nothing: nobody was there to hear anything.
    pub(crate) fn listening_since(&mut self, since: DateTime<Utc>) {
        self.settings.started_at = since;
    }

    /// Decides what changes now. The decisions take effect when they are applied to the fleet; until
    /// then the same question has the same answer.
    pub(crate) fn evaluate(&self, fleet: &Fleet, now: DateTime<Utc>) -> Vec<AlertTransition> {
        let mut episodes = Episodes::of(fleet, &self.rules);
        let mut decisions = Vec::new();
        for rule in &self.rules {
            let first = decisions.len();
            self.evaluate_rule(rule, fleet, &episodes, now, &mut decisions);
            episodes.inhibit(rule, fleet, &decisions[first..]);
        }
        decisions.extend(in_order(episodes.without_rule(&self.rules).filter_map(forgotten)));
        let decided: HashSet<_> = decisions.iter().map(|decision| decision.alert_id.clone()).collect();
        let due = fleet.alerts.values().filter(|alert| !decided.contains(&alert.alert_id));
        decisions.extend(due.filter_map(|alert| expired(alert, now)));
        decisions
    }

    fn evaluate_rule(
        &self,
        rule: &Rule,
        fleet: &Fleet,
        episodes: &Episodes<'_>,
        now: DateTime<Utc>,
        decisions: &mut Vec<AlertTransition>,
    ) {
        let known = episodes.of_rule(rule);
        let mut met = 0;
        reading::each(rule, fleet, self.settings.started_at, now, |subject| {
            let alert = known.and_then(|known| known.get(&subject.kind.key()).copied());
            let Some(alert) = alert else {
                let quiet = |worker: Option<&str>| episodes.suppression(rule, worker);
                decisions.extend(open(rule, &subject, quiet, now));
                return;
            };
            met += 1;
            let suppressed = episodes.suppression(rule, alert.metadata.get("worker").map(String::as_str));
            decisions.extend(next(rule, &self.settings, &subject, alert, suppressed, now));
        });
        // A subject that was not met is gone, or only says nothing at present.
        if let Some(known) = known.filter(|known| met < known.len()) {
            let gone = known.values().filter(|alert| is_gone(fleet, alert)).filter_map(|alert| forgotten(alert));
            decisions.extend(in_order(gone));
        }
    }
}

/// The same question has the same answer, whatever the order of an index.
fn in_order(decisions: impl Iterator<Item = AlertTransition>) -> Vec<AlertTransition> {
    let mut decisions: Vec<_> = decisions.collect();
    decisions.sort_by(|a, b| a.alert_id.cmp(&b.alert_id));
    decisions
}

/// Whether what an alert is about is no longer there: not silent, but deregistered, expired or removed.
fn is_gone(fleet: &Fleet, alert: &forewatch::Alert) -> bool {
    let label = |name: &str| alert.metadata.get(name).map(String::as_str);
    if let Some(worker) = label("worker") {
        return !fleet.workers.contains_key(worker);
    }
    if let Some(queue) = label("queue") {
        return !fleet.queues.contains_key(queue);
    }
    label("source").is_some_and(|source| !fleet.sources.contains_key(source))
}

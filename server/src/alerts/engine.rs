//! Evaluating the rules: every subject of every rule, with the episode it has.

use super::causes::Causes;
use super::decide::{Judge, begins, expired, forgotten, manual, unchanged};
use super::early;
use super::episodes::Episodes;
use super::hosts::Hosts;
use super::identity::MANUAL_RULE;
use super::machine::Times;
use super::maintenance::Maintenance;
use super::quiet::Quiet;
use super::reading::{self, Sight};
use super::rule::Rule;
use crate::collector::{Fleet, Worker};
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::Alert;
use forewatch::event::AlertTransition;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// True again within this of clearing is the same episode.
pub(super) const REOPEN_WITHIN: TimeDelta = TimeDelta::minutes(10);

/// The rules and the maintenance windows, ready to be evaluated.
#[derive(Debug)]
pub(crate) struct Engine {
    rules: Arc<Vec<Rule>>,
    windows: Vec<Maintenance>,
    /// Since when this server has been there: absence before it means nothing.
    since: DateTime<Utc>,
}

impl Engine {
    /// An engine with these rules, causes before their symptoms, in a server that started at `since`.
    pub(crate) fn new(rules: Arc<Vec<Rule>>, windows: Vec<Maintenance>, since: DateTime<Utc>) -> Self {
        Self { rules, windows, since }
    }

    /// One with the rules that come with Forewatch.
    #[cfg(test)]
    pub(crate) fn of_defaults(since: DateTime<Utc>) -> Self {
        let book = super::rule_book(&crate::config::Config::default()).expect("the rules can be read");
        Self::new(Arc::new(book.rules), book.windows, since)
    }

    /// Absence before `since` means nothing: nobody was there to hear anything.
    pub(crate) fn listening_since(&mut self, since: DateTime<Utc>) {
        self.since = since;
    }

    /// Decides what changes now. The decisions take effect when they are applied to the fleet; until
    /// then the same question has the same answer.
    pub(crate) fn evaluate(&self, fleet: &Fleet, now: DateTime<Utc>) -> Vec<AlertTransition> {
        let hosts = Hosts::of(fleet);
        let episodes = Episodes::of(fleet);
        let quiet = Quiet::of(fleet, &self.windows, now);
        let nothing = BTreeSet::new();
        let sight = Sight { fleet, hosts: &hosts, since: self.since, now, early: &nothing };
        let (mut decisions, mut causes) = self.decide(sight, &episodes, &quiet);
        let early = early::silent(fleet, &self.rules, &causes, &decisions);
        if !early.is_empty() {
            (decisions, causes) = self.decide(Sight { early: &early, ..sight }, &episodes, &quiet);
        }
        decisions.extend(in_order(episodes.without_rule(&self.rules).filter_map(forgotten)));
        let by_hand = fleet.alerts.values().filter(|alert| alert.rule_id.as_str() == MANUAL_RULE);
        decisions.extend(by_hand.filter_map(|alert| manual(alert, &quiet, &causes)));
        acknowledgements(fleet, now, &mut decisions);
        decisions
    }

    /// What changes by the rules, and the causes as they are then.
    fn decide<'a>(
        &'a self,
        sight: Sight<'a>,
        episodes: &Episodes<'a>,
        quiet: &Quiet<'a>,
    ) -> (Vec<AlertTransition>, Causes<'a>) {
        let mut causes = Causes::of(sight.fleet, sight.hosts, &self.rules);
        let mut decisions = Vec::new();
        for rule in self.rules.iter() {
            evaluate_rule(rule, sight, episodes, quiet, &mut causes, &mut decisions);
        }
        (decisions, causes)
    }
}

fn evaluate_rule<'a>(
    rule: &'a Rule,
    sight: Sight<'a>,
    episodes: &Episodes<'a>,
    quiet: &Quiet<'a>,
    causes: &mut Causes<'a>,
    decisions: &mut Vec<AlertTransition>,
) {
    let Sight { fleet, now, .. } = sight;
    let times = Times {
        lasts: rule.lasts,
        keep_firing: rule.keep_firing,
        reopen_within: REOPEN_WITHIN,
        renotify: rule.renotify,
    };
    let known = episodes.of_rule(rule);
    let mut met = 0;
    reading::each(rule, sight, known, |subject| {
        let alert = known.and_then(|known| known.get(&subject.kind.key()).copied());
        if alert.is_none() && !begins(rule, &subject) {
            return;
        }
        met += usize::from(alert.is_some());
        let judge = Judge { rule, times, fleet, causes, quiet, now };
        let decision = match (alert, rule.filter.fits(subject.kind)) {
            (Some(alert), true) => judge.next(&subject, alert),
            (None, true) => Some(judge.open(&subject)),
            // The rule is about others now.
            (alert, false) => alert.and_then(forgotten),
        };
        if let Some(decision) = decision {
            if let Some(about) = decision.opens.as_ref().or(alert) {
                causes.decided(rule, about, &decision);
            }
            decisions.push(decision);
        }
    });
    // A subject that was not met is gone, or only says nothing at present.
    let Some(known) = known.filter(|known| met < known.len()) else { return };
    let gone = known.values().filter(|alert| is_gone(fleet, alert));
    for decision in in_order(gone.filter_map(|alert| forgotten(alert))) {
        if let Some(alert) = fleet.alerts.get(&decision.alert_id) {
            causes.decided(rule, alert, &decision);
        }
        decisions.push(decision);
    }
}

/// Acknowledgements whose time is up, beside whatever else was decided about their alerts.
fn acknowledgements(fleet: &Fleet, now: DateTime<Utc>, decisions: &mut Vec<AlertTransition>) {
    let due = || fleet.alerts.values().filter(|alert| expired(alert, now));
    if due().next().is_none() {
        return;
    }
    let places: HashMap<_, _> =
        decisions.iter().enumerate().map(|(place, decision)| (decision.alert_id.clone(), place)).collect();
    for alert in due() {
        match places.get(&alert.alert_id) {
            Some(place) => decisions[*place].acknowledgement_expired = true,
            None => decisions.push(AlertTransition { acknowledgement_expired: true, ..unchanged(alert) }),
        }
    }
}

/// The same question has the same answer, whatever the order of an index.
fn in_order(decisions: impl Iterator<Item = AlertTransition>) -> Vec<AlertTransition> {
    let mut decisions: Vec<_> = decisions.collect();
    decisions.sort_by(|a, b| a.alert_id.cmp(&b.alert_id));
    decisions
}

/// Whether what an alert is about is no longer there: not silent, but deregistered, expired, removed or ended.
fn is_gone(fleet: &Fleet, alert: &Alert) -> bool {
    let label = |name: &str| alert.metadata.get(name).map(String::as_str);
    if let Some(worker) = label("worker") {
        let device = label("gpu").and_then(|index| index.parse().ok());
        let is_known = |worker: &Arc<Worker>| device.is_none_or(|device| worker.knows_device(device));
        return !fleet.workers.get(worker).is_some_and(is_known);
    }
    if let Some(queue) = label("queue") {
        return !fleet.queues.contains_key(queue);
    }
    if let Some(name) = label("name") {
        return !fleet.names.contains_key(name);
    }
    if let Some(task) = label("task") {
        return fleet.tasks.get(task).is_none_or(|task| task.status != forewatch::TaskStatus::Processing);
    }
    if let Some(objective) = label("objective") {
        return !fleet.objectives.iter().any(|counted| counted.objective.objective_id.as_str() == objective);
    }
    label("source").is_some_and(|source| !fleet.sources.contains_key(source))
}

//! The episodes there are, found by rule and subject during one evaluation; and whose alerts stay quiet.

use super::identity::MANUAL_RULE;
use super::rule::{Inhibits, Rule};
use super::subject::Key;
use crate::collector::Fleet;
use forewatch::Alert;
use forewatch::event::AlertTransition;
use std::collections::HashMap;

type OfRule<'a> = HashMap<Key<'a>, &'a Alert>;

/// An index over the fleet's alerts.
pub(super) struct Episodes<'a> {
    /// By rule, then by subject; the newest of each.
    by_rule: HashMap<&'a str, OfRule<'a>>,
    /// Workers whose alerts say nothing new, with why.
    quiet: HashMap<String, String>,
}

impl<'a> Episodes<'a> {
    pub(super) fn of(fleet: &'a Fleet, rules: &[Rule]) -> Self {
        let mut by_rule: HashMap<&str, OfRule<'_>> = HashMap::new();
        // In the order of their ids, which is that of their beginning: the newest of a subject stays.
        for alert in fleet.alerts.values() {
            by_rule.entry(alert.rule_id.as_str()).or_default().insert(Key::of(alert), alert);
        }
        let mut episodes = Self { by_rule, quiet: HashMap::new() };
        for rule in rules.iter().filter(|rule| rule.inhibits == Inhibits::SameWorker) {
            let active = episodes.by_rule.get(rule.id.as_str()).into_iter().flat_map(HashMap::values);
            let active: Vec<_> = active.filter(|alert| alert.state.is_active()).copied().collect();
            for alert in active {
                episodes.hush(rule, alert);
            }
        }
        episodes
    }

    /// The episodes of a rule.
    pub(super) fn of_rule(&self, rule: &Rule) -> Option<&OfRule<'a>> {
        self.by_rule.get(rule.id.as_str())
    }

    /// Episodes whose rule is no more, as after an update.
    pub(super) fn without_rule(&self, rules: &[Rule]) -> impl Iterator<Item = &'a Alert> {
        let gone = |id: &str| id != MANUAL_RULE && rules.iter().all(|rule| rule.id.as_str() != id);
        self.by_rule.iter().filter(move |(id, _)| gone(id)).flat_map(|(_, known)| known.values().copied())
    }

    /// Lets what a rule has just decided count for the rules after it: cause and symptom of one moment.
    pub(super) fn inhibit(&mut self, rule: &Rule, fleet: &Fleet, decisions: &[AlertTransition]) {
        if rule.inhibits == Inhibits::Nothing {
            return;
        }
        for decision in decisions {
            let known = || fleet.alerts.get(&decision.alert_id).map(AsRef::as_ref);
            let Some(alert) = decision.opens.as_ref().or_else(known) else { continue };
            if decision.to.is_some_and(forewatch::AlertState::is_active) {
                self.hush(rule, alert);
            } else if let Some(worker) = alert.metadata.get("worker") {
                self.quiet.remove(worker);
            }
        }
    }

    fn hush(&mut self, rule: &Rule, alert: &Alert) {
        if let Some(worker) = alert.metadata.get("worker") {
            self.quiet.insert(worker.clone(), format!("{}: {worker}", rule.id));
        }
    }

    /// Why nobody is told of a rule's alert about this worker: its cause is told already.
    pub(super) fn suppression(&self, rule: &Rule, worker: Option<&str>) -> Option<String> {
        let cause = self.quiet.get(worker?)?;
        (rule.inhibits == Inhibits::Nothing).then(|| cause.clone())
    }
}

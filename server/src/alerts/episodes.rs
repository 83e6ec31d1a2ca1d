//! The episodes there are, found by rule and subject during one evaluation.

use super::identity::MANUAL_RULE;
use super::rule::Rule;
use super::subject::Key;
use crate::collector::Fleet;
use forewatch::Alert;
use std::collections::HashMap;

pub(super) type OfRule<'a> = HashMap<Key<'a>, &'a Alert>;

/// An index over the fleet's alerts.
pub(super) struct Episodes<'a> {
    /// By rule, then by subject; the newest of each.
    by_rule: HashMap<&'a str, OfRule<'a>>,
}

impl<'a> Episodes<'a> {
    pub(super) fn of(fleet: &'a Fleet) -> Self {
        let mut by_rule: HashMap<&str, OfRule<'_>> = HashMap::new();
        // In the order of their ids, which is that of their beginning: the newest of a subject stays.
        for alert in fleet.alerts.values() {
            by_rule.entry(alert.rule_id.as_str()).or_default().insert(Key::of(alert), alert);
        }
        Self { by_rule }
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
}

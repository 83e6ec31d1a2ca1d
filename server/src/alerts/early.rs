//! Causes that are told before their own time: silence, as soon as something is raised that it is the cause of.
//!
//! A queue that nobody serves is raised after a minute, a worker that is silent after five. Where the queue has nobody
//! because its workers are silent, people are told that, once, with the queue under it; not of the queue and then of them.

use super::causes::Causes;
use super::rule::Rule;
use super::watches::Watches;
use crate::collector::Fleet;
use forewatch::event::AlertTransition;
use forewatch::{AlertState, WorkerId};
use std::collections::BTreeSet;

/// The silent workers that are the cause of something that is raised by these decisions, and told.
pub(super) fn silent<'a>(
    fleet: &'a Fleet,
    rules: &[Rule],
    causes: &Causes<'a>,
    decisions: &[AlertTransition],
) -> BTreeSet<WorkerId> {
    let mut silent = BTreeSet::new();
    let raises = |decision: &&AlertTransition| {
        decision.suppressed_by.is_none() && decision.to.is_some_and(AlertState::is_active)
    };
    for decision in decisions.iter().filter(raises) {
        let before = fleet.alerts.get(&decision.alert_id);
        let Some(alert) = decision.opens.as_ref().or(before.map(AsRef::as_ref)) else { continue };
        let is_new = decision.opens.is_some() || !alert.state.is_active();
        let rule = rules.iter().find(|rule| rule.id == alert.rule_id);
        let explains = |cause: &Rule, rule| cause.watches == Watches::WorkerSilence && cause.inhibits(rule);
        if is_new && rule.is_some_and(|rule| rules.iter().any(|cause| explains(cause, rule))) {
            silent.extend(causes.silent_workers(alert));
        }
    }
    silent
}

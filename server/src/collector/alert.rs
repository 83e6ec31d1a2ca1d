//! Applying what happens to alerts: the engine's decisions, and what people do. And whether a person's
//! command can be done now.
//!
//! Everything here can be applied again and changes nothing then: the journal may bring an event twice.

mod check;
mod held;
mod raise;
#[cfg(test)]
mod tests;
mod timeline;

use super::{Changes, Fleet};
pub(crate) use check::check;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::alert::{Alert, AlertCommand, AlertMoment, AlertStep};
use forewatch::event::{Actor, AlertTransition};
use forewatch::{AlertId, AlertState};
pub(crate) use raise::{apply_raised, raised};
use std::sync::Arc;
use timeline::record;

/// A resolved alert stays in the live list for this long: longer than it can be reopened by its condition.
const STAYS: TimeDelta = TimeDelta::hours(1);

/// The engine decided something.
pub(crate) fn apply_transition(
    fleet: &mut Fleet,
    decision: &AlertTransition,
    at: DateTime<Utc>,
    changes: &mut Changes,
) {
    if let Some(alert) = &decision.opens {
        if !fleet.alerts.contains_key(&alert.alert_id) {
            let mut alert = alert.clone();
            let step = if alert.state == AlertState::Firing { AlertStep::Firing } else { AlertStep::Pending };
            let detail = alert.write(decision.value);
            record(&mut alert, AlertMoment { at, what: step, by: None, detail });
            let id = alert.alert_id.clone();
            insert(fleet, alert, changes);
            held::settle(fleet, &id, None, changes);
        }
        return;
    }
    let before = fleet.alerts.get(&decision.alert_id).and_then(|alert| held::cause(alert));
    let Some(to) = decision.to else {
        remove(fleet, &decision.alert_id, changes);
        return held::settle(fleet, &decision.alert_id, before, changes);
    };
    let Some(slot) = fleet.alerts.get_mut(&decision.alert_id) else { return };
    let alert = Arc::make_mut(slot);
    alert.updated_at = at;
    alert.suppressed_by.clone_from(&decision.suppressed_by);
    alert.inhibited_by.clone_from(&decision.inhibited_by);
    if let Some(title) = &decision.title {
        alert.title.clone_from(title);
    }
    if decision.value.is_some() {
        alert.metric_value = decision.value;
    }
    let engine = |what, detail| AlertMoment { at, what, by: None, detail };
    if decision.acknowledgement_expired && alert.acknowledged {
        unacknowledge(alert);
        record(alert, engine(AlertStep::AcknowledgementExpired, None));
    }
    if let Some(severity) = decision.severity.filter(|severity| *severity != alert.severity) {
        // What has become worse is nobody's again.
        if severity > alert.severity {
            unacknowledge(alert);
        }
        alert.severity = severity;
        record(alert, engine(AlertStep::SeverityChanged, Some(severity.to_string())));
    }
    enter(alert, to, at, decision.value);
    changes.alerts.insert(decision.alert_id.clone());
    held::settle(fleet, &decision.alert_id, before, changes);
}

/// The condition of an episode enters a state.
fn enter(alert: &mut Alert, to: AlertState, at: DateTime<Utc>, value: Option<f64>) {
    use AlertState::{Firing, Pending, Recovering, Resolved};
    let from = std::mem::replace(&mut alert.state, to);
    alert.is_active = to.is_active();
    if from == to {
        if to == Resolved && alert.condition_true {
            // A person resolved it while it was true; from now on it is over in itself too.
            alert.condition_true = false;
            alert.state_since = at;
        }
        return;
    }
    alert.condition_true = matches!(to, Pending | Firing);
    alert.state_since = at;
    // Back to firing without a value: nothing can be said, and so it is not over.
    let is_seen = alert.condition_true && (value.is_some() || from != Recovering);
    if is_seen {
        alert.last_seen = at;
    }
    let was_over = alert.resolved_at.is_some();
    let step = match (from, to) {
        // True again, or no longer, but not for long enough: nothing that anyone was told has changed.
        (Resolved, Pending) | (Pending, Resolved) if was_over => return,
        (_, Firing) if was_over => AlertStep::Reopened,
        (_, Firing) => AlertStep::Firing,
        (_, Recovering) => AlertStep::Recovering,
        (_, Pending) => AlertStep::Pending,
        (_, Resolved) => AlertStep::Resolved,
    };
    if to == Firing && is_seen && (was_over || from == Recovering) {
        alert.occurrences = alert.occurrences.saturating_add(1);
    }
    if was_over {
        unacknowledge(alert);
    }
    alert.resolved_at = (to == Resolved).then_some(at);
    alert.resolved_by = None;
    let detail = match (to, value) {
        (Resolved, None) => Some("what it watched is no longer there".to_owned()),
        _ => alert.write(value),
    };
    record(alert, AlertMoment { at, what: step, by: None, detail });
}

/// A person did something with an alert. What the alert says already is not said again.
pub(crate) fn apply_command(
    fleet: &mut Fleet,
    id: &AlertId,
    actor: &Actor,
    command: &AlertCommand,
    at: DateTime<Utc>,
    changes: &mut Changes,
) {
    let Some(slot) = fleet.alerts.get_mut(id) else { return };
    let (what, detail) = match command {
        AlertCommand::Acknowledge { note, .. } => (AlertStep::Acknowledged, note.clone()),
        AlertCommand::Unacknowledge => (AlertStep::Unacknowledged, None),
        AlertCommand::Resolve { note } => (AlertStep::Resolved, note.clone()),
        AlertCommand::Reopen => (AlertStep::Reopened, None),
        AlertCommand::Comment { text } => (AlertStep::Commented, Some(text.clone())),
    };
    let moment = AlertMoment { at, what, by: Some(actor.name.clone()), detail };
    if slot.timeline.contains(&moment) || !says_something_new(slot, actor, command) {
        return;
    }
    let before = held::cause(slot);
    let alert = Arc::make_mut(slot);
    alert.updated_at = at;
    match command {
        AlertCommand::Acknowledge { until, .. } => {
            alert.acknowledged = true;
            alert.acknowledged_by.clone_from(&moment.by);
            alert.acknowledged_at = Some(at);
            alert.acknowledged_until = *until;
        }
        AlertCommand::Unacknowledge => unacknowledge(alert),
        AlertCommand::Resolve { .. } => {
            alert.state = AlertState::Resolved;
            alert.state_since = at;
            alert.is_active = false;
            alert.resolved_at = Some(at);
            alert.resolved_by.clone_from(&moment.by);
        }
        AlertCommand::Reopen => {
            alert.state = AlertState::Firing;
            alert.state_since = at;
            alert.is_active = true;
            alert.resolved_at = None;
            alert.resolved_by = None;
            unacknowledge(alert);
        }
        AlertCommand::Comment { .. } => {}
    }
    if moment.detail.is_some() {
        alert.note.clone_from(&moment.detail);
    }
    record(alert, moment);
    changes.alerts.insert(id.clone());
    held::settle(fleet, id, before, changes);
}

/// Whether a command would change anything.
fn says_something_new(alert: &Alert, actor: &Actor, command: &AlertCommand) -> bool {
    let over = alert.state == AlertState::Resolved;
    match command {
        AlertCommand::Acknowledge { note, until } => {
            let same = alert.acknowledged_by.as_ref() == Some(&actor.name)
                && alert.acknowledged_until == *until
                && (note.is_none() || alert.note == *note);
            !over && !same
        }
        AlertCommand::Unacknowledge => alert.acknowledged,
        AlertCommand::Resolve { .. } => !over,
        AlertCommand::Reopen => over,
        AlertCommand::Comment { .. } => true,
    }
}

/// Drops what has been resolved for long enough from the live list; it is in the records.
pub(crate) fn expire(fleet: &mut Fleet, now: DateTime<Utc>, changes: &mut Changes) {
    // One that was resolved by hand while its condition is true is kept: it must not be raised anew.
    let old =
        |alert: &Alert| alert.state == AlertState::Resolved && !alert.condition_true && now - alert.state_since > STAYS;
    let expired: Vec<AlertId> =
        fleet.alerts.values().filter(|alert| old(alert)).map(|alert| alert.alert_id.clone()).collect();
    for id in expired {
        remove(fleet, &id, changes);
    }
}

fn insert(fleet: &mut Fleet, alert: Alert, changes: &mut Changes) {
    changes.alerts.insert(alert.alert_id.clone());
    fleet.alerts.insert(alert.alert_id.clone(), Arc::new(alert));
}

fn remove(fleet: &mut Fleet, id: &AlertId, changes: &mut Changes) {
    if fleet.alerts.remove(id).is_some() {
        changes.alerts.insert(id.clone());
    }
}

fn unacknowledge(alert: &mut Alert) {
    alert.acknowledged = false;
    alert.acknowledged_by = None;
    alert.acknowledged_at = None;
    alert.acknowledged_until = None;
}

//! Applying an alert that a person raised by hand: no rule watches it, a person resolves it.

use super::insert;
use super::timeline::record;
use crate::alerts::{MANUAL_RULE, fingerprint};
use crate::collector::{Changes, Fleet};
use chrono::{DateTime, Utc};
use forewatch::alert::{Alert, AlertMoment, AlertStep, ManualAlert};
use forewatch::event::Actor;
use forewatch::{AlertId, AlertState, RuleId};

/// A person raised an alert by hand.
pub(crate) fn apply_raised(
    fleet: &mut Fleet,
    id: &AlertId,
    actor: &Actor,
    raised: &ManualAlert,
    at: DateTime<Utc>,
    changes: &mut Changes,
) {
    if fleet.alerts.contains_key(id) {
        return;
    }
    let mut alert = self::raised(id, raised, at);
    record(&mut alert, AlertMoment { at, what: AlertStep::Firing, by: Some(actor.name.clone()), detail: None });
    insert(fleet, alert, changes);
}

/// The alert that somebody raised, without a timeline.
pub(crate) fn raised(id: &AlertId, raised: &ManualAlert, at: DateTime<Utc>) -> Alert {
    let rule_id = RuleId::new(MANUAL_RULE).expect("the word is a valid rule id");
    let metadata = [("alert".to_owned(), id.to_string())].into();
    Alert {
        alert_id: id.clone(),
        title: raised.title.clone(),
        description: raised.description.clone(),
        severity: raised.severity,
        timestamp: at,
        component: raised.component,
        component_id: raised.component_id.clone(),
        metric_name: None,
        metric_value: None,
        threshold: None,
        is_active: true,
        acknowledged: false,
        acknowledged_by: None,
        acknowledged_at: None,
        resolved_at: None,
        tags: raised.tags.clone(),
        fingerprint: fingerprint(&rule_id, &metadata),
        metadata,
        rule_id,
        state: AlertState::Firing,
        state_since: at,
        condition_true: false,
        last_seen: at,
        updated_at: at,
        occurrences: 1,
        resolved_by: None,
        acknowledged_until: None,
        note: None,
        suppressed_by: None,
        inhibited_by: None,
        holds_back: Vec::new(),
        held_back: 0,
        runbook: None,
        timeline: Vec::new(),
    }
}

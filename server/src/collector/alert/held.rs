//! What an alert holds back: the active alerts whose cause it tells. Kept beside both, so that each shows the other.

use crate::collector::{Changes, Fleet};
use forewatch::AlertId;
use forewatch::alert::{Alert, MAX_HELD_BACK};
use std::sync::Arc;

/// The alert that holds this one back, while it is active.
pub(super) fn cause(alert: &Alert) -> Option<AlertId> {
    alert.inhibited_by.clone().filter(|_| alert.is_active)
}

/// Brings causes up to date after an alert changed. `before` is what held it back until then.
pub(super) fn settle(fleet: &mut Fleet, id: &AlertId, before: Option<AlertId>, changes: &mut Changes) {
    let now = fleet.alerts.get(id).and_then(|alert| cause(alert));
    if before == now {
        return;
    }
    if let Some(cause) = before.as_ref().and_then(|before| fleet.alerts.get_mut(before)).map(Arc::make_mut) {
        cause.holds_back.retain(|held| held != id);
        cause.held_back = cause.held_back.saturating_sub(1);
        changes.alerts.insert(cause.alert_id.clone());
    }
    if let Some(cause) = now.as_ref().and_then(|now| fleet.alerts.get_mut(now)).map(Arc::make_mut) {
        if cause.holds_back.len() >= MAX_HELD_BACK {
            cause.holds_back.remove(0);
        }
        cause.holds_back.push(id.clone());
        cause.held_back += 1;
        changes.alerts.insert(cause.alert_id.clone());
    }
}

//! Which alerts need someone, and which are new.

use forewatch::{Alert, AlertId, AlertSeverity};
use leptos::prelude::*;
use std::collections::HashSet;

/// Whether an alert needs someone.
pub fn is_open(alert: &Alert) -> bool {
    alert.is_active && !alert.acknowledged && alert.suppressed_by.is_none()
}

/// Whether an alert says no more than that another active one is true, which tells its cause: that shows it.
pub fn is_held_back(alert: &Alert, among: &[Alert]) -> bool {
    let Some(cause) = &alert.inhibited_by else { return false };
    among.iter().any(|other| other.held_back > 0 && other.is_active && other.alert_id == *cause)
}

/// Whether an alert is active and needs nobody now: somebody has it, or it is quiet for a reason of its own.
pub fn is_in_hand(alert: &Alert, among: &[Alert]) -> bool {
    alert.is_active && !is_open(alert) && !is_held_back(alert, among)
}

/// The ids of alerts that need someone.
pub(crate) fn open_ids(alerts: &[Alert]) -> HashSet<AlertId> {
    alerts.iter().filter(|alert| is_open(alert)).map(|alert| alert.alert_id.clone()).collect()
}

/// Tells of error and critical alerts that need someone and are not `known`: all that came at once together.
pub(crate) fn tell_new_alerts(alerts: Memo<Vec<Alert>>, known: HashSet<AlertId>, tell: Box<dyn Fn(Vec<Alert>)>) {
    let known = StoredValue::new(known);
    Effect::new(move || {
        let mut new = Vec::new();
        for alert in alerts.read().iter().filter(|alert| is_open(alert)) {
            let is_new = known.try_update_value(|known| known.insert(alert.alert_id.clone())).unwrap_or(false);
            if is_new && alert.severity >= AlertSeverity::Error {
                new.push(alert.clone());
            }
        }
        if !new.is_empty() {
            tell(new);
        }
    });
}

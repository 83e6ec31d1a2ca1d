//! What the tests of several parts need.

mod flapping;
mod working;

use super::message::{Message, Notice, What};
use crate::report::Archive;
use chrono::{DateTime, Utc};
use forewatch::{Alert, AlertSeverity, AlertState};
use std::sync::Arc;

/// A firing alert of a rule.
pub(crate) fn alert(rule: &str, id: &str) -> Alert {
    let mut alert: Alert = serde_json::from_str(include_str!("../../../tests/golden/alert.json")).expect("an alert");
    alert.rule_id = rule.parse().expect("a rule's id");
    alert.alert_id = id.parse().expect("an alert's id");
    (alert.state, alert.is_active, alert.severity) = (AlertState::Firing, true, AlertSeverity::Error);
    (alert.acknowledged, alert.acknowledged_by, alert.acknowledged_at) = (false, None, None);
    (alert.resolved_at, alert.resolved_by, alert.suppressed_by) = (None, None, None);
    (alert.holds_back, alert.held_back) = (Vec::new(), 0);
    alert
}

/// A message about one alert.
pub(crate) fn message(group: &str, id: &str, at: DateTime<Utc>) -> Message {
    let notices = vec![Notice { what: What::New, alert: alert("queue-backlog", id) }];
    Message { group: group.to_owned(), at, notices, more: 0, files: Vec::new() }
}

/// A channel that is set up like this.
pub(crate) fn channel(text: &str) -> super::Channel {
    let notify = toml::from_str(&format!("name = \"oncall\"\n{text}")).expect("it can be read");
    super::channels(&[notify]).expect("it is right").remove(0)
}

/// Links of a server at `https://forewatch.example`.
pub(crate) fn links() -> super::Links {
    super::Links::new("https://forewatch.example", vec![7; 64])
}

/// The reports of a server that has made none.
pub(crate) fn no_reports() -> Arc<Archive> {
    let folder = std::env::temp_dir().join("forewatch-has-no.reports");
    Arc::new(Archive::open(folder).expect("it is not there"))
}

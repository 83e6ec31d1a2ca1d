//! PagerDuty's Events API v2: <https://developer.pagerduty.com/docs/send-alert-event>. An incident has the alert's
//! fingerprint as its key; a summary of 1,024 characters.

use crate::config::Secret;
use crate::notify::Channel;
use crate::notify::link::Links;
use crate::notify::message::{Message, Notice, What};
use crate::notify::shown::{headline, runbook};
use crate::notify::template;
use crate::notify::text::cut;
use serde_json::{Value, json};

const SUMMARY: usize = 1_024;
const TEXT: usize = 4_000;

/// The events, one after the other.
pub(super) fn form(message: &Message, channel: &Channel, key: &Secret, links: &Links) -> Vec<Value> {
    let Some(notice) = message.first() else { return Vec::new() };
    let event = |action: &str| event(action, notice, message, channel, key, links);
    match notice.what {
        What::Acknowledged => vec![event("acknowledge")],
        What::Recovered => vec![event("resolve")],
        // A test leaves no incident open.
        What::Test => vec![event("trigger"), event("resolve")],
        // A report is no incident: such a channel cannot be named for one.
        What::Report => Vec::new(),
        What::New | What::Escalated | What::Risen | What::Reminder | What::Still => vec![event("trigger")],
    }
}

fn event(action: &str, notice: &Notice, message: &Message, channel: &Channel, key: &Secret, links: &Links) -> Value {
    let alert = &notice.alert;
    let mut event = json!({
        "routing_key": key.expose(),
        "event_action": action,
        "dedup_key": format!("forewatch:{}", alert.fingerprint),
    });
    if action != "trigger" {
        return event;
    }
    event["client"] = "Forewatch".into();
    event["client_url"] = links.base().into();
    event["payload"] = json!({
        "summary": cut(&headline(message, channel), SUMMARY),
        "source": cut(&alert.component_id, 255),
        "severity": alert.severity.as_str(),
        "timestamp": alert.timestamp.to_rfc3339(),
        "component": alert.component.as_str(),
        "group": alert.rule_id.as_str(),
        "custom_details": {
            "description": cut(&alert.description, TEXT),
            "value": template::value(notice),
            "labels": alert.metadata,
            "held_back": alert.held_back,
        },
    });
    let handle = (notice.what != What::Test).then(|| {
        [
            ("Open in Forewatch", links.alert(&alert.alert_id)),
            ("Acknowledge or resolve", links.handle(&alert.alert_id, channel.name(), message.at)),
        ]
    });
    let all = handle.into_iter().flatten().chain(runbook(notice).map(|url| ("Runbook", url)));
    event["links"] = all.map(|(text, href)| json!({ "href": href, "text": text })).collect();
    event
}

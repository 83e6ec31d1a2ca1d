//! Alertmanager's webhook, version 4: <https://prometheus.io/docs/alerting/latest/configuration/#webhook_config>.
//! With a secret it is signed as Standard Webhooks say: <https://www.standardwebhooks.com>.

use crate::config::Secret;
use crate::notify::link::Links;
use crate::notify::message::{Message, Notice, What};
use crate::notify::template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::SecondsFormat;
use hmac::{Hmac, Mac};
use reqwest::RequestBuilder;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Map, Value, json};
use sha2::Sha256;
use std::collections::BTreeMap;

/// The time that stands for "not yet".
const NOT_YET: &str = "0001-01-01T00:00:00Z";

type Texts = BTreeMap<String, String>;

/// The body.
pub(super) fn form(message: &Message, channel: &str, links: &Links) -> Value {
    let alerts: Vec<_> =
        message.notices.iter().map(|notice| (notice, labels(notice), annotations(notice, links))).collect();
    let status = if message.is_over() { "resolved" } else { "firing" };
    let rule = message.notices.first().map(|notice| notice.alert.rule_id.to_string()).unwrap_or_default();
    json!({
        "version": "4",
        "groupKey": format!("{channel}:{}", message.group),
        "truncatedAlerts": message.more,
        "status": status,
        "receiver": channel,
        "groupLabels": { "alertname": rule },
        "commonLabels": common(alerts.iter().map(|(_, labels, _)| labels)),
        "commonAnnotations": common(alerts.iter().map(|(_, _, annotations)| annotations)),
        "externalURL": links.base(),
        "alerts": alerts.iter().map(|(notice, labels, annotations)| alert(notice, labels, annotations, links)).collect::<Vec<_>>(),
    })
}

fn alert(notice: &Notice, labels: &Texts, annotations: &Texts, links: &Links) -> Value {
    let alert = &notice.alert;
    let is_over = notice.is_over();
    let time = |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(SecondsFormat::Millis, true);
    let ended = alert.resolved_at.filter(|_| is_over).map_or_else(|| NOT_YET.to_owned(), time);
    json!({
        "status": if is_over { "resolved" } else { "firing" },
        "labels": labels,
        "annotations": annotations,
        "startsAt": time(alert.timestamp),
        "endsAt": ended,
        "generatorURL": page(notice, links),
        "fingerprint": alert.fingerprint,
    })
}

/// Where it is shown.
fn page(notice: &Notice, links: &Links) -> String {
    let report = (notice.what == What::Report).then(|| notice.alert.runbook.clone()).flatten();
    report.unwrap_or_else(|| links.alert(&notice.alert.alert_id))
}

fn labels(notice: &Notice) -> Texts {
    let alert = &notice.alert;
    let own = [
        ("alertname", alert.rule_id.as_str()),
        ("severity", alert.severity.as_str()),
        ("component", alert.component.as_str()),
    ];
    // The alert's own names go before those of its rule.
    let mut labels: Texts = alert.metadata.clone();
    labels.extend(own.map(|(name, value)| (name.to_owned(), value.to_owned())));
    labels
}

fn annotations(notice: &Notice, links: &Links) -> Texts {
    let alert = &notice.alert;
    let texts = [
        ("title", Some(alert.title.clone())),
        ("description", Some(alert.description.clone()).filter(|text| !text.is_empty())),
        ("runbook", alert.runbook.clone().filter(|_| notice.what != What::Report)),
        ("dashboard", Some(page(notice, links))),
        ("value", template::value(notice)),
        // How many alerts are held back because this one tells their cause.
        ("held_back", Some(alert.held_back).filter(|held| *held > 0).map(|held| held.to_string())),
    ];
    texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?))).collect()
}

/// What all have, with the same value.
fn common<'a>(mut all: impl Iterator<Item = &'a Texts>) -> Map<String, Value> {
    let mut shared = all.next().cloned().unwrap_or_default();
    for texts in all {
        shared.retain(|name, value| texts.get(name) == Some(value));
    }
    shared.into_iter().map(|(name, value)| (name, Value::from(value))).collect()
}

/// Adds what the receiver checks the body by.
pub(super) fn signed(request: RequestBuilder, secret: Option<&Secret>, id: &str, body: &str) -> RequestBuilder {
    let request = request.header(CONTENT_TYPE, "application/json");
    let Some(secret) = secret else { return request };
    let at = crate::collector::clock().timestamp();
    request
        .header("webhook-id", id)
        .header("webhook-timestamp", at)
        .header("webhook-signature", signature(secret.expose(), id, at, body))
}

/// `v1,` and the HMAC-SHA-256 of `id.timestamp.body` in base64. A secret that begins with `whsec_` is base64 itself.
fn signature(secret: &str, id: &str, at: i64, body: &str) -> String {
    let key = secret.strip_prefix("whsec_").and_then(|key| STANDARD.decode(key).ok());
    let key = key.unwrap_or_else(|| secret.as_bytes().to_vec());
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes a key of any length");
    mac.update(format!("{id}.{at}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_published_example() {
        // The example of the Standard Webhooks reference libraries.
        let signature = signature(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}

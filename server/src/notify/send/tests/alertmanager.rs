//! Alertmanager's webhook, version 4, read as its documentation has it:
//! <https://prometheus.io/docs/alerting/latest/configuration/#webhook_config>.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use std::collections::BTreeMap;

type Texts = BTreeMap<String, String>;

/// Alerts that Forewatch puts into one message at most.
const MOST: usize = 100;

/// The body.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Body {
    pub(crate) version: String,
    pub(crate) group_key: String,
    pub(crate) truncated_alerts: u64,
    pub(crate) status: String,
    pub(crate) receiver: String,
    pub(crate) group_labels: Texts,
    pub(crate) common_labels: Texts,
    pub(crate) common_annotations: Texts,
    #[serde(rename = "externalURL")]
    pub(crate) external_url: String,
    pub(crate) alerts: Vec<OneAlert>,
}

/// One alert of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct OneAlert {
    pub(crate) status: String,
    pub(crate) labels: Texts,
    pub(crate) annotations: Texts,
    pub(crate) starts_at: DateTime<Utc>,
    pub(crate) ends_at: DateTime<Utc>,
    #[serde(rename = "generatorURL")]
    pub(crate) generator_url: String,
    pub(crate) fingerprint: String,
}

impl Body {
    /// Reads a body, and says what about it is not as it is documented.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let body: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        must(body.version == "4" && !body.receiver.is_empty() && !body.group_key.is_empty(), "version 4")?;
        must(!body.alerts.is_empty() && body.alerts.len() <= MOST, "1 to 100 alerts")?;
        must(body.truncated_alerts == 0 || body.alerts.len() == MOST, "nothing is left out while there is room")?;
        let firing = body.alerts.iter().any(|alert| alert.status == "firing") || body.truncated_alerts > 0;
        must(body.status == if firing { "firing" } else { "resolved" }, "the group's status")?;
        for alert in &body.alerts {
            let has = |all: &Texts, common: &Texts| common.iter().all(|(name, value)| all.get(name) == Some(value));
            must(has(&alert.labels, &body.group_labels), "labels of the group")?;
            must(has(&alert.labels, &body.common_labels), "labels that all have")?;
            must(has(&alert.annotations, &body.common_annotations), "annotations that all have")?;
            for label in ["alertname", "severity", "component"] {
                must(alert.labels.contains_key(label), label)?;
            }
            for annotation in ["title", "dashboard"] {
                must(alert.annotations.contains_key(annotation), annotation)?;
            }
            let over = alert.ends_at > alert.starts_at;
            must(alert.status == if over { "resolved" } else { "firing" }, "an end when it is over")?;
            must(alert.generator_url.starts_with(&body.external_url) && !alert.fingerprint.is_empty(), "its page")?;
        }
        Ok(body)
    }
}

fn must(so: bool, what: &str) -> Result<(), String> {
    if so { Ok(()) } else { Err(what.to_owned()) }
}

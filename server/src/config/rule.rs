//! The section `[[rule]]`, as it is written: what its words mean is found out by [`crate::alerts`].

use super::duration;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::time::Duration;

/// One rule. Everything is optional, so that a mistake in one key never hides those in others.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RuleText {
    pub(crate) id: String,
    /// With false a rule that comes with Forewatch is not used.
    pub(crate) enabled: Option<bool>,
    pub(crate) component: Option<String>,
    pub(crate) metric: Option<String>,
    pub(crate) kind: Option<String>,
    #[serde(rename = "where")]
    pub(crate) filter: Option<BTreeMap<String, String>>,
    pub(crate) op: Option<String>,
    pub(crate) threshold: Option<Amount>,
    pub(crate) clear: Option<Amount>,
    #[serde(rename = "for")]
    pub(crate) lasts: Option<Span>,
    pub(crate) keep_firing_for: Option<Span>,
    pub(crate) severity: Option<String>,
    pub(crate) severities: Option<Vec<StepText>>,
    pub(crate) min_samples: Option<u64>,
    pub(crate) window: Option<Span>,
    pub(crate) agg: Option<String>,
    pub(crate) by: Option<Vec<String>>,
    pub(crate) at_least: Option<Span>,
    pub(crate) status: Option<String>,
    pub(crate) renotify: Option<Span>,
    pub(crate) inhibits: Option<Vec<String>>,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) runbook: Option<String>,
}

/// A step of `severities`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct StepText {
    pub(crate) at: Option<Amount>,
    pub(crate) severity: Option<String>,
}

/// A number, or a span of time, which counts in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Amount(pub(crate) f64);

/// A span of time, maybe none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span(pub(crate) Duration);

#[derive(Deserialize)]
#[serde(untagged, expecting = "a number or a duration such as \"5m\"")]
enum NumberOrText {
    Number(f64),
    Text(String),
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match NumberOrText::deserialize(deserializer)? {
            NumberOrText::Number(number) if number.is_finite() => Ok(Self(number)),
            NumberOrText::Number(number) => {
                Err(serde::de::Error::custom(format!("{number} is no number to compare with")))
            }
            NumberOrText::Text(text) => {
                duration::read_any(&text).map(|span| Self(span.as_secs_f64())).map_err(serde::de::Error::custom)
            }
        }
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        duration::read_any(&text).map(Self).map_err(serde::de::Error::custom)
    }
}

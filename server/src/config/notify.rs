//! The section `[[notify]]`: whom alerts are told, and how. What a key means together with others is checked by
//! [`crate::notify::Channel::of`].

use super::Secret;
use super::duration::{duration, some_duration};
use forewatch::AlertSeverity;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// A channel, as it stands in the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Notify {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: Option<NotifyType>,
    /// Where it is sent to.
    pub(crate) url: Option<Address>,
    /// What the receiver knows us by; its meaning depends on the type.
    pub(crate) secret: Option<Secret>,
    /// Alerts below are not told.
    pub(crate) min_severity: AlertSeverity,
    /// Labels that an alert must have, by name: `component`, `rule`, or one of the rule's own.
    #[serde(rename = "where")]
    pub(crate) wanted: BTreeMap<String, Patterns>,
    /// How long the first alert of a group waits for others.
    #[serde(deserialize_with = "duration")]
    pub(crate) group_wait: Duration,
    /// How long a group is quiet after it was told.
    #[serde(deserialize_with = "duration")]
    pub(crate) group_interval: Duration,
    /// After this an alert that nobody has acknowledged is told again.
    #[serde(deserialize_with = "duration")]
    pub(crate) renotify: Duration,
    pub(crate) quiet: Option<Quiet>,
    /// After this an alert that nobody has acknowledged is told to the channel `then`.
    #[serde(deserialize_with = "some_duration")]
    pub(crate) escalate_after: Option<Duration>,
    pub(crate) then: Option<String>,
    /// Loopback and private addresses may be reached.
    pub(crate) allow_private: bool,
    /// The headline, with placeholders.
    pub(crate) title: Option<String>,
    /// How long one attempt may take.
    #[serde(deserialize_with = "duration")]
    pub(crate) timeout: Duration,
    /// Telegram: the chat.
    pub(crate) chat: Option<Chat>,
    /// E-mail: from whom and to whom, the name for signing in, and a file with certificates to trust besides the usual.
    pub(crate) from: Option<String>,
    pub(crate) to: Vec<String>,
    pub(crate) user: Option<String>,
    pub(crate) ca_file: Option<PathBuf>,
    /// A command and its arguments.
    pub(crate) argv: Vec<String>,
    /// Heartbeat: how often.
    #[serde(deserialize_with = "some_duration")]
    pub(crate) every: Option<Duration>,
}

impl Default for Notify {
    fn default() -> Self {
        Self {
            name: String::new(),
            kind: None,
            url: None,
            secret: None,
            min_severity: AlertSeverity::Warning,
            wanted: BTreeMap::new(),
            group_wait: Duration::from_secs(10),
            group_interval: Duration::from_mins(5),
            renotify: Duration::from_hours(4),
            quiet: None,
            escalate_after: None,
            then: None,
            allow_private: false,
            title: None,
            timeout: Duration::from_secs(10),
            chat: None,
            from: None,
            to: Vec::new(),
            user: None,
            ca_file: None,
            argv: Vec::new(),
            every: None,
        }
    }
}

/// What kind of receiver a channel has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum NotifyType {
    Webhook,
    Slack,
    Discord,
    Teams,
    Telegram,
    PagerDuty,
    Ntfy,
    Email,
    Command,
    Heartbeat,
}

impl NotifyType {
    /// The word for it in the file.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Slack => "slack",
            Self::Discord => "discord",
            Self::Teams => "teams",
            Self::Telegram => "telegram",
            Self::PagerDuty => "pagerduty",
            Self::Ntfy => "ntfy",
            Self::Email => "email",
            Self::Command => "command",
            Self::Heartbeat => "heartbeat",
        }
    }
}

/// When only what cannot wait is told: from one time of the day to another, in a zone.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Quiet {
    pub(crate) from: String,
    pub(crate) to: String,
    #[serde(default = "utc")]
    pub(crate) zone: String,
    /// This severity, and what is worse, is told all the same.
    pub(crate) except: Option<AlertSeverity>,
}

fn utc() -> String {
    "UTC".to_owned()
}

/// An address that may be a secret: as it stands, or from `env:NAME` or `file:PATH`. Never printed.
#[derive(Clone)]
pub(crate) struct Address {
    pub(crate) text: Secret,
    /// It stands in the file, for everyone who reads that.
    pub(crate) is_open: bool,
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(address)")
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let is_open = !(text.starts_with("env:") || text.starts_with("file:"));
        let text = if is_open { Secret::new(text) } else { Secret::read(&text).map_err(D::Error::custom)? };
        Ok(Self { text, is_open })
    }
}

/// Texts with `*` for any text: one, or a list of which one must fit.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "a text, or a list of texts")]
pub(crate) enum Patterns {
    One(String),
    Any(Vec<String>),
}

/// A chat's number, or the name of a public channel.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "a chat's number, or a channel's @name")]
pub(crate) enum Chat {
    Number(i64),
    Name(String),
}

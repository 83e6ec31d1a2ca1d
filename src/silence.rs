//! Silences: until when nobody is told of which alerts. A silenced alert stays on the dashboard, marked.

use crate::SilenceId;
use crate::alert::Alert;
use crate::pattern;
use crate::worker::words;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// How a label is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum MatchOp {
    /// It is exactly this.
    #[default]
    #[serde(rename = "=")]
    Is,
    /// It is anything but this, or absent.
    #[serde(rename = "!=")]
    IsNot,
    /// It is like this, `*` standing for any text.
    #[serde(rename = "~")]
    Like,
    /// It is not like this, or absent.
    #[serde(rename = "!~")]
    NotLike,
}

words!(MatchOp { Is => "=", IsNot => "!=", Like => "~", NotLike => "!~" });

/// One condition on an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Matcher {
    /// One of [`Matcher::LABELS`].
    pub label: String,
    /// How it is compared; `=` when absent.
    #[serde(default)]
    pub op: MatchOp,
    /// With what, at most 255 characters.
    pub value: String,
}

impl Matcher {
    /// The labels that alerts can be told apart by.
    pub const LABELS: &'static [&'static str] = &[
        "rule",
        "severity",
        "component",
        "component_id",
        "worker",
        "gpu",
        "queue",
        "source",
        "name",
        "task",
        "objective",
        "tag",
    ];

    /// As people write it in a configuration: `*` stands for any text, and a `!` before it means "not".
    pub fn of(label: &str, written: &str) -> Self {
        let (value, not) = written.strip_prefix('!').map_or((written, false), |value| (value, true));
        let op = match (value.contains('*'), not) {
            (false, false) => MatchOp::Is,
            (false, true) => MatchOp::IsNot,
            (true, false) => MatchOp::Like,
            (true, true) => MatchOp::NotLike,
        };
        Self { label: label.to_owned(), op, value: value.to_owned() }
    }

    /// Whether this is so of an alert. Of several tags one is enough.
    pub fn fits(&self, alert: &Alert) -> bool {
        let like = |text: &str| match self.op {
            MatchOp::Is | MatchOp::IsNot => text == self.value,
            MatchOp::Like | MatchOp::NotLike => pattern::fits(&self.value, text),
        };
        let found = match self.label.as_str() {
            "rule" => like(&alert.rule_id),
            "severity" => like(alert.severity.as_str()),
            "component" => like(alert.component.as_str()),
            "component_id" => like(&alert.component_id),
            "tag" => alert.tags.iter().any(|tag| like(tag)),
            label => alert.metadata.get(label).is_some_and(|text| like(text)),
        };
        found == self.is_positive()
    }

    /// Whether it asks for something, and not only for the lack of it.
    pub fn is_positive(&self) -> bool {
        matches!(self.op, MatchOp::Is | MatchOp::Like)
    }
}

/// Nobody is told of alerts that fit all matchers, from one moment to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Silence {
    /// A ULID.
    pub silence_id: SilenceId,
    /// All must fit.
    pub matchers: Vec<Matcher>,
    /// From then on.
    pub starts_at: DateTime<Utc>,
    /// Until then; earlier than it was made to last when somebody ended it.
    pub ends_at: DateTime<Utc>,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Why.
    pub comment: String,
    /// Who ended it before its time.
    #[serde(default)]
    pub ended_by: Option<String>,
}

impl Silence {
    /// Whether it holds at a moment.
    pub fn holds(&self, now: DateTime<Utc>) -> bool {
        self.starts_at <= now && now < self.ends_at
    }

    /// Whether an alert is one that it is about.
    pub fn fits(&self, alert: &Alert) -> bool {
        self.matchers.iter().all(|matcher| matcher.fits(alert))
    }
}

/// A silence to be made: the body of `POST /silences`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewSilence {
    /// 1 to 20, at least one of which is `=` or `~`; all must fit.
    pub matchers: Vec<Matcher>,
    /// From then on; at once when absent.
    #[serde(default)]
    pub starts_at: Option<DateTime<Utc>>,
    /// Until then, at most a year from now.
    pub ends_at: DateTime<Utc>,
    /// Why, 1 to 2,000 characters.
    pub comment: String,
}

/// Which silences a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SilenceState {
    /// Holds now.
    Active,
    /// Will hold.
    Pending,
    /// Is over.
    Expired,
}

words!(SilenceState { Active => "active", Pending => "pending", Expired => "expired" });

impl SilenceState {
    /// How a silence is at a moment.
    pub fn of(silence: &Silence, now: DateTime<Utc>) -> Self {
        match (now < silence.starts_at, now < silence.ends_at) {
            (_, false) => Self::Expired,
            (true, true) => Self::Pending,
            (false, true) => Self::Active,
        }
    }
}

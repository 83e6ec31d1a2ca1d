//! Alerts: one episode a condition, with its handling and its timeline.

mod handling;
mod value;

use crate::worker::words;
use crate::{AlertId, RuleId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub use value::unit_of;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AlertSeverity {
    /// Good to know.
    Info,
    /// Will need someone.
    Warning,
    /// Needs someone.
    Error,
    /// Needs someone now.
    Critical,
}

words!(AlertSeverity { Info => "info", Warning => "warning", Error => "error", Critical => "critical" });

/// What an alert is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AlertComponent {
    /// A worker.
    Worker,
    /// A queue.
    Queue,
    /// Tasks, by name or one.
    Task,
    /// A GPU.
    Gpu,
    /// The whole.
    System,
    /// A source, or Forewatch's own store.
    Source,
}

words!(AlertComponent {
    Worker => "worker", Queue => "queue", Task => "task", Gpu => "gpu", System => "system", Source => "source",
});

/// The condition of an episode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AlertState {
    /// True, not yet for long enough.
    Pending,
    /// True for long enough.
    Firing,
    /// False, not yet for long enough.
    Recovering,
    /// Over.
    Resolved,
}

words!(AlertState { Pending => "pending", Firing => "firing", Recovering => "recovering", Resolved => "resolved" });

impl AlertState {
    /// Firing or recovering: what `state=active` asks for.
    pub fn is_active(self) -> bool {
        matches!(self, Self::Firing | Self::Recovering)
    }
}

/// One episode of one condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Alert {
    /// The episode: a ULID.
    pub alert_id: AlertId,
    /// What is wrong, in a line.
    pub title: String,
    /// More about it.
    pub description: String,
    /// How bad it is now.
    pub severity: AlertSeverity,
    /// When it was first raised.
    pub timestamp: DateTime<Utc>,
    /// What it is about.
    pub component: AlertComponent,
    /// Which one.
    pub component_id: String,
    /// The metric it watches; absent for one raised by hand.
    pub metric_name: Option<String>,
    /// The metric's value when the state last changed.
    pub metric_value: Option<f64>,
    /// The rule's threshold.
    pub threshold: Option<f64>,
    /// Firing or recovering.
    pub is_active: bool,
    /// Somebody has it.
    pub acknowledged: bool,
    /// Who.
    pub acknowledged_by: Option<String>,
    /// Since when.
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub resolved_at: Option<DateTime<Utc>>,
    /// Free labels.
    pub tags: Vec<String>,
    /// The rule's labels: what tells this alert from others of its rule.
    pub metadata: BTreeMap<String, String>,

    /// The rule; `manual` for one raised by hand.
    pub rule_id: RuleId,
    /// Hash of rule and labels; at most one open episode each.
    pub fingerprint: String,
    /// Its condition.
    pub state: AlertState,
    /// Since when its condition is in this state.
    pub state_since: DateTime<Utc>,
    /// Whether the condition is true now; an alert resolved by hand may be over while it still is.
    #[serde(default)]
    pub condition_true: bool,
    /// When the condition was last seen true.
    pub last_seen: DateTime<Utc>,
    /// When anything about it last changed.
    pub updated_at: DateTime<Utc>,
    /// How often the condition has become true in this episode.
    pub occurrences: u32,
    /// Who resolved it; absent when the condition cleared by itself.
    #[serde(default)]
    pub resolved_by: Option<String>,
    /// The acknowledgement holds until then; absent: until it is resolved.
    #[serde(default)]
    pub acknowledged_until: Option<DateTime<Utc>>,
    /// The newest note.
    #[serde(default)]
    pub note: Option<String>,
    /// Why nobody is told, if so: `silenced by …`, `maintenance …`, `flapping`, or the alert that tells its cause.
    #[serde(default)]
    pub suppressed_by: Option<String>,
    /// The alert of its cause, while there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inhibited_by: Option<AlertId>,
    /// The newest alerts of which nobody is told because this one tells their cause, at most [`MAX_HELD_BACK`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holds_back: Vec<AlertId>,
    /// How many those are in all.
    #[serde(default, skip_serializing_if = "is_none")]
    pub held_back: u64,
    /// What to do about it.
    #[serde(default)]
    pub runbook: Option<String>,
    /// Who did what when, oldest first, at most [`MAX_TIMELINE`] entries.
    #[serde(default)]
    pub timeline: Vec<AlertMoment>,
}

/// Entries of an alert's timeline that are kept: the first, and the newest of the rest.
pub const MAX_TIMELINE: usize = 200;

/// Alerts that one lists as held back by it.
pub const MAX_HELD_BACK: usize = 100;

#[cfg_attr(
    not(target_arch = "wasm32"),
    expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")
)]
fn is_none(count: &u64) -> bool {
    *count == 0
}

/// One entry of an alert's timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AlertMoment {
    /// When.
    pub at: DateTime<Utc>,
    /// What happened.
    pub what: AlertStep,
    /// Who did it; absent when Forewatch did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// A note, or the value at that moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// What can happen in an episode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AlertStep {
    /// The condition became true.
    Pending,
    /// It was true for long enough: the alert is raised.
    Firing,
    /// The condition is false, not yet for long enough.
    Recovering,
    /// The condition was false for long enough, or a person said so.
    Resolved,
    /// The condition came back within the reopen time, or a person reopened it.
    Reopened,
    /// Somebody has it.
    Acknowledged,
    /// Nobody has it any more.
    Unacknowledged,
    /// The acknowledgement's time is up.
    AcknowledgementExpired,
    /// A remark.
    Commented,
    /// Its severity changed.
    SeverityChanged,
}

/// What a person can do with an alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum AlertCommand {
    /// "I have it."
    Acknowledge {
        /// A remark.
        #[serde(default)]
        note: Option<String>,
        /// Until when; absent: until it is resolved.
        #[serde(default)]
        until: Option<DateTime<Utc>>,
    },
    /// "I do not have it any more."
    Unacknowledge,
    /// "It is over."
    Resolve {
        /// A remark.
        #[serde(default)]
        note: Option<String>,
    },
    /// "It is not over."
    Reopen,
    /// A remark.
    Comment {
        /// The remark, 1 to 2,000 characters.
        text: String,
    },
}

impl AlertCommand {
    /// The last part of the command's address under `/alerts/{id}/`.
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Acknowledge { .. } => "acknowledge",
            Self::Unacknowledge => "unacknowledge",
            Self::Resolve { .. } => "resolve",
            Self::Reopen => "reopen",
            Self::Comment { .. } => "comment",
        }
    }
}

/// An alert raised by hand: the body of `POST /alerts`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ManualAlert {
    /// What is wrong, 1 to 200 characters.
    pub title: String,
    /// More about it, at most 4,000 characters.
    #[serde(default)]
    pub description: String,
    /// How bad it is.
    pub severity: AlertSeverity,
    /// What it is about.
    pub component: AlertComponent,
    /// Which one, 1 to 255 characters.
    pub component_id: String,
    /// Free labels, at most 20.
    #[serde(default)]
    pub tags: Vec<String>,
}

//! Sources: where Forewatch gets its events from, and how they are.

use crate::SourceName;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// How a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SourceState {
    /// Being connected to, for the first time since Forewatch began.
    Connecting,
    /// Answers.
    Up,
    /// Does not answer; being tried again.
    Down,
}

/// One source now, with what is known to be missing from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SourceStatus {
    /// `http` or `celery:NAME`.
    pub name: SourceName,
    /// How it is.
    pub state: SourceState,
    /// Since when it is so; of one that does not answer, since when nobody hears it.
    pub since: DateTime<Utc>,
    /// When an event last came from it.
    pub last_event_at: Option<DateTime<Utc>>,
    /// Where it is, without secrets; absent for what comes to us.
    pub url: Option<String>,
    /// The last error, in a sentence.
    pub error: Option<String>,
    /// Events taken from it.
    pub events: u64,
    /// Events refused or unreadable.
    pub rejected: u64,
    /// Events known to be lost.
    pub lost_events: u64,
    /// Times the connection was lost.
    pub disconnects: u64,
    /// Seconds in which nobody heard it, in all: without connection, or while Forewatch did not run.
    pub gap_seconds: f64,
    /// Whether people may ask something of its workers (`[[celery]]` with `control`).
    #[serde(default)]
    pub takes_commands: bool,
}

//! What people are told of alerts: messages on their way by channels, and how the channels fare.

use crate::AlertId;
use crate::alert::AlertSeverity;
use crate::worker::words;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// How far a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// It has not been taken yet.
    Waiting,
    /// The receiver has taken it.
    Sent,
    /// It was given up; a person can send it again.
    Dead,
}

words!(DeliveryStatus { Waiting => "waiting", Sent => "sent", Dead => "dead" });

/// A message to one channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Delivery {
    /// Its id, which is also the idempotency key that the receiver is told.
    pub id: String,
    /// The channel.
    pub channel: String,
    /// How far it is.
    pub status: DeliveryStatus,
    /// Its headline.
    pub title: String,
    /// How bad the worst alert in it is.
    pub severity: AlertSeverity,
    /// The alerts that it is about; none in a test.
    pub alerts: Vec<AlertId>,
    /// When it was decided to tell.
    pub created_at: DateTime<Utc>,
    /// When it is tried next, while it waits.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// When it was taken, or given up.
    pub ended_at: Option<DateTime<Utc>>,
    /// Every attempt, oldest first.
    pub attempts: Vec<Attempt>,
}

/// One attempt to deliver.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attempt {
    /// When it began.
    pub at: DateTime<Utc>,
    /// How long it took, in seconds.
    pub duration: f64,
    /// Whether the receiver took it.
    pub accepted: bool,
    /// What the receiver answered, or why there was no answer.
    pub answer: String,
}

/// A channel and how it fares.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChannelStatus {
    /// Its name.
    pub name: String,
    /// Its type, as in the configuration.
    #[serde(rename = "type")]
    pub kind: String,
    /// Messages that wait to be taken.
    pub waiting: u64,
    /// When the one that waits longest was decided.
    pub oldest_waiting_at: Option<DateTime<Utc>>,
    /// Messages that were given up and are kept.
    pub dead: u64,
    /// Attempts that succeeded since the server started.
    pub sent: u64,
    /// Attempts that failed since the server started.
    pub failed: u64,
    /// Since when every attempt has failed; absent while it works.
    pub failing_since: Option<DateTime<Utc>>,
    /// Why the newest attempt failed, while it fails.
    pub last_error: Option<String>,
    /// When something was last taken since the server started.
    pub last_sent_at: Option<DateTime<Utc>>,
}

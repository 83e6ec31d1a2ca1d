//! A message on its way: what is known of it, and of every attempt.

use super::message::Message;
use chrono::{DateTime, Utc};
use forewatch::{AlertId, AlertSeverity};
use serde::Serialize;
use std::fmt;
use utoipa::ToSchema;

/// How far a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    /// It has not been taken yet.
    Waiting,
    /// The receiver has taken it.
    Sent,
    /// It was given up; a person can send it again.
    Dead,
}

impl Status {
    pub(crate) const ALL: [Self; 3] = [Self::Waiting, Self::Sent, Self::Dead];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Dead => "dead",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Status {
    type Err = forewatch::list::UnknownWord;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|status| status.as_str() == word);
        known.ok_or_else(|| Self::Err::new(word, Self::ALL.into_iter().map(Self::as_str)))
    }
}

/// A message to one channel.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Delivery {
    /// Its id, which is also the idempotency key that the receiver is told.
    pub(crate) id: String,
    /// The channel.
    pub(crate) channel: String,
    /// How far it is.
    pub(crate) status: Status,
    /// Its headline.
    pub(crate) title: String,
    /// How bad the worst alert in it is.
    pub(crate) severity: AlertSeverity,
    /// The alerts that it is about; none in a test.
    pub(crate) alerts: Vec<AlertId>,
    /// When it was decided to tell.
    pub(crate) created_at: DateTime<Utc>,
    /// When it is tried next, while it waits.
    pub(crate) next_attempt_at: Option<DateTime<Utc>>,
    /// When it was taken, or given up.
    pub(crate) ended_at: Option<DateTime<Utc>>,
    /// Every attempt, oldest first.
    pub(crate) attempts: Vec<Attempt>,
}

/// One attempt to deliver.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Attempt {
    /// When it began.
    pub(crate) at: DateTime<Utc>,
    /// How long it took, in seconds.
    pub(crate) duration: f64,
    /// Whether the receiver took it.
    pub(crate) accepted: bool,
    /// What the receiver answered, or why there was no answer.
    pub(crate) answer: String,
}

/// A delivery that is due.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Due {
    pub(crate) id: String,
    pub(crate) message: Message,
    /// Attempts so far.
    pub(crate) tries: u32,
    /// It is given up when it is not taken until then.
    pub(crate) give_up_at: DateTime<Utc>,
}

/// What a channel has to do.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Next {
    Now(Box<Due>),
    At(DateTime<Utc>),
    Nothing,
}

/// What becomes of a delivery after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    Sent,
    Again(DateTime<Utc>),
    GivenUp,
}

/// How many deliveries of a channel wait or were given up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) waiting: u64,
    pub(crate) dead: u64,
    /// When the one that waits longest was decided.
    pub(crate) oldest: Option<DateTime<Utc>>,
}

/// A delivery that is to be kept.
#[derive(Debug, Clone)]
pub(crate) struct New {
    pub(crate) channel: String,
    pub(crate) message: Message,
    pub(crate) title: String,
    pub(crate) give_up_at: DateTime<Utc>,
}

/// Which deliveries are asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    pub(crate) channel: Option<String>,
    pub(crate) status: Vec<Status>,
    pub(crate) alert: Option<AlertId>,
    pub(crate) cursor: Option<String>,
    pub(crate) limit: usize,
}

//! A message on its way, as the outbox and the workers of channels hand it on.

use super::Status;
use super::message::Message;
use chrono::{DateTime, Utc};
use forewatch::AlertId;

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

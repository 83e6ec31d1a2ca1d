//! The store, as far as others see how it is.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// A time in which the store, or a part of it, could not be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreOutage {
    /// What cannot be written: of several parts the one that matters most, and once it is over the one that did.
    pub part: StorePart,
    /// Why, in words: "the disk is full".
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
    /// Until when; absent while it lasts.
    pub until: Option<Timestamp>,
    /// Events that were refused meanwhile, each as often as its sender came with it.
    pub events_refused: u64,
    /// Samples that were not taken, or found no room in memory.
    pub samples_missed: u64,
}

impl StoreOutage {
    /// Whether it lasts.
    pub fn is_open(&self) -> bool {
        self.until.is_none()
    }
}

/// A part of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StorePart {
    /// Events as they came in. While it cannot be written, none is taken.
    Log,
    /// Samples and their buckets. While it cannot be written, they wait in memory.
    History,
    /// Tasks and alerts. While it cannot be written, they wait in memory.
    Records,
    /// What people were told. While it cannot be written, they are told of the store alone.
    Outbox,
}

impl StorePart {
    /// Every part, the one that matters most first.
    pub const ALL: [Self; 4] = [Self::Log, Self::History, Self::Records, Self::Outbox];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::History => "history",
            Self::Records => "records",
            Self::Outbox => "outbox",
        }
    }
}

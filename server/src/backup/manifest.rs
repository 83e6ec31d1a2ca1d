//! What a backup says of itself.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The head of a backup.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// When it was made.
    pub(super) made_at: DateTime<Utc>,
    /// The version of the program that made it.
    pub(super) made_by: String,
    /// The last event in it.
    pub(super) sequence: u64,
    /// The files, in the order in which they follow.
    pub(super) files: Vec<Packed>,
}

/// A file in a backup.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Packed {
    /// Which of the store's: log, records, history or reports.
    pub(super) name: String,
    /// The version of its tables, of reports that of their form.
    pub(super) version: i32,
    /// Its length.
    pub(super) bytes: u64,
}

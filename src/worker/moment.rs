//! What happens to a worker: its comings and goings, and faults of its devices.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Something that happened to a worker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerMoment {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub what: WorkerStep,
}

/// What can happen to a worker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkerStep {
    /// It registered again while it was known: it started anew, or what it runs on changed.
    Registered,
    /// It is there and works, after it did not.
    Online,
    /// It says that something is wrong with it.
    Failing,
    /// It was taken out on purpose.
    Maintenance,
    /// It said good-bye.
    Left,
    /// It was silent for longer than its health limit.
    Lost,
    /// Its host started anew.
    Restarted,
    /// Its software is another.
    Version {
        /// The version before.
        from: String,
        /// The version from then on.
        to: String,
    },
    /// A device reported an XID error.
    Xid {
        /// The device's number on its host.
        gpu: u32,
        /// The error's number.
        code: u64,
    },
}

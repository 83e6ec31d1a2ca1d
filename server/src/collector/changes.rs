//! What changed since the last tick: what the live hub, the store and the recent past need to look at.

use forewatch::{AlertId, QueueName, TaskId, WorkerId};
use std::collections::{BTreeSet, HashSet};

/// Ids of records that are new, different or gone. A record that is gone is not in the fleet any more.
#[derive(Debug, Clone, Default)]
pub(crate) struct Changes {
    pub(crate) workers: BTreeSet<WorkerId>,
    /// Workers, of those that changed, that have new readings.
    pub(crate) readings: BTreeSet<WorkerId>,
    pub(crate) tasks: HashSet<TaskId>,
    pub(crate) queues: BTreeSet<QueueName>,
    pub(crate) alerts: BTreeSet<AlertId>,
    pub(crate) sources: bool,
    pub(crate) annotations: bool,
}

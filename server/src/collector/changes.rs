//! What changed since the last tick: what the live hub, the store and history need to look at.

use forewatch::catalogue::MetricId;
use forewatch::{AlertId, QueueName, TaskId, WorkerId};
use std::collections::{BTreeSet, HashSet};

/// Ids of tasks.
pub(crate) type TaskIds = HashSet<TaskId, foldhash::quality::RandomState>;

/// Ids of records that are new, different or gone. A record that is gone is not in the fleet any more.
#[derive(Debug, Clone, Default)]
pub(crate) struct Changes {
    pub(crate) workers: BTreeSet<WorkerId>,
    /// What was measured of workers: for history.
    pub(crate) samples: Vec<Samples>,
    pub(crate) tasks: TaskIds,
    pub(crate) queues: BTreeSet<QueueName>,
    pub(crate) alerts: BTreeSet<AlertId>,
    pub(crate) sources: bool,
    pub(crate) annotations: bool,
    /// What came from workers for which there was no room.
    pub(crate) workers_refused: u64,
}

/// Samples of one worker.
#[derive(Debug, Clone)]
pub(crate) struct Samples {
    pub(crate) worker: WorkerId,
    /// Unix milliseconds, and what was measured then: metric, device, value.
    pub(crate) rows: Vec<(i64, Vec<(MetricId, Option<u32>, f64)>)>,
}

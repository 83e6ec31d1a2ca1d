//! The state of the fleet: everything that is live, plus a bounded recent past.
//!
//! Only the collector changes it, through [`super::apply`]. Readers get a whole copy once a tick; the
//! maps share what did not change, so a copy costs a few pointers. It is serialised into the store as
//! the state snapshot that a restart begins from.

mod commands;
mod counts;

use super::names::Name;
use super::objective::Counted;
use super::outcome::{Tally, Window};
use super::worker::{Faults, Moments};
use chrono::{DateTime, Utc};
pub(crate) use commands::Commands;
pub(crate) use counts::{Counters, States};
use forewatch::control::ControlRecord;
use forewatch::event::{Annotation, QueueSample};
use forewatch::queue::HeldBack;
use forewatch::silence::Silence;
use forewatch::source::SourceStatus;
use forewatch::store::StoreOutage;
use forewatch::{
    Alert, AlertId, EventId, QueueName, SilenceId, SourceName, SystemMetrics, TaskId, TaskMetrics, WorkerId,
    WorkerMetrics, WorkerStatus,
};
use imbl::shared_ptr::DefaultSharedPtr;
use imbl::{GenericHashMap, HashSet, OrdMap, OrdSet, Vector};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The version of the serialised state; a snapshot of another version is not read, the log is.
pub(crate) const FLEET_VERSION: u32 = 2;

/// Tasks by their id. Every event looks for its task several times: the hash is a quick one, seeded anew by each process.
pub(crate) type Tasks = GenericHashMap<TaskId, Arc<TaskMetrics>, foldhash::quality::RandomState, DefaultSharedPtr>;

/// Everything that is live.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Fleet {
    /// The last event of the log that is applied.
    pub(crate) sequence: u64,
    /// The time up to which it is true: the newest tick or receipt.
    pub(crate) now: DateTime<Utc>,
    /// When anything was first observed: rates over less than a window are scaled from here.
    pub(crate) observed_since: DateTime<Utc>,
    pub(crate) workers: OrdMap<WorkerId, Arc<Worker>>,
    /// What is active, and the newest that ended.
    pub(crate) tasks: Tasks,
    /// The newest tasks in the order in which they were first heard of, at most `live::TASKS_WINDOW`.
    pub(crate) newest: Vector<TaskId>,
    pub(crate) queues: OrdMap<QueueName, Arc<Queue>>,
    /// Whether a queue was ever refused for want of room: its tasks count among those without a queue.
    pub(crate) queues_refused: bool,
    /// Episodes that are not resolved, and those resolved within the retention of the live list.
    pub(crate) alerts: OrdMap<AlertId, Arc<Alert>>,
    pub(crate) sources: OrdMap<SourceName, Arc<SourceStatus>>,
    /// The newest notes on the time line, oldest first.
    pub(crate) annotations: Vector<Annotation>,
    /// Ids of events that were applied, oldest first; see [`super::dedupe`].
    pub(crate) seen: HashSet<EventId>,
    pub(crate) seen_order: Vector<EventId>,
    /// People's commands that were carried out; apart from the many events, which would push them out.
    pub(crate) commands: Commands,
    /// What people have silenced, also for some time after it is over.
    #[serde(default)]
    pub(crate) silences: OrdMap<SilenceId, Arc<Silence>>,
    /// What people asked of workers, and what came of it, oldest first.
    #[serde(default)]
    pub(crate) controls: Vector<Arc<ControlRecord>>,
    /// The tasks by their name.
    #[serde(default)]
    pub(crate) names: OrdMap<String, Arc<Name>>,
    /// What objectives count, in the order of the configuration.
    #[serde(default)]
    pub(crate) objectives: Vector<Arc<Counted>>,
    /// Running tasks, by since when nothing was heard of them.
    #[serde(default)]
    pub(crate) running: OrdSet<(DateTime<Utc>, TaskId)>,
    /// When a task with no known queue last ended, by source.
    #[serde(default)]
    pub(crate) ended_without_queue: OrdMap<SourceName, DateTime<Utc>>,
    /// Tasks with no known queue, by source and state.
    pub(crate) without_queue: OrdMap<SourceName, States>,
    /// Tasks in memory that have not ended.
    pub(crate) open: usize,
    /// Open tasks of which nothing was heard since this were taken for ended.
    pub(crate) silent_until: DateTime<Utc>,
    /// Open tasks that were given up because more were open than are kept.
    pub(crate) given_up: u64,
    /// Workers that are new since the last tick: their sums over the tasks are still to be made.
    pub(crate) unsummed: OrdSet<WorkerId>,
    /// All tasks.
    pub(crate) tally: Arc<Tally>,
    pub(crate) window: Arc<Window>,
    /// The system's numbers as of `now`.
    pub(crate) system: Arc<SystemMetrics>,
    /// The newest time in which this process could not write its store, also once it is over.
    #[serde(skip)]
    pub(crate) outage: Option<StoreOutage>,
    /// Up to when, lately, it could take no events: nothing was heard before.
    #[serde(skip)]
    pub(crate) deaf_until: Option<DateTime<Utc>>,
}

/// A worker: what is shown of it, and what that is made of.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Worker {
    /// What is shown.
    pub(crate) metrics: WorkerMetrics,
    /// What it last said of itself, before Forewatch's own finding.
    pub(crate) said: WorkerStatus,
    /// When its newest readings were taken; an older heartbeat changes nothing.
    pub(crate) newest_reading: Option<DateTime<Utc>>,
    /// Its capability, where it was told rather than found.
    pub(crate) registered_capability: forewatch::WorkerCapability,
    /// Whether task events tell of its tasks; then its own counters are not used.
    pub(crate) has_task_events: bool,
    /// Tasks it runs, by the events.
    pub(crate) running: u64,
    /// What ended on it, by the events.
    pub(crate) tally: Tally,
    /// What ended on it, by its own counters.
    pub(crate) counters: Counters,
    /// The network counters of the reading before, for rates.
    pub(crate) network: Option<(DateTime<Utc>, u64, u64)>,
    /// What is remembered of its devices' faults.
    pub(crate) faults: Faults,
    /// When a task last completed on it.
    #[serde(default)]
    pub(crate) completed_at: Option<DateTime<Utc>>,
    /// The end of the first task that failed on it since.
    #[serde(default)]
    pub(crate) failing_since: Option<DateTime<Utc>>,
    /// Queues that it was told to take from no longer, because they are paused or it is drained.
    #[serde(default)]
    pub(crate) kept_from: BTreeSet<String>,
    /// What happened to it lately.
    #[serde(default)]
    pub(crate) moments: Moments,
}

impl Worker {
    /// Whether a device is one of its, there or gone.
    pub(crate) fn knows_device(&self, index: u32) -> bool {
        self.metrics.gpus.iter().any(|gpu| gpu.index == index) || self.faults.gone().any(|gone| gone == index)
    }
}

/// A queue: what was measured of it, and what its known tasks tell.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Queue {
    pub(crate) id: QueueName,
    pub(crate) name: String,
    pub(crate) source: SourceName,
    pub(crate) class: forewatch::QueueClass,
    /// The newest measurement, and when it was made.
    pub(crate) sample: Option<(DateTime<Utc>, QueueSample)>,
    /// When anything was last heard of it.
    pub(crate) heard: DateTime<Utc>,
    /// Whether a task of it was ever announced before a worker took it: else arrivals cannot be known.
    pub(crate) announced: bool,
    /// Known tasks that have not ended, by state.
    pub(crate) states: States,
    pub(crate) tally: Tally,
    pub(crate) window: Window,
    /// Since when work has waited in it without a break.
    #[serde(default)]
    pub(crate) waiting_since: Option<DateTime<Utc>>,
    /// When a task of it last ended.
    #[serde(default)]
    pub(crate) ended_at: Option<DateTime<Utc>>,
    /// Who paused it, and when.
    #[serde(default)]
    pub(crate) paused: Option<HeldBack>,
    /// What is shown, as of the fleet's `now`.
    pub(crate) stats: forewatch::QueueStats,
}

impl Fleet {
    /// Nothing known yet.
    pub(crate) fn empty(now: DateTime<Utc>) -> Self {
        Self {
            sequence: 0,
            now,
            observed_since: now,
            workers: OrdMap::new(),
            tasks: Tasks::default(),
            newest: Vector::new(),
            queues: OrdMap::new(),
            queues_refused: false,
            alerts: OrdMap::new(),
            sources: OrdMap::new(),
            annotations: Vector::new(),
            seen: HashSet::new(),
            seen_order: Vector::new(),
            commands: Commands::default(),
            silences: OrdMap::new(),
            controls: Vector::new(),
            names: OrdMap::new(),
            objectives: Vector::new(),
            running: OrdSet::new(),
            ended_without_queue: OrdMap::new(),
            without_queue: OrdMap::new(),
            open: 0,
            silent_until: DateTime::UNIX_EPOCH,
            given_up: 0,
            unsummed: OrdSet::new(),
            tally: Arc::default(),
            window: Arc::default(),
            system: Arc::new(super::system::empty(now)),
            outage: None,
            deaf_until: None,
        }
    }
}

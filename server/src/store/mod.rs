//! Storage, behind traits: the log of events (the truth), the records made from it, and the history of samples.

mod cause;
#[cfg(test)]
pub(crate) mod conformance;
mod health;
mod history;
mod open;
mod packed;
pub(crate) mod redis;
pub(crate) mod sqlite;
mod tallies;
mod watched;
mod words;

use app::query::{AlertFilter, TaskFilter};
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::list::Page;
use forewatch::{Alert, AlertId, Event, TaskId, TaskMetrics};
pub(crate) use health::{Figures, Health};
pub(crate) use history::{
    Blocks, Expected, HistoryChanges, HistoryReader, HistoryWalker, HistoryWriter, Named, NamedSubject, TierSize, Walk,
};
pub(crate) use open::{Store, open};
use std::sync::Arc;
pub(crate) use tallies::{Finest, Next, Tallied, TallyReader};
pub(crate) use words::{mark, notice};

/// Why the store could not do something.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    /// The file is there and is not ours, or of a newer version, or cannot be written. Says what to do.
    #[error("{0}")]
    Unusable(String),
    /// The database said no.
    #[error("the store failed while {doing}: {source}")]
    Database { doing: &'static str, source: rusqlite::Error },
    /// Redis said no, or nothing.
    #[error("the store failed while {doing}: {source}")]
    Redis { doing: &'static str, source: ::redis::RedisError },
    /// Another forewatch has become the store's writer.
    #[error("{0}")]
    TakenOver(String),
    /// What was read so far does not go with what would be read now: to be read again from the start.
    #[error("the store has changed while it was read: try again")]
    Changed,
    /// What was read is damaged.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// A cursor or filter that cannot be used.
    #[error("{0}")]
    Invalid(String),
}

/// The log of events, in order. One writer.
pub(crate) trait Log: Send {
    /// Writes events durably and answers with the sequence of the last one, which may lie above the sum of all: sequences
    /// that an append took and did not acknowledge stay unused. All or none.
    fn append(&mut self, events: &[Event]) -> Result<u64, StoreError>;
    /// Whether an append would do, as far as that can be told without one; `None` while nothing can be told.
    fn check(&mut self) -> Option<Result<(), StoreError>>;
    /// Calls `each` with the events after `after`, in order, a batch at a time with its last sequence.
    fn read_after(&self, after: u64, each: &mut dyn FnMut(u64, Vec<Event>)) -> Result<(), StoreError>;
    /// The newest state snapshot.
    fn state(&self) -> Result<Option<StateSnapshot>, StoreError>;
}

/// The other side of the log, which may be slower and never delays an acknowledgement.
pub(crate) trait Snapshots: Send {
    /// Keeps a state snapshot, and forgets older ones.
    fn save_state(&mut self, snapshot: &StateSnapshot) -> Result<(), StoreError>;
    /// Deletes a bounded part of the log before `before` and not after `keep_from`; answers whether more is left.
    fn trim_log(&mut self, before: DateTime<Utc>, keep_from: u64) -> Result<bool, StoreError>;
}

/// The writer of records. Like the log's other side it may be slower.
pub(crate) trait Projection: Send {
    /// How far the records are: those that the events up to here changed are written.
    fn written(&self) -> Result<u64, StoreError>;
    /// Writes records, newest state of each, and that the records are as of `sequence`. An alert that is `gone` from the
    /// live list stays in the records if it was resolved, and is removed if it was only pending.
    fn write(
        &mut self,
        tasks: &[Arc<TaskMetrics>],
        alerts: &[Arc<Alert>],
        gone: &[AlertId],
        sequence: u64,
    ) -> Result<(), StoreError>;
    /// Deletes a bounded part of the records that are too old; answers whether more is left.
    fn trim_records(&mut self, tasks_before: DateTime<Utc>, alerts_before: DateTime<Utc>) -> Result<bool, StoreError>;
    /// Makes a day of tallies that is over as of `now`, and deletes a bounded part of those that are too old; answers
    /// whether more is left to do.
    fn settle_tallies(&mut self, now: DateTime<Utc>, kept: &KeptTallies) -> Result<bool, StoreError>;
}

/// How long tallies are kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeptTallies {
    /// Those of an hour by queue, name and worker.
    pub(crate) hours: TimeDelta,
    /// Those of a day, and those of the whole system at every grain.
    pub(crate) days: TimeDelta,
}

/// A serialised state of the fleet.
#[derive(Debug, Clone)]
pub(crate) struct StateSnapshot {
    /// The version of its format.
    pub(crate) version: u32,
    /// The last event that is in it.
    pub(crate) sequence: u64,
    /// The state itself.
    pub(crate) bytes: Vec<u8>,
}

/// Records of any age. Calls block for milliseconds: callers use `spawn_blocking`.
pub(crate) trait Records: TallyReader + Send + Sync {
    /// Tasks that match, a page of them.
    fn tasks(&self, filter: &TaskFilter) -> Result<Page<TaskMetrics>, StoreError>;
    /// How many tasks match in all.
    fn count_tasks(&self, filter: &TaskFilter) -> Result<u64, StoreError>;
    /// One task.
    fn task(&self, id: &TaskId) -> Result<Option<TaskMetrics>, StoreError>;
    /// Calls `each` with the id of every task.
    fn task_ids(&self, each: &mut dyn FnMut(&str)) -> Result<(), StoreError>;
    /// Alerts that match, a page of them.
    fn alerts(&self, filter: &AlertFilter) -> Result<Page<Alert>, StoreError>;
    /// One alert.
    fn alert(&self, id: &AlertId) -> Result<Option<Alert>, StoreError>;
    /// Whether tasks and alerts can be read.
    fn ping(&self) -> Result<(), StoreError>;
    /// What each of the store's files is for, and the bytes that it takes.
    fn sizes(&self) -> [(&'static str, u64); 3];
}

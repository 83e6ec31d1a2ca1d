//! Why tasks wait in a queue: what holds them back, in a word and in a sentence.

use crate::spent::Spent;
use crate::stuck::Stuck;
use crate::worker::words;
use crate::{QueueStats, TaskId, TaskMetrics, WorkerId};
use serde::{Deserialize, Serialize};

/// What holds back the tasks of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LimitWord {
    /// Nothing waits.
    Empty,
    /// All that waits does so on purpose: until its time, or until it is tried again.
    Delayed,
    /// No worker takes from it.
    Unserved,
    /// The workers that take from it are away.
    Offline,
    /// The workers that take from it were taken out on purpose.
    Paused,
    /// What waits is reserved by workers that are busy, while others are free.
    Reserved,
    /// The GPUs of its workers are saturated.
    Gpu,
    /// All slots of its workers are taken.
    Busy,
    /// Its workers take and finish what waits.
    Served,
    /// What is known does not tell.
    Unknown,
}

words!(LimitWord {
    Empty => "empty", Delayed => "delayed", Unserved => "unserved", Offline => "offline", Paused => "paused",
    Reserved => "reserved", Gpu => "gpu", Busy => "busy", Served => "served", Unknown => "unknown",
});

/// What holds back the tasks of a queue, and who or what has to do with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Limit {
    /// In a word.
    pub word: LimitWord,
    /// For people.
    pub sentence: String,
    /// The worker that the sentence names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker_id: Option<WorkerId>,
    /// The task that the sentence names: one that runs for long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_id: Option<TaskId>,
}

/// A queue now, and why what waits in it waits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LimitedQueue {
    /// The queue.
    #[serde(flatten)]
    pub queue: QueueStats,
    /// What holds its tasks back.
    pub limit: Limit,
}

/// A task now: its record, and what follows from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExplainedTask {
    /// The task.
    #[serde(flatten)]
    pub task: TaskMetrics,
    /// What its time went into.
    pub spent: Spent,
    /// Why it waits; of one that waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
    /// Of one that is stuck: for how long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stuck: Option<Stuck>,
}

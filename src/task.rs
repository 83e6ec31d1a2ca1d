//! Tasks: their states, what is known of each, and its timeline.

use crate::worker::words;
use crate::{Ratio, SourceName, TaskId, WorkerId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The coarse state of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TaskStatus {
    /// Not started, or waiting to be tried again.
    Pending,
    /// Started and not ended.
    Processing,
    /// Ended well.
    Completed,
    /// Ended badly.
    Failed,
    /// Revoked, rejected or given back: it did not fail.
    Cancelled,
    /// Ended or vanished; how is not known.
    Unknown,
}

words!(TaskStatus {
    Pending => "pending", Processing => "processing", Completed => "completed",
    Failed => "failed", Cancelled => "cancelled", Unknown => "unknown",
});

impl TaskStatus {
    /// Whether nothing more is expected of the task.
    pub fn is_ended(self) -> bool {
        !matches!(self, Self::Pending | Self::Processing)
    }
}

/// The finer state of a task; each gives a [`TaskStatus`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    /// Put into a queue.
    Sent,
    /// Taken by a worker (reserved), not started.
    Received,
    /// Held by a worker until its ETA.
    Scheduled,
    /// Failed for now; will be tried again.
    Retrying,
    /// Running.
    Started,
    /// Running, and has told of its progress.
    Progress,
    /// Ended well.
    Succeeded,
    /// Ended badly.
    Failed,
    /// Called off by a person or because it expired.
    Revoked,
    /// Refused by the worker's code.
    Rejected,
    /// Called off for another reason, or given back at a shutdown.
    Cancelled,
    /// Its worker is gone.
    Lost,
    /// Its worker lives, no longer has it, and said nothing.
    Ended,
}

words!(TaskState {
    Sent => "sent", Received => "received", Scheduled => "scheduled", Retrying => "retrying",
    Started => "started", Progress => "progress", Succeeded => "succeeded", Failed => "failed",
    Revoked => "revoked", Rejected => "rejected", Cancelled => "cancelled", Lost => "lost", Ended => "ended",
});

impl TaskState {
    /// The status that this state gives.
    pub fn status(self) -> TaskStatus {
        match self {
            Self::Sent | Self::Received | Self::Scheduled | Self::Retrying => TaskStatus::Pending,
            Self::Started | Self::Progress => TaskStatus::Processing,
            Self::Succeeded => TaskStatus::Completed,
            Self::Failed | Self::Lost => TaskStatus::Failed,
            Self::Revoked | Self::Rejected | Self::Cancelled => TaskStatus::Cancelled,
            Self::Ended => TaskStatus::Unknown,
        }
    }
}

/// Everything known of one task. Times that are unknown are absent, not zero.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskMetrics {
    /// The task.
    pub task_id: TaskId,
    /// Who runs or ran it; absent until a worker has it.
    pub worker_id: Option<WorkerId>,
    /// What it works on; the task's name where its sender gives no content type.
    pub content_type: Option<String>,
    /// When something was last heard of it.
    pub timestamp: DateTime<Utc>,
    /// When it was put into its queue.
    pub submitted_at: Option<DateTime<Utc>>,
    /// When it first started.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended, however it ended.
    pub completed_at: Option<DateTime<Utc>>,
    /// First start minus submission, seconds.
    pub queue_wait_time: Option<f64>,
    /// How long its last attempt ran, seconds.
    pub processing_time: Option<f64>,
    /// End minus submission, seconds.
    pub total_time: Option<f64>,
    /// Its coarse state.
    pub status: TaskStatus,
    /// What went wrong, in a line.
    pub error_message: Option<String>,
    /// How often it was tried again.
    pub retry_count: u32,
    /// CPU time used, seconds.
    pub cpu_time: Option<f64>,
    /// Most memory held, bytes.
    pub memory_peak: Option<u64>,
    /// GPU time used, seconds.
    pub gpu_time: Option<f64>,
    /// Input, bytes.
    pub input_file_size: Option<u64>,
    /// Output, bytes.
    pub output_file_size: Option<u64>,
    /// How sure the task is of its result.
    pub confidence_score: Option<Ratio>,
    /// Whether a lesser way was taken to get the result.
    pub quality_degraded: Option<bool>,

    /// Its finer state.
    pub state: TaskState,
    /// Where it comes from.
    pub source: SourceName,
    /// The state's name in its own system (Celery's `STARTED`, or a custom one).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_state: Option<String>,
    /// The task's name (Celery: the registered name).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The queue it was put into, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// 10 urgent, 8 high, 5 normal, 3 low, 1 batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<i32>,
    /// For whom it works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// Not before this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eta: Option<DateTime<Utc>>,
    /// Not after this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<DateTime<Utc>>,
    /// The task that submitted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<TaskId>,
    /// The first task of its chain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_id: Option<TaskId>,
    /// Positional arguments as text, cut and redacted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub args: Option<String>,
    /// Named arguments as text, cut and redacted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kwargs: Option<String>,
    /// Its result as text, cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// The traceback of its failure, cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceback: Option<String>,
    /// Failed by a time limit.
    #[serde(default)]
    pub timed_out: bool,
    /// How far it says it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<Ratio>,
    /// Energy its GPU used meanwhile, joules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub energy_joules: Option<f64>,
    /// Its timeline, oldest first, at most [`MAX_TIMELINE`] entries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<TaskMoment>,
}

/// Entries of a task's timeline that are kept; beyond, the middle is left out.
pub const MAX_TIMELINE: usize = 32;

/// The message of an event that asking a worker brought, not the task itself: news only where nothing told of it.
pub const FOUND_BY_ASKING: &str = "found by asking its worker";

/// One entry of a task's timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskMoment {
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What happened.
    pub what: TaskEventKind,
    /// On which worker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker_id: Option<WorkerId>,
    /// More about it: an error, a reason, a custom state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// What can happen to a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TaskEventKind {
    /// Put into a queue.
    Submitted,
    /// Taken by a worker.
    Received,
    /// An attempt began.
    Started,
    /// It told of its progress.
    Progress,
    /// A state of the application's own.
    Custom,
    /// An attempt failed and another will follow.
    Retried,
    /// It ended well.
    Completed,
    /// It ended badly.
    Failed,
    /// It was called off, or expired.
    Revoked,
    /// The worker's code refused it.
    Rejected,
    /// It was cancelled or given back.
    Cancelled,
    /// Its worker is gone.
    Lost,
    /// Its worker no longer has it and said nothing.
    Ended,
    /// A person did something with it.
    Commanded,
}

words!(TaskEventKind {
    Submitted => "submitted", Received => "received", Started => "started", Progress => "progress", Custom => "custom",
    Retried => "retried", Completed => "completed", Failed => "failed", Revoked => "revoked", Rejected => "rejected",
    Cancelled => "cancelled", Lost => "lost", Ended => "ended", Commanded => "commanded",
});

/// Something happened to a task. One shape for every kind: what a kind does not tell is absent.
/// Each kind's allowed and required fields are checked where the event enters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskEvent {
    /// What happened.
    pub kind: TaskEventKind,
    /// To which task.
    pub task_id: TaskId,
    /// On which worker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker_id: Option<WorkerId>,
    /// What it tells of the task.
    #[serde(default)]
    pub fields: Box<TaskFields>,
}

macro_rules! optional_fields {
    ($(#[$doc:meta])* pub struct $name:ident { $($(#[$fdoc:meta])* pub $field:ident: $type:ty),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(default)]
        pub struct $name {
            $($(#[$fdoc])* #[serde(skip_serializing_if = "Option::is_none")] pub $field: Option<$type>,)+
        }
    };
}

optional_fields! {
    /// What an event may tell of its task.
    pub struct TaskFields {
        /// What the task works on.
        pub content_type: String,
        /// The task's name.
        pub name: String,
        /// The queue it was put into.
        pub queue: String,
        /// Its priority.
        pub priority: i32,
        /// For whom it works.
        pub user_id: String,
        /// Not before this.
        pub eta: DateTime<Utc>,
        /// Not after this.
        pub expires: DateTime<Utc>,
        /// The task that submitted it.
        pub parent_id: TaskId,
        /// The first task of its chain.
        pub root_id: TaskId,
        /// Positional arguments as text.
        pub args: String,
        /// Named arguments as text.
        pub kwargs: String,
        /// How often it has been tried again, by its sender's count.
        pub retries: u32,
        /// How far it is.
        pub progress: Ratio,
        /// A word on its progress.
        pub message: String,
        /// What went wrong.
        pub error_message: String,
        /// The traceback.
        pub traceback: String,
        /// Why it was called off.
        pub reason: String,
        /// Failed by a time limit.
        pub timed_out: bool,
        /// Its result as text.
        pub result: String,
        /// How long the last attempt ran, by its worker's clock, seconds.
        pub runtime: f64,
        /// CPU time used, seconds.
        pub cpu_time: f64,
        /// GPU time used, seconds.
        pub gpu_time: f64,
        /// Most memory held, bytes.
        pub memory_peak: u64,
        /// Input, bytes.
        pub input_file_size: u64,
        /// Output, bytes.
        pub output_file_size: u64,
        /// How sure the task is of its result.
        pub confidence_score: Ratio,
        /// Whether a lesser way was taken.
        pub quality_degraded: bool,
        /// The state's name in its own system.
        pub source_state: String,
        /// A rejected task goes back into its queue.
        pub requeue: bool,
    }
}

//! Queues: where tasks wait.

use crate::worker::words;
use crate::{QueueName, SourceName, TaskMetrics};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The class of a queue, which system metrics sum over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum QueueClass {
    /// Tasks for GPU workers.
    Gpu,
    /// Tasks for CPU workers.
    Cpu,
    /// Tasks that come here when nobody else takes them.
    Fallback,
}

words!(QueueClass { Gpu => "gpu", Cpu => "cpu", Fallback => "fallback" });

impl QueueClass {
    /// The class by name: contains `fallback` → fallback, contains `gpu` → gpu, else cpu. So `gpu_fallback` is fallback.
    pub fn by_name(queue: &str) -> Self {
        let queue = queue.to_ascii_lowercase();
        if queue.contains("fallback") {
            Self::Fallback
        } else if queue.contains("gpu") {
            Self::Gpu
        } else {
            Self::Cpu
        }
    }
}

impl TaskMetrics {
    /// The id of its queue, where the queue is known.
    pub fn queue_id(&self) -> Option<QueueName> {
        QueueName::of(&self.source, self.queue.as_deref()?)
    }
}

/// One queue now. Times in seconds, rates a second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueueStats {
    /// The queue's own name.
    pub queue_type: String,
    /// pending + processing + completed + failed + cancelled or otherwise ended.
    pub total_tasks: u64,
    /// What waits: in the broker, reserved by workers, and delayed; each task once.
    pub pending_tasks: u64,
    /// Started and not ended.
    pub processing_tasks: u64,
    /// Completed within the retention.
    pub completed_tasks: u64,
    /// Failed within the retention.
    pub failed_tasks: u64,
    /// Mean wait of what ended in the window.
    pub average_wait_time: Option<f64>,
    /// Mean processing time of what completed in the window.
    pub average_processing_time: Option<f64>,
    /// Online workers that take tasks from it; absent when that cannot be known.
    pub worker_count: Option<u64>,

    /// Public id: the name, prefixed by its source where that is a Celery broker.
    pub id: QueueName,
    /// Where it is.
    pub source: SourceName,
    /// When these numbers were taken.
    pub timestamp: DateTime<Utc>,
    /// Its class.
    pub class: QueueClass,
    /// Messages in the broker, of `pending_tasks`; absent when its length is not sampled.
    #[serde(default)]
    pub length: Option<u64>,
    /// Age of the oldest task known to wait, seconds.
    #[serde(default)]
    pub oldest_pending_age: Option<f64>,
    /// Tasks that arrived a second, over the last minute.
    #[serde(default)]
    pub arrival_rate: Option<f64>,
    /// Tasks that ended a second, over the last minute.
    #[serde(default)]
    pub service_rate: Option<f64>,
    /// Seconds until it is empty at these rates; absent while it does not shrink.
    #[serde(default)]
    pub drain_time: Option<f64>,
    /// Tasks with an ETA in the future, of `pending_tasks`.
    #[serde(default)]
    pub delayed_tasks: u64,
    /// Who paused it and when; absent while workers may take from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<HeldBack>,
}

/// Who took a queue or a worker out of service, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HeldBack {
    /// The person's name.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

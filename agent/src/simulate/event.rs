//! Task and queue events as they go over the wire.

use chrono::{DateTime, Utc};
use serde::Serialize;

/// One line of `POST /events`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FleetEvent {
    /// Makes sending it twice harmless.
    pub event_id: String,
    /// When it happens.
    pub at: DateTime<Utc>,
    /// What happens.
    #[serde(flatten)]
    pub body: Body,
}

/// What happens. Fields are those of the API.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type")]
#[allow(missing_docs)]
pub enum Body {
    #[serde(rename = "task.submitted")]
    Submitted {
        task_id: String,
        content_type: &'static str,
        name: &'static str,
        queue: &'static str,
        priority: i64,
        user_id: String,
        input_file_size: u64,
    },
    #[serde(rename = "task.started")]
    Started { task_id: String, worker_id: String },
    #[serde(rename = "task.progress")]
    Progress { task_id: String, worker_id: String, progress: f64 },
    #[serde(rename = "task.retried")]
    Retried { task_id: String, worker_id: String, error_message: &'static str },
    #[serde(rename = "task.completed")]
    Completed {
        task_id: String,
        worker_id: String,
        output_file_size: u64,
        cpu_time: f64,
        #[serde(skip_serializing_if = "Option::is_none")]
        gpu_time: Option<f64>,
        memory_peak: u64,
        confidence_score: f64,
        quality_degraded: bool,
    },
    #[serde(rename = "task.failed")]
    Failed { task_id: String, worker_id: String, error_message: &'static str, timed_out: bool },
    #[serde(rename = "queue.sampled")]
    Queue { queue: &'static str, pending: u64, processing: u64, worker_count: u64 },
}

//! The whole system in numbers.

use crate::{Alert, Ratio, TaskMetrics, WorkerMetrics};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The system now, or over a period (an hour, a day). Over a period, counts of workers, queue sizes and loads are means over
/// its time, waiting and running tasks are those at its end, and all others are of what ended in it. Averages and rates are over tasks that ended in the last
/// window (default 1 h) and absent when none did; the exact meaning of each field stands beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SystemMetrics {
    /// When these numbers were true; the start of the period in statistics by hour and day.
    pub timestamp: DateTime<Utc>,
    /// Workers registered or seen, and not deregistered or expired (24 h after the last sign of life).
    pub total_workers: u64,
    /// Status online or busy, and a sign of life within the health limit.
    pub online_workers: u64,
    /// Workers for GPU tasks, online or not.
    pub gpu_workers: u64,
    /// Workers for CPU tasks, online or not.
    pub cpu_workers: u64,
    /// Workers for both, online or not.
    pub hybrid_workers: u64,
    /// Sum of the tasks in all six statuses.
    pub total_tasks: u64,
    /// What waits in queues, is reserved by workers or delayed; each task once.
    pub pending_tasks: u64,
    /// Started and not ended.
    pub processing_tasks: u64,
    /// Completed within the task retention.
    pub completed_tasks: u64,
    /// Failed within the task retention.
    pub failed_tasks: u64,
    /// Messages waiting in queues of class gpu.
    pub gpu_queue_size: u64,
    /// Messages waiting in queues of class cpu.
    pub cpu_queue_size: u64,
    /// Messages waiting in queues of class fallback.
    pub fallback_queue_size: u64,
    /// Mean processing time (of the last attempt) of completed tasks, seconds.
    pub average_task_duration: Option<f64>,
    /// Mean of first start minus submission, seconds.
    pub average_queue_wait_time: Option<f64>,
    /// Completed tasks in the window, scaled to an hour.
    pub system_throughput: f64,
    /// Mean CPU load over online hosts that report it.
    pub total_cpu_usage: Option<Ratio>,
    /// Memory in use over online hosts that report it, weighted by capacity.
    pub total_memory_usage: Option<Ratio>,
    /// Mean load over the devices of online hosts that report it.
    pub total_gpu_usage: Option<Ratio>,
    /// Failed / (completed + failed).
    pub error_rate: Option<Ratio>,
    /// Failed by a time limit / (completed + failed).
    pub timeout_rate: Option<Ratio>,
    /// Retries / attempts, an attempt being a start.
    pub retry_rate: Option<Ratio>,

    /// Cancelled within the task retention.
    #[serde(default)]
    pub cancelled_tasks: u64,
    /// Ended within the task retention; how is not known.
    #[serde(default)]
    pub unknown_tasks: u64,
    /// total − online.
    #[serde(default)]
    pub offline_workers: u64,
    /// Online, with a fault of their own or of a device.
    #[serde(default)]
    pub unhealthy_workers: u64,
    /// Device memory in use over online hosts that report it, weighted by capacity.
    #[serde(default)]
    pub gpu_memory_usage: Option<Ratio>,
    /// Power drawn by all devices of online hosts, watts.
    #[serde(default)]
    pub power_draw_watts: Option<f64>,
    /// Devices of online hosts.
    #[serde(default)]
    pub gpus: u64,
    /// Task events known to be lost; the counts of tasks are lower bounds when it is not zero.
    #[serde(default)]
    pub tasks_lost_events: u64,
    /// Messages waiting, by the queue's id. Statistics leave it empty: `GET /query` tells a queue's past.
    #[serde(default)]
    pub queues: BTreeMap<String, u64>,
    /// In statistics: the share of the period in which the system was measured. Where it is 0, workers, waiting and running
    /// tasks, queue sizes and loads are not known; what ended in the period is. Absent of the system now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<Ratio>,
    /// What everybody must know of Forewatch itself, in a sentence or two: that its store cannot be written. Absent while
    /// all is well, and in statistics.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
}

/// Everything a monitor needs in one answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DashboardData {
    /// When this was true.
    pub timestamp: DateTime<Utc>,
    /// The system now.
    pub system_metrics: SystemMetrics,
    /// Every worker.
    pub worker_metrics: Vec<WorkerMetrics>,
    /// The newest 50 tasks.
    pub recent_tasks: Vec<TaskMetrics>,
    /// Alerts firing or recovering.
    pub active_alerts: Vec<Alert>,
    /// An hour each, newest 24, oldest first.
    pub hourly_stats: Vec<SystemMetrics>,
    /// A day each, newest 30, oldest first.
    pub daily_stats: Vec<SystemMetrics>,
}

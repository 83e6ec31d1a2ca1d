//! Groups of tasks that ended: how many, how well, how fast.

use crate::Ratio;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What stands in an error, as a key, in the place of what is different each time: a number, an id, a hexadecimal word, a
/// path, an address.
pub const MARKS: [&str; 5] = ["<n>", "<id>", "<hex>", "<path>", "<url>"];

/// Tasks that ended and have something in common. Averages, rates and percentiles are absent where nothing tells of them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskGroup {
    /// The queue's id, the task's name (its content type where it has none), the worker's id, the user, or the error without what is
    /// different each time; absent where it is not known.
    pub key: Option<String>,
    /// Whether these are all for which there was no room: so many different keys are not told apart.
    #[serde(default)]
    pub is_other: bool,
    /// All that ended.
    pub total: u64,
    /// Ended well.
    pub completed: u64,
    /// Ended badly.
    pub failed: u64,
    /// Called off.
    pub cancelled: u64,
    /// Ended; how is not known.
    pub unknown: u64,
    /// Of the failed ones, those ended by a time limit.
    pub timed_out: u64,
    /// Starts of what ended.
    pub attempts: u64,
    /// How many of the starts were retries.
    pub retries: u64,
    /// Failed / (completed + failed).
    pub error_rate: Option<Ratio>,
    /// Failed by a time limit / (completed + failed).
    pub timeout_rate: Option<Ratio>,
    /// Retries / attempts.
    pub retry_rate: Option<Ratio>,
    /// Mean processing time (of the last attempt) of completed tasks, seconds.
    pub average_task_duration: Option<f64>,
    /// Mean of first start minus submission, seconds.
    pub average_queue_wait_time: Option<f64>,
    /// Processing time of completed tasks, seconds.
    pub processing_time: Option<Percentiles>,
    /// First start minus submission, seconds.
    pub queue_wait_time: Option<Percentiles>,
    /// GPU time, seconds, of those that told it.
    pub gpu_time: Option<f64>,
    /// Of that, what went into tasks that did not complete.
    #[serde(default)]
    pub wasted_gpu_time: Option<f64>,
    /// Energy, joules, of those that told it.
    pub energy_joules: Option<f64>,
    /// When the first of them ended, of all that match and are kept: also before the time that is asked of. Of groups by
    /// error only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<DateTime<Utc>>,
    /// When the last of them ended. Of groups by error only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<DateTime<Utc>>,
    /// Whether the first was seen within the last day of the time that is asked of, or since the last annotation that is
    /// tagged `deploy`. Of groups by error only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_new: Option<bool>,
}

/// Percentiles, each within 1 % of the exact one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Percentiles {
    /// Median.
    pub p50: f64,
    /// 95th percentile.
    pub p95: f64,
    /// 99th percentile.
    pub p99: f64,
}

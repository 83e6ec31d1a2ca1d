//! What the end of a task tells, and spans as whole numbers, so that sums over them are exact.

use chrono::{DateTime, Utc};
use forewatch::{TaskMetrics, TaskStatus};

/// Whether an ended task was ever started, also where its start was not seen.
pub(crate) fn ran(status: TaskStatus, started_at: Option<DateTime<Utc>>, retry_count: u32) -> bool {
    started_at.is_some() || retry_count > 0 || matches!(status, TaskStatus::Completed | TaskStatus::Failed)
}

/// When a task with these fields ended: its end, or when it was last heard of where its end has no time of its own.
pub(crate) fn ended_at(
    status: TaskStatus,
    completed_at: Option<DateTime<Utc>>,
    timestamp: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    status.is_ended().then(|| completed_at.unwrap_or(timestamp))
}

/// When a task ended.
pub(crate) fn end_of(task: &TaskMetrics) -> Option<DateTime<Utc>> {
    ended_at(task.status, task.completed_at, task.timestamp)
}

/// Whole microseconds of seconds.
pub(crate) fn micros(seconds: f64) -> u64 {
    whole(seconds * 1e6)
}

/// Whole thousandths.
pub(crate) fn millis(amount: f64) -> u64 {
    whole(amount * 1e3)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "negative and NaN become 0 on purpose")]
fn whole(number: f64) -> u64 {
    number.max(0.0).round() as u64
}

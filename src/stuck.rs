//! Stuck, not slow: a task that has been running without a word for far longer than others of its name do.

use crate::task::TaskEventKind;
use crate::{TaskMetrics, TaskStatus, time};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// What runs shorter than this is never called stuck, seconds.
const LEAST: f64 = 30.0;

/// How long tasks of one name usually run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Usual {
    /// 95 % of them run no longer than this, seconds.
    pub p95: f64,
    /// From so many times as long on, one is stuck.
    pub times: f64,
}

/// A task that is stuck.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Stuck {
    /// Since when it has been running without a word.
    pub since: DateTime<Utc>,
    /// 95 % of the tasks of its name run no longer than this, seconds.
    pub usual: f64,
    /// So many times as long it has been running without a word.
    pub times: f64,
}

/// Since when a running task has been running without a word; `None` of one that does not run.
pub fn silent_since(task: &TaskMetrics) -> Option<DateTime<Utc>> {
    if task.status != TaskStatus::Processing {
        return None;
    }
    let is_word = |kind| matches!(kind, TaskEventKind::Started | TaskEventKind::Progress | TaskEventKind::Custom);
    let word = task.events.iter().rev().find(|moment| is_word(moment.what)).map(|moment| moment.at);
    word.max(task.started_at).or(Some(task.timestamp))
}

impl Usual {
    /// From when on a running task is stuck, unless it says something before.
    pub fn stuck_from(self, task: &TaskMetrics) -> Option<DateTime<Utc>> {
        let seconds = (self.p95 * self.times).max(LEAST);
        let delta = TimeDelta::from_std(std::time::Duration::try_from_secs_f64(seconds).ok()?).ok()?;
        silent_since(task)?.checked_add_signed(delta)
    }

    /// Whether a task is stuck as of `now`.
    pub fn stuck(self, task: &TaskMetrics, now: DateTime<Utc>) -> Option<Stuck> {
        let since = silent_since(task)?;
        (self.p95 > 0.0 && self.stuck_from(task)? <= now).then(|| Stuck {
            since,
            usual: self.p95,
            times: time::seconds_between(since, now) / self.p95,
        })
    }
}

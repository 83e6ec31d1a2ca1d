//! What of a task's record counts once it has ended: when, for what, and how much.

use super::cause::cause;
use super::dimension::{Dimension, Key};
use super::sketch::Sketch;
use super::tally::{Counts, Tally};
use crate::collector::outcome;
use chrono::{DateTime, Utc};
use forewatch::{QueueName, SourceName, TaskMetrics, TaskStatus};
use serde::Deserialize;
use std::borrow::Cow;
use std::ops::Range;

/// An ended task, as it is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finished {
    /// When it ended.
    pub(crate) at: DateTime<Utc>,
    /// When it first started.
    started: Option<DateTime<Utc>>,
    queue: Option<QueueName>,
    name: Option<String>,
    worker: Option<String>,
    user: Option<String>,
    error: Option<String>,
    /// The tally of this one task.
    pub(crate) one: Tally,
}

/// The fields of a record that count; its other fields are skipped.
#[derive(Deserialize)]
struct Fields<'a> {
    status: TaskStatus,
    timestamp: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    completed_at: Option<DateTime<Utc>>,
    source: SourceName,
    queue: Option<Cow<'a, str>>,
    name: Option<Cow<'a, str>>,
    content_type: Option<Cow<'a, str>>,
    worker_id: Option<Cow<'a, str>>,
    #[serde(default)]
    user_id: Option<Cow<'a, str>>,
    error_message: Option<Cow<'a, str>>,
    processing_time: Option<f64>,
    queue_wait_time: Option<f64>,
    retry_count: u32,
    #[serde(default)]
    timed_out: bool,
    gpu_time: Option<f64>,
    energy_joules: Option<f64>,
}

impl Finished {
    /// Of a record; `None` while the task has not ended.
    pub(crate) fn of(task: &TaskMetrics) -> Option<Self> {
        Fields {
            status: task.status,
            timestamp: task.timestamp,
            started_at: task.started_at,
            completed_at: task.completed_at,
            source: task.source.clone(),
            queue: task.queue.as_deref().map(Cow::from),
            name: task.name.as_deref().map(Cow::from),
            content_type: task.content_type.as_deref().map(Cow::from),
            worker_id: task.worker_id.as_deref().map(Cow::from),
            user_id: task.user_id.as_deref().map(Cow::from),
            error_message: task.error_message.as_deref().map(Cow::from),
            processing_time: task.processing_time,
            queue_wait_time: task.queue_wait_time,
            retry_count: task.retry_count,
            timed_out: task.timed_out,
            gpu_time: task.gpu_time,
            energy_joules: task.energy_joules,
        }
        .finish()
    }

    /// Of a stored record, as JSON.
    pub(crate) fn read(record: &str) -> Result<Option<Self>, serde_json::Error> {
        serde_json::from_str::<Fields<'_>>(record).map(Fields::finish)
    }

    /// What it counts for.
    pub(crate) fn key(&self, dimension: Dimension) -> Key {
        match dimension {
            Dimension::System => Key::None,
            Dimension::Queue => Key::of(self.queue.as_deref()),
            Dimension::Name => Key::of(self.name.as_deref()),
            Dimension::Worker => Key::of(self.worker.as_deref()),
            Dimension::User => Key::of(self.user.as_deref()),
        }
    }

    /// From its submission to its first start, microseconds since 1970.
    pub(crate) fn waited(&self) -> Option<Range<i64>> {
        let start = self.started.filter(|_| self.one.wait.count() > 0)?.timestamp_micros();
        Some(start.saturating_sub_unsigned(self.one.counts.wait_us)..start)
    }

    /// From the begin of its last attempt to its end, microseconds since 1970.
    pub(crate) fn ran(&self) -> Option<Range<i64>> {
        let (end, micros) = (self.at.timestamp_micros(), self.one.counts.run_us + self.one.counts.wasted_us);
        (micros > 0).then(|| end.saturating_sub_unsigned(micros)..end)
    }

    /// What made it fail; none where it did not fail, or said nothing.
    pub(crate) fn cause(&self) -> Key {
        self.error.as_deref().map_or(Key::None, |error| Key::Named(cause(error)))
    }
}

impl Fields<'_> {
    fn finish(self) -> Option<Finished> {
        let at = outcome::ended_at(self.status, self.completed_at, self.timestamp)?;
        let one = self.tally();
        let error = self.error_message.filter(|_| self.status == TaskStatus::Failed);
        Some(Finished {
            at,
            started: self.started_at,
            queue: self.queue.and_then(|queue| QueueName::of(&self.source, &queue)),
            name: self.name.or(self.content_type).map(Cow::into_owned),
            worker: self.worker_id.map(Cow::into_owned),
            user: self.user_id.map(Cow::into_owned),
            error: error.map(Cow::into_owned),
            one,
        })
    }

    fn tally(&self) -> Tally {
        let is = |status: TaskStatus| u64::from(self.status == status);
        let completed = self.status == TaskStatus::Completed;
        // What a task used that did not complete is wasted.
        let wasted = |used: u64| if completed { 0 } else { used };
        let (run, wait) = (self.processing_time.map(outcome::micros), self.queue_wait_time.map(outcome::micros));
        let ran = outcome::ran(self.status, self.started_at, self.retry_count);
        let gpu_us = self.gpu_time.map_or(0, outcome::micros);
        let energy_mj = self.energy_joules.map_or(0, outcome::millis);
        let counts = Counts {
            completed: is(TaskStatus::Completed),
            failed: is(TaskStatus::Failed),
            cancelled: is(TaskStatus::Cancelled),
            unknown: is(TaskStatus::Unknown),
            timed_out: u64::from(self.timed_out && self.status == TaskStatus::Failed),
            attempts: if ran { 1 + u64::from(self.retry_count) } else { 0 },
            retries: if ran { u64::from(self.retry_count) } else { 0 },
            wait_us: wait.unwrap_or(0),
            run_us: run.filter(|_| completed).unwrap_or(0),
            wasted_us: wasted(run.unwrap_or(0)),
            gpu_us,
            gpu_told: u64::from(self.gpu_time.is_some()),
            wasted_gpu_us: wasted(gpu_us),
            energy_mj,
            energy_told: u64::from(self.energy_joules.is_some()),
            wasted_energy_mj: wasted(energy_mj),
        };
        let spans = |micros: Option<u64>| micros.map_or_else(Sketch::default, Sketch::of);
        Tally { counts, run: spans(run.filter(|_| completed)), wait: spans(wait) }
    }
}

//! What ended, counted: over the retention by the hour, and over the last window in small steps.
//!
//! Both are sums over task records. A record that changes is taken out as it was and put in as it is,
//! so an event that comes late, twice or out of order leaves the same sums as if it had come in time.

mod ending;

use chrono::{DateTime, Utc};
pub(crate) use ending::{end_of, ended_at, micros, millis, ran};
use forewatch::{Ratio, TaskMetrics, TaskStatus};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Seconds of one step of a [`Window`].
const STEP: i64 = 5;

/// What ended within the retention, by the hour of its end.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tally {
    hours: BTreeMap<i64, Ended>,
    sum: Ended,
}

/// Counts of ended tasks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Ended {
    pub(crate) completed: u64,
    pub(crate) failed: u64,
    pub(crate) timed_out: u64,
    pub(crate) cancelled: u64,
    pub(crate) unknown: u64,
    /// Sum of the processing times of completed tasks, in microseconds so that sums are exact.
    pub(crate) processing_us: u64,
    /// Completed tasks whose processing time is known.
    pub(crate) timed: u64,
}

impl Ended {
    fn of(task: &TaskMetrics) -> Self {
        let mut ended = Self::default();
        match task.status {
            TaskStatus::Completed => {
                ended.completed = 1;
                if let Some(seconds) = task.processing_time {
                    ended.processing_us = micros(seconds);
                    ended.timed = 1;
                }
            }
            TaskStatus::Failed => {
                ended.failed = 1;
                ended.timed_out = u64::from(task.timed_out);
            }
            TaskStatus::Cancelled => ended.cancelled = 1,
            TaskStatus::Unknown => ended.unknown = 1,
            TaskStatus::Pending | TaskStatus::Processing => {}
        }
        ended
    }

    fn combine(&mut self, other: &Self, with: impl Fn(u64, u64) -> u64) {
        for (mine, theirs) in [
            (&mut self.completed, other.completed),
            (&mut self.failed, other.failed),
            (&mut self.timed_out, other.timed_out),
            (&mut self.cancelled, other.cancelled),
            (&mut self.unknown, other.unknown),
            (&mut self.processing_us, other.processing_us),
            (&mut self.timed, other.timed),
        ] {
            *mine = with(*mine, theirs);
        }
    }

    /// All that ended, however.
    pub(crate) fn all(&self) -> u64 {
        [self.completed, self.failed, self.cancelled, self.unknown].into_iter().fold(0, u64::saturating_add)
    }

    /// Sum of the processing times, seconds.
    pub(crate) fn processing_seconds(&self) -> f64 {
        self.processing_us as f64 / 1e6
    }

    /// Mean processing time of completed tasks, seconds.
    pub(crate) fn mean_processing(&self) -> Option<f64> {
        (self.timed > 0).then(|| self.processing_seconds() / self.timed as f64)
    }
}

impl Tally {
    /// Counts a record that has ended; one that has not changes nothing.
    pub(crate) fn add(&mut self, task: &TaskMetrics) {
        if let Some(end) = end_of(task) {
            let ended = Ended::of(task);
            self.hours.entry(end.timestamp().div_euclid(3600)).or_default().combine(&ended, u64::saturating_add);
            self.sum.combine(&ended, u64::saturating_add);
        }
    }

    /// Takes a counted record out again.
    pub(crate) fn remove(&mut self, task: &TaskMetrics) {
        if let Some(hour) = end_of(task).and_then(|end| self.hours.get_mut(&end.timestamp().div_euclid(3600))) {
            let ended = Ended::of(task);
            hour.combine(&ended, u64::saturating_sub);
            self.sum.combine(&ended, u64::saturating_sub);
        }
    }

    /// Whether there are hours before `oldest`.
    pub(crate) fn is_stale(&self, oldest: DateTime<Utc>) -> bool {
        self.hours.first_key_value().is_some_and(|(hour, _)| *hour < oldest.timestamp().div_euclid(3600))
    }

    /// Forgets the hours before `oldest`.
    pub(crate) fn forget_before(&mut self, oldest: DateTime<Utc>) {
        while self.is_stale(oldest)
            && let Some((_, old)) = self.hours.pop_first()
        {
            self.sum.combine(&old, u64::saturating_sub);
        }
    }

    /// The counts over all hours that are kept.
    pub(crate) fn sum(&self) -> &Ended {
        &self.sum
    }
}

/// What arrived, started and ended in the last window, by steps of five seconds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Window {
    steps: BTreeMap<i64, Step>,
}

/// Sums over one step, or over several.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Step {
    pub(crate) arrived: u64,
    pub(crate) ended: Ended,
    /// Starts of what ended, and how many of them were retries.
    #[serde(default)]
    pub(crate) attempts: u64,
    #[serde(default)]
    pub(crate) retries: u64,
    /// Sum of the waits of what ended, microseconds, and how many they are.
    pub(crate) wait_us: u64,
    pub(crate) waited: u64,
}

impl Window {
    /// Counts a record as it is now.
    pub(crate) fn add(&mut self, task: &TaskMetrics) {
        self.change(task, u64::saturating_add);
    }

    /// Takes a counted record out again, as it was.
    pub(crate) fn remove(&mut self, task: &TaskMetrics) {
        self.change(task, u64::saturating_sub);
    }

    fn change(&mut self, task: &TaskMetrics, with: impl Fn(u64, u64) -> u64 + Copy) {
        if let Some(at) = task.submitted_at {
            let step = self.step(at);
            step.arrived = with(step.arrived, 1);
        }
        if let Some(at) = end_of(task) {
            let step = self.step(at);
            step.ended.combine(&Ended::of(task), with);
            let retries = u64::from(task.retry_count);
            if ran(task.status, task.started_at, task.retry_count) {
                step.attempts = with(step.attempts, 1 + retries);
                step.retries = with(step.retries, retries);
            }
            if let Some(wait) = task.queue_wait_time {
                step.wait_us = with(step.wait_us, micros(wait));
                step.waited = with(step.waited, 1);
            }
        }
    }

    fn step(&mut self, at: DateTime<Utc>) -> &mut Step {
        self.steps.entry(at.timestamp().div_euclid(STEP)).or_default()
    }

    /// Whether there are steps that ended before `oldest`.
    pub(crate) fn is_stale(&self, oldest: DateTime<Utc>) -> bool {
        self.steps.first_key_value().is_some_and(|(step, _)| *step < oldest.timestamp().div_euclid(STEP))
    }

    /// Forgets the steps that ended before `oldest`.
    pub(crate) fn forget_before(&mut self, oldest: DateTime<Utc>) {
        self.steps = self.steps.split_off(&oldest.timestamp().div_euclid(STEP));
    }

    /// Whether nothing is in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The sums over the last `seconds` before `now`, to the step.
    pub(crate) fn last(&self, now: DateTime<Utc>, seconds: i64) -> Step {
        let newest = now.timestamp().div_euclid(STEP);
        let mut sum = Step::default();
        for step in self.steps.range(newest - seconds.div_euclid(STEP)..=newest).map(|(_, step)| step) {
            sum.arrived += step.arrived;
            sum.ended.combine(&step.ended, u64::saturating_add);
            sum.attempts = sum.attempts.saturating_add(step.attempts);
            sum.retries = sum.retries.saturating_add(step.retries);
            sum.wait_us = sum.wait_us.saturating_add(step.wait_us);
            sum.waited += step.waited;
        }
        sum
    }
}

impl Step {
    /// Failed / (completed + failed).
    pub(crate) fn error_rate(&self) -> Option<Ratio> {
        Ratio::of(self.ended.failed, self.ended.completed + self.ended.failed)
    }

    /// Failed by a time limit / (completed + failed).
    pub(crate) fn timeout_rate(&self) -> Option<Ratio> {
        Ratio::of(self.ended.timed_out, self.ended.completed + self.ended.failed)
    }

    /// Retries / attempts, of what ended.
    pub(crate) fn retry_rate(&self) -> Option<Ratio> {
        Ratio::of(self.retries, self.attempts)
    }

    /// Mean wait of what ended, seconds.
    pub(crate) fn mean_wait(&self) -> Option<f64> {
        (self.waited > 0).then(|| self.wait_us as f64 / 1e6 / self.waited as f64)
    }
}

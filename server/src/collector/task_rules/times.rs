//! The times of a task, worked out from its timeline. What is not known stays absent.
//!
//! Clocks of different hosts disagree a little: a span that comes out negative by up to a second is
//! zero; by more, it is unknown.

use super::state::Verdict;
use chrono::{DateTime, Utc};
use forewatch::task::{TaskEventKind, TaskMoment};
use forewatch::{TaskMetrics, time};

/// Seconds by which two hosts' clocks may disagree before a span between them means nothing.
const JITTER: f64 = 1.0;

/// Writes every time but the processing time.
pub(super) fn settle(task: &mut TaskMetrics, verdict: &Verdict) {
    let first = |kind| task.events.iter().find(|moment| moment.what == kind).map(|moment| moment.at);
    // A timeline that has grown too long may have lost these entries; the record has not.
    task.submitted_at = earliest(task.submitted_at, first(TaskEventKind::Submitted));
    task.started_at = earliest(task.started_at, first(TaskEventKind::Started));
    task.completed_at = end(&task.events, verdict);
    task.queue_wait_time = span(task.submitted_at, task.started_at);
    task.total_time = span(task.submitted_at, task.completed_at);
}

/// How long the last attempt ran, as far as the timeline tells.
pub(super) fn processing(events: &[TaskMoment], verdict: &Verdict) -> Option<f64> {
    let end = end(events, verdict)?;
    let starts = || events.iter().filter(|moment| moment.what == TaskEventKind::Started);
    // A start with a detail is an attempt that was found running again, not a new one.
    let told = || starts().filter(|moment| moment.detail.is_none());
    let start = told().rfind(|moment| moment.at <= end).or_else(|| told().next()).or_else(|| starts().next());
    let start = start.map(|moment| moment.at);
    span(start, Some(end))
}

fn end(events: &[TaskMoment], verdict: &Verdict) -> Option<DateTime<Utc>> {
    verdict.decided_by(events).filter(|_| verdict.state.status().is_ended()).map(|moment| moment.at)
}

fn earliest(one: Option<DateTime<Utc>>, other: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    one.into_iter().chain(other).min()
}

fn span(from: Option<DateTime<Utc>>, to: Option<DateTime<Utc>>) -> Option<f64> {
    let seconds = time::seconds_between(from?, to?);
    (seconds >= -JITTER).then_some(seconds.max(0.0))
}

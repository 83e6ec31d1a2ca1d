//! What an event makes of its task: pure rules, the same for Celery and for HTTP.
//!
//! They own every derived field of a task record. A record's timeline is kept sorted by time, and its
//! state, worker and times are worked out from that timeline anew after each event. So any order of the
//! same events ends in the same record, an event applied again changes nothing, and a late event only
//! fills what was missing. They never read a clock and never reach outside the record.

mod fields;
mod origin;
mod state;
mod timeline;
mod times;

#[cfg(test)]
mod celery_tests;
#[cfg(test)]
mod found_tests;
#[cfg(test)]
mod tests;

use chrono::{DateTime, TimeDelta, Utc};
use forewatch::task::{FOUND_BY_ASKING, TaskEvent, TaskEventKind, TaskMoment};
use forewatch::{SourceName, TaskMetrics, TaskState, TaskStatus};
use state::Verdict;

/// Starts nearer to each other than this are one, when one of them was found by asking.
const SAME_START: TimeDelta = TimeDelta::seconds(5);

/// What the timeline says of a rejected task that went back into its queue.
const REQUEUED: &str = "requeued";

/// The record of a task that is first heard of through `event`.
pub(crate) fn first(
    event: &TaskEvent,
    source: &SourceName,
    at: DateTime<Utc>,
    received_at: DateTime<Utc>,
) -> TaskMetrics {
    let mut task = blank(event, source, received_at);
    apply(&mut task, event, at, received_at);
    task
}

/// Puts `event`, which happened `at`, into the record.
pub(crate) fn apply(task: &mut TaskMetrics, event: &TaskEvent, at: DateTime<Utc>, received_at: DateTime<Utc>) {
    if is_known(task, event, at) {
        fields::take(task, event, false);
        task.timestamp = task.timestamp.max(received_at);
        return;
    }
    let mut moment = moment(event, at);
    let before = Verdict::of(&task.events, task.eta);
    if runs_again(event, &before) {
        // It was given up since it started: it goes on from when it was found, and started when it did.
        task.started_at = task.started_at.or(Some(at));
        moment = TaskMoment { at: at.max(received_at), detail: Some(FOUND_BY_ASKING.to_owned()), ..moment };
    }
    let derived_before = times::processing(&task.events, &before);

    let newest_of_its_kind = timeline::insert(&mut task.events, &moment);
    fields::take(task, event, newest_of_its_kind);

    let verdict = Verdict::of(&task.events, task.eta);
    let runtime = event.fields.runtime.filter(|seconds| seconds.is_finite() && *seconds >= 0.0);
    let decides = verdict.decided_by(&task.events) == Some(&moment);
    task.processing_time = match runtime {
        Some(seconds) if decides && verdict.state.status().is_ended() => Some(seconds),
        // A time told by the worker is better than one worked out; only the latter is worked out anew.
        _ if task.processing_time != derived_before && before.state == verdict.state => task.processing_time,
        _ => times::processing(&task.events, &verdict),
    };
    settle(task, &verdict);
    if task.source_state.is_some() || event.fields.source_state.is_some() {
        let state = origin::celery_state(&task.events);
        if task.source_state.as_deref() != Some(state) {
            task.source_state = Some(state.to_owned());
        }
    }
    task.timestamp = task.timestamp.max(received_at);
}

/// Puts what a person did into the timeline: it decides nothing.
pub(crate) fn note(task: &mut TaskMetrics, moment: &TaskMoment) {
    timeline::insert(&mut task.events, moment);
}

/// Writes what follows from the verdict.
fn settle(task: &mut TaskMetrics, verdict: &Verdict) {
    task.state = verdict.state;
    task.status = verdict.state.status();
    task.worker_id = verdict.worker(&task.events).or_else(|| task.worker_id.take());
    times::settle(task, verdict);
    let told = task.events.iter().filter(|moment| moment.what == TaskEventKind::Retried).count();
    task.retry_count = task.retry_count.max(u32::try_from(told).unwrap_or(u32::MAX));

    let went_wrong = matches!(task.state, TaskState::Failed | TaskState::Retrying | TaskState::Lost);
    task.error_message = verdict.decided_by(&task.events).filter(|_| went_wrong).and_then(|m| m.detail.clone());
    if !went_wrong {
        task.traceback = None;
    }
    task.timed_out &= task.state == TaskState::Failed;
}

/// Whether an event found by asking tells what the timeline tells already.
fn is_known(task: &TaskMetrics, event: &TaskEvent, at: DateTime<Utc>) -> bool {
    is_found(event)
        && !runs_again(event, &Verdict::of(&task.events, task.eta))
        && match event.kind {
            TaskEventKind::Started => task
                .events
                .iter()
                .any(|moment| moment.what == TaskEventKind::Started && (moment.at - at).abs() <= SAME_START),
            _ => task.events.iter().any(|moment| moment.what != TaskEventKind::Submitted),
        }
}

/// Whether an event was found by asking.
fn is_found(event: &TaskEvent) -> bool {
    event.fields.message.as_deref() == Some(FOUND_BY_ASKING)
}

/// Whether an event finds a task running that was given up.
fn runs_again(event: &TaskEvent, verdict: &Verdict) -> bool {
    is_found(event)
        && event.kind == TaskEventKind::Started
        && matches!(verdict.state, TaskState::Lost | TaskState::Ended)
}

/// The event's entry in the timeline.
fn moment(event: &TaskEvent, at: DateTime<Utc>) -> TaskMoment {
    let fields = &event.fields;
    let detail = match event.kind {
        TaskEventKind::Custom => fields.source_state.clone(),
        TaskEventKind::Failed | TaskEventKind::Retried | TaskEventKind::Lost => fields.error_message.clone(),
        TaskEventKind::Rejected if fields.requeue == Some(true) => Some(REQUEUED.to_owned()),
        TaskEventKind::Revoked | TaskEventKind::Cancelled | TaskEventKind::Rejected | TaskEventKind::Ended => {
            fields.reason.clone()
        }
        TaskEventKind::Progress | TaskEventKind::Commanded => fields.message.clone(),
        TaskEventKind::Submitted | TaskEventKind::Received | TaskEventKind::Started | TaskEventKind::Completed => None,
    };
    TaskMoment { at, what: event.kind, worker_id: event.worker_id.clone(), detail }
}

/// A record of which nothing is known but its name.
fn blank(event: &TaskEvent, source: &SourceName, received_at: DateTime<Utc>) -> TaskMetrics {
    TaskMetrics {
        task_id: event.task_id.clone(),
        worker_id: None,
        content_type: None,
        timestamp: received_at,
        submitted_at: None,
        started_at: None,
        completed_at: None,
        queue_wait_time: None,
        processing_time: None,
        total_time: None,
        status: TaskStatus::Pending,
        error_message: None,
        retry_count: 0,
        cpu_time: None,
        memory_peak: None,
        gpu_time: None,
        input_file_size: None,
        output_file_size: None,
        confidence_score: None,
        quality_degraded: None,
        state: TaskState::Sent,
        source: source.clone(),
        source_state: None,
        name: None,
        queue: None,
        priority: None,
        user_id: None,
        eta: None,
        expires: None,
        parent_id: None,
        root_id: None,
        args: None,
        kwargs: None,
        result: None,
        traceback: None,
        timed_out: false,
        progress: None,
        energy_joules: None,
        events: Vec::new(),
    }
}

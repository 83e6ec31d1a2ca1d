//! A task's timeline as spans: what it waited, ran and backed off, attempt by attempt.

use crate::task::{TaskEventKind, TaskMoment};
use crate::{TaskMetrics, TaskStatus, Timestamp, WorkerId};

/// What a task was doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// Waiting in a queue.
    Waiting,
    /// Waiting for its time, wherever it lies.
    Delayed,
    /// Taken by a worker, and not started.
    Reserved,
    /// Running.
    Running,
    /// Ran, and this attempt failed.
    Failing,
    /// Waiting to be tried again.
    BackingOff,
}

/// One span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// What it was doing.
    pub doing: Doing,
    /// Since when.
    pub from: Timestamp,
    /// Until when; absent while it goes on.
    pub to: Option<Timestamp>,
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attempt {
    /// Who had it last.
    pub worker: Option<WorkerId>,
    /// What it was doing, one after the other.
    pub spans: Vec<Span>,
}

/// The attempts of a task as of `now`.
pub fn attempts(task: &TaskMetrics, now: Timestamp) -> Vec<Attempt> {
    let mut moments = if task.events.is_empty() { moments_of(task) } else { task.events.clone() };
    // What a person asked for is no part of an attempt.
    moments.retain(|moment| moment.what != TaskEventKind::Commanded);
    let mut attempts = vec![Attempt::default()];
    let mut open: Option<(Doing, Timestamp)> = None;
    for (place, moment) in moments.iter().enumerate() {
        let doing = open.map(|(doing, _)| doing);
        let next = match moment.what {
            // A worker may take the next attempt before it says that this one failed: no news, but of the worker.
            TaskEventKind::Submitted | TaskEventKind::Received
                if doing == Some(Doing::BackingOff)
                    || doing == Some(Doing::Running) && !starts_again(&moments[place..]) =>
            {
                doing
            }
            // The sender's word may come after that of the worker which has it already.
            TaskEventKind::Submitted => doing.filter(|doing| *doing == Doing::Reserved).or(Some(Doing::Waiting)),
            TaskEventKind::Received => Some(Doing::Reserved),
            TaskEventKind::Started | TaskEventKind::Progress | TaskEventKind::Custom => Some(Doing::Running),
            TaskEventKind::Retried => Some(Doing::BackingOff),
            _ => None,
        };
        let failed = matches!(moment.what, TaskEventKind::Retried | TaskEventKind::Failed | TaskEventKind::Lost);
        // A task that goes on as it was (progress after start) has one span.
        if next.is_some() && doing == next {
            note_worker(&mut attempts, moment);
            continue;
        }
        close(&mut attempts, open.take(), Some(moment.at), failed);
        let has = |fits: fn(Doing) -> bool| attempts.last().is_some_and(|a| a.spans.iter().any(|s| fits(s.doing)));
        if next.is_some_and(waits) && has(|doing| !waits(doing))
            || next == Some(Doing::Running) && has(|doing| !waits(doing))
        {
            attempts.push(Attempt::default());
        }
        note_worker(&mut attempts, moment);
        open = next.map(|doing| (doing, moment.at));
    }
    // Of a task whose end is not in its timeline, the end is when it was last heard of.
    let end = task.status.is_ended().then(|| task.completed_at.unwrap_or(task.timestamp));
    close(&mut attempts, open, end, false);
    attempts.retain(|attempt| !attempt.spans.is_empty());
    if let Some(eta) = task.eta {
        for attempt in &mut attempts {
            attempt.spans = attempt.spans.drain(..).flat_map(|span| delayed(span, eta, now)).collect();
        }
    }
    attempts
}

fn waits(doing: Doing) -> bool {
    matches!(doing, Doing::Waiting | Doing::Delayed | Doing::Reserved)
}

/// Whether what follows begins with another start: the task was delivered anew.
fn starts_again(moments: &[TaskMoment]) -> bool {
    let tells = |kind| !matches!(kind, TaskEventKind::Submitted | TaskEventKind::Received | TaskEventKind::Custom);
    moments.iter().map(|moment| moment.what).find(|kind| tells(*kind)) == Some(TaskEventKind::Started)
}

/// A span in the parts before and after the time before which the task must not start.
fn delayed(span: Span, eta: Timestamp, now: Timestamp) -> Vec<Span> {
    if !waits(span.doing) || eta <= span.from {
        return vec![span];
    }
    if eta >= span.to.unwrap_or(now) {
        return vec![Span { doing: Doing::Delayed, ..span }];
    }
    let first = Span { doing: Doing::Delayed, from: span.from, to: Some(eta) };
    vec![first, Span { from: eta, ..span }]
}

fn note_worker(attempts: &mut [Attempt], moment: &TaskMoment) {
    if let (Some(attempt), Some(worker)) = (attempts.last_mut(), &moment.worker_id) {
        attempt.worker = Some(worker.clone());
    }
}

fn close(attempts: &mut [Attempt], open: Option<(Doing, Timestamp)>, to: Option<Timestamp>, failed: bool) {
    let (Some((doing, from)), Some(attempt)) = (open, attempts.last_mut()) else { return };
    let doing = if failed && doing == Doing::Running { Doing::Failing } else { doing };
    attempt.spans.push(Span { doing, from, to: to.map(|to| to.max(from)) });
}

/// When the attempt that runs began.
pub fn running_since(task: &TaskMetrics) -> Option<Timestamp> {
    let last = task.events.iter().rev().find(|moment| moment.what == TaskEventKind::Started).map(|moment| moment.at);
    last.or(task.started_at).filter(|_| task.status == TaskStatus::Processing)
}

/// The timeline of a task that has none, from its times.
fn moments_of(task: &TaskMetrics) -> Vec<TaskMoment> {
    let end = match task.status {
        TaskStatus::Failed => TaskEventKind::Failed,
        TaskStatus::Cancelled => TaskEventKind::Cancelled,
        TaskStatus::Unknown => TaskEventKind::Ended,
        TaskStatus::Completed | TaskStatus::Pending | TaskStatus::Processing => TaskEventKind::Completed,
    };
    [(task.submitted_at, TaskEventKind::Submitted), (task.started_at, TaskEventKind::Started), (task.completed_at, end)]
        .into_iter()
        .filter_map(|(at, what)| Some(TaskMoment { at: at?, what, worker_id: task.worker_id.clone(), detail: None }))
        .collect()
}

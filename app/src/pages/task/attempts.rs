//! A task's timeline as spans: what it waited, ran and backed off, attempt by attempt.

use forewatch::task::{TaskEventKind, TaskMoment};
use forewatch::{TaskMetrics, TaskStatus, Timestamp, WorkerId};

/// What a task was doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doing {
    /// Waiting in a queue or reserved by a worker.
    Waiting,
    /// Running.
    Running,
    /// Ran, and this attempt failed.
    Failing,
    /// Waiting to be tried again.
    BackingOff,
}

/// One span.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Span {
    pub(super) doing: Doing,
    pub(super) from: Timestamp,
    /// Until when; absent while it goes on.
    pub(super) to: Option<Timestamp>,
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Attempt {
    pub(super) worker: Option<WorkerId>,
    pub(super) spans: Vec<Span>,
}

/// The attempts of a task.
pub(super) fn attempts(task: &TaskMetrics) -> Vec<Attempt> {
    let moments = if task.events.is_empty() { moments_of(task) } else { task.events.clone() };
    let mut attempts = vec![Attempt::default()];
    let mut open: Option<(Doing, Timestamp)> = None;
    for moment in &moments {
        let next = match moment.what {
            TaskEventKind::Submitted | TaskEventKind::Received => Some(Doing::Waiting),
            TaskEventKind::Started | TaskEventKind::Progress | TaskEventKind::Custom => Some(Doing::Running),
            TaskEventKind::Retried => Some(Doing::BackingOff),
            _ => None,
        };
        let failed = matches!(moment.what, TaskEventKind::Retried | TaskEventKind::Failed | TaskEventKind::Lost);
        // A task that goes on as it was (received after sent, progress after start) has one span.
        if next.is_some() && open.map(|(doing, _)| doing) == next {
            note_worker(&mut attempts, moment);
            continue;
        }
        close(&mut attempts, open.take(), Some(moment.at), failed);
        if next == Some(Doing::Waiting)
            && attempts.last().is_some_and(|a| a.spans.iter().any(|s| s.doing == Doing::BackingOff))
            || next == Some(Doing::Running)
                && attempts.last().is_some_and(|a| a.spans.iter().any(|s| s.doing != Doing::Waiting))
        {
            attempts.push(Attempt::default());
        }
        note_worker(&mut attempts, moment);
        open = next.map(|doing| (doing, moment.at));
    }
    // Of a task whose end is not in its timeline, the end is when it was last heard of.
    let end = task.status.is_ended().then(|| task.completed_at.unwrap_or(task.timestamp));
    close(&mut attempts, open, end, false);
    attempts.retain(|a| !a.spans.is_empty());
    attempts
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
pub(super) fn running_since(task: &TaskMetrics) -> Option<Timestamp> {
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

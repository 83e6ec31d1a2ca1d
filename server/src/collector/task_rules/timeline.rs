//! A task's timeline: sorted by time, each entry once, bounded.
//!
//! When it is full the middle goes: the first entries tell when the task was submitted and started, the
//! last ones how it stands. Progress and custom states have a room of their own, so that a task that
//! tells of every percent does not push out its own start.

use forewatch::task::{MAX_TIMELINE, TaskEventKind, TaskMoment};

/// The newest entries of progress and of custom states that are kept.
const TALK: usize = 8;
/// The oldest of the other entries that are kept; the newest fill what is left.
const OLDEST: usize = 8;

/// Puts `moment` in its place unless it is there already. Tells whether no entry of its family is newer.
pub(super) fn insert(moments: &mut Vec<TaskMoment>, moment: &TaskMoment) -> bool {
    let place = moments.partition_point(|other| order(other) < order(moment));
    let newest = moments[place..].iter().all(|other| other == moment || family(other.what) != family(moment.what));
    if moments.get(place) != Some(moment) {
        moments.insert(place, moment.clone());
        shorten(moments);
    }
    newest
}

fn shorten(moments: &mut Vec<TaskMoment>) {
    if let Some(oldest) = over(moments, is_talk, TALK) {
        moments.remove(oldest);
    }
    if let Some(first) = over(moments, |kind| !is_talk(kind), MAX_TIMELINE - TALK) {
        let middle = moments[first..].iter().enumerate().filter(|(_, m)| !is_talk(m.what)).nth(OLDEST);
        if let Some((offset, _)) = middle {
            moments.remove(first + offset);
        }
    }
}

/// The first entry of a sort when there are more than `limit` of it.
fn over(moments: &[TaskMoment], of: impl Fn(TaskEventKind) -> bool, limit: usize) -> Option<usize> {
    let first = moments.iter().position(|moment| of(moment.what))?;
    (moments[first..].iter().filter(|moment| of(moment.what)).count() > limit).then_some(first)
}

fn is_talk(kind: TaskEventKind) -> bool {
    matches!(kind, TaskEventKind::Progress | TaskEventKind::Custom)
}

/// By time; at one time, in the order in which things happen to a task.
fn order(moment: &TaskMoment) -> impl Ord + '_ {
    (moment.at, rank(moment.what), moment.worker_id.as_ref(), moment.detail.as_deref())
}

fn rank(kind: TaskEventKind) -> u8 {
    match kind {
        TaskEventKind::Submitted => 0,
        TaskEventKind::Received => 1,
        TaskEventKind::Started => 2,
        TaskEventKind::Progress => 3,
        TaskEventKind::Custom => 4,
        TaskEventKind::Retried => 5,
        TaskEventKind::Rejected => 6,
        TaskEventKind::Lost => 7,
        TaskEventKind::Ended => 8,
        TaskEventKind::Cancelled => 9,
        TaskEventKind::Revoked => 10,
        TaskEventKind::Failed => 11,
        TaskEventKind::Completed => 12,
        TaskEventKind::Commanded => 13,
    }
}

/// Kinds that tell the same fields: of two, the newer one is right.
fn family(kind: TaskEventKind) -> u8 {
    match kind {
        TaskEventKind::Submitted | TaskEventKind::Received => 0,
        TaskEventKind::Retried | TaskEventKind::Failed => 1,
        TaskEventKind::Progress | TaskEventKind::Custom => 2,
        other => 3 + rank(other),
    }
}

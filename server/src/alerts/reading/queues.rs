//! What rules look at of queues: whether what waits is taken and finished.

use super::{Sight, listening};
use crate::alerts::subject::{Kind, Reading, Subject};
use crate::collector::Queue;
use forewatch::{QueueStats, time};

/// Tasks that wait and could be taken now: not those that wait for their time.
pub(super) fn due(queue: &QueueStats) -> u64 {
    queue.pending_tasks.saturating_sub(queue.delayed_tasks)
}

/// Seconds for which each queue's work has waited while workers that take from it are online, and nothing of it has
/// finished. Where nobody tells of its tasks nothing can be said.
pub(super) fn stalled<'a>(sight: Sight<'a>, mut each: impl FnMut(Subject<'a>)) {
    for queue in sight.fleet.queues.values() {
        let reading = match (due(&queue.stats), queue.stats.worker_count) {
            (0, _) | (_, Some(0)) => Reading::Clear(0.0),
            (_, None) => Reading::Unknown,
            (_, Some(_)) => without_an_end(sight, queue),
        };
        each(Subject::plain(Kind::Queue(&queue.stats), reading));
    }
}

fn without_an_end(sight: Sight<'_>, queue: &Queue) -> Reading {
    // Stock Celery does not say from which queue a task came: one of unknown origin may be of this one.
    let of_source = sight.fleet.ended_without_queue.get(&queue.source).copied();
    let tells = queue.ended_at.is_some() || of_source.is_some() || queue.states.open() > 0;
    let (Some(listening), true) = (listening(sight, &queue.source), tells) else { return Reading::Unknown };
    let waiting = queue.waiting_since.unwrap_or(listening);
    let newest = [queue.ended_at, of_source].into_iter().flatten().max();
    let seconds = time::seconds_between(newest.map_or(waiting, |at| at.max(waiting)).max(listening), sight.now);
    // What finished after work began to wait is known; what finished before the server listened is not.
    if newest.is_some_and(|at| at >= waiting && at >= listening) {
        Reading::Value(seconds)
    } else {
        Reading::AtLeast(seconds)
    }
}

/// Tasks that wait in each queue from which no online worker takes. Unknown where no worker says what it takes from.
pub(super) fn unserved<'a>(sight: Sight<'a>, mut each: impl FnMut(Subject<'a>)) {
    for queue in sight.fleet.queues.values() {
        let heard_since = listening(sight, &queue.source);
        let reading = match (due(&queue.stats), queue.stats.worker_count) {
            (0, _) => Reading::Clear(0.0),
            // Whoever paused it knows.
            _ if queue.paused.is_some() => Reading::Clear(0.0),
            (_, None) => Reading::Unknown,
            (_, Some(0)) if heard_since.is_none() => Reading::Unknown,
            (due, Some(0)) => Reading::Value(due as f64),
            (_, Some(_)) => Reading::Clear(0.0),
        };
        each(Subject { heard_since, ..Subject::plain(Kind::Queue(&queue.stats), reading) });
    }
}

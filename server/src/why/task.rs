//! Why one task waits: its own reason where it has one, else that of its queue.

use super::hands::{Away, away};
use super::{Hands, Open, limit};
use crate::collector::Fleet;
use forewatch::limit::{Limit, LimitWord};
use forewatch::time::seconds_between;
use forewatch::{TaskMetrics, TaskState, TaskStatus, format};

/// Why a task waits; `None` of one that does not.
pub(crate) fn task_limit(fleet: &Fleet, task: &TaskMetrics) -> Option<Limit> {
    if task.status != TaskStatus::Pending {
        return None;
    }
    let plain = |word, sentence: String| Some(Limit { word, sentence, worker_id: None, task_id: None });
    if let Some(eta) = task.eta.filter(|eta| *eta > fleet.now) {
        let left = format::age(seconds_between(fleet.now, eta));
        return plain(LimitWord::Delayed, format!("On purpose: it waits for its time, for another {left}."));
    }
    if task.state == TaskState::Retrying {
        return plain(LimitWord::Delayed, "On purpose: it waits to be tried again.".to_owned());
    }
    if task.state == TaskState::Received
        && let Some(limit) = reserved(fleet, task)
    {
        return Some(limit);
    }
    let queue = task.queue_id().and_then(|id| fleet.queues.get(&id));
    let Some(queue) = queue else {
        return plain(LimitWord::Unknown, "In which queue it waits is not known, nor why.".to_owned());
    };
    let limit = limit::of(fleet, queue, &Hands::of(fleet), &Open::of(fleet));
    // Its queue may have been measured before it came.
    if limit.word == LimitWord::Empty {
        return plain(LimitWord::Unknown, format!("Its queue, {}, was empty when it was last measured.", queue.id));
    }
    Some(Limit { sentence: format!("Its queue, {}: {}", queue.id, limit.sentence), ..limit })
}

/// A worker has it already: what that does.
fn reserved(fleet: &Fleet, task: &TaskMetrics) -> Option<Limit> {
    let worker = &fleet.workers.get(task.worker_id.as_ref()?)?.metrics;
    let longest = Open::of(fleet).longest(worker);
    let (word, does) = match (away(worker), longest) {
        (Some(Away::Offline | Away::Error), _) => (LimitWord::Offline, format!(", which is {}", worker.status)),
        (Some(Away::Paused), _) => (LimitWord::Paused, ", which is in maintenance".to_owned()),
        // A drained worker finishes what it has taken.
        (None | Some(Away::Drained), Some((since, other))) => {
            let name = crate::alerts::name_of(other).unwrap_or(&other.task_id);
            let age = format::age(seconds_between(since, fleet.now));
            (LimitWord::Reserved, format!(", which has been running {name} for {age}"))
        }
        (None | Some(Away::Drained), None) => (LimitWord::Reserved, String::new()),
    };
    Some(Limit {
        word,
        sentence: format!("It is reserved by {}{does}.", worker.name),
        worker_id: Some(worker.worker_id.clone()),
        task_id: longest.map(|(_, other)| other.task_id.clone()),
    })
}

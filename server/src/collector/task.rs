//! Applying what happens to tasks, and keeping every sum over them true.
//!
//! How one record changes is in [`super::task_rules`]. Here the record is taken out of the sums as it
//! was and put back as it is, so counts never drift from the records.

mod forget;

use super::fleet::{Fleet, Queue};
use super::outcome::end_of;
use super::settings::Settings;
use super::{Changes, names, objective, queue, task_rules, worker};
use forewatch::live::TASKS_WINDOW;
use forewatch::task::TaskEvent;
use forewatch::{Event, QueueName, TaskMetrics, WorkerId};
pub(super) use forget::{evict, tick};
use std::sync::Arc;

/// Something happened to a task.
pub(super) fn apply(fleet: &mut Fleet, settings: &Settings, event: &Event, what: &TaskEvent, changes: &mut Changes) {
    // What its silence has come to mean comes first, whether or not a tick has said so.
    forget::end_if_silent(fleet, settings, &what.task_id, changes);
    let known = fleet.tasks.get(&what.task_id).cloned();
    let task = match &known {
        Some(known) => {
            let mut task = TaskMetrics::clone(known);
            task_rules::apply(&mut task, what, event.at, event.received_at);
            task
        }
        None => task_rules::first(what, &event.source, event.at, event.received_at),
    };
    put(fleet, settings, known.as_deref(), task, changes);
    forget::bound_open(fleet, settings, changes);
}

/// Takes a record back that had left memory. The sums have it.
pub(super) fn recall(fleet: &mut Fleet, record: &TaskMetrics) {
    if !fleet.tasks.contains_key(&record.task_id) {
        fleet.tasks.insert(record.task_id.clone(), Arc::new(record.clone()));
    }
}

/// Puts a record in the place of what was `known` of its task.
fn put(fleet: &mut Fleet, settings: &Settings, known: Option<&TaskMetrics>, task: TaskMetrics, changes: &mut Changes) {
    if known == Some(&task) {
        return;
    }
    let id = task.queue_id();
    let id_before = known.and_then(|known| {
        if (&known.queue, &known.source) == (&task.queue, &task.source) { id.clone() } else { known.queue_id() }
    });
    // A queue that is new takes over its tasks before one of them changes.
    queue_of(fleet, settings, id.as_ref(), &task);
    if let Some(known) = known {
        uncount(fleet, id_before.as_ref(), known);
    } else {
        fleet.newest.push_back(task.task_id.clone());
        if fleet.newest.len() > TASKS_WINDOW {
            fleet.newest.pop_front();
        }
    }
    count(fleet, settings, id.as_ref(), &task);
    let worker_before =
        known.and_then(|known| known.worker_id.as_ref()).filter(|id| task.worker_id.as_ref() != Some(*id));
    for worker_id in worker_before.into_iter().chain(&task.worker_id) {
        worker::recount(fleet, worker_id, changes);
    }
    if let Some(queue) = id {
        changes.queues.insert(queue);
    }
    if task.status.is_ended() && !known.is_some_and(|k| k.status.is_ended()) {
        streak(fleet, &task);
    }
    changes.tasks.insert(task.task_id.clone());
    fleet.tasks.insert(task.task_id.clone(), Arc::new(task));
}

/// Tells a worker's failures since its last completed task.
fn streak(fleet: &mut Fleet, task: &TaskMetrics) {
    let Some(slot) = task.worker_id.as_ref().and_then(|id| fleet.workers.get_mut(id)) else { return };
    let (worker, now) = (Arc::make_mut(slot), fleet.now);
    let end = end_of(task).map_or(now, |end| end.min(now));
    match task.status {
        forewatch::TaskStatus::Completed => {
            worker.metrics.consecutive_failures = 0;
            worker.failing_since = None;
            worker.completed_at = worker.completed_at.max(Some(end));
        }
        forewatch::TaskStatus::Failed => {
            worker.metrics.consecutive_failures += 1;
            worker.failing_since = worker.failing_since.or(Some(end));
        }
        _ => {}
    }
}

fn count(fleet: &mut Fleet, settings: &Settings, queue: Option<&QueueName>, task: &TaskMetrics) {
    // What a clock that is ahead says has not ended later than now.
    let now = fleet.now;
    let end = end_of(task).map(|end| end.min(now));
    Arc::make_mut(&mut fleet.tally).add(task);
    Arc::make_mut(&mut fleet.window).add(task);
    match queue_of(fleet, settings, queue, task) {
        Some(queue) => {
            queue.announced |= task.submitted_at.is_some();
            queue.states.add(task.state);
            queue.tally.add(task);
            queue.window.add(task);
            queue.ended_at = queue.ended_at.max(end);
            queue::note_waiting(queue, now);
        }
        None => {
            fleet.without_queue.entry(task.source.clone()).or_default().add(task.state);
            if let Some(end) = end {
                let newest = fleet.ended_without_queue.entry(task.source.clone()).or_insert(end);
                *newest = end.max(*newest);
            }
        }
    }
    names::add(fleet, settings, task);
    objective::add(fleet, task);
    fleet.open += usize::from(!task.status.is_ended());
    if let Some(worker) = worker_of(fleet, task.worker_id.as_ref()) {
        worker.has_task_events = true;
        worker.running += running(task);
        worker.tally.add(task);
    }
}

fn uncount(fleet: &mut Fleet, queue: Option<&QueueName>, task: &TaskMetrics) {
    Arc::make_mut(&mut fleet.tally).remove(task);
    Arc::make_mut(&mut fleet.window).remove(task);
    match queue.and_then(|id| fleet.queues.get_mut(id)) {
        Some(queue) => {
            let queue = Arc::make_mut(queue);
            queue.states.remove(task.state);
            queue.tally.remove(task);
            queue.window.remove(task);
        }
        None => {
            if let Some(states) = fleet.without_queue.get_mut(&task.source) {
                states.remove(task.state);
            }
        }
    }
    names::remove(fleet, task);
    objective::remove(fleet, task);
    fleet.open = fleet.open.saturating_sub(usize::from(!task.status.is_ended()));
    if let Some(worker) = worker_of(fleet, task.worker_id.as_ref()) {
        worker.running = worker.running.saturating_sub(running(task));
        worker.tally.remove(task);
    }
}

fn running(task: &TaskMetrics) -> u64 {
    u64::from(task.status == forewatch::TaskStatus::Processing)
}

fn queue_of<'a>(
    fleet: &'a mut Fleet,
    settings: &Settings,
    id: Option<&QueueName>,
    task: &TaskMetrics,
) -> Option<&'a mut Queue> {
    queue::entry(fleet, settings, id?, &task.source, task.queue.as_deref()?)
}

fn worker_of<'a>(fleet: &'a mut Fleet, id: Option<&WorkerId>) -> Option<&'a mut super::fleet::Worker> {
    fleet.workers.get_mut(id?).map(Arc::make_mut)
}

//! The running tasks of workers that are gone for as long as it takes to call them offline: they are
//! taken for lost, until somebody says better.

use super::fleet::{Fleet, Worker};
use super::presence::silence;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::task::{TaskEvent, TaskEventKind, TaskFields};
use forewatch::{Event, EventBody, TaskStatus, WorkerStatus};

/// What is to be said of the tasks of workers that were silent for longer than `after`. `since` is since
/// when this process has been there to hear them.
pub(super) fn lost(fleet: &Fleet, after: TimeDelta, since: DateTime<Utc>, now: DateTime<Utc>) -> Vec<Event> {
    let after = after.as_seconds_f64();
    let gone = fleet.workers.values().filter(|worker| {
        worker.running > 0
            && worker.metrics.status == WorkerStatus::Offline
            && silence(fleet, &worker.metrics, since, now).is_some_and(|seconds| seconds > after)
    });
    gone.flat_map(|worker| lost_with(fleet, worker, now)).collect()
}

fn lost_with(fleet: &Fleet, worker: &Worker, now: DateTime<Utc>) -> impl Iterator<Item = Event> {
    let gone = &worker.metrics;
    let running = |task: &&std::sync::Arc<forewatch::TaskMetrics>| {
        task.status == TaskStatus::Processing && task.worker_id.as_ref() == Some(&gone.worker_id)
    };
    fleet.tasks.values().filter(running).map(move |task| {
        let error_message = Some(format!("its worker {} is gone", gone.name));
        let body = EventBody::Task(TaskEvent {
            kind: TaskEventKind::Lost,
            task_id: task.task_id.clone(),
            worker_id: Some(gone.worker_id.clone()),
            fields: Box::new(TaskFields { error_message, ..TaskFields::default() }),
        });
        Event { event_id: None, source: gone.source.clone(), at: now, received_at: now, body }
    })
}

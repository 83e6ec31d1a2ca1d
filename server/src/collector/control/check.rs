//! Whether what a person asks can be asked in the present state.

use super::ControlError;
use crate::collector::fleet::{Fleet, Queue, Worker};
use crate::collector::source::is_broker;
use chrono::{DateTime, Utc};
use forewatch::control::ControlCommand;
use forewatch::queue::HeldBack;
use forewatch::{QueueName, SourceName, TaskId, WorkerId, format, time};

/// Looks a command over, as of `now`. Tasks that have left memory are not judged here.
pub(in crate::collector) fn check(
    fleet: &Fleet,
    command: &ControlCommand,
    now: DateTime<Utc>,
) -> Result<(), ControlError> {
    match command {
        ControlCommand::Revoke { task_ids, .. } => {
            let has_ended = |id: &TaskId| fleet.tasks.get(id).is_none_or(|task| task.status.is_ended());
            match task_ids.as_slice() {
                [one] if has_ended(one) => conflict(format!("the task {one} has ended: there is nothing to call off")),
                ids if ids.iter().all(has_ended) => conflict("all of these tasks have ended".to_owned()),
                _ => Ok(()),
            }
        }
        ControlCommand::Retry { task_id, .. } => match fleet.tasks.get(task_id) {
            Some(task) if !task.status.is_ended() => {
                conflict(format!("the task {task_id} has not ended: what runs or waits is not sent again"))
            }
            _ => Ok(()),
        },
        ControlCommand::PauseQueue { queue } => match &known_queue(fleet, queue)?.paused {
            Some(paused) => conflict(format!("{} paused this queue {}", paused.by, ago(paused, now))),
            None => Ok(()),
        },
        ControlCommand::ResumeQueue { queue } => match &known_queue(fleet, queue)?.paused {
            Some(_) => Ok(()),
            None => conflict("this queue is not paused".to_owned()),
        },
        ControlCommand::Drain { worker_id } => match &known_worker(fleet, worker_id)?.metrics.drained {
            Some(drained) => conflict(format!("{} drained this worker {}", drained.by, ago(drained, now))),
            None => Ok(()),
        },
        ControlCommand::Undrain { worker_id } => match &known_worker(fleet, worker_id)?.metrics.drained {
            Some(_) => Ok(()),
            None => conflict("this worker is not drained".to_owned()),
        },
        ControlCommand::Ping { worker_id }
        | ControlCommand::ShutDown { worker_id }
        | ControlCommand::Resize { worker_id, .. }
        | ControlCommand::LimitRate { worker_id, .. } => {
            if known_worker(fleet, worker_id)?.metrics.is_online {
                return Ok(());
            }
            conflict("this worker is offline: nobody is there to be asked".to_owned())
        }
    }
}

fn conflict<T>(reason: String) -> Result<T, ControlError> {
    Err(ControlError::Conflict(reason))
}

fn ago(held: &HeldBack, now: DateTime<Utc>) -> String {
    format!("{} ago", format::age(time::seconds_between(held.at, now).max(0.0)))
}

fn known_queue<'a>(fleet: &'a Fleet, id: &QueueName) -> Result<&'a Queue, ControlError> {
    let queue = fleet.queues.get(id).ok_or_else(|| ControlError::NotFound(format!("there is no queue {id}")))?;
    of_celery(&queue.source).map(|()| &**queue)
}

fn known_worker<'a>(fleet: &'a Fleet, id: &WorkerId) -> Result<&'a Worker, ControlError> {
    let worker = fleet.workers.get(id).ok_or_else(|| ControlError::NotFound(format!("there is no worker {id}")))?;
    of_celery(&worker.metrics.source).map(|()| &**worker)
}

fn of_celery(source: &SourceName) -> Result<(), ControlError> {
    if is_broker(source) {
        return Ok(());
    }
    conflict(format!("it comes from {source}, and only a Celery application's workers can be asked"))
}

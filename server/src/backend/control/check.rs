//! Looking a command over before it is taken down: its fields, what it is about, and whose workers are meant.

use super::{Again, Ready};
use crate::backend::{BackendFor, now};
use crate::collector::{ControlError, Fleet};
use crate::ingest::celery::{Commander, in_place_of};
use app::backend::BackendError;
use forewatch::control::{ControlCommand, MAX_TASKS};
use forewatch::{QueueName, SourceName, TaskId, TaskMetrics};
use std::sync::Arc;

/// Processes that are added or taken away at once.
const MOST_BY: u32 = 100;
/// The longest name of a task that is taken, in characters.
const MAX_NAME: usize = 255;

impl BackendFor {
    /// Looks a command over: names become ids, and of tasks to revoke those stay that have not ended.
    pub(super) async fn look_over(&self, mut command: ControlCommand) -> Result<Ready, ControlError> {
        fields(&command)?;
        let fleet = self.published()?.fleet;
        let mut old = None;
        let source = match &mut command {
            ControlCommand::Revoke { task_ids, .. } => {
                let source = self.source_of_tasks(&fleet, task_ids).await?;
                task_ids.retain(|id| fleet.tasks.get(id).is_some_and(|task| !task.status.is_ended()));
                source
            }
            ControlCommand::Retry { task_id, queue } => {
                let task = old.insert(self.known_task(&fleet, task_id).await?);
                if !task.status.is_ended() {
                    let reason = "the task has not ended: what runs or waits is not sent again".to_owned();
                    return Err(ControlError::Conflict(reason));
                }
                if let Some(queue) = queue {
                    goes_to(task, queue, &fleet)?;
                }
                task.source.clone()
            }
            ControlCommand::PauseQueue { queue } | ControlCommand::ResumeQueue { queue } => {
                let known = now::queue(&fleet, queue)?;
                *queue = known.id.clone();
                known.source.clone()
            }
            ControlCommand::Drain { worker_id }
            | ControlCommand::Undrain { worker_id }
            | ControlCommand::Ping { worker_id }
            | ControlCommand::ShutDown { worker_id }
            | ControlCommand::Resize { worker_id, .. }
            | ControlCommand::LimitRate { worker_id, .. } => {
                let known = &now::worker(&fleet, worker_id)?.metrics;
                *worker_id = known.worker_id.clone();
                known.source.clone()
            }
        };
        let commander = self.commander_of(&source)?;
        let impossible = |reason| ControlError::Impossible(format!("it cannot be sent again: {reason}"));
        let again = old.map(again).transpose().map_err(impossible)?;
        Ok(Ready { command, source, commander, again })
    }

    /// Who may ask the workers of an application.
    pub(super) fn commander_of(&self, source: &SourceName) -> Result<Arc<Commander>, ControlError> {
        let commander = self.state.commanders.get(source).cloned().ok_or_else(|| {
            ControlError::Conflict(format!("it comes from {source}: only a Celery application's workers can be asked"))
        })?;
        commander.allowed()?;
        Ok(commander)
    }

    /// The one application that tasks are of. At least one of them has not ended.
    async fn source_of_tasks(&self, fleet: &Fleet, ids: &[TaskId]) -> Result<SourceName, ControlError> {
        let open = |id: &&TaskId| fleet.tasks.get(*id).is_some_and(|task| !task.status.is_ended());
        let mut sources: Vec<&SourceName> = ids.iter().filter(open).map(|id| &fleet.tasks[id].source).collect();
        sources.dedup();
        match (sources.as_slice(), ids) {
            ([source], _) => Ok((*source).clone()),
            ([], [one]) => {
                let task = self.known_task(fleet, one).await?;
                let state = task.state.as_str();
                Err(ControlError::Conflict(format!("the task has ended ({state}): there is nothing to call off")))
            }
            ([], _) => Err(ControlError::Conflict("all of these tasks have ended".to_owned())),
            _ => {
                let reason = "are of several applications: ask for those of one at a time".to_owned();
                Err(ControlError::Invalid { pointer: "/task_ids", reason })
            }
        }
    }

    /// A task of any age.
    pub(super) async fn known_task(&self, fleet: &Fleet, id: &TaskId) -> Result<TaskMetrics, ControlError> {
        match fleet.tasks.get(id) {
            Some(task) => Ok(TaskMetrics::clone(task)),
            None => Ok(self.task_of_any_age(id.clone()).await?),
        }
    }
}

/// The task that takes the place of an old one, or why there can be none.
pub(super) fn again(old: TaskMetrics) -> Result<Again, String> {
    let new = in_place_of(&old)?;
    Ok(Again { old, new })
}

/// Has a task whose queue is not known go to this one.
fn goes_to(task: &mut TaskMetrics, queue: &str, fleet: &Fleet) -> Result<(), ControlError> {
    let reason = match &task.queue {
        Some(own) if own == queue => return Ok(()),
        Some(own) => format!("is not the task's: it was in {own}, and goes there again"),
        None if QueueName::of(&task.source, queue).is_some_and(|id| fleet.queues.contains_key(&id)) => {
            task.queue = Some(queue.to_owned());
            return Ok(());
        }
        None => format!("must be the name of a queue of {}", task.source),
    };
    Err(ControlError::Invalid { pointer: "/queue", reason })
}

/// Whether a command's fields are in their bounds.
fn fields(command: &ControlCommand) -> Result<(), ControlError> {
    let invalid = |pointer, reason: String| Err(ControlError::Invalid { pointer, reason });
    match command {
        ControlCommand::Revoke { task_ids, .. } if !(1..=MAX_TASKS).contains(&task_ids.len()) => {
            invalid("/task_ids", format!("must be 1 to {MAX_TASKS}, not {}", task_ids.len()))
        }
        ControlCommand::Resize { by, .. } if !(1..=MOST_BY).contains(&by.unsigned_abs()) => {
            invalid("/by", format!("must be 1 to {MOST_BY} for more processes, -1 to -{MOST_BY} for fewer"))
        }
        ControlCommand::LimitRate { name, .. } if name.is_empty() || name.chars().count() > MAX_NAME => {
            invalid("/name", format!("must have 1 to {MAX_NAME} characters"))
        }
        ControlCommand::LimitRate { rate, .. } if !is_rate(rate) => {
            invalid("/rate", "must be a rate of Celery's: 10/s, 10/m, 10/h, or 0 for no limit".to_owned())
        }
        _ => Ok(()),
    }
}

/// Whether Celery takes a text for a rate.
fn is_rate(text: &str) -> bool {
    let (number, unit) = text.split_once('/').unwrap_or((text, "s"));
    let is_number = number.len() <= 12 && number.chars().all(|c| c.is_ascii_digit() || c == '.');
    is_number && number.parse::<f64>().is_ok() && matches!(unit, "s" | "m" | "h")
}

impl From<BackendError> for ControlError {
    fn from(error: BackendError) -> Self {
        match error {
            BackendError::NotFound(reason) => Self::NotFound(reason),
            BackendError::Conflict(reason) => Self::Conflict(reason),
            BackendError::Invalid(reason) => Self::Invalid { pointer: "", reason },
            BackendError::SignedOut => Self::Off(error.to_string()),
            BackendError::Unavailable(reason) => Self::Unavailable(reason),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forewatch::WorkerId;

    #[test]
    fn a_rate_is_a_number_a_second_a_minute_or_an_hour() {
        for rate in ["10/s", "10/m", "0.5/h", "0", "200"] {
            assert!(is_rate(rate), "{rate}");
        }
        for wrong in ["", "ten", "10/d", "-1/s", "1e9/s", "10 /m", "/m", "inf", "1/m/s"] {
            assert!(!is_rate(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_command_out_of_bounds_is_refused_by_its_field() {
        let worker_id = WorkerId::new("celery:gpu@host").expect("valid");
        let resize = |by| ControlCommand::Resize { worker_id: worker_id.clone(), by };
        let revoke = |count| {
            let task_ids = (0..count).map(|n| TaskId::new(format!("t{n}")).expect("valid")).collect();
            ControlCommand::Revoke { task_ids, terminate: false }
        };
        for fine in [resize(1), resize(-100), revoke(1), revoke(MAX_TASKS)] {
            assert!(fields(&fine).is_ok(), "{fine:?}");
        }
        for (wrong, field) in [
            (resize(0), "/by"),
            (resize(-101), "/by"),
            (resize(i32::MIN), "/by"),
            (revoke(0), "/task_ids"),
            (revoke(MAX_TASKS + 1), "/task_ids"),
        ] {
            assert!(
                matches!(fields(&wrong), Err(ControlError::Invalid { pointer, .. }) if pointer == field),
                "{field}"
            );
        }
    }
}

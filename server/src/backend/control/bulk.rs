//! A deed on all tasks of a filter: counted first, and done only when no more are meant than somebody has seen.

mod choose;

use super::{Again, words};
use crate::backend::BackendFor;
use crate::collector::{Admitted, ControlError};
use crate::ingest::celery::Commander;
use crate::state::AppState;
use app::query::TaskFilter;
use choose::Chosen;
use forewatch::control::{BulkDeed, BulkOutcome, ControlCommand, MAX_TASKS};
use forewatch::event::Actor;
use forewatch::{EventId, SourceName, TaskMetrics};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Tasks of one application that a deed is done to.
struct Part {
    source: SourceName,
    commander: Arc<Commander>,
    tasks: Vec<TaskMetrics>,
    again: Vec<Again>,
}

impl BackendFor {
    /// Counts the tasks of a filter that a deed can be done to, and does it where no more than `expected` are meant. The
    /// same `key` again does nothing twice.
    pub(crate) async fn ask_for_all(
        &self,
        filter: TaskFilter,
        deed: BulkDeed,
        expected: Option<u64>,
        key: Option<EventId>,
    ) -> Result<BulkOutcome, ControlError> {
        let actor = self.person().map_err(|error| ControlError::Off(error.to_string()))?.clone();
        if self.answered_before(key.as_ref()).is_some() {
            return Ok(repeated());
        }
        let chosen = self.choose(filter, deed).await?;
        let tasks = chosen.count();
        let (left, why) = (chosen.left(), chosen.why_left());
        let Some(expected) = expected else {
            let summary = format!("{}{why}", words::would(deed, tasks));
            return Ok(BulkOutcome { tasks, left, summary, is_done: false });
        };
        if tasks > expected {
            return Err(ControlError::Conflict(format!(
                "{tasks} tasks are meant now, and {expected} were when you looked: look again"
            )));
        }
        let parts = self.parts(chosen);
        for part in &parts {
            part.commander.reachable().await?;
        }
        let state = self.state.clone();
        let work = tokio::spawn(async move { carry_out(&state, &actor, deed, parts, key).await });
        let is_new = work.await.unwrap_or_else(|error| {
            tracing::error!(%error, "a command on many tasks did not end well");
            Err(ControlError::Unavailable("it did not end well: see Forewatch's log".to_owned()))
        })?;
        if !is_new {
            return Ok(repeated());
        }
        Ok(BulkOutcome { tasks, left, summary: format!("{}{why}", words::did(deed, tasks)), is_done: true })
    }

    fn parts(&self, chosen: Chosen) -> Vec<Part> {
        let mut parts: BTreeMap<SourceName, Part> = BTreeMap::new();
        for (task, new) in chosen.into_tasks() {
            let Ok(commander) = self.commander_of(&task.source) else { continue };
            let source = task.source.clone();
            let part = parts.entry(source.clone()).or_insert_with(|| Part {
                source,
                commander,
                tasks: Vec::new(),
                again: Vec::new(),
            });
            match new {
                Some(new) => part.again.push(Again { old: task, new }),
                None => part.tasks.push(task),
            }
        }
        parts.into_values().collect()
    }
}

/// What is answered to a deed that was done before, under the same key.
fn repeated() -> BulkOutcome {
    let summary = "This was done before with the same key: nothing is done twice".to_owned();
    BulkOutcome { tasks: 0, left: 0, summary, is_done: true }
}

/// Does the deed, a portion after the other. False when it was asked before, under the same key.
async fn carry_out(
    state: &AppState,
    actor: &Actor,
    deed: BulkDeed,
    parts: Vec<Part>,
    mut key: Option<EventId>,
) -> Result<bool, ControlError> {
    for part in parts {
        for portion in part.tasks.chunks(MAX_TASKS) {
            let task_ids = portion.iter().map(|task| task.task_id.clone()).collect();
            let command = ControlCommand::Revoke { task_ids, terminate: deed == BulkDeed::Terminate };
            match state.intake.control(actor.clone(), vec![command.clone()], key.take()).await {
                // All of them have ended since they were counted.
                Err(ControlError::Conflict(_)) => {}
                Err(error) => return Err(error),
                Ok(Admitted::Before(_)) => return Ok(false),
                Ok(Admitted::New(ids)) => {
                    let (source, commander) = (part.source.clone(), part.commander.clone());
                    for id in ids {
                        let ready = super::Ready {
                            command: command.clone(),
                            source: source.clone(),
                            commander: commander.clone(),
                            again: None,
                        };
                        super::carry_out(state, ready, id, &actor.name).await;
                    }
                }
            }
        }
        for portion in part.again.chunks(MAX_TASKS) {
            let retry = |again: &Again| ControlCommand::Retry { task_id: again.old.task_id.clone(), queue: None };
            let commands = portion.iter().map(retry).collect();
            match state.intake.control(actor.clone(), commands, key.take()).await? {
                Admitted::Before(_) => return Ok(false),
                Admitted::New(ids) => {
                    let tasks = ids.into_iter().zip(portion.iter().cloned()).collect();
                    super::send_again(state, &part.commander, &actor.name, tasks).await;
                }
            }
        }
    }
    Ok(true)
}

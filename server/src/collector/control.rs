//! What people ask of a Celery application's workers: whether it can be asked now, and what it does to the
//! state. How it is sent lies in [`crate::ingest::celery`].
//!
//! A paused queue and a drained worker are so from the moment somebody asks; the workers follow as they are reached.

mod check;

use super::fleet::Fleet;
use super::intake::IntakeError;
use super::{Changes, task_rules};
pub(super) use check::check;
use chrono::{DateTime, Utc};
use forewatch::control::{CALLED_OFF, ControlCommand, ControlOutcome, ControlRecord};
use forewatch::event::Actor;
use forewatch::queue::HeldBack;
use forewatch::task::{TaskEventKind, TaskMoment};
use forewatch::{ControlId, TaskId, WorkerId};
use std::sync::Arc;

/// Records that are kept; beyond, the oldest goes.
const KEPT: usize = 1_000;
/// Tasks of a revocation that its record still names once it is over.
const NAMED: usize = 10;

/// Why something cannot be asked.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum ControlError {
    /// There is no such task, queue or worker.
    #[error("{0}")]
    NotFound(String),
    /// Not in the present state.
    #[error("{0}")]
    Conflict(String),
    /// The configuration does not let people ask this application.
    #[error("{0}")]
    Off(String),
    /// It cannot be done at all, and why.
    #[error("{0}")]
    Impossible(String),
    /// What is wrong, and with which field.
    #[error("{reason}")]
    Invalid { pointer: &'static str, reason: String },
    /// The broker does not answer, or too many commands wait for it.
    #[error("{0}")]
    Unavailable(String),
    #[error(transparent)]
    Intake(#[from] IntakeError),
}

/// What the collector answers to who asks.
#[derive(Debug, Clone)]
pub(crate) enum Admitted {
    /// It is in the journal, in the order in which it was asked: now it is to be done.
    New(Vec<ControlId>),
    /// It was asked before, under the same key; its record, where that is still kept.
    Before(Option<Box<ControlRecord>>),
}

/// A person asked something.
pub(super) fn apply_asked(
    fleet: &mut Fleet,
    id: &ControlId,
    actor: &Actor,
    command: &ControlCommand,
    at: DateTime<Utc>,
    changes: &mut Changes,
) {
    if fleet.controls.iter().any(|record| record.control_id == *id) {
        return;
    }
    let record =
        ControlRecord { control_id: id.clone(), at, by: actor.name.clone(), command: command.clone(), outcome: None };
    fleet.controls.push_back(Arc::new(record));
    if fleet.controls.len() > KEPT {
        fleet.controls.pop_front();
    }
    let held = || HeldBack { by: actor.name.clone(), at };
    match command {
        ControlCommand::PauseQueue { queue } | ControlCommand::ResumeQueue { queue } => {
            if let Some(slot) = fleet.queues.get_mut(queue) {
                let paused = matches!(command, ControlCommand::PauseQueue { .. }).then(held);
                let queue_now = Arc::make_mut(slot);
                queue_now.stats.paused.clone_from(&paused);
                queue_now.paused = paused;
                changes.queues.insert(queue.clone());
            }
        }
        ControlCommand::Drain { worker_id } | ControlCommand::Undrain { worker_id } => {
            if let Some(slot) = fleet.workers.get_mut(worker_id) {
                Arc::make_mut(slot).metrics.drained = matches!(command, ControlCommand::Drain { .. }).then(held);
                changes.workers.insert(worker_id.clone());
            }
        }
        _ => {}
    }
}

/// What came of it.
pub(super) fn apply_answered(fleet: &mut Fleet, id: &ControlId, outcome: &ControlOutcome, changes: &mut Changes) {
    let Some(slot) = fleet.controls.iter_mut().find(|record| record.control_id == *id) else { return };
    if slot.outcome.is_some() {
        return;
    }
    let record = Arc::make_mut(slot);
    record.outcome = Some(outcome.clone());
    let (at, by) = (record.at, record.by.clone());
    let note =
        |detail: String| TaskMoment { at, what: TaskEventKind::Commanded, worker_id: None, detail: Some(detail) };
    match &mut record.command {
        ControlCommand::Revoke { task_ids, terminate } => {
            let stopped = if *terminate { ", and stopped where it runs" } else { "" };
            let told = match outcome.answers.iter().filter(|answer| answer.is_ok).count() {
                0 => "no worker answered".to_owned(),
                1 => "1 worker answered".to_owned(),
                several => format!("{several} workers answered"),
            };
            let tasks = task_ids.clone();
            task_ids.truncate(NAMED);
            for task in tasks {
                add_note(fleet, &task, note(format!("{CALLED_OFF}{stopped} by {by}: {told}")), changes);
            }
        }
        ControlCommand::Retry { task_id, .. } => {
            let old = task_id.clone();
            let said = match &outcome.new_task {
                Some(new) => format!("sent again as {new} by {by}"),
                None => format!("{by} tried to send it again: {}", outcome.summary),
            };
            add_note(fleet, &old, note(said), changes);
            if let Some(new) = &outcome.new_task {
                add_note(fleet, new, note(format!("sent by {by} in place of {old}")), changes);
            }
        }
        _ => {}
    }
}

/// A worker takes from queues no longer, or again.
pub(super) fn apply_held(fleet: &mut Fleet, id: &WorkerId, taken: &[String], given: &[String], changes: &mut Changes) {
    let Some(slot) = fleet.workers.get_mut(id) else { return };
    let worker = Arc::make_mut(slot);
    worker.kept_from.extend(taken.iter().cloned());
    for queue in given {
        worker.kept_from.remove(queue);
    }
    changes.workers.insert(id.clone());
}

/// The task whose timeline tells what came of something that was asked, when that was about one that has ended: it may
/// have left memory.
pub(super) fn ended_task<'a>(fleet: &'a Fleet, id: &ControlId) -> Option<&'a TaskId> {
    match &fleet.controls.iter().rev().find(|record| record.control_id == *id)?.command {
        ControlCommand::Retry { task_id, .. } => Some(task_id),
        _ => None,
    }
}

/// Notes what a person did in a task's timeline. Nothing that is counted changes by it, nor when the task was last
/// heard of.
fn add_note(fleet: &mut Fleet, id: &TaskId, moment: TaskMoment, changes: &mut Changes) {
    if let Some(task) = fleet.tasks.get_mut(id) {
        task_rules::note(Arc::make_mut(task), &moment);
        changes.tasks.insert(id.clone());
    }
}

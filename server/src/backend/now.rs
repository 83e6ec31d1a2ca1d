//! What is live, read from the published fleet.

use super::BackendFor;
use crate::alerts::objective_status;
use crate::collector::{Fleet, Queue, Worker};
use crate::live::{fleet_rows, list_task};
use app::backend::{BackendError, Frame, WorkerPast};
use chrono::Utc;
use forewatch::control::ControlCommand;
use forewatch::event::Annotation;
use forewatch::objective::ObjectiveStatus;
use forewatch::worker::FleetGpu;
use forewatch::{Alert, QueueName, QueueStats, TaskMetrics, Timestamp, WorkerId, WorkerSummary};

impl BackendFor {
    /// What the frame around every page shows.
    pub(super) fn frame_now(&self) -> Result<Frame, BackendError> {
        let fleet = self.published()?.fleet;
        let open =
            |alert: &&std::sync::Arc<Alert>| alert.is_active && !alert.acknowledged && alert.suppressed_by.is_none();
        Ok(Frame {
            actor: self.person()?.name.clone(),
            can_sign_out: self.state.auth.has_sessions(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            public_url: self.state.config.server.public_url.clone().unwrap_or_default(),
            workers: fleet.workers.len() as u64,
            queues: fleet.queues.len() as u64,
            sources: fleet.sources.values().map(|source| (**source).clone()).collect(),
            open_alerts: fleet.alerts.values().filter(open).count() as u64,
            now: Utc::now(),
        })
    }
}

/// A worker by its id, or by its name when only one has it.
pub(crate) fn worker<'a>(fleet: &'a Fleet, id: &WorkerId) -> Result<&'a Worker, BackendError> {
    let mut named = fleet.workers.values().filter(|worker| *worker.metrics.name == **id);
    match (fleet.workers.get(id), named.next(), named.next()) {
        (Some(worker), ..) | (None, Some(worker), None) => Ok(worker),
        (None, Some(_), Some(_)) => {
            Err(BackendError::NotFound(format!("more than one worker is called {id}: use its id")))
        }
        (None, None, _) => Err(BackendError::NotFound(format!(
            "there is no worker {id}: it never registered, or it has been gone for a day"
        ))),
    }
}

/// What is kept of what happened to a worker. Who asks whether it is alive does nothing to it.
pub(super) fn worker_past(fleet: &Fleet, id: &WorkerId) -> Result<WorkerPast, BackendError> {
    let worker = worker(fleet, id)?;
    let shown = &worker.metrics;
    let takes_from = |queue: &QueueName| {
        shown.queues.iter().any(|name| QueueName::of(&shown.source, name).is_some_and(|own| own == *queue))
    };
    let is_about = |command: &ControlCommand| match command {
        ControlCommand::Drain { worker_id }
        | ControlCommand::Undrain { worker_id }
        | ControlCommand::ShutDown { worker_id }
        | ControlCommand::Resize { worker_id, .. }
        | ControlCommand::LimitRate { worker_id, .. } => *worker_id == shown.worker_id,
        ControlCommand::PauseQueue { queue } | ControlCommand::ResumeQueue { queue } => takes_from(queue),
        ControlCommand::Revoke { .. } | ControlCommand::Retry { .. } | ControlCommand::Ping { .. } => false,
    };
    let asked = fleet.controls.iter().filter(|record| is_about(&record.command)).map(|record| (**record).clone());
    Ok(WorkerPast { moments: worker.moments.iter().cloned().collect(), asked: asked.collect() })
}

/// A queue by its id, or by its own name when only one has it.
pub(crate) fn queue<'a>(fleet: &'a Fleet, id: &QueueName) -> Result<&'a Queue, BackendError> {
    let mut named = fleet.queues.values().filter(|queue| *queue.name == **id);
    match (fleet.queues.get(id), named.next(), named.next()) {
        (Some(queue), ..) | (None, Some(queue), None) => Ok(queue),
        (None, Some(_), Some(_)) => {
            Err(BackendError::NotFound(format!("more than one queue is called {id}: use its id")))
        }
        (None, None, _) => Err(BackendError::NotFound(format!("there is no queue {id}"))),
    }
}

/// Every worker in a row, by name.
pub(super) fn summaries(fleet: &Fleet) -> Vec<WorkerSummary> {
    let mut rows: Vec<_> = fleet.workers.values().map(|worker| WorkerSummary::of(&worker.metrics)).collect();
    rows.sort_by(|a, b| (&a.name, &a.worker_id).cmp(&(&b.name, &b.worker_id)));
    rows
}

/// Every GPU in a row.
pub(super) fn gpus(fleet: &Fleet) -> Vec<FleetGpu> {
    fleet.workers.values().flat_map(|worker| fleet_rows(&worker.metrics)).collect()
}

/// Every queue, by name.
pub(crate) fn queues(fleet: &Fleet) -> Vec<QueueStats> {
    let mut rows: Vec<_> = fleet.queues.values().map(|queue| queue.stats.clone()).collect();
    rows.sort_by(|a, b| (&a.queue_type, &a.id).cmp(&(&b.queue_type, &b.id)));
    rows
}

/// Alerts that are not resolved, or were lately.
pub(crate) fn alerts(fleet: &Fleet) -> Vec<Alert> {
    fleet.alerts.values().map(|alert| (**alert).clone()).collect()
}

/// Every objective, in the order of the configuration.
pub(super) fn objectives(fleet: &Fleet) -> Vec<ObjectiveStatus> {
    fleet.objectives.iter().map(|counted| objective_status(counted, fleet.now)).collect()
}

/// The newest tasks, newest first, as lists have them.
pub(crate) fn tasks(fleet: &Fleet) -> impl Iterator<Item = TaskMetrics> {
    fleet.newest.iter().rev().filter_map(|id| fleet.tasks.get(id)).map(|task| list_task(task))
}

/// Notes on the time line between two moments.
pub(super) fn annotations(fleet: &Fleet, from: Timestamp, to: Timestamp) -> Vec<Annotation> {
    fleet.annotations.iter().filter(|note| note.at.is_some_and(|at| from <= at && at < to)).cloned().collect()
}

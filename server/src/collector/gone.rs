//! At the start: brokers that an earlier run observed and that are not configured any more. Nobody
//! listens to them, so their silence is no fault: they and their workers are forgotten.
//!
//! Workers and tasks go through the journal. The sources themselves do not: which are observed is a
//! matter of the configuration, and is settled anew at each start.

use super::fleet::Fleet;
use super::settings::Settings;
use super::source::is_broker;
use super::{Changes, apply, own_source};
use crate::config::CelerySource;
use crate::store::{Log, StoreError};
use chrono::{DateTime, Utc};
use forewatch::task::{TaskEvent, TaskEventKind, TaskFields};
use forewatch::{Event, EventBody, SourceName, TaskMetrics, TaskStatus, WorkerMetrics};
use std::collections::HashSet;

/// Forgets, as of `now`, every broker that is not among `observed`.
pub(crate) fn forget_gone(
    fleet: &mut Fleet,
    changes: &mut Changes,
    log: &mut dyn Log,
    settings: &Settings,
    observed: &[CelerySource],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let observed: HashSet<String> = observed.iter().map(CelerySource::source_name).collect();
    let is_gone = |source: &SourceName| is_broker(source) && !observed.contains(&**source);
    let events = farewells(fleet, &is_gone, now);
    if !events.is_empty() {
        let last = log.append(&events)?;
        for (sequence, event) in (last + 1 - events.len() as u64..).zip(&events) {
            apply::apply(fleet, settings, sequence, event, changes);
        }
    }
    let sources: Vec<SourceName> = fleet.sources.keys().filter(|source| is_gone(source)).cloned().collect();
    for source in sources {
        tracing::info!(%source, "a source is no longer configured: it and its workers are forgotten");
        fleet.sources.remove(&source);
        changes.sources = true;
    }
    Ok(())
}

/// How what ran ended is not known; then its workers go.
fn farewells(fleet: &Fleet, is_gone: &dyn Fn(&SourceName) -> bool, now: DateTime<Utc>) -> Vec<Event> {
    let workers = || fleet.workers.values().map(|worker| &worker.metrics).filter(|worker| is_gone(&worker.source));
    let running = fleet.tasks.values().filter(|task| task.status == TaskStatus::Processing).filter_map(|task| {
        let worker = &fleet.workers.get(task.worker_id.as_ref()?)?.metrics;
        is_gone(&worker.source).then(|| ended(task, worker))
    });
    let good_byes = workers().map(|worker| EventBody::WorkerDeregistered { worker_id: worker.worker_id.clone() });
    let event = |body| Event { event_id: None, source: own_source(), at: now, received_at: now, body };
    running.chain(good_byes).map(event).collect()
}

fn ended(task: &TaskMetrics, worker: &WorkerMetrics) -> EventBody {
    let reason = Some(format!("its source {} is no longer configured", worker.source));
    EventBody::Task(TaskEvent {
        kind: TaskEventKind::Ended,
        task_id: task.task_id.clone(),
        worker_id: Some(worker.worker_id.clone()),
        fields: Box::new(TaskFields { reason, ..TaskFields::default() }),
    })
}

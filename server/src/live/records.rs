//! What each topic carries, made from the fleet.

use crate::collector::{Changes, Fleet, Worker};
use forewatch::live::{Delta, Record, Topic};
use forewatch::worker::{FleetGpu, GpuMark};
use forewatch::{Ratio, TaskId, TaskMetrics, WorkerId, WorkerMetrics, WorkerStatus, WorkerSummary};
use serde_json::value::{RawValue, to_raw_value};
use std::collections::HashSet;

/// The topics that every tick may concern, besides one a worker and one a task.
pub(super) const LISTS: [Topic; 7] =
    [Topic::System, Topic::Workers, Topic::Fleet, Topic::Tasks, Topic::Queues, Topic::Alerts, Topic::Sources];

/// A task as lists have it: without its timeline and its long texts.
pub(crate) fn list_task(task: &TaskMetrics) -> TaskMetrics {
    TaskMetrics { args: None, kwargs: None, result: None, traceback: None, events: Vec::new(), ..task.clone() }
}

/// A row for each GPU of a worker.
pub(crate) fn fleet_rows(worker: &WorkerMetrics) -> impl Iterator<Item = FleetGpu> {
    let group =
        worker.tags.iter().find_map(|tag| tag.strip_prefix("site:")).or(worker.tags.first().map(String::as_str));
    worker.gpus.iter().map(move |gpu| {
        let mark = match worker.status {
            WorkerStatus::Maintenance => GpuMark::Maintenance,
            WorkerStatus::Offline => GpuMark::Offline,
            _ if gpu.is_faulty() => GpuMark::Fault,
            _ if gpu.is_hot() => GpuMark::Hot,
            _ if gpu.is_throttled() => GpuMark::Throttled,
            _ => GpuMark::Ok,
        };
        let reading = mark != GpuMark::Offline;
        FleetGpu {
            id: format!("{}/{}", worker.worker_id, gpu.index),
            worker_id: worker.worker_id.clone(),
            worker_name: worker.name.clone(),
            group: group.map(str::to_owned),
            index: gpu.index,
            name: gpu.name.clone(),
            utilization: gpu.utilization.filter(|_| reading).map(in_thousandths),
            memory_usage: gpu.memory_usage().filter(|_| reading).map(in_thousandths),
            temperature_celsius: gpu.temperature_celsius.filter(|_| reading),
            mark,
        }
    })
}

/// As fine as a cell tells it: there may be thousands, each again with every reading.
fn in_thousandths(share: Ratio) -> Ratio {
    Ratio::clamped((share.get() * 1_000.0).round() / 1_000.0).unwrap_or(share)
}

/// Everything of a topic.
pub(super) fn snapshot(fleet: &Fleet, topic: &Topic) -> Result<Box<RawValue>, serde_json::Error> {
    match topic {
        Topic::System => to_raw_value(&*fleet.system),
        Topic::Workers => to_raw_value(&workers(fleet.workers.values().map(AsRef::as_ref))),
        Topic::Worker(id) => to_raw_value(&fleet.workers.get(id).map(|worker| &worker.metrics)),
        Topic::Fleet => to_raw_value(&fleet.workers.values().flat_map(|w| fleet_rows(&w.metrics)).collect::<Vec<_>>()),
        Topic::Tasks => to_raw_value(&newest(fleet).map(list_task).collect::<Vec<_>>()),
        Topic::Task(id) => to_raw_value(&fleet.tasks.get(id).map(AsRef::as_ref)),
        Topic::Queues => to_raw_value(&fleet.queues.values().map(|queue| &queue.stats).collect::<Vec<_>>()),
        Topic::Alerts => to_raw_value(&fleet.alerts.values().map(AsRef::as_ref).collect::<Vec<_>>()),
        Topic::Sources => to_raw_value(&fleet.sources.values().map(AsRef::as_ref).collect::<Vec<_>>()),
    }
}

/// Whether a tick changed a topic.
pub(super) fn concerns(topic: &Topic, before: &Fleet, fleet: &Fleet, changes: &Changes) -> bool {
    match topic {
        Topic::System => before.system != fleet.system,
        Topic::Workers | Topic::Fleet => !changes.workers.is_empty(),
        Topic::Worker(id) => changes.workers.contains(id),
        Topic::Tasks => !changes.tasks.is_empty() || before.newest.len() != fleet.newest.len(),
        Topic::Task(id) => changes.tasks.contains(id),
        Topic::Queues => !changes.queues.is_empty(),
        Topic::Alerts => !changes.alerts.is_empty(),
        Topic::Sources => changes.sources,
    }
}

/// What a tick changed of a topic.
pub(super) fn delta(
    topic: &Topic,
    before: &Fleet,
    fleet: &Fleet,
    changes: &Changes,
) -> Result<Box<RawValue>, serde_json::Error> {
    match topic {
        Topic::System | Topic::Worker(_) | Topic::Task(_) => snapshot(fleet, topic),
        Topic::Workers => {
            let (known, gone) = split(changes.workers.iter(), |id| fleet.workers.get(id));
            let upsert = workers(known.into_iter().map(AsRef::as_ref));
            to_raw_value(&Delta { upsert, remove: ids(gone) })
        }
        Topic::Fleet => to_raw_value(&gpus(before, fleet, changes)),
        Topic::Tasks => to_raw_value(&tasks(before, fleet, changes)),
        Topic::Queues => {
            let (known, gone) = split(changes.queues.iter(), |id| fleet.queues.get(id));
            let upsert = known.into_iter().map(|queue| &queue.stats).collect::<Vec<_>>();
            to_raw_value(&Delta { upsert, remove: ids(gone) })
        }
        Topic::Alerts => {
            let (known, gone) = split(changes.alerts.iter(), |id| fleet.alerts.get(id));
            let upsert = known.into_iter().map(AsRef::as_ref).collect::<Vec<_>>();
            to_raw_value(&Delta { upsert, remove: ids(gone) })
        }
        Topic::Sources => {
            let upsert = fleet.sources.values().map(AsRef::as_ref).collect::<Vec<_>>();
            to_raw_value(&Delta { upsert, remove: Vec::new() })
        }
    }
}

fn workers<'a>(workers: impl Iterator<Item = &'a Worker>) -> Vec<WorkerSummary> {
    workers.map(|worker| WorkerSummary::of(&worker.metrics)).collect()
}

/// The newest tasks, newest first.
pub(crate) fn newest(fleet: &Fleet) -> impl Iterator<Item = &TaskMetrics> {
    fleet.newest.iter().rev().filter_map(|id| fleet.tasks.get(id).map(AsRef::as_ref))
}

fn gpus(before: &Fleet, fleet: &Fleet, changes: &Changes) -> Delta<FleetGpu> {
    let rows = |fleet: &Fleet, id: &WorkerId| -> Vec<FleetGpu> {
        fleet.workers.get(id).map(|worker| fleet_rows(&worker.metrics).collect()).unwrap_or_default()
    };
    let mut delta = Delta { upsert: Vec::new(), remove: Vec::new() };
    for id in &changes.workers {
        let (old, new) = (rows(before, id), rows(fleet, id));
        delta.remove.extend(old.iter().map(|row| row.id.clone()).filter(|id| new.iter().all(|row| row.id() != id)));
        delta.upsert.extend(new.into_iter().filter(|row| !old.contains(row)));
    }
    delta
}

fn tasks(before: &Fleet, fleet: &Fleet, changes: &Changes) -> Delta<TaskMetrics> {
    let now: HashSet<&TaskId> = fleet.newest.iter().collect();
    Delta {
        upsert: newest(fleet).filter(|task| changes.tasks.contains(&task.task_id)).map(list_task).collect(),
        remove: before.newest.iter().filter(|id| !now.contains(id)).map(ToString::to_string).collect(),
    }
}

fn split<'a, I: 'a, T>(ids: impl Iterator<Item = &'a I>, get: impl Fn(&I) -> Option<T>) -> (Vec<T>, Vec<&'a I>) {
    let (mut known, mut gone) = (Vec::new(), Vec::new());
    for id in ids {
        match get(id) {
            Some(record) => known.push(record),
            None => gone.push(id),
        }
    }
    (known, gone)
}

fn ids<I: ToString>(gone: Vec<&I>) -> Vec<String> {
    gone.into_iter().map(ToString::to_string).collect()
}

//! Applying what workers say: registrations, heartbeats, farewells; and what silence means.

mod capability;
mod faults;
mod fresh;
mod moments;
mod reading;
mod samples;
mod sums;

use super::changes::{Changes, Samples};
use super::fleet::{Fleet, Worker};
use super::settings::Settings;
use capability::{capability, host_has_gpus};
use chrono::{DateTime, TimeDelta, Utc};
pub(crate) use faults::Faults;
use forewatch::source::SourceState;
use forewatch::{Event, Heartbeat, Registration, WorkerCapability, WorkerId, WorkerStatus, time};
use fresh::fresh;
pub(crate) use moments::Moments;
use reading::read;
use std::sync::Arc;

/// A worker's health limit is three times its interval, but at least this, in seconds.
const LEAST_LIMIT: f64 = 6.0;
/// A clock is said to be off when it differs by more than this, in seconds.
const SKEW_NOTICED: f64 = 0.001;

/// A worker announced itself.
pub(super) fn register(
    fleet: &mut Fleet,
    settings: &Settings,
    event: &Event,
    registration: &Registration,
    changes: &mut Changes,
) {
    let Some(worker) = entry(fleet, settings, event, &registration.worker_id) else {
        changes.workers_refused += 1;
        return;
    };
    moments::registered(worker, &event.source, event.received_at);
    worker.moments.version(event.received_at, registration.version.as_ref());
    let shown = &mut worker.metrics;
    shown.name = registration.name.clone().unwrap_or_else(|| registration.worker_id.to_string());
    shown.hardware = registration.hardware.clone();
    shown.location = registration.location.clone();
    shown.hostname.clone_from(&registration.location.hostname);
    shown.max_concurrent_tasks = registration.max_concurrent_tasks;
    shown.supported_content_types.clone_from(&registration.supported_content_types);
    shown.tags.clone_from(&registration.tags);
    shown.version.clone_from(&registration.version);
    if !registration.queues.is_empty() {
        shown.queues.clone_from(&registration.queues);
    }
    if registration.host_id.is_some() {
        shown.host_id.clone_from(&registration.host_id);
    }
    if let Some(interval) = registration.interval {
        shown.health_limit = limit(interval);
    }
    worker.registered_capability = registration.capability;
    // To register is a sign of life; what it said before it went away no longer holds.
    sign_of_life(worker, event.received_at);
    if worker.said == WorkerStatus::Offline {
        worker.said = WorkerStatus::Online;
    }
    settle(fleet, settings, &registration.worker_id, changes);
}

/// A worker is alive, and how it is.
pub(super) fn heartbeat(
    fleet: &mut Fleet,
    settings: &Settings,
    event: &Event,
    beat: &Heartbeat,
    changes: &mut Changes,
) {
    let Some(worker) = entry(fleet, settings, event, &beat.worker_id) else {
        changes.workers_refused += 1;
        return;
    };
    // A beat from a spool tells of the past: it is no sign of life, and never replaces newer readings.
    let fresh = time::seconds_between(event.at, event.received_at) <= worker.metrics.health_limit;
    if fresh {
        sign_of_life(worker, event.received_at);
        let skew = time::seconds_between(beat.timestamp, event.received_at);
        worker.metrics.clock_skew = (skew.abs() > SKEW_NOTICED).then_some(skew);
    }
    let newest = worker.newest_reading.is_none_or(|newest| event.at > newest);
    if newest {
        worker.newest_reading = Some(event.at);
        read(worker, event.at, beat);
    }
    settle(fleet, settings, &beat.worker_id, changes);
    if let Some(worker) = fleet.workers.get(&beat.worker_id) {
        let of_beat =
            if newest { samples::now(worker, event.at) } else { samples::of_the_past(worker, event.at, beat) };
        let between = samples::between(settings, event, beat);
        changes
            .samples
            .push(Samples { worker: beat.worker_id.clone(), rows: of_beat.into_iter().chain(between).collect() });
    }
}

/// A worker said good-bye for good, or has expired.
pub(super) fn forget(fleet: &mut Fleet, id: &WorkerId, changes: &mut Changes) {
    if fleet.workers.remove(id).is_some() {
        changes.workers.insert(id.clone());
    }
}

/// A worker said good-bye for now.
pub(super) fn went_offline(fleet: &mut Fleet, event: &Event, id: &WorkerId, changes: &mut Changes) {
    if let Some(slot) = fleet.workers.get_mut(id)
        && slot.metrics.last_heartbeat <= event.received_at
    {
        let worker = Arc::make_mut(slot);
        worker.said = WorkerStatus::Offline;
        judge(worker, Deaf::No, event.received_at);
        changes.workers.insert(id.clone());
        changes.samples.push(samples::turned(worker, event.received_at));
    }
}

/// What silence means as time passes.
pub(super) fn tick(fleet: &mut Fleet, settings: &Settings, expiry: TimeDelta, changes: &mut Changes) {
    sums::make(fleet, changes);
    let now = fleet.now;
    let oldest = now - settings.task_retention;
    let mut expired = Vec::new();
    let mut stale = Vec::new();
    for (id, worker) in &fleet.workers {
        if now - worker.metrics.last_heartbeat > expiry {
            expired.push(id.clone());
        } else if worker.metrics.status != WorkerStatus::Offline
            && !is_alive(worker, now)
            && deaf(fleet, worker, now) == Deaf::No
        {
            stale.push(id.clone());
        }
    }
    for id in expired {
        forget(fleet, &id, changes);
    }
    for id in stale {
        if let Some(slot) = fleet.workers.get_mut(&id) {
            let worker = Arc::make_mut(slot);
            judge(worker, Deaf::No, now);
            worker.tally.forget_before(oldest);
            changes.samples.push(samples::turned(worker, now));
            changes.workers.insert(id);
        }
    }
}

/// Brings what is shown of a worker up to date after an event.
pub(super) fn settle(fleet: &mut Fleet, settings: &Settings, id: &WorkerId, changes: &mut Changes) {
    let host_has_gpus = fleet.workers.get(id).is_some_and(|worker| {
        worker.metrics.gpus.is_empty()
            && worker.registered_capability == WorkerCapability::Unknown
            && host_has_gpus(fleet, &worker.metrics)
    });
    let (now, oldest) = (fleet.now, fleet.now - settings.task_retention);
    let deaf = fleet.workers.get(id).map_or(Deaf::No, |worker| deaf(fleet, worker, now));
    let Some(slot) = fleet.workers.get_mut(id) else { return };
    let worker = Arc::make_mut(slot);
    worker.tally.forget_before(oldest);
    worker.metrics.capability = capability(worker, settings, host_has_gpus);
    count(worker);
    judge(worker, deaf, now);
    changes.workers.insert(id.clone());
}

/// Brings what is shown of a worker's tasks up to date.
pub(super) fn recount(fleet: &mut Fleet, id: &WorkerId, changes: &mut Changes) {
    if let Some(slot) = fleet.workers.get_mut(id) {
        count(Arc::make_mut(slot));
        changes.workers.insert(id.clone());
    }
}

fn entry<'a>(fleet: &'a mut Fleet, settings: &Settings, event: &Event, id: &WorkerId) -> Option<&'a mut Worker> {
    if !fleet.workers.contains_key(id) {
        if fleet.workers.len() >= settings.max_workers {
            return None;
        }
        let worker = fresh(id, &event.source, event.received_at, settings.health_limit);
        fleet.workers.insert(id.clone(), Arc::new(worker));
        fleet.unsummed.insert(id.clone());
    }
    fleet.workers.get_mut(id).map(Arc::make_mut)
}

fn sign_of_life(worker: &mut Worker, at: DateTime<Utc>) {
    worker.metrics.last_heartbeat = worker.metrics.last_heartbeat.max(at);
}

fn limit(interval: f64) -> f64 {
    if interval.is_finite() { (interval * 3.0).clamp(LEAST_LIMIT, 86_400.0) } else { LEAST_LIMIT }
}

fn is_alive(worker: &Worker, now: DateTime<Utc>) -> bool {
    time::seconds_between(worker.metrics.last_heartbeat, now) <= worker.metrics.health_limit
}

/// Whether a worker could not have been heard: its silence tells nothing then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deaf {
    Yes,
    No,
}

/// Deaf to a worker is a source that is not up, or has been for less than one of the worker's limits; and this server while
/// it can take nothing, and that long after it.
fn deaf(fleet: &Fleet, worker: &Worker, now: DateTime<Utc>) -> Deaf {
    let lately = |until| time::seconds_between(until, now) <= worker.metrics.health_limit;
    if fleet.deaf_until.is_some_and(lately) {
        return Deaf::Yes;
    }
    let Some(source) = fleet.sources.get(&worker.metrics.source) else { return Deaf::No };
    if source.state != SourceState::Up || lately(source.since) { Deaf::Yes } else { Deaf::No }
}

/// Whether it is online, and how it is, as of `now`. Who cannot be heard stays as it was.
fn judge(worker: &mut Worker, deaf: Deaf, now: DateTime<Utc>) {
    let excused = deaf == Deaf::Yes && worker.metrics.status != WorkerStatus::Offline;
    let alive = (is_alive(worker, now) || excused) && worker.said != WorkerStatus::Offline;
    let shown = &mut worker.metrics;
    let before = shown.status;
    shown.status = if alive { worker.said } else { WorkerStatus::Offline };
    shown.is_online = matches!(shown.status, WorkerStatus::Online | WorkerStatus::Busy);
    shown.is_healthy = shown.is_online && !shown.gpus.iter().any(|gpu| gpu.is_faulty() || gpu.is_hot());
    moments::turned(worker, before, now);
}

/// Task counts: by the events where there are any, else by the worker's own counters; never both.
fn count(worker: &mut Worker) {
    let (ended, counters, shown) = (worker.tally.sum(), &worker.counters, &mut worker.metrics);
    if worker.has_task_events {
        shown.active_tasks = worker.running;
        shown.completed_tasks = ended.completed;
        shown.failed_tasks = ended.failed;
        shown.total_processing_time = ended.processing_seconds();
        shown.average_task_duration = ended.mean_processing();
        shown.error_count = ended.failed - ended.timed_out.min(ended.failed);
        shown.timeout_count = ended.timed_out;
    } else {
        shown.active_tasks = counters.active.unwrap_or(0);
        shown.completed_tasks = counters.completed.total();
        shown.failed_tasks = counters.failed.total();
        shown.average_task_duration = counters.average_duration;
        shown.total_processing_time = counters.average_duration.unwrap_or(0.0) * counters.completed.total() as f64;
        shown.error_count = counters.failed.total();
    }
}

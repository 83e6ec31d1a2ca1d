//! Applying measurements of queues, and what is shown of each queue.

use super::fleet::{Fleet, Queue, States};
use super::outcome::{Tally, Window};
use super::settings::Settings;
use super::{Changes, task};
use chrono::{DateTime, Utc};
use forewatch::event::QueueSample;
use forewatch::{Event, QueueStats, SourceName, time};
use std::sync::Arc;

/// Rates are over this many seconds.
const RATE_SECONDS: i64 = 60;

/// A queue was measured.
pub(super) fn sampled(
    fleet: &mut Fleet,
    settings: &Settings,
    event: &Event,
    sample: &QueueSample,
    changes: &mut Changes,
) {
    let Some(queue) = entry(fleet, settings, &event.source, &sample.queue) else { return };
    if queue.sample.as_ref().is_some_and(|(at, _)| *at > event.at) {
        return;
    }
    queue.sample = Some((event.at, sample.clone()));
    changes.queues.insert(queue.id.clone());
}

/// The queue of that name, made when it is new and there is room for it.
pub(super) fn entry<'a>(
    fleet: &'a mut Fleet,
    settings: &Settings,
    source: &SourceName,
    name: &str,
) -> Option<&'a mut Queue> {
    let id = task::queue_name(source, name)?;
    if !fleet.queues.contains_key(&id) {
        if fleet.queues.len() >= settings.max_queues {
            return None;
        }
        let class = settings.class_of_queue(name);
        let queue = Queue {
            id: id.clone(),
            name: name.to_owned(),
            source: source.clone(),
            class,
            sample: None,
            states: States::default(),
            tally: Tally::default(),
            window: Window::default(),
            stats: QueueStats {
                queue_type: name.to_owned(),
                total_tasks: 0,
                pending_tasks: 0,
                processing_tasks: 0,
                completed_tasks: 0,
                failed_tasks: 0,
                average_wait_time: None,
                average_processing_time: None,
                worker_count: None,
                id: id.clone(),
                source: source.clone(),
                timestamp: fleet.now,
                class,
                length: None,
                oldest_pending_age: None,
                arrival_rate: None,
                service_rate: None,
                drain_time: None,
                delayed_tasks: 0,
            },
        };
        fleet.queues.insert(id.clone(), Arc::new(queue));
    }
    fleet.queues.get_mut(&id).map(Arc::make_mut)
}

/// Brings what is shown up to date: of every queue, since rates and ages are a matter of time.
pub(super) fn tick(fleet: &mut Fleet, settings: &Settings, changes: &mut Changes) {
    let now = fleet.now;
    let ids: Vec<_> = fleet.queues.keys().cloned().collect();
    for id in ids {
        let serving = serving(fleet, &id);
        let Some(slot) = fleet.queues.get_mut(&id) else { continue };
        let mut stats = stats(slot, settings, now, serving);
        // The time alone is no change.
        let timestamp = std::mem::replace(&mut stats.timestamp, slot.stats.timestamp);
        if stats != slot.stats {
            stats.timestamp = timestamp;
            let queue = Arc::make_mut(slot);
            queue.tally.forget_before(now - settings.task_retention);
            queue.window.forget_before(now - settings.window);
            queue.stats = stats;
            changes.queues.insert(id);
        }
    }
}

/// Online workers that take from a queue; `None` when no worker of its source tells what it takes from.
fn serving(fleet: &Fleet, id: &forewatch::QueueName) -> Option<u64> {
    let queue = fleet.queues.get(id)?;
    let mut told = false;
    let mut count = 0;
    for worker in fleet.workers.values().map(|worker| &worker.metrics) {
        if worker.source != queue.source || worker.queues.is_empty() {
            continue;
        }
        told = true;
        count += u64::from(worker.is_online && worker.queues.iter().any(|name| *name == queue.name));
    }
    told.then_some(count)
}

fn stats(queue: &Queue, settings: &Settings, now: DateTime<Utc>, serving: Option<u64>) -> QueueStats {
    let (ended, states) = (queue.tally.sum(), queue.states);
    let window = queue.window.last(now, settings.window.num_seconds());
    let minute = queue.window.last(now, RATE_SECONDS);
    let sample = queue.sample.as_ref();
    let pending = pending(queue);
    let processing = sample.and_then(|(_, s)| s.processing).unwrap_or(states.running);
    let rate = |count: u64| (!queue.window.is_empty()).then(|| count as f64 / RATE_SECONDS as f64);
    let (arrival_rate, service_rate) = (rate(minute.arrived), rate(minute.ended.all()));
    let shrinks = service_rate.zip(arrival_rate).map(|(service, arrival)| service - arrival).filter(|net| *net > 0.0);
    QueueStats {
        queue_type: queue.name.clone(),
        total_tasks: pending.saturating_add(processing).saturating_add(ended.all()),
        pending_tasks: pending,
        processing_tasks: processing,
        completed_tasks: ended.completed,
        failed_tasks: ended.failed,
        average_wait_time: window.mean_wait(),
        average_processing_time: window.ended.mean_processing(),
        worker_count: sample.and_then(|(_, s)| s.worker_count).or(serving),
        id: queue.id.clone(),
        source: queue.source.clone(),
        timestamp: now,
        class: queue.class,
        length: sample.map(|(_, s)| s.pending),
        oldest_pending_age: sample
            .and_then(|(at, s)| s.oldest_age.map(|age| (age + time::seconds_between(*at, now)).max(0.0).floor())),
        arrival_rate,
        service_rate,
        drain_time: shrinks.filter(|_| pending > 0).map(|net| pending as f64 / net),
        delayed_tasks: sample.and_then(|(_, s)| s.delayed).unwrap_or(states.scheduled),
    }
}

/// What waits. Of a queue whose length is sampled: what lies in it, plus what workers have reserved or
/// hold for later; each task once. Of others: the known tasks that were submitted and not started.
pub(super) fn pending(queue: &Queue) -> u64 {
    match &queue.sample {
        Some((_, sample)) => {
            let reserved = sample.reserved.unwrap_or(queue.states.received);
            let delayed = sample.delayed.unwrap_or(queue.states.scheduled);
            sample.pending.saturating_add(reserved).saturating_add(delayed)
        }
        None => queue.states.waiting(),
    }
}

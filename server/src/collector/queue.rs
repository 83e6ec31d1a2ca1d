//! Applying measurements of queues, what is shown of each queue, and when it goes.

mod serving;
mod shown;

use super::fleet::{Fleet, Queue, States};
use super::outcome::{Tally, Window};
use super::settings::Settings;
use super::{Changes, source};
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::event::QueueSample;
use forewatch::{Event, QueueName, QueueStats, SourceName};
use serving::Serving;
use std::sync::Arc;

/// A measurement older than this tells nothing of now.
const FRESH: TimeDelta = TimeDelta::minutes(5);
/// A queue that holds nothing is forgotten after this long without a word of it.
const EXPIRY: TimeDelta = TimeDelta::hours(24);

/// A queue was measured.
pub(super) fn sampled(
    fleet: &mut Fleet,
    settings: &Settings,
    event: &Event,
    sample: &QueueSample,
    changes: &mut Changes,
) {
    let id = QueueName::of(&event.source, &sample.queue);
    let Some(queue) = id.and_then(|id| entry(fleet, settings, &id, &event.source, &sample.queue)) else { return };
    if queue.sample.as_ref().is_some_and(|(at, _)| *at > event.at) {
        return;
    }
    queue.sample = Some((event.at, sample.clone()));
    note_waiting(queue, event.received_at);
    changes.queues.insert(queue.id.clone());
}

/// The queue with that id and name, of which something is heard now; made when it is new and there is room for it.
pub(super) fn entry<'a>(
    fleet: &'a mut Fleet,
    settings: &Settings,
    id: &QueueName,
    source: &SourceName,
    name: &str,
) -> Option<&'a mut Queue> {
    if !fleet.queues.contains_key(id) {
        if fleet.queues.len() >= settings.max_queues {
            fleet.queues_refused = true;
            return None;
        }
        let class = settings.class_of_queue(name);
        let queue = Queue {
            id: id.clone(),
            name: name.to_owned(),
            source: source.clone(),
            class,
            sample: None,
            heard: fleet.now,
            announced: false,
            states: adopted(fleet, id),
            tally: Tally::default(),
            window: Window::default(),
            waiting_since: None,
            ended_at: None,
            paused: None,
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
                paused: None,
            },
        };
        fleet.queues.insert(id.clone(), Arc::new(queue));
    }
    let queue = fleet.queues.get_mut(id).map(Arc::make_mut)?;
    queue.heard = fleet.now;
    Some(queue)
}

/// Notes since when work has waited in a queue, by what is known of it at `at`.
pub(super) fn note_waiting(queue: &mut Queue, at: DateTime<Utc>) {
    match shown::pending(queue, queue.sample.as_ref().map(|(_, sample)| sample)) {
        0 => queue.waiting_since = None,
        _ => queue.waiting_since = queue.waiting_since.or(Some(at)),
    }
}

/// The open tasks of a queue that had no room until now: they counted among those without a queue.
fn adopted(fleet: &mut Fleet, id: &QueueName) -> States {
    let mut states = States::default();
    if fleet.queues_refused {
        for task in fleet.tasks.values().filter(|task| task.queue_id().as_ref() == Some(id)) {
            states.add(task.state);
            if let Some(without) = fleet.without_queue.get_mut(&task.source) {
                without.remove(task.state);
            }
        }
    }
    states
}

/// The newest measurement of a queue, as long as it tells of now: it is fresh, and its source answers.
pub(super) fn current<'a>(fleet: &Fleet, queue: &'a Queue) -> Option<&'a QueueSample> {
    let (at, sample) = queue.sample.as_ref()?;
    (fleet.now - *at <= FRESH && !source::is_silent(fleet, &queue.source)).then_some(sample)
}

/// Brings what is shown up to date, of every queue, since rates and ages are a matter of time; and forgets the
/// queues that are gone.
pub(super) fn tick(fleet: &mut Fleet, settings: &Settings, changes: &mut Changes) {
    forget_old(fleet, settings);
    let serving = Serving::of(fleet);
    let (mut gone, mut changed) = (Vec::new(), Vec::new());
    for (id, queue) in &fleet.queues {
        let sample = current(fleet, queue);
        // A queue that somebody paused is remembered as long as its broker is observed.
        let paused = queue.paused.is_some() && fleet.sources.contains_key(&queue.source);
        if sample.is_none() && queue.states.open() == 0 && !paused && fleet.now - queue.heard >= EXPIRY {
            gone.push(id.clone());
            continue;
        }
        let mut stats = shown::stats(queue, sample, settings, fleet.now, serving.workers(queue));
        // The time alone is no change.
        let timestamp = std::mem::replace(&mut stats.timestamp, queue.stats.timestamp);
        if stats != queue.stats {
            stats.timestamp = timestamp;
            changed.push((id.clone(), stats));
        }
    }
    for id in gone {
        fleet.queues.remove(&id);
        changes.queues.insert(id);
    }
    for (id, stats) in changed {
        if let Some(slot) = fleet.queues.get_mut(&id) {
            Arc::make_mut(slot).stats = stats;
            changes.queues.insert(id);
        }
    }
}

/// Forgets what ended before the retention and the window, also in queues where nothing happens.
fn forget_old(fleet: &mut Fleet, settings: &Settings) {
    let (kept, window) = (fleet.now - settings.task_retention, fleet.now - settings.window);
    let is_stale = |queue: &Queue| queue.tally.is_stale(kept) || queue.window.is_stale(window);
    let stale: Vec<_> = fleet.queues.values().filter(|queue| is_stale(queue)).map(|queue| queue.id.clone()).collect();
    for id in stale {
        if let Some(slot) = fleet.queues.get_mut(&id) {
            let queue = Arc::make_mut(slot);
            queue.tally.forget_before(kept);
            queue.window.forget_before(window);
        }
    }
}

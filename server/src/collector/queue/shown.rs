//! What is shown of a queue: worked out from its measurement and its known tasks.

use crate::collector::fleet::Queue;
use crate::collector::settings::Settings;
use crate::collector::source::is_broker;
use chrono::{DateTime, Utc};
use forewatch::event::QueueSample;
use forewatch::{QueueStats, time};

/// Rates are over this many seconds.
const RATE_SECONDS: i64 = 60;

/// What is shown as of `now`. `sample` is its measurement, as long as that tells of now; `serving` are the online
/// workers that are known to take from it.
pub(super) fn stats(
    queue: &Queue,
    sample: Option<&QueueSample>,
    settings: &Settings,
    now: DateTime<Utc>,
    serving: Option<u64>,
) -> QueueStats {
    let (ended, states) = (queue.tally.sum(), queue.states);
    let window = queue.window.last(now, settings.window.num_seconds());
    let minute = queue.window.last(now, RATE_SECONDS);
    let pending = pending(queue, sample);
    let processing = sample.and_then(|s| s.processing).unwrap_or(states.running);
    // A queue that is only measured tells of no task: nothing is known of its rates then.
    let tells = !queue.window.is_empty() || ended.all() > 0 || states.open() > 0;
    let rate = |count: u64| count as f64 / RATE_SECONDS as f64;
    // A broker tells of tasks from their start on, unless its senders announce them.
    let announces = queue.announced || !is_broker(&queue.source);
    let arrival_rate = (tells && announces).then(|| rate(minute.arrived));
    let service_rate = tells.then(|| rate(minute.ended.all()));
    let shrinks = service_rate.zip(arrival_rate).map(|(service, arrival)| service - arrival).filter(|net| *net > 0.0);
    let measured_at = queue.sample.as_ref().map_or(now, |(at, _)| *at);
    QueueStats {
        queue_type: queue.name.clone(),
        total_tasks: pending.saturating_add(processing).saturating_add(ended.all()),
        pending_tasks: pending,
        processing_tasks: processing,
        completed_tasks: ended.completed,
        failed_tasks: ended.failed,
        average_wait_time: window.mean_wait(),
        average_processing_time: window.ended.mean_processing(),
        worker_count: sample.and_then(|s| s.worker_count).or(serving),
        id: queue.id.clone(),
        source: queue.source.clone(),
        timestamp: now,
        class: queue.class,
        length: sample.map(|s| s.pending),
        oldest_pending_age: sample
            .and_then(|s| s.oldest_age)
            .map(|age| (age + time::seconds_between(measured_at, now)).max(0.0).floor()),
        arrival_rate,
        service_rate,
        drain_time: shrinks.filter(|_| pending > 0).map(|net| pending as f64 / net),
        delayed_tasks: sample.and_then(|s| s.delayed).unwrap_or(states.scheduled),
        paused: queue.paused.clone(),
    }
}

/// What waits. Of a queue whose length is known: what lies in it, plus what workers have reserved or hold for
/// later; each task once. Of others: the known tasks that were submitted and not started.
pub(super) fn pending(queue: &Queue, sample: Option<&QueueSample>) -> u64 {
    match sample {
        Some(sample) => {
            let reserved = sample.reserved.unwrap_or(queue.states.received);
            let delayed = sample.delayed.unwrap_or(queue.states.scheduled);
            sample.pending.saturating_add(reserved).saturating_add(delayed)
        }
        None => queue.states.waiting(),
    }
}

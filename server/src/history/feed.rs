//! What goes into the head each tick.

use super::head::{Head, Put};
use super::subject::Subject;
use crate::collector::{Fleet, Samples};
use forewatch::reading;
use std::sync::atomic::{AtomicI64, Ordering};

/// Milliseconds between two samples of the system.
const SYSTEM_STEP: i64 = 1_000;
/// Milliseconds between two samples of the queues.
const QUEUE_STEP: i64 = 5_000;

/// Knows when the system and the queues were last sampled.
#[derive(Default)]
pub(super) struct Feed {
    system: AtomicI64,
    queues: AtomicI64,
}

impl Feed {
    /// Puts samples of workers into the head, and those of the system and the queues when their step has passed: but none
    /// of these while nothing can be heard, as they would tell of before. Answers with how many are missing for that, and
    /// for want of room.
    pub(super) fn take(&self, head: &Head, fleet: &Fleet, samples: &[Samples]) -> u64 {
        let now = fleet.now.timestamp_millis();
        let system = due(&self.system, now, SYSTEM_STEP);
        let queues = due(&self.queues, now, QUEUE_STEP);
        let is_deaf = fleet.deaf_until.is_some_and(|until| until >= fleet.now);
        let missed = if is_deaf { own(fleet, system, queues) } else { 0 };
        let no_room = head.put(|put| {
            if !is_deaf {
                put_own(put, fleet, system, queues);
            }
            for of_worker in samples {
                let subject = Subject::Worker(of_worker.worker.clone());
                for (at, values) in &of_worker.rows {
                    put.row(&subject, *at, |set| {
                        for (metric, device, value) in values {
                            set(*metric, *device, *value);
                        }
                    });
                }
            }
        });
        missed + no_room
    }
}

/// Puts in the samples of the system and of the queues at these times.
fn put_own(put: &mut Put<'_>, fleet: &Fleet, system: Option<i64>, queues: Option<i64>) {
    if let Some(at) = system {
        put.row(&Subject::System, at, |set| {
            reading::of_system(&fleet.system, |metric, value| set(metric, None, value));
        });
    }
    if let Some(at) = queues {
        for queue in fleet.queues.values() {
            put.row(&Subject::Queue(queue.id.clone()), at, |set| {
                reading::of_queue(&queue.stats, |metric, value| set(metric, None, value));
            });
        }
    }
}

/// How many those are.
fn own(fleet: &Fleet, system: Option<i64>, queues: Option<i64>) -> u64 {
    let mut count = 0;
    if system.is_some() {
        reading::of_system(&fleet.system, |_, _| count += 1);
    }
    if queues.is_some() {
        fleet.queues.values().for_each(|queue| reading::of_queue(&queue.stats, |_, _| count += 1));
    }
    count
}

/// The begin of the step that `now` lies in, once a step.
fn due(last: &AtomicI64, now: i64, step: i64) -> Option<i64> {
    let at = now.div_euclid(step) * step;
    (last.swap(at, Ordering::Relaxed) < at).then_some(at)
}

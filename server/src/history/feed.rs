//! What goes into the head each tick.

use super::head::Head;
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
    /// Puts samples of workers into the head, and those of the system and the queues when their step has passed.
    pub(super) fn take(&self, head: &Head, fleet: &Fleet, samples: &[Samples]) {
        let now = fleet.now.timestamp_millis();
        head.put(|put| {
            if let Some(at) = due(&self.system, now, SYSTEM_STEP) {
                put.row(&Subject::System, at, |set| {
                    reading::of_system(&fleet.system, |metric, value| set(metric, None, value));
                });
            }
            if let Some(at) = due(&self.queues, now, QUEUE_STEP) {
                for queue in fleet.queues.values() {
                    put.row(&Subject::Queue(queue.id.clone()), at, |set| {
                        reading::of_queue(&queue.stats, |metric, value| set(metric, None, value));
                    });
                }
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
    }
}

/// The begin of the step that `now` lies in, once a step.
fn due(last: &AtomicI64, now: i64, step: i64) -> Option<i64> {
    let at = now.div_euclid(step) * step;
    (last.swap(at, Ordering::Relaxed) < at).then_some(at)
}

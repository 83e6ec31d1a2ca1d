//! The recent past of every metric, in memory: what charts begin with, joined by live points.
//!
//! Series that are sampled together share their times (see [`ring`]). It is filled once a tick from
//! what changed, and after a restart from the log. Longer history is not here.

mod query;
mod ring;

use crate::collector::{Changes, Fleet};
use chrono::TimeDelta;
use forewatch::catalogue::MetricId;
use forewatch::{QueueName, WorkerId, reading, time};
pub(crate) use query::{QueryError, answer};
use ring::Group;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

/// Seconds between two samples of the system.
pub(crate) const SYSTEM_STEP: f64 = 1.0;
/// Seconds between two samples of the queues.
pub(crate) const QUEUE_STEP: f64 = 5.0;

/// The recent past.
pub(crate) struct Recent {
    window: TimeDelta,
    inner: RwLock<Inner>,
}

#[derive(Default)]
struct Inner {
    kept: Kept,
    workers: BTreeMap<WorkerId, Group<(u16, Option<u32>)>>,
}

/// The part that a state snapshot keeps; the workers' part is made again from the log.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// Series are kept by the metrics' places in the catalogue: those of another catalogue are not read.
    catalogue: u32,
    system: Group<u16>,
    queues: BTreeMap<QueueName, Group<u16>>,
}

impl Recent {
    /// Keeps samples for `window`.
    pub(crate) fn new(window: TimeDelta) -> Self {
        Self { window, inner: RwLock::default() }
    }

    /// Takes the samples that a tick brought: the readings of workers that have new ones, and the
    /// system and the queues when their step has passed.
    pub(crate) fn take(&self, fleet: &Fleet, changes: &Changes) {
        let now = time::unix_seconds(fleet.now);
        let oldest = now - self.window.num_seconds() as f64;
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        let Inner { kept, workers } = &mut *inner;
        if kept.system.open((now / SYSTEM_STEP).floor() * SYSTEM_STEP, oldest) {
            reading::of_system(&fleet.system, |metric, value| kept.system.set(key(metric), value));
        }
        let queue_time = (now / QUEUE_STEP).floor() * QUEUE_STEP;
        for queue in fleet.queues.values() {
            let group = kept.queues.entry(queue.id.clone()).or_default();
            if group.open(queue_time, oldest) {
                reading::of_queue(&queue.stats, |metric, value| group.set(key(metric), value));
            }
        }
        for id in &changes.readings {
            let Some(worker) = fleet.workers.get(id) else { continue };
            let group = workers.entry(id.clone()).or_default();
            if group.open(time::unix_seconds(worker.metrics.timestamp), oldest) {
                reading::of_worker(&worker.metrics, |metric, gpu, value| group.set((key(metric), gpu), value));
            }
        }
        for id in changes.workers.iter().filter(|id| !fleet.workers.contains_key(*id)) {
            workers.remove(id);
        }
    }

    /// What a state snapshot keeps.
    pub(crate) fn keep(&self) -> Kept {
        let kept = &self.inner.read().unwrap_or_else(PoisonError::into_inner).kept;
        Kept { catalogue: catalogue_checksum(), ..kept.clone() }
    }

    /// Begins from what a state snapshot kept.
    pub(crate) fn restore(&self, kept: Kept) {
        if kept.catalogue == catalogue_checksum() {
            self.inner.write().unwrap_or_else(PoisonError::into_inner).kept = kept;
        }
    }

    /// Puts the workers' samples of `past` before these.
    pub(crate) fn prepend(&self, past: Self) {
        let past = past.inner.into_inner().unwrap_or_else(PoisonError::into_inner);
        for (id, group) in past.workers {
            // One worker at a time, so that the collector never waits for all of them.
            self.inner.write().unwrap_or_else(PoisonError::into_inner).workers.entry(id).or_default().prepend(&group);
        }
    }
}

fn catalogue_checksum() -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    for (_, metric) in forewatch::catalogue::all() {
        hasher.update(metric.name.as_bytes());
        hasher.update(b"\n");
    }
    hasher.finalize()
}

fn key(metric: MetricId) -> u16 {
    u16::try_from(metric.index()).expect("a metric's index fits, see MetricId")
}

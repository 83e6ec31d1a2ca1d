//! The workers that take from each queue.

use crate::collector::{Fleet, Queue};
use forewatch::{QueueClass, QueueName, SourceName, WorkerMetrics, WorkerStatus};
use std::collections::{HashMap, HashSet};

/// Workers, online or not, by what they take from.
pub(super) struct Hands<'a> {
    by_queue: HashMap<(&'a SourceName, &'a str), Vec<&'a WorkerMetrics>>,
    by_host: HashMap<&'a str, Vec<&'a WorkerMetrics>>,
}

/// Why a worker takes nothing now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Away {
    /// It is silent, or said good-bye.
    Offline,
    /// It says that something is wrong with it.
    Error,
    /// It was taken out on purpose.
    Paused,
    /// A person told it to take no more.
    Drained,
}

/// Why a worker takes nothing; `None` of one that does.
pub(super) fn away(worker: &WorkerMetrics) -> Option<Away> {
    match worker.status {
        WorkerStatus::Offline => Some(Away::Offline),
        WorkerStatus::Error => Some(Away::Error),
        WorkerStatus::Maintenance => Some(Away::Paused),
        WorkerStatus::Online | WorkerStatus::Busy => worker.drained.as_ref().map(|_| Away::Drained),
    }
}

/// Slots of a worker that are free; `None` where it does not say how many it has.
pub(super) fn free(worker: &WorkerMetrics) -> Option<u64> {
    worker.max_concurrent_tasks.map(|slots| u64::from(slots).saturating_sub(worker.active_tasks))
}

fn host_of(worker: &WorkerMetrics) -> Option<&str> {
    worker.host_id.as_deref().or(worker.hostname.as_deref())
}

impl<'a> Hands<'a> {
    /// One pass over the workers.
    pub(super) fn of(fleet: &'a Fleet) -> Self {
        let mut hands = Self { by_queue: HashMap::new(), by_host: HashMap::new() };
        for worker in fleet.workers.values().map(|worker| &worker.metrics) {
            for (place, queue) in worker.queues.iter().enumerate() {
                // One that is named twice is taken from by one worker all the same.
                if !worker.queues[..place].contains(queue) {
                    hands.by_queue.entry((&worker.source, queue)).or_default().push(worker);
                }
            }
            if let Some(host) = host_of(worker) {
                hands.by_host.entry(host).or_default().push(worker);
            }
        }
        hands
    }

    /// Those that take from a queue.
    pub(super) fn on(&self, queue: &'a Queue) -> &[&'a WorkerMetrics] {
        self.by_queue.get(&(&queue.source, queue.name.as_str())).map_or(&[], Vec::as_slice)
    }

    /// The mean load of the GPUs of the hosts of some workers, each device once; `None` where no device tells.
    pub(super) fn gpu_load(&self, workers: &[&'a WorkerMetrics]) -> Option<f64> {
        let mut seen = HashSet::new();
        let (mut sum, mut count) = (0.0, 0_u32);
        for worker in workers {
            let host = host_of(worker);
            let alone = std::slice::from_ref(worker);
            let of_host = host.and_then(|host| self.by_host.get(host)).map_or(alone, Vec::as_slice);
            for teller in of_host.iter().filter(|teller| teller.is_online) {
                for gpu in &teller.gpus {
                    let place = (host.unwrap_or(&worker.worker_id), gpu.index);
                    if let Some(load) = gpu.utilization.filter(|_| seen.insert(place)) {
                        sum += load.get();
                        count += 1;
                    }
                }
            }
        }
        (count > 0).then(|| sum / f64::from(count))
    }
}

/// Whether the GPUs of a queue's workers are for its tasks: it is of class gpu, or none of them takes from one that is.
pub(super) fn is_for_gpus(fleet: &Fleet, queue: &Queue, workers: &[&WorkerMetrics]) -> bool {
    let class_of = |source: &SourceName, name: &str| Some(fleet.queues.get(&QueueName::of(source, name)?)?.class);
    let takes_for_gpus = |worker: &&WorkerMetrics| {
        worker.queues.iter().any(|queue| class_of(&worker.source, queue) == Some(QueueClass::Gpu))
    };
    queue.class == QueueClass::Gpu || !workers.iter().any(takes_for_gpus)
}

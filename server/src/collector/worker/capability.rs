//! What a worker can run, where it did not say so itself.

use crate::collector::fleet::{Fleet, Worker};
use crate::collector::settings::Settings;
use forewatch::{WorkerCapability, WorkerMetrics};

/// As registered; else as configured for its name; else by the GPUs of its host; else by its queues.
pub(super) fn capability(worker: &Worker, settings: &Settings, host_has_gpus: bool) -> WorkerCapability {
    if worker.registered_capability != WorkerCapability::Unknown {
        return worker.registered_capability;
    }
    if let Some(configured) = settings.class_of_worker(&worker.metrics.name) {
        return configured;
    }
    if !worker.metrics.gpus.is_empty() || host_has_gpus {
        return WorkerCapability::Gpu;
    }
    let mut classes = worker.metrics.queues.iter().map(|queue| settings.class_of_queue(queue));
    let Some(first) = classes.next() else { return WorkerCapability::Unknown };
    let (gpu, other) = classes.fold(split(first), |(gpu, other), class| {
        let (g, o) = split(class);
        (gpu || g, other || o)
    });
    match (gpu, other) {
        (true, true) => WorkerCapability::Hybrid,
        (true, false) => WorkerCapability::Gpu,
        _ => WorkerCapability::Cpu,
    }
}

fn split(class: forewatch::QueueClass) -> (bool, bool) {
    let gpu = class == forewatch::QueueClass::Gpu;
    (gpu, !gpu)
}

/// Whether another worker on the same host (its agent) reports GPUs.
pub(super) fn host_has_gpus(fleet: &Fleet, worker: &WorkerMetrics) -> bool {
    let Some(host) = worker.host_id.as_deref().or(worker.hostname.as_deref()) else { return false };
    fleet.workers.values().any(|other| {
        let other = &other.metrics;
        !other.gpus.is_empty() && (other.host_id.as_deref() == Some(host) || other.hostname.as_deref() == Some(host))
    })
}

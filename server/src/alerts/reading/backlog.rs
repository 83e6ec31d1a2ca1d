//! Devices without work although there is some.

use super::queues::due;
use super::{Sight, speaks, workers};
use crate::alerts::hosts::host_of;
use crate::alerts::subject::{Kind, Reading, Subject};
use forewatch::{QueueClass, WorkerMetrics};
use std::collections::{HashMap, HashSet};

/// The load of each healthy device whose host takes from a queue in which work waits. Where a worker takes from queues
/// of class gpu, only those count: the others' work is for its CPU.
pub(super) fn idle<'a>(sight: Sight<'a>, mut each: impl FnMut(Subject<'a>)) {
    let waiting: HashMap<(&str, &str), QueueClass> = sight
        .fleet
        .queues
        .values()
        .filter(|queue| due(&queue.stats) > 0)
        .map(|queue| ((queue.source.as_str(), queue.name.as_str()), queue.class))
        .collect();
    let hosts: HashSet<&str> = if waiting.is_empty() {
        HashSet::new()
    } else {
        let workers = sight.fleet.workers.values().map(|worker| &worker.metrics);
        workers.filter(|worker| worker.is_online && has_work(sight, worker, &waiting)).map(host_of).collect()
    };
    workers::each(sight, |worker| {
        let has_work = !hosts.is_empty() && hosts.contains(host_of(worker));
        for gpu in &worker.gpus {
            let load = gpu.utilization.map(forewatch::Ratio::get);
            let reading = match load {
                _ if !speaks(worker) => Reading::Unknown,
                Some(load) if !has_work || !worker.is_online || gpu.is_faulty() || gpu.is_hot() => Reading::Clear(load),
                load => Reading::of(load),
            };
            each(Subject::plain(Kind::Gpu(worker, gpu.index), reading));
        }
    });
}

fn has_work(sight: Sight<'_>, worker: &WorkerMetrics, waiting: &HashMap<(&str, &str), QueueClass>) -> bool {
    let of_class = |queue: &String| {
        let id = forewatch::QueueName::of(&worker.source, queue);
        id.and_then(|id| sight.fleet.queues.get(&id)).map(|queue| queue.class)
    };
    let found = worker.queues.iter().filter_map(|queue| waiting.get(&(worker.source.as_str(), queue.as_str())));
    let mut found = found.peekable();
    if found.peek().is_none() {
        return false;
    }
    let for_gpus = worker.queues.iter().any(|queue| of_class(queue) == Some(QueueClass::Gpu));
    found.any(|class| !for_gpus || *class == QueueClass::Gpu)
}

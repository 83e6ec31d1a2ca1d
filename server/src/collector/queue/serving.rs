//! How many workers take from each queue: one pass over the workers for all queues.

use crate::collector::fleet::{Fleet, Queue};
use forewatch::SourceName;
use std::collections::{HashMap, HashSet};

/// Online workers by what they take from.
#[derive(Default)]
pub(super) struct Serving<'a> {
    /// Sources with a worker that tells what it takes from.
    told: HashSet<&'a SourceName>,
    online: HashMap<(&'a SourceName, &'a str), u64>,
}

impl<'a> Serving<'a> {
    /// Counts over a fleet.
    pub(super) fn of(fleet: &'a Fleet) -> Self {
        let mut serving = Self::default();
        for (worker, kept_from) in fleet.workers.values().map(|worker| (&worker.metrics, &worker.kept_from)) {
            for (place, queue) in worker.queues.iter().enumerate() {
                serving.told.insert(&worker.source);
                // One that is named twice is taken from by one worker all the same.
                if worker.is_online && !kept_from.contains(queue) && !worker.queues[..place].contains(queue) {
                    *serving.online.entry((&worker.source, queue)).or_default() += 1;
                }
            }
        }
        serving
    }

    /// Online workers that take from a queue; `None` when no worker of its source tells what it takes from.
    pub(super) fn workers(&self, queue: &Queue) -> Option<u64> {
        let count = || self.online.get(&(&queue.source, queue.name.as_str())).copied().unwrap_or(0);
        self.told.contains(&queue.source).then(count)
    }
}

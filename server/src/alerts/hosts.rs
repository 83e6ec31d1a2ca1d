//! Hosts that are down: all that reports from one is silent. One of its workers tells so, for all of them.

use crate::collector::Fleet;
use forewatch::{WorkerId, WorkerMetrics, WorkerStatus};
use std::collections::HashMap;

/// Where a worker runs: what reports from one host is joined by the host's name.
pub(super) fn host_of(worker: &WorkerMetrics) -> &str {
    worker.hostname.as_deref().or(worker.host_id.as_deref()).unwrap_or(&worker.worker_id)
}

/// The hosts that are down, each with the worker that tells so.
#[derive(Default)]
pub(super) struct Hosts<'a> {
    leads: HashMap<&'a str, &'a WorkerId>,
}

impl<'a> Hosts<'a> {
    /// The worker that has been silent for longest tells of its host: it is the first one that is missed.
    pub(super) fn of(fleet: &'a Fleet) -> Self {
        let workers = || fleet.workers.values().map(|worker| &worker.metrics);
        let is_offline = |worker: &&WorkerMetrics| worker.status == WorkerStatus::Offline;
        let mut down: HashMap<&str, (usize, &WorkerMetrics)> = HashMap::new();
        for worker in workers().filter(is_offline) {
            let (count, lead) = down.entry(host_of(worker)).or_insert((0, worker));
            *count += 1;
            if (worker.last_heartbeat, &worker.worker_id) < (lead.last_heartbeat, &lead.worker_id) {
                *lead = worker;
            }
        }
        down.retain(|_, (count, _)| *count > 1);
        if !down.is_empty() {
            for worker in workers().filter(|worker| !is_offline(worker)) {
                down.remove(host_of(worker));
            }
        }
        Self { leads: down.into_iter().map(|(host, (_, lead))| (host, &lead.worker_id)).collect() }
    }

    /// The worker that tells that this one's host is down; maybe itself.
    pub(super) fn lead(&self, worker: &WorkerMetrics) -> Option<&'a WorkerId> {
        if self.leads.is_empty() { None } else { self.leads.get(host_of(worker)).copied() }
    }
}

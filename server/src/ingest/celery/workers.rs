//! What is known of the workers of one application, and what their signs of life become.
//!
//! A worker is registered once a connection, when it is first heard of, and again when asking it has
//! brought more to light.

use super::event::CeleryEvent;
use super::text;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::heartbeat::{HeartbeatMetrics, HostReading};
use forewatch::registration::{HardwareInfo, Location, Reporter};
use forewatch::{EventBody, Heartbeat, Registration, WorkerCapability, WorkerId, WorkerStatus};
use std::collections::HashMap;

/// A worker that was heard of is said to be alive once in this time, by whatever it was heard.
const SIGN: TimeDelta = TimeDelta::seconds(10);
/// Workers that are remembered; more of one application are not taken.
const MAX_WORKERS: usize = 10_000;

/// The workers of one application.
#[derive(Debug)]
pub(super) struct Workers {
    /// What stands before the node's name in a worker's id.
    prefix: String,
    by_node: HashMap<String, Worker>,
    /// Someone found no room since this was asked for.
    full: bool,
}

#[derive(Debug)]
struct Worker {
    id: WorkerId,
    /// Registered since the connection came up.
    registered: bool,
    /// When it was last said to be alive, or that it went.
    said_at: Option<DateTime<Utc>>,
    interval: Option<f64>,
    version: Option<String>,
    learnt: Learnt,
}

/// What a worker tells when asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Learnt {
    /// The queues that it takes tasks from.
    pub(super) queues: Option<Vec<String>>,
    /// How many tasks it runs at once.
    pub(super) concurrency: Option<u32>,
}

impl Workers {
    pub(super) fn new(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned(), by_node: HashMap::new(), full: false }
    }

    /// A new connection: everyone is registered anew.
    pub(super) fn reconnected(&mut self) {
        for worker in self.by_node.values_mut() {
            (worker.registered, worker.said_at) = (false, None);
        }
    }

    /// The id of a node; `None` when it cannot be one, or when there are too many.
    pub(super) fn id(&mut self, node: &str) -> Option<WorkerId> {
        self.entry(node).map(|worker| worker.id.clone())
    }

    /// The queue of whatever a node takes, when it is known to take from one only.
    pub(super) fn only_queue(&self, node: &str) -> Option<&str> {
        match self.by_node.get(node)?.learnt.queues.as_deref()? {
            [queue] => Some(queue),
            _ => None,
        }
    }

    /// A `worker-online` or `worker-heartbeat`, made `at` by its sender's clock. Tells whether the node is new on this connection.
    pub(super) fn alive(
        &mut self,
        event: &CeleryEvent<'_>,
        at: DateTime<Utc>,
        received_at: DateTime<Utc>,
        out: &mut Vec<EventBody>,
    ) -> bool {
        let Some(node) = event.hostname.text() else { return false };
        let Some(worker) = self.entry(node) else { return false };
        let active = event.active.count();
        // A heartbeat that somebody asked for lacks the counts and gives a made-up interval.
        if active.is_some()
            && let Some(freq) = event.freq.number().filter(|seconds| (0.1..=86_400.0).contains(seconds))
        {
            worker.interval = Some(freq);
        }
        if let Some(version) = version(event) {
            worker.version = Some(version);
        }
        // A worker that was killed and started again says online without having said offline.
        let new = !worker.registered || event.kind.text() == Some("worker-online");
        worker.registered &= !new;
        worker.register(node, out);
        worker.said_at = Some(received_at);
        let load = event.loadavg.three();
        let host = load.map(|load| HostReading { load_average: Some(load), ..HostReading::default() });
        let status = if active.unwrap_or(0) > 0 { WorkerStatus::Busy } else { WorkerStatus::Online };
        let metrics = HeartbeatMetrics { active_tasks: active, ..HeartbeatMetrics::default() };
        out.push(EventBody::WorkerHeartbeat(Box::new(Heartbeat { metrics, host, ..worker.beat(node, status, at) })));
        new
    }

    /// A sign of life other than a heartbeat, which some workers are told not to send. Where heartbeats come,
    /// it says nothing new; nor does the last that was under way when a worker went. Tells whether the node is
    /// new on this connection.
    pub(super) fn heard(
        &mut self,
        node: &str,
        status: WorkerStatus,
        at: DateTime<Utc>,
        out: &mut Vec<EventBody>,
    ) -> bool {
        let Some(worker) = self.entry(node) else { return false };
        if worker.said_at.is_some_and(|said_at| at - said_at < SIGN) {
            return false;
        }
        let new = !worker.registered;
        worker.register(node, out);
        worker.said_at = Some(at);
        out.push(EventBody::WorkerHeartbeat(Box::new(worker.beat(node, status, at))));
        new
    }

    /// A `worker-offline`.
    pub(super) fn offline(&mut self, node: &str, received_at: DateTime<Utc>, out: &mut Vec<EventBody>) {
        if let Some(worker) = self.entry(node) {
            (worker.registered, worker.said_at) = (false, Some(received_at));
            out.push(EventBody::WorkerWentOffline { worker_id: worker.id.clone() });
        }
    }

    /// What asking a worker brought. It is alive, then.
    pub(super) fn learn(&mut self, node: &str, learnt: Learnt, out: &mut Vec<EventBody>) {
        let Some(worker) = self.entry(node) else { return };
        let merged = Learnt {
            queues: learnt.queues.or_else(|| worker.learnt.queues.clone()),
            concurrency: learnt.concurrency.or(worker.learnt.concurrency),
        };
        if merged != worker.learnt {
            worker.learnt = merged;
            worker.registered = false;
        }
        worker.register(node, out);
    }

    /// Whether a worker found no room since the last call.
    pub(super) fn take_full(&mut self) -> bool {
        std::mem::take(&mut self.full)
    }

    fn entry(&mut self, node: &str) -> Option<&mut Worker> {
        if !self.by_node.contains_key(node) {
            if self.by_node.len() >= MAX_WORKERS {
                self.full = true;
                return None;
            }
            let id = WorkerId::new(format!("{}:{node}", self.prefix)).ok()?;
            let learnt = Learnt::default();
            let worker = Worker { id, registered: false, said_at: None, interval: None, version: None, learnt };
            self.by_node.insert(node.to_owned(), worker);
        }
        self.by_node.get_mut(node)
    }
}

impl Worker {
    fn beat(&self, node: &str, status: WorkerStatus, at: DateTime<Utc>) -> Heartbeat {
        Heartbeat {
            worker_id: self.id.clone(),
            status,
            timestamp: at,
            metrics: HeartbeatMetrics::default(),
            interval: self.interval,
            version: self.version.clone(),
            host_id: host(node),
            host: None,
            gpus: Vec::new(),
            samples: Vec::new(),
        }
    }

    fn register(&mut self, node: &str, out: &mut Vec<EventBody>) {
        if std::mem::replace(&mut self.registered, true) {
            return;
        }
        out.push(EventBody::WorkerRegistered(Box::new(Registration {
            worker_id: self.id.clone(),
            name: Some(node.to_owned()),
            capability: WorkerCapability::Unknown,
            hardware: HardwareInfo::default(),
            location: Location { hostname: host(node), ..Location::default() },
            max_concurrent_tasks: self.learnt.concurrency,
            supported_content_types: Vec::new(),
            tags: Vec::new(),
            version: self.version.clone(),
            host_id: host(node),
            interval: self.interval,
            reporter: Reporter::Worker,
            queues: self.learnt.queues.clone().unwrap_or_default(),
        })));
    }
}

/// The host of a node `name@host`.
fn host(node: &str) -> Option<String> {
    node.split_once('@').map(|(_, host)| host.to_owned()).filter(|host| !host.is_empty())
}

/// `py-celery 5.7.0`.
fn version(event: &CeleryEvent<'_>) -> Option<String> {
    let words = [event.sw_ident.text(), event.sw_ver.text()];
    text::name(&words.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests;

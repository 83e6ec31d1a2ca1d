//! What is known of the workers of one application, and what their signs of life become.
//!
//! A worker is registered once a connection, when it is first heard of, and again when asking it has
//! brought more to light.

use super::event::CeleryEvent;
use super::text;
use chrono::{DateTime, Utc};
use forewatch::heartbeat::{HeartbeatMetrics, HostReading};
use forewatch::registration::{HardwareInfo, Location, Reporter};
use forewatch::{EventBody, Heartbeat, Registration, WorkerCapability, WorkerId, WorkerStatus};
use std::collections::HashMap;

/// Workers that are remembered; more of one application are not taken.
const MAX_WORKERS: usize = 10_000;

/// The workers of one application.
#[derive(Debug)]
pub(super) struct Workers {
    /// What stands before the node's name in a worker's id.
    prefix: String,
    by_node: HashMap<String, Worker>,
}

#[derive(Debug)]
struct Worker {
    id: WorkerId,
    /// Registered since the connection came up.
    registered: bool,
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
        Self { prefix: prefix.to_owned(), by_node: HashMap::new() }
    }

    /// A new connection: everyone is registered anew.
    pub(super) fn reconnected(&mut self) {
        self.by_node.values_mut().for_each(|worker| worker.registered = false);
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
    pub(super) fn alive(&mut self, event: &CeleryEvent<'_>, at: DateTime<Utc>, out: &mut Vec<EventBody>) -> bool {
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
        out.push(EventBody::WorkerHeartbeat(Box::new(Heartbeat {
            worker_id: worker.id.clone(),
            status: if active.unwrap_or(0) > 0 { WorkerStatus::Busy } else { WorkerStatus::Online },
            timestamp: at,
            metrics: HeartbeatMetrics { active_tasks: active, ..HeartbeatMetrics::default() },
            interval: worker.interval,
            version: worker.version.clone(),
            host_id: host(node),
            host: event.loadavg.three().map(|load| HostReading { load_average: Some(load), ..HostReading::default() }),
            gpus: Vec::new(),
            samples: Vec::new(),
        })));
        new
    }

    /// A `worker-offline`.
    pub(super) fn offline(&mut self, node: &str, out: &mut Vec<EventBody>) {
        if let Some(worker) = self.entry(node) {
            worker.registered = false;
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

    fn entry(&mut self, node: &str) -> Option<&mut Worker> {
        if !self.by_node.contains_key(node) {
            if self.by_node.len() >= MAX_WORKERS {
                return None;
            }
            let id = WorkerId::new(format!("{}:{node}", self.prefix)).ok()?;
            let worker = Worker { id, registered: false, interval: None, version: None, learnt: Learnt::default() };
            self.by_node.insert(node.to_owned(), worker);
        }
        self.by_node.get_mut(node)
    }
}

impl Worker {
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

//! A small fleet whose readings a test sets, with the engine beside it: what is decided is applied, as live.

use crate::alerts::{Engine, Settings, default_rules};
use crate::collector::alert::{apply_command, apply_transition, expire};
use crate::collector::{Changes, Fleet, Queue, Worker};
use crate::config::Thresholds;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::alert::{Alert, AlertCommand};
use forewatch::event::{Actor, AlertTransition};
use forewatch::source::{SourceState, SourceStatus};
use forewatch::{AlertId, GpuMetrics, QueueClass, QueueName, Ratio, SourceName, WorkerId, WorkerStatus};
use serde_json::json;
use std::sync::Arc;

/// What happened to the alerts, as the journal has it.
#[derive(Debug, Clone)]
pub(super) enum Entry {
    Decided(Box<AlertTransition>),
    Commanded(AlertId, Actor, AlertCommand),
}

pub(super) struct World {
    pub(super) fleet: Fleet,
    pub(super) engine: Engine,
    pub(super) now: DateTime<Utc>,
    pub(super) journal: Vec<(DateTime<Utc>, Entry)>,
}

pub(super) fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).expect("a valid time")
}

pub(super) fn actor(name: &str) -> Actor {
    Actor { name: name.to_owned() }
}

impl World {
    /// An empty fleet, watched for an hour by the default rules.
    pub(super) fn new() -> Self {
        let engine = Engine::new(default_rules(&Thresholds::default()), Settings::starting(start()));
        let now = start() + TimeDelta::hours(1);
        Self { fleet: Fleet::empty(start()), engine, now, journal: Vec::new() }
    }

    /// The server starts again: the state is read back, the engine is new.
    pub(super) fn restart(&mut self) {
        let bytes = rmp_serde::to_vec_named(&self.fleet).expect("the state can be written");
        self.fleet = rmp_serde::from_slice(&bytes).expect("the state can be read");
        self.engine = Engine::new(default_rules(&Thresholds::default()), Settings::starting(self.now));
    }

    /// Evaluates once, now, and applies what is decided.
    pub(super) fn tick(&mut self) -> Vec<AlertTransition> {
        let decisions = self.engine.evaluate(&self.fleet, self.now);
        for decision in &decisions {
            let entry = Entry::Decided(Box::new(decision.clone()));
            apply(&mut self.fleet, &entry, self.now);
            self.journal.push((self.now, entry));
        }
        expire(&mut self.fleet, self.now, &mut Changes::default());
        decisions
    }

    /// Lets time pass with an evaluation each second, the readings unchanged.
    pub(super) fn pass(&mut self, seconds: i64) {
        for _ in 0..seconds {
            self.now += TimeDelta::seconds(1);
            self.tick();
        }
    }

    pub(super) fn command(&mut self, id: &AlertId, by: &str, command: AlertCommand) {
        let entry = Entry::Commanded(id.clone(), actor(by), command);
        apply(&mut self.fleet, &entry, self.now);
        self.journal.push((self.now, entry));
    }

    pub(super) fn worker(&mut self, n: u8, change: impl FnOnce(&mut Worker)) {
        let id = WorkerId::new(format!("gpu-{n}")).expect("valid");
        let now = self.now;
        let worker = self.fleet.workers.entry(id.clone()).or_insert_with(|| Arc::new(worker(&id, now)));
        change(Arc::make_mut(worker));
    }

    /// A worker that is heard of at every evaluation, with this CPU load.
    pub(super) fn cpu(&mut self, n: u8, load: Option<f64>) {
        self.worker(n, |worker| worker.metrics.cpu_usage = load.map(ratio));
    }

    /// A worker stops sending, and is found to be offline.
    pub(super) fn silence(&mut self, n: u8) {
        let now = self.now;
        self.worker(n, |worker| {
            worker.metrics.last_heartbeat = now;
            worker.metrics.status = WorkerStatus::Offline;
            worker.metrics.is_online = false;
        });
    }

    /// It sends again.
    pub(super) fn speak(&mut self, n: u8) {
        let now = self.now;
        self.worker(n, |worker| {
            worker.metrics.last_heartbeat = now;
            worker.metrics.status = WorkerStatus::Online;
            worker.metrics.is_online = true;
        });
    }

    pub(super) fn gpu(&mut self, n: u8, change: impl FnOnce(&mut GpuMetrics)) {
        self.worker(n, |worker| {
            let mut gpu = worker.metrics.gpus.pop().unwrap_or_default();
            change(&mut gpu);
            worker.metrics.gpus.push(gpu);
        });
    }

    pub(super) fn queue(&mut self, name: &str, change: impl FnOnce(&mut Queue)) {
        let id = QueueName::new(name).expect("valid");
        let now = self.now;
        let queue = self.fleet.queues.entry(id.clone()).or_insert_with(|| Arc::new(queue(&id, now)));
        change(Arc::make_mut(queue));
    }

    pub(super) fn waiting(&mut self, name: &str, pending: u64) {
        self.queue(name, |queue| queue.stats.pending_tasks = pending);
    }

    /// So many tasks of a queue ended now.
    pub(super) fn ended(&mut self, queue: &str, completed: u64, failed: u64) {
        let statuses = (0..completed).map(|_| "completed").chain((0..failed).map(|_| "failed"));
        let tasks: Vec<forewatch::TaskMetrics> = statuses.map(|status| task(status, self.now)).collect();
        for task in &tasks {
            Arc::make_mut(&mut self.fleet.window).add(task);
            self.queue(queue, |queue| queue.window.add(task));
        }
    }

    pub(super) fn source(&mut self, name: &str, state: SourceState) {
        let id = SourceName::new(name).expect("valid");
        let status = SourceStatus {
            name: id.clone(),
            state,
            since: self.now,
            url: None,
            error: None,
            events: 0,
            rejected: 0,
            lost_events: 0,
            disconnects: 0,
            gap_seconds: 0.0,
            last_event_at: None,
        };
        self.fleet.sources.insert(id, Arc::new(status));
    }

    /// The alerts of a rule, oldest first.
    pub(super) fn alerts(&self, rule: &str) -> Vec<Alert> {
        self.fleet.alerts.values().filter(|alert| &*alert.rule_id == rule).map(|alert| (**alert).clone()).collect()
    }

    /// The one alert of a rule.
    #[track_caller]
    pub(super) fn alert(&self, rule: &str) -> Alert {
        let mut alerts = self.alerts(rule);
        assert_eq!(alerts.len(), 1, "alerts of {rule}: {alerts:#?}");
        alerts.remove(0)
    }
}

pub(super) fn apply(fleet: &mut Fleet, entry: &Entry, at: DateTime<Utc>) {
    let mut changes = Changes::default();
    match entry {
        Entry::Decided(decision) => apply_transition(fleet, decision, at, &mut changes),
        Entry::Commanded(id, actor, command) => apply_command(fleet, id, actor, command, at, &mut changes),
    }
}

pub(super) fn ratio(value: f64) -> Ratio {
    Ratio::new(value).expect("a ratio")
}

fn task(status: &str, at: DateTime<Utc>) -> forewatch::TaskMetrics {
    let state = if status == "completed" { "succeeded" } else { status };
    serde_json::from_value(json!({
        "task_id": "t", "timestamp": at, "completed_at": at, "status": status, "state": state,
        "retry_count": 0, "content_type": "x", "source": "http",
    }))
    .expect("a task")
}

#[expect(clippy::default_trait_access, reason = "the types are the collector's own")]
fn worker(id: &WorkerId, now: DateTime<Utc>) -> Worker {
    let metrics = serde_json::from_value(json!({
        "worker_id": id, "timestamp": now, "is_online": true, "is_healthy": true, "last_heartbeat": now,
        "active_tasks": 0, "completed_tasks": 0, "failed_tasks": 0, "total_processing_time": 0.0,
        "error_count": 0, "timeout_count": 0, "consecutive_failures": 0, "name": id, "capability": "gpu",
        "status": "online", "source": "http", "health_limit": 30.0, "first_seen": now,
    }))
    .expect("a worker");
    Worker {
        metrics,
        said: WorkerStatus::Online,
        newest_reading: None,
        registered_capability: forewatch::WorkerCapability::Gpu,
        has_task_events: false,
        running: 0,
        tally: Default::default(),
        counters: Default::default(),
        network: None,
        faults: Default::default(),
    }
}

#[expect(clippy::default_trait_access, reason = "the types are the collector's own")]
fn queue(id: &QueueName, now: DateTime<Utc>) -> Queue {
    let stats = serde_json::from_value(json!({
        "queue_type": id, "total_tasks": 0, "pending_tasks": 0, "processing_tasks": 0, "completed_tasks": 0,
        "failed_tasks": 0, "id": id, "source": "http", "timestamp": now, "class": "gpu",
    }))
    .expect("a queue");
    Queue {
        id: id.clone(),
        name: id.to_string(),
        source: SourceName::new("http").expect("valid"),
        class: QueueClass::Gpu,
        sample: None,
        heard: now,
        announced: false,
        states: Default::default(),
        tally: Default::default(),
        window: Default::default(),
        stats,
    }
}

//! A small fleet whose readings a test sets, with the engine beside it: what is decided is applied, as live.

pub(in crate::alerts) use super::parts::ratio;
use super::parts::{queue, task, worker};
use crate::alerts::{Engine, RuleBook, rule_book};
use crate::collector::alert::{apply_command, apply_transition, expire};
use crate::collector::{Changes, Fleet, Queue, Worker};
use crate::config::Config;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::alert::{Alert, AlertCommand};
use forewatch::event::{Actor, AlertTransition};
use forewatch::silence::{Matcher, NewSilence};
use forewatch::source::{SourceState, SourceStatus};
use forewatch::{AlertId, GpuMetrics, QueueName, SilenceId, SourceName, WorkerId, WorkerStatus};
use serde_json::json;
use std::sync::Arc;

/// What happened to the alerts, as the journal has it.
#[derive(Debug, Clone)]
pub(in crate::alerts) enum Entry {
    Decided(Box<AlertTransition>),
    Commanded(AlertId, Actor, AlertCommand),
    Silenced(SilenceId, Actor, NewSilence),
}

pub(crate) struct World {
    pub(crate) fleet: Fleet,
    pub(in crate::alerts) engine: Engine,
    book: RuleBook,
    pub(crate) now: DateTime<Utc>,
    pub(in crate::alerts) journal: Vec<(DateTime<Utc>, Entry)>,
}

/// The rules and windows of a configuration.
pub(in crate::alerts) fn book(config: &str) -> Result<RuleBook, Vec<String>> {
    let config: Config = toml::from_str(config).expect("the configuration can be read");
    rule_book(&config).map_err(|mistakes| mistakes.iter().map(ToString::to_string).collect())
}

fn engine(book: &RuleBook, since: DateTime<Utc>) -> Engine {
    Engine::new(Arc::new(book.rules.clone()), book.windows.clone(), since)
}

pub(in crate::alerts) fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).expect("a valid time")
}

pub(in crate::alerts) fn actor(name: &str) -> Actor {
    Actor { name: name.to_owned() }
}

impl World {
    /// An empty fleet, watched for an hour by the default rules.
    pub(in crate::alerts) fn new() -> Self {
        Self::of("")
    }

    /// An empty fleet, watched for an hour by the rules of a configuration.
    pub(crate) fn of(config: &str) -> Self {
        let book = book(config).expect("the rules can be read");
        let now = start() + TimeDelta::hours(1);
        let engine = engine(&book, start());
        Self { fleet: Fleet::empty(start()), engine, book, now, journal: Vec::new() }
    }

    /// The server starts again: the state is read back, the engine is new.
    pub(in crate::alerts) fn restart(&mut self) {
        let bytes = rmp_serde::to_vec_named(&self.fleet).expect("the state can be written");
        self.fleet = rmp_serde::from_slice(&bytes).expect("the state can be read");
        self.engine = engine(&self.book, self.now);
    }

    /// Evaluates once, now, and applies what is decided.
    pub(crate) fn tick(&mut self) -> Vec<AlertTransition> {
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
    pub(in crate::alerts) fn pass(&mut self, seconds: i64) {
        for _ in 0..seconds {
            self.now += TimeDelta::seconds(1);
            self.tick();
        }
    }

    /// Likewise, with an evaluation every `step` seconds.
    pub(in crate::alerts) fn pass_by(&mut self, seconds: i64, step: i64) {
        let end = self.now + TimeDelta::seconds(seconds);
        while self.now < end {
            self.now = (self.now + TimeDelta::seconds(step)).min(end);
            self.tick();
        }
    }

    pub(in crate::alerts) fn command(&mut self, id: &AlertId, by: &str, command: AlertCommand) {
        let entry = Entry::Commanded(id.clone(), actor(by), command);
        apply(&mut self.fleet, &entry, self.now);
        self.journal.push((self.now, entry));
    }

    pub(in crate::alerts) fn worker(&mut self, n: u8, change: impl FnOnce(&mut Worker)) {
        let id = WorkerId::new(format!("gpu-{n}")).expect("valid");
        let now = self.now;
        let worker = self.fleet.workers.entry(id.clone()).or_insert_with(|| Arc::new(worker(&id, now)));
        change(Arc::make_mut(worker));
    }

    /// A worker that is heard of at every evaluation, with this CPU load.
    pub(crate) fn cpu(&mut self, n: u8, load: Option<f64>) {
        self.worker(n, |worker| worker.metrics.cpu_usage = load.map(ratio));
    }

    /// A worker stops sending, and is found to be offline.
    pub(in crate::alerts) fn silence(&mut self, n: u8) {
        let now = self.now;
        self.worker(n, |worker| {
            worker.metrics.last_heartbeat = now;
            worker.metrics.status = WorkerStatus::Offline;
            worker.metrics.is_online = false;
        });
    }

    /// It sends again.
    pub(in crate::alerts) fn speak(&mut self, n: u8) {
        let now = self.now;
        self.worker(n, |worker| {
            worker.metrics.last_heartbeat = now;
            worker.metrics.status = WorkerStatus::Online;
            worker.metrics.is_online = true;
        });
    }

    pub(in crate::alerts) fn gpu(&mut self, n: u8, change: impl FnOnce(&mut GpuMetrics)) {
        self.worker(n, |worker| {
            let mut gpu = worker.metrics.gpus.pop().unwrap_or_default();
            change(&mut gpu);
            worker.metrics.gpus.push(gpu);
        });
    }

    pub(in crate::alerts) fn queue(&mut self, name: &str, change: impl FnOnce(&mut Queue)) {
        let id = QueueName::new(name).expect("valid");
        let now = self.now;
        let queue = self.fleet.queues.entry(id.clone()).or_insert_with(|| Arc::new(queue(&id, now)));
        change(Arc::make_mut(queue));
    }

    pub(in crate::alerts) fn waiting(&mut self, name: &str, pending: u64) {
        self.queue(name, |queue| queue.stats.pending_tasks = pending);
    }

    /// So many tasks of a queue ended now.
    pub(in crate::alerts) fn ended(&mut self, queue: &str, completed: u64, failed: u64) {
        let statuses = (0..completed).map(|_| "completed").chain((0..failed).map(|_| "failed"));
        let tasks: Vec<forewatch::TaskMetrics> = statuses.map(|status| task(status, self.now)).collect();
        for task in &tasks {
            self.count(queue, task);
        }
    }

    /// So many tasks of a queue ended now: `completed`, `timed out` or `retried`.
    pub(in crate::alerts) fn ended_as(&mut self, queue: &str, how: &str, count: u64) {
        let mut task = task(if how == "timed out" { "failed" } else { "completed" }, self.now);
        task.timed_out = how == "timed out";
        task.retry_count = u32::from(how == "retried");
        for _ in 0..count {
            self.count(queue, &task);
        }
    }

    fn count(&mut self, queue: &str, task: &forewatch::TaskMetrics) {
        Arc::make_mut(&mut self.fleet.window).add(task);
        self.queue(queue, |queue| queue.window.add(task));
        Arc::make_mut(self.fleet.names.entry("x".to_owned()).or_default()).window.add(task);
    }

    /// Somebody silences alerts by one label, for so many seconds.
    pub(in crate::alerts) fn hush(&mut self, label: &str, value: &str, seconds: i64) {
        let asked = NewSilence {
            matchers: vec![Matcher::of(label, value)],
            starts_at: None,
            ends_at: self.now + TimeDelta::seconds(seconds),
            comment: "deploy".to_owned(),
        };
        let id = SilenceId::new(format!("S{}", self.fleet.silences.len())).expect("valid");
        let entry = Entry::Silenced(id, actor("Mara"), asked);
        apply(&mut self.fleet, &entry, self.now);
        self.journal.push((self.now, entry));
    }

    pub(in crate::alerts) fn source(&mut self, name: &str, state: SourceState) {
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
            takes_commands: false,
            last_event_at: None,
        };
        self.fleet.sources.insert(id, Arc::new(status));
    }

    /// A task began and was not heard of again, on a worker or none.
    pub(in crate::alerts) fn running(&mut self, id: &str, name: &str, worker: Option<&str>) {
        let task: forewatch::TaskMetrics = serde_json::from_value(json!({
            "task_id": id, "timestamp": self.now, "started_at": self.now, "status": "processing", "state": "started",
            "retry_count": 0, "name": name, "source": "http", "worker_id": worker,
        }))
        .expect("a task");
        self.fleet.running.insert((self.now, task.task_id.clone()));
        self.fleet.tasks.insert(task.task_id.clone(), Arc::new(task));
    }

    /// So many tasks of a name have completed, each after so many seconds.
    pub(in crate::alerts) fn ran(&mut self, name: &str, seconds: f64, count: u64) {
        let run = forewatch::TaskMetrics {
            processing_time: Some(seconds),
            name: Some(name.to_owned()),
            ..task("completed", self.now)
        };
        self.fleet.names.entry(name.to_owned()).or_default();
        for _ in 0..count {
            crate::collector::named(&mut self.fleet, &run);
        }
    }

    /// The rules that watch it.
    pub(in crate::alerts) fn rules(&self) -> &[crate::alerts::Rule] {
        &self.book.rules
    }

    /// The alerts of a rule, oldest first.
    pub(in crate::alerts) fn alerts(&self, rule: &str) -> Vec<Alert> {
        self.fleet.alerts.values().filter(|alert| &*alert.rule_id == rule).map(|alert| (**alert).clone()).collect()
    }

    /// The one alert of a rule.
    #[track_caller]
    pub(in crate::alerts) fn alert(&self, rule: &str) -> Alert {
        let mut alerts = self.alerts(rule);
        assert_eq!(alerts.len(), 1, "alerts of {rule}: {alerts:#?}");
        alerts.remove(0)
    }
}

pub(in crate::alerts) fn apply(fleet: &mut Fleet, entry: &Entry, at: DateTime<Utc>) {
    let mut changes = Changes::default();
    match entry {
        Entry::Decided(decision) => apply_transition(fleet, decision, at, &mut changes),
        Entry::Commanded(id, actor, command) => apply_command(fleet, id, actor, command, at, &mut changes),
        Entry::Silenced(id, actor, silence) => crate::collector::silenced(fleet, id, actor, silence, at),
    }
}

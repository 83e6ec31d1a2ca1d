//! From a message of the broker to events of Forewatch's model: the whole pure part of this source.
//!
//! What workers answer when asked is in [`answers`].
//! Owns what must be remembered between messages (workers, clocks). Reads no clock and does no I/O: the
//! time of receipt comes with the message.

mod answers;

use super::clocks::Clocks;
use super::count::{Counts, Reason};
use super::event::{self, CeleryEvent};
use super::redact::Redaction;
use super::refusal::Refusal;
use super::shortfall::Shortfall;
use super::tracked::Tracked;
use super::workers::Workers;
use super::{Settings, Talk, envelope, task_event};
use chrono::{DateTime, Utc};
use forewatch::task::{TaskEvent, TaskEventKind};
use forewatch::{Event, EventBody, SourceName, TaskId, WorkerStatus, time};
use std::collections::HashSet;
use std::sync::Arc;

/// Names of queues that are remembered.
const MAX_REMEMBERED: usize = 10_000;

/// Turns messages into events.
pub(crate) struct Translator {
    source: SourceName,
    talk: Talk,
    redaction: Redaction,
    counts: Arc<Counts>,
    tracked: Arc<Tracked>,
    workers: Workers,
    clocks: Clocks,
    shortfall: Shortfall,
    /// Messages that were dropped before the one that is read.
    dropped: u64,
    queues_seen: HashSet<String>,
    news: Vec<String>,
    bodies: Vec<EventBody>,
}

impl Translator {
    pub(super) fn new(settings: &Settings, counts: Arc<Counts>, tracked: Arc<Tracked>) -> Self {
        Self {
            source: settings.source.clone(),
            talk: settings.talk,
            redaction: Redaction::new(&settings.redact),
            counts,
            tracked,
            workers: Workers::new(&settings.name),
            clocks: Clocks::default(),
            shortfall: Shortfall::default(),
            dropped: 0,
            queues_seen: HashSet::new(),
            news: Vec::new(),
            bodies: Vec::new(),
        }
    }

    /// A new connection: workers are registered anew, and what ran before may have ended. Where workers can be
    /// asked, they will tell.
    pub(super) fn reconnected(&mut self) {
        self.workers.reconnected();
        if self.talk == Talk::Listen {
            self.tracked.forget_tasks();
        }
    }

    /// So many messages were dropped before the next one: it may come long after these were counted.
    pub(super) fn dropped(&mut self, so_far: u64) {
        self.dropped = so_far;
    }

    /// Reads one message, received at `received_at`, and appends its events to `out`. A bad event is
    /// counted and spoils no other; a message that cannot be read is refused as a whole.
    pub(super) fn message(
        &mut self,
        data: &[u8],
        received_at: DateTime<Utc>,
        out: &mut Vec<Event>,
    ) -> Result<(), Refusal> {
        self.counts.message();
        let counted = |refusal: Refusal, counts: &Counts| {
            counts.refuse(refusal.reason(), 1);
            refusal
        };
        let message = envelope::open(data).map_err(|refusal| counted(refusal, &self.counts))?;
        let mut bad = None;
        let read = event::read(&message.body, |event| {
            if let Err(refusal) = self.event(event, received_at, out) {
                bad = Some(counted(refusal, &self.counts));
            }
        });
        read.map_err(|refusal| counted(refusal, &self.counts))?;
        bad.map_or(Ok(()), Err)
    }

    /// Nodes that were first heard of on this connection since the last call.
    pub(super) fn take_news(&mut self) -> Vec<String> {
        std::mem::take(&mut self.news)
    }

    /// Nodes that could not be handed on: they are taken with the next ones.
    pub(super) fn put_back(&mut self, nodes: Vec<String>) {
        let new = nodes.into_iter().filter(|node| !self.news.contains(node)).collect::<Vec<_>>();
        self.news.extend(new);
    }

    fn heard(&mut self, node: &str, status: WorkerStatus, at: DateTime<Utc>, out: &mut Vec<Event>) {
        if self.workers.heard(node, status, at, &mut self.bodies) {
            self.put_back(vec![node.to_owned()]);
        }
        self.emit(at, at, out);
    }

    fn event(
        &mut self,
        event: &CeleryEvent<'_>,
        received_at: DateTime<Utc>,
        out: &mut Vec<Event>,
    ) -> Result<(), Refusal> {
        let kind = event.kind.text().unwrap_or_default();
        let field = |field| Refusal::Field { kind: kind.chars().take(60).collect(), field };
        if kind.is_empty() {
            return Err(field("type"));
        }
        // Unix time, whatever its `utcoffset` says.
        let told = event.timestamp.number().and_then(time::from_unix_seconds).ok_or_else(|| field("timestamp"))?;
        // A sign of life counts when it comes; its sender's clock only tells how far that is off.
        let mut at = received_at;
        if let Some(name) = kind.strip_prefix("task-") {
            let node = event.hostname.text().unwrap_or_default();
            at = self.clocks.set_right(node, told, received_at).ok_or_else(|| field("timestamp"))?;
            let task = self.task(name, event).map_err(field)?;
            // Who sends a task is a client, not a worker.
            if task.kind != TaskEventKind::Submitted && !node.is_empty() {
                let runs = task.kind == TaskEventKind::Started;
                let status = if runs { WorkerStatus::Busy } else { WorkerStatus::Online };
                self.heard(node, status, received_at, out);
                if runs {
                    self.shortfall.started(node);
                }
            }
            self.bodies.push(EventBody::Task(task));
        } else {
            let node = event.hostname.text().ok_or_else(|| field("hostname"))?;
            match kind {
                "worker-online" | "worker-heartbeat" => {
                    self.clocks.beat(node, told, received_at);
                    self.compare(node, event, received_at);
                    if self.workers.alive(event, told, received_at, &mut self.bodies) {
                        self.put_back(vec![node.to_owned()]);
                    }
                }
                "worker-offline" => self.workers.offline(node, received_at, &mut self.bodies),
                // Elections among workers, and events of the application's own groups.
                _ => {
                    self.counts.ignored();
                    return Ok(());
                }
            }
        }
        self.counts.event();
        if self.workers.take_full() {
            self.counts.refuse(Reason::Untracked, 1);
        }
        self.emit(at, received_at, out);
        Ok(())
    }

    /// Compares what a worker says that it began with what it told of.
    fn compare(&mut self, node: &str, event: &CeleryEvent<'_>, received_at: DateTime<Utc>) {
        if event.kind.text() == Some("worker-online") {
            self.shortfall.forget(node);
        }
        if let Some(processed) = event.processed.count() {
            // Any of these may have told of a start.
            let refused = self.dropped + self.counts.not_understood();
            let missing = self.shortfall.beat(node, processed, refused, received_at);
            self.counts.refuse(Reason::Missing, missing);
        }
    }

    fn task(&mut self, name: &str, event: &CeleryEvent<'_>) -> Result<TaskEvent, &'static str> {
        let (kind, state) = task_event::kind_of(name).ok_or("type")?;
        let task_id = event.uuid.text().and_then(|id| TaskId::new(id).ok()).ok_or("uuid")?;
        let mut fields = Box::new(task_event::fields(event, kind, &self.redaction));
        fields.source_state = Some(state);
        // Stock Celery announces no task when it is sent, and names no queue when it is received.
        if kind == TaskEventKind::Received && fields.queue.is_none() {
            fields.queue = event.hostname.text().and_then(|node| self.workers.only_queue(node)).map(str::to_owned);
        }
        if let Some(queue) = &fields.queue
            && !self.queues_seen.contains(queue)
        {
            self.tracked.queue(queue);
            if self.queues_seen.len() < MAX_REMEMBERED {
                self.queues_seen.insert(queue.clone());
            }
        }
        match kind {
            TaskEventKind::Started => {
                self.tracked.tasks().started(&task_id, event.hostname.text().unwrap_or_default());
            }
            TaskEventKind::Received => self.tracked.tasks().received(&task_id),
            TaskEventKind::Submitted | TaskEventKind::Custom => {}
            _ => self.tracked.tasks().ended(&task_id),
        }
        let worker_id = match (kind, event.hostname.text()) {
            (TaskEventKind::Submitted, _) | (_, None) => None,
            (_, Some(node)) => self.workers.id(node),
        };
        Ok(TaskEvent { kind, task_id, worker_id, fields })
    }

    fn emit(&mut self, at: DateTime<Utc>, received_at: DateTime<Utc>, out: &mut Vec<Event>) {
        let source = &self.source;
        out.extend(self.bodies.drain(..).map(|body| Event {
            event_id: None,
            source: source.clone(),
            at,
            received_at,
            body,
        }));
    }
}

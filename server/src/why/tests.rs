//! Fleets made of events, and what is said of them.

mod verdicts;

use crate::collector::{Changes, Fleet, Settings, apply, tick};
use crate::config::Config;
use chrono::{DateTime, Utc};
use forewatch::control::ControlCommand;
use forewatch::event::{Actor, QueueSample, SourceChange};
use forewatch::limit::{Limit, LimitWord};
use forewatch::source::SourceState;
use forewatch::task::{TaskEvent, TaskEventKind, TaskFields};
use forewatch::{ControlId, Event, EventBody, SourceName, TaskId, WorkerId};
use serde_json::json;

/// A fleet to which events are told, each at its second.
struct World {
    fleet: Fleet,
    settings: Settings,
    source: SourceName,
    told: u64,
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("a time")
}

fn worker(id: &str) -> WorkerId {
    WorkerId::new(id).expect("valid")
}

impl World {
    fn new() -> Self {
        let source = SourceName::new("celery").expect("valid");
        Self { fleet: Fleet::empty(at(0)), settings: Settings::of(&Config::default()), source, told: 0 }
    }

    fn tell(&mut self, second: i64, body: EventBody) {
        self.told += 1;
        let event =
            Event { event_id: None, source: self.source.clone(), at: at(second), received_at: at(second), body };
        apply(&mut self.fleet, &self.settings, self.told, &event, &mut Changes::default());
    }

    /// A worker on a host of its own with so many slots, which takes from the queues.
    fn worker(&mut self, id: &str, slots: Option<u32>, queues: &[&str]) {
        let text = json!({ "worker_id": id, "max_concurrent_tasks": slots, "queues": queues, "host_id": id, "interval": 10_000 });
        let registration = serde_json::from_value(text).expect("a registration");
        self.tell(0, EventBody::WorkerRegistered(Box::new(registration)));
    }

    fn beat(&mut self, second: i64, id: &str, more: serde_json::Value) {
        let mut text =
            json!({ "worker_id": id, "status": "online", "timestamp": at(second), "metrics": {}, "interval": 10_000 });
        text.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        let beat = serde_json::from_value(text).expect("a heartbeat");
        self.tell(second, EventBody::WorkerHeartbeat(Box::new(beat)));
    }

    fn task(&mut self, second: i64, id: &str, kind: TaskEventKind, of: Option<&str>, fields: TaskFields) {
        let event = TaskEvent {
            kind,
            task_id: TaskId::new(id).expect("valid"),
            worker_id: of.map(worker),
            fields: fields.into(),
        };
        self.tell(second, EventBody::Task(event));
    }

    fn runs(&mut self, second: i64, id: &str, on: &str, name: &str) {
        self.task(second, id, TaskEventKind::Started, Some(on), named(name));
    }

    /// What lies in the broker's queue `gpu`, is reserved, and delayed.
    fn lies(&mut self, second: i64, pending: u64, reserved: u64, delayed: u64) {
        let sample = QueueSample {
            queue: "gpu".to_owned(),
            pending,
            processing: None,
            worker_count: None,
            delayed: Some(delayed),
            reserved: Some(reserved),
            oldest_age: None,
        };
        self.tell(second, EventBody::QueueSampled(sample));
    }

    /// Why what waits in the queue waits, at `second`.
    fn limit(&mut self, second: i64) -> Limit {
        tick(&mut self.fleet, &self.settings, at(second), &mut Changes::default());
        super::limit(&self.fleet, &self.fleet.queues["celery:gpu"])
    }
}

fn named(name: &str) -> TaskFields {
    TaskFields { name: Some(name.to_owned()), queue: Some("gpu".to_owned()), ..TaskFields::default() }
}

#[track_caller]
fn assert_says(limit: &Limit, word: LimitWord, sentence: &str) {
    assert_eq!((limit.word, limit.sentence.as_str()), (word, sentence));
}

//! Captures of a real application through the whole pure part, compared with Celery's own answer.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use super::tracked::Tracked;
use super::translate::Translator;
use super::{Counts, Settings, Talk};
use chrono::{DateTime, Utc};
use forewatch::task::TaskEventKind;
use forewatch::{Event, EventBody, time};
use serde_json::Value;
use std::sync::Arc;

pub(crate) const LIFECYCLE: &str = include_str!("../../../tests/fixtures/celery/lifecycle.ndjson");
pub(crate) const EXPECTED: &str = include_str!("../../../tests/fixtures/celery/expected.json");
pub(super) const PREFIXED: &str = include_str!("../../../tests/fixtures/celery/db3-prefix.ndjson");

fn translator() -> (Translator, Arc<Counts>, Arc<Tracked>) {
    let settings = Settings::new("celery", "redis://localhost", Talk::Listen).unwrap();
    let (counts, tracked) = (Arc::new(Counts::default()), Arc::new(Tracked::default()));
    (Translator::new(&settings, counts.clone(), tracked.clone()), counts, tracked)
}

pub(super) fn lines(capture: &str) -> impl DoubleEndedIterator<Item = (String, String, DateTime<Utc>)> {
    capture.lines().map(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| line[key].as_str().unwrap().to_owned();
        (text("channel"), text("data"), time::from_unix_seconds(line["received_at"].as_f64().unwrap()).unwrap())
    })
}

/// The events of a capture, as received then.
pub(crate) fn events(capture: &str) -> Vec<Event> {
    let (mut translator, _, _) = translator();
    let mut out = Vec::new();
    for (channel, data, received_at) in lines(capture) {
        if channel.contains("celeryev") {
            translator.message(data.as_bytes(), received_at, &mut out).unwrap();
        }
    }
    out
}

/// What becomes of events of an application, each with the time of its receipt.
pub(crate) fn translated(events: &[(String, DateTime<Utc>)]) -> Vec<Event> {
    let (mut translator, _, _) = translator();
    let mut out = Vec::new();
    for (body, received_at) in events {
        let data = serde_json::json!({ "body": body, "content-type": "application/json", "properties": {} });
        translator.message(data.to_string().as_bytes(), *received_at, &mut out).unwrap();
    }
    out
}

#[test]
fn every_message_and_event_is_accounted_for() {
    let expected: Value = serde_json::from_str(EXPECTED).unwrap();
    let (mut translator, counts, tracked) = translator();
    let mut out = Vec::new();
    for (_, data, received_at) in lines(LIFECYCLE) {
        translator.message(data.as_bytes(), received_at, &mut out).unwrap();
    }
    assert_eq!(counts.refused(super::Reason::Missing), 0, "the capture is whole");
    let by_type = |name: &str| expected["events_by_type"][name].as_u64().unwrap();
    let elections = by_type("worker-elect") + by_type("worker-elect-ack");
    assert_eq!(counts.messages(), expected["lines"].as_u64().unwrap());
    assert_eq!(counts.ignored_events(), elections);
    assert_eq!(counts.events() + elections, expected["events"].as_u64().unwrap());
    let count = |of: fn(&EventBody) -> bool| out.iter().filter(|event| of(&event.body)).count() as u64;
    let beats = count(|body| matches!(body, EventBody::WorkerHeartbeat(_)));
    assert_eq!(beats, by_type("worker-heartbeat") + by_type("worker-online"));
    assert_eq!(count(|body| matches!(body, EventBody::WorkerWentOffline { .. })), by_type("worker-offline"));
    let queues = ["cpu_batch", "cpu_extra", "cpu_standard", "gpu_fallback", "gpu_priority"];
    assert!(queues.iter().all(|queue| tracked.queues().contains(&(*queue).to_owned())), "{:?}", tracked.queues());
}

#[test]
fn messages_that_never_came_are_missed_by_the_workers_own_count() {
    let started = |data: &str| {
        let mut started = false;
        let body = super::envelope::open(data.as_bytes()).unwrap().body;
        super::event::read(&body, |event| started |= event.kind.text() == Some("task-started")).unwrap();
        started
    };
    let (mut translator, counts, _) = translator();
    let mut starts = 0;
    for (_, data, received_at) in lines(LIFECYCLE) {
        starts += u64::from(started(&data));
        // This start never comes; its worker told of others, and of its count, before.
        if !(started(&data) && starts == 20) {
            translator.message(data.as_bytes(), received_at, &mut Vec::new()).unwrap();
        }
    }
    assert_eq!(counts.refused(super::Reason::Missing), 1);
}

#[test]
fn messages_that_were_dropped_are_not_missed_as_well_though_they_are_counted_before_what_came_earlier_is_read() {
    let (mut translator, counts, _) = translator();
    counts.refuse(super::Reason::Overrun, 5);
    let mut hear = |dropped: u64, second: i64, kind: &str, processed: u64| {
        let body = serde_json::json!({ "type": kind, "hostname": "a@host", "timestamp": second, "uuid": "t", "processed": processed });
        let data = serde_json::json!({ "body": body.to_string(), "content-type": "application/json" }).to_string();
        translator.dropped(dropped);
        let at = DateTime::from_timestamp(second, 0).unwrap();
        translator.message(data.as_bytes(), at, &mut Vec::new()).unwrap();
        counts.refused(super::Reason::Missing)
    };
    hear(0, 0, "task-started", 0);
    assert_eq!([hear(0, 1, "worker-heartbeat", 1), hear(5, 3, "worker-heartbeat", 6)], [0, 0]);
    assert_eq!(
        [hear(5, 5, "worker-heartbeat", 9), hear(5, 7, "worker-heartbeat", 9)],
        [0, 3],
        "nothing was dropped here"
    );
}

#[test]
fn whoever_sends_a_task_is_no_worker() {
    for event in events(LIFECYCLE) {
        if let EventBody::Task(task) = &event.body {
            assert_eq!(task.worker_id.is_none(), task.kind == TaskEventKind::Submitted);
        }
    }
}

#[test]
fn nodes_that_could_not_be_handed_on_are_news_again_each_once() {
    let (mut translator, _, _) = translator();
    let mut out = Vec::new();
    let mut hear = |translator: &mut Translator, kind: &str, node: &str| {
        let body = serde_json::json!({ "type": kind, "hostname": node, "timestamp": 1.0 }).to_string();
        let data = serde_json::json!({ "body": body, "content-type": "application/json" }).to_string();
        translator.message(data.as_bytes(), Utc::now(), &mut out).unwrap();
    };
    hear(&mut translator, "worker-heartbeat", "a@host");
    let nodes = translator.take_news();
    assert_eq!(nodes, ["a@host"]);
    translator.put_back(nodes);
    hear(&mut translator, "worker-online", "a@host");
    hear(&mut translator, "worker-heartbeat", "b@host");
    assert_eq!(translator.take_news(), ["a@host", "b@host"]);
    hear(&mut translator, "worker-heartbeat", "a@host");
    assert_eq!(translator.take_news(), [] as [&str; 0]);
}

#[test]
fn another_database_with_a_prefix_reads_alike() {
    let events = events(PREFIXED);
    let completed =
        |event: &&Event| matches!(&event.body, EventBody::Task(task) if task.kind == TaskEventKind::Completed);
    assert_eq!(events.iter().filter(completed).count(), 30);
}

#[test]
fn a_clock_that_is_years_off_keeps_its_spans() {
    let (mut translator, _, _) = translator();
    let mut out = Vec::new();
    let now = time::from_unix_seconds(1_900_000_000.25).unwrap();
    for (name, timestamp) in [("started", 1000.0), ("succeeded", 1004.5)] {
        let event = format!(r#"{{"type": "task-{name}", "uuid": "u", "hostname": "a@b", "timestamp": {timestamp}}}"#);
        let data = serde_json::json!({ "body": event, "content-type": "application/json", "properties": {} });
        translator.message(data.to_string().as_bytes(), now, &mut out).unwrap();
    }
    out.retain(|event| matches!(event.body, EventBody::Task(_)));
    assert_eq!(out[0].at, now);
    assert_eq!((out[1].at - out[0].at).num_milliseconds(), 4500);
}

#[test]
fn a_bad_event_spoils_no_other() {
    let (mut translator, counts, _) = translator();
    let mut out = Vec::new();
    let body = r#"[{"type": "task-started", "uuid": "a", "timestamp": 1.0, "hostname": "a@b"},
        {"type": "task-started", "timestamp": 1.0}, {"type": "task-started", "uuid": "c"}, {"timestamp": 1.0},
        {"type": "task-started", "uuid": "d\u0000", "timestamp": 1.0}, {"type": "task-started", "uuid": "e", "timestamp": 1e300},
        {"type": "task-started", "uuid": "f", "timestamp": 2.0}]"#;
    let data = serde_json::json!({ "body": body, "content-type": "application/json" }).to_string();
    let refusal = translator.message(data.as_bytes(), Utc::now(), &mut out).unwrap_err();
    assert!(refusal.to_string().contains("has no usable"), "{refusal}");
    out.retain(|event| matches!(event.body, EventBody::Task(_)));
    assert_eq!((out.len(), counts.events(), counts.refused(super::Reason::Field)), (2, 2, 5));
}

//! A capture of a real Celery application through these rules, compared with Celery's own answer.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use super::{apply, first};
use crate::ingest::celery::replay::{EXPECTED, LIFECYCLE, events};
use forewatch::{Event, EventBody, TaskMetrics, TaskStatus};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

fn tasks<'a>(events: impl Iterator<Item = &'a Event>) -> BTreeMap<String, TaskMetrics> {
    let mut tasks = BTreeMap::new();
    for event in events {
        let EventBody::Task(told) = &event.body else { continue };
        tasks
            .entry(told.task_id.to_string())
            .and_modify(|task| apply(task, told, event.at, event.received_at))
            .or_insert_with(|| first(told, &event.source, event.at, event.received_at));
    }
    tasks
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

#[test]
fn every_task_ends_as_celerys_own_state_has_it() {
    let expected: Value = serde_json::from_str(EXPECTED).unwrap();
    let events = events(LIFECYCLE);
    let tasks = tasks(events.iter());
    assert_eq!(tasks.len() as u64, expected["task_total"].as_u64().unwrap());
    for theirs in expected["tasks"].as_array().unwrap() {
        let label = format!("{} {}", theirs["label"], theirs["uuid"]);
        let ours = &tasks[theirs["uuid"].as_str().unwrap()];
        assert_eq!(ours.source_state, text(&theirs["state"]), "{label}");
        let status = match theirs["state"].as_str().unwrap() {
            "SUCCESS" => TaskStatus::Completed,
            "FAILURE" => TaskStatus::Failed,
            "REVOKED" | "REJECTED" | "CANCELLED" => TaskStatus::Cancelled,
            "STARTED" => TaskStatus::Processing,
            _ => TaskStatus::Pending,
        };
        assert_eq!(ours.status, status, "{label}");
        assert_eq!(ours.name, text(&theirs["name"]), "{label}");
        let worker = theirs["worker"].as_str().map(|node| format!("celery:{node}"));
        assert_eq!(ours.worker_id.as_deref(), worker.as_deref(), "{label}");
        assert_eq!(u64::from(ours.retry_count), theirs["retries"].as_u64().unwrap_or(0), "{label}");
        assert_eq!((&ours.args, &ours.kwargs), (&text(&theirs["args"]), &text(&theirs["kwargs"])), "{label}");
        assert_eq!(ours.queue, text(&theirs["queue"]), "{label}");
        assert_eq!(ours.root_id.as_deref(), theirs["root_id"].as_str(), "{label}");
        assert_eq!(ours.parent_id.as_deref(), theirs["parent_id"].as_str(), "{label}");
        if ours.status == TaskStatus::Completed {
            assert_eq!(ours.result, text(&theirs["result"]), "{label}");
            assert_eq!(ours.processing_time, theirs["runtime"].as_f64(), "{label}");
        }
        if let Some(exception) = theirs["exception"].as_str().filter(|_| ours.status == TaskStatus::Failed) {
            let ours = ours.error_message.as_deref().unwrap();
            assert!(exception.starts_with("ExceptionWithTraceback") || ours == exception, "{label}: {ours}");
        }
    }
}

#[test]
fn the_order_of_arrival_changes_no_task() {
    let events = events(LIFECYCLE);
    assert_eq!(tasks(events.iter()), tasks(events.iter().rev()));
    let twice: Vec<Event> = events.iter().chain(&events).cloned().collect();
    assert_eq!(tasks(events.iter()), tasks(twice.iter()));
}

#[test]
fn time_limits_are_told_from_other_failures() {
    let labels: Value = serde_json::from_str(include_str!("../../../tests/fixtures/celery/labels.json")).unwrap();
    let events = events(LIFECYCLE);
    let tasks = tasks(events.iter());
    let timed_out: BTreeSet<&str> =
        tasks.values().filter(|task| task.timed_out).map(|task| task.task_id.as_str()).collect();
    let expected = BTreeSet::from(["soft", "hard"].map(|label| labels[label].as_str().unwrap()));
    assert_eq!(timed_out, expected);
    let killed = &tasks[labels["die"].as_str().unwrap()];
    assert!(killed.error_message.as_deref().unwrap().starts_with("WorkerLostError: Worker exited prematurely"));
}

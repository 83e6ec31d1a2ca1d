//! A Celery application whose hosts' clocks disagree with ours.

use super::{at, run};
use crate::ingest::celery::replay::translated;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::{Event, WorkerStatus};
use serde_json::json;

/// A message that is received `seconds` after the start, by a clock that is `behind` ours.
fn message(seconds: i64, behind: f64, event: serde_json::Value) -> (String, DateTime<Utc>) {
    let received_at = at(0.0) + TimeDelta::seconds(seconds);
    let mut event = event;
    event["hostname"] = json!("gpu@host");
    event["timestamp"] = json!(received_at.timestamp() as f64 - behind);
    (event.to_string(), received_at)
}

fn beats(seconds: impl IntoIterator<Item = i64>, behind: f64) -> Vec<(String, DateTime<Utc>)> {
    let beat = || json!({ "type": "worker-heartbeat", "freq": 2.0, "active": 0 });
    seconds.into_iter().map(|second| message(second, behind, beat())).collect()
}

#[test]
fn a_heartbeat_counts_as_a_sign_of_life_however_far_its_clock_is_off() {
    for behind in [10.0, -10.0, 200.0, -200.0, 7_200.0] {
        let fleet = run(&translated(&beats([0, 2, 4], behind)));
        let worker = &fleet.workers["celery:gpu@host"].metrics;
        assert_eq!((worker.status, worker.last_heartbeat), (WorkerStatus::Online, at(4.0)), "{behind}");
        assert_eq!((worker.timestamp, worker.clock_skew), (at(4.0), Some(behind)), "{behind}");
    }
}

#[test]
fn what_a_node_tells_of_its_tasks_is_moved_by_what_its_clock_is_known_to_be_off() {
    let told = |behind: f64| -> Vec<Event> {
        let mut messages = beats([0, 2], behind);
        messages.push(message(3, behind, json!({ "type": "task-started", "uuid": "t" })));
        messages.push(message(7, behind, json!({ "type": "task-succeeded", "uuid": "t" })));
        translated(&messages)
    };
    for (behind, moved) in [(10.0, 0), (-10.0, 0), (1.0, -1)] {
        let fleet = run(&told(behind));
        let task = &fleet.tasks["t"];
        assert_eq!(task.started_at, Some(at(3.0) + TimeDelta::seconds(moved)), "{behind}");
        assert_eq!(task.processing_time, Some(4.0), "{behind}");
    }
}

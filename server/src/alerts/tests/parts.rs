//! Records of which nothing is known but who they are, for the tests' small fleet.

use crate::collector::{Queue, Worker};
use chrono::{DateTime, Utc};
use forewatch::{QueueClass, QueueName, Ratio, SourceName, WorkerId, WorkerStatus};
use serde_json::json;

pub(in crate::alerts) fn ratio(value: f64) -> Ratio {
    Ratio::new(value).expect("a ratio")
}

pub(super) fn task(status: &str, at: DateTime<Utc>) -> forewatch::TaskMetrics {
    let state = if status == "completed" { "succeeded" } else { status };
    serde_json::from_value(json!({
        "task_id": "t", "timestamp": at, "completed_at": at, "status": status, "state": state,
        "retry_count": 0, "content_type": "x", "source": "http",
    }))
    .expect("a task")
}

#[expect(clippy::default_trait_access, reason = "the types are the collector's own")]
pub(super) fn worker(id: &WorkerId, now: DateTime<Utc>) -> Worker {
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
        completed_at: None,
        failing_since: None,
        kept_from: std::collections::BTreeSet::new(),
        moments: Default::default(),
    }
}

#[expect(clippy::default_trait_access, reason = "the types are the collector's own")]
pub(super) fn queue(id: &QueueName, now: DateTime<Utc>) -> Queue {
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
        waiting_since: None,
        ended_at: None,
        paused: None,
        stats,
    }
}

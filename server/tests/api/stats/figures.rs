//! Tasks with a known fate, and the figures that follow from it.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

/// What became of a task, times in Unix milliseconds.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    pub(crate) id: String,
    pub(crate) queue: String,
    pub(crate) name: String,
    pub(crate) worker: String,
    pub(crate) submitted: i64,
    pub(crate) started: i64,
    pub(crate) ended: i64,
    pub(crate) end: End,
    pub(crate) retried: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Completed,
    Failed,
    TimedOut,
    Cancelled,
}

pub(crate) fn text(millis: i64) -> String {
    DateTime::from_timestamp_millis(millis).unwrap().to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Tasks that ended in the 20 hours before a minute ago: many numbers, the same in each run.
pub(crate) fn tasks(count: usize) -> Vec<Task> {
    let last = (Utc::now() - TimeDelta::minutes(1)).timestamp_millis();
    let mut state = 0x2545_f491_u64;
    let mut number = move |below: i64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(state >> 33).unwrap() % below
    };
    (0..count)
        .map(|n| {
            let ended = last - number(20 * 3_600_000);
            let started = ended - number(600_000);
            Task {
                id: format!("t-{n}"),
                queue: format!("queue-{}", number(4)),
                name: format!("name-{}", number(6)),
                worker: format!("worker-{}", number(9)),
                submitted: started - number(120_000),
                started,
                ended,
                end: [End::Completed, End::Completed, End::Failed, End::TimedOut, End::Cancelled]
                    [usize::try_from(number(5)).unwrap()],
                retried: number(7) == 0,
            }
        })
        .collect()
}

impl Task {
    pub(crate) fn submitted(&self) -> Value {
        json!({ "type": "task.submitted", "task_id": self.id, "content_type": "audio/wav", "name": self.name,
            "queue": self.queue, "at": text(self.submitted) })
    }

    pub(crate) fn started(&self) -> Vec<Value> {
        let started =
            |at: i64| json!({ "type": "task.started", "task_id": self.id, "worker_id": self.worker, "at": text(at) });
        let retried = json!({ "type": "task.retried", "task_id": self.id, "error_message": "again",
            "at": text(self.started) });
        // What was tried again waited as long as its first start says.
        if self.retried {
            vec![started(self.submitted), retried, started(self.started + 1)]
        } else {
            vec![started(self.started)]
        }
    }

    pub(crate) fn ended(&self) -> Value {
        let mut event = json!({ "task_id": self.id, "worker_id": self.worker, "at": text(self.ended + 2) });
        let kind = match self.end {
            End::Completed => "task.completed",
            End::Failed | End::TimedOut => {
                event["error_message"] = json!(format!("cannot read /data/{}.wav: code {}", self.id, self.ended % 3));
                event["timed_out"] = json!(self.end == End::TimedOut);
                "task.failed"
            }
            End::Cancelled => {
                event.as_object_mut().unwrap().remove("worker_id");
                "task.cancelled"
            }
        };
        event["type"] = json!(kind);
        event
    }

    pub(crate) fn at(&self) -> i64 {
        self.ended + 2
    }

    pub(crate) fn wait(&self) -> f64 {
        if self.retried { 0.0 } else { (self.started - self.submitted) as f64 / 1e3 }
    }

    pub(crate) fn run(&self) -> f64 {
        (self.at() - self.started - i64::from(self.retried)) as f64 / 1e3
    }
}

/// The figures of a set of tasks.
pub(crate) fn figures<'a>(tasks: impl IntoIterator<Item = &'a Task>) -> Value {
    let tasks: Vec<&Task> = tasks.into_iter().collect();
    let count = |ends: &[End]| tasks.iter().filter(|task| ends.contains(&task.end)).count();
    let mean = |values: Vec<f64>| (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64);
    let share = |part: usize, whole: usize| (whole > 0).then(|| part as f64 / whole as f64);
    let (completed, timed_out) = (count(&[End::Completed]), count(&[End::TimedOut]));
    let failed = count(&[End::Failed]) + timed_out;
    let retries = tasks.iter().filter(|task| task.retried).count();
    json!({
        "completed": completed, "failed": failed, "cancelled": count(&[End::Cancelled]),
        "duration": mean(tasks.iter().filter(|task| task.end == End::Completed).map(|task| task.run()).collect()),
        "wait": mean(tasks.iter().map(|task| task.wait()).collect()),
        "error_rate": share(failed, completed + failed), "timeout_rate": share(timed_out, completed + failed),
        "retry_rate": share(retries, tasks.len() + retries),
    })
}

/// The same figures as they were told, of a record or of a group.
pub(crate) fn told(record: &Value) -> Value {
    let of = |names: [&str; 2]| names.into_iter().find_map(|name| record.get(name)).cloned().unwrap();
    json!({
        "completed": of(["completed_tasks", "completed"]), "failed": of(["failed_tasks", "failed"]),
        "cancelled": of(["cancelled_tasks", "cancelled"]),
        "duration": record["average_task_duration"], "wait": record["average_queue_wait_time"],
        "error_rate": record["error_rate"], "timeout_rate": record["timeout_rate"], "retry_rate": record["retry_rate"],
    })
}

/// Equal but for the last bits of a mean.
#[track_caller]
pub(crate) fn assert_same(told: &Value, expected: &Value, what: &str) {
    for (name, expected) in expected.as_object().unwrap() {
        match (told[name].as_f64(), expected.as_f64()) {
            (Some(told), Some(expected)) => {
                assert!((told - expected).abs() < 1e-6, "{what}: {name} is {told}, not {expected}");
            }
            (told, expected) => assert_eq!(told, expected, "{what}: {name}"),
        }
    }
}

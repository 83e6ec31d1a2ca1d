//! The things that the components are shown with: those of the golden files, in each of their states.

use crate::family::{Family, Known, grow};
use crate::roster::Heard;
use forewatch::worker::FleetGpu;
use forewatch::{Alert, AlertSeverity, QueueStats, TaskId, TaskMetrics, TaskState, TaskStatus, Timestamp};
use serde::de::DeserializeOwned;

fn golden<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).expect("the golden files are read by the tests of the wire")
}

/// "Now" of the examples.
pub(super) fn now() -> Timestamp {
    golden(r#""2026-11-24T14:02:00Z""#)
}

/// An alert that needs someone.
pub(super) fn alert(severity: AlertSeverity) -> Alert {
    let alert: Alert = golden(include_str!("../../../tests/golden/alert.json"));
    Alert {
        severity,
        is_active: true,
        acknowledged: false,
        acknowledged_by: None,
        acknowledged_until: None,
        resolved_at: None,
        suppressed_by: None,
        inhibited_by: None,
        state: forewatch::alert::AlertState::Firing,
        ..alert
    }
}

/// Alerts that somebody has, and that are quiet.
pub(super) fn handled() -> Vec<Alert> {
    let alert = alert(AlertSeverity::Warning);
    let taken = Alert { acknowledged: true, acknowledged_by: Some("Ada".to_owned()), ..alert.clone() };
    let quiet = Alert { suppressed_by: Some("maintenance of site:fra".to_owned()), ..alert };
    vec![taken, quiet]
}

/// Queues: well, growing, served by nobody, paused, unknown.
pub(super) fn queues() -> Vec<QueueStats> {
    let queue: QueueStats = golden(include_str!("../../../tests/golden/queue_stats.json"));
    let unknown: QueueStats = golden(include_str!("../../../tests/golden/queue_stats_unknown.json"));
    let named = |name: &str, queue: QueueStats| QueueStats { id: name.parse().unwrap_or(queue.id.clone()), ..queue };
    let growing = QueueStats { arrival_rate: Some(9.0), ..queue.clone() };
    let unserved = QueueStats { worker_count: Some(0), ..queue.clone() };
    let empty = QueueStats { pending_tasks: 0, oldest_pending_age: None, ..queue.clone() };
    vec![
        named("draining", queue),
        named("growing", growing),
        named("unserved", unserved),
        named("empty", empty),
        named("unknown", unknown),
    ]
}

/// Tasks in every state.
pub(super) fn tasks() -> Vec<TaskMetrics> {
    let task: TaskMetrics = golden(include_str!("../../../tests/golden/task_metrics.json"));
    let states = [
        (TaskStatus::Pending, TaskState::Sent),
        (TaskStatus::Pending, TaskState::Received),
        (TaskStatus::Pending, TaskState::Scheduled),
        (TaskStatus::Pending, TaskState::Retrying),
        (TaskStatus::Processing, TaskState::Progress),
        (TaskStatus::Completed, TaskState::Succeeded),
        (TaskStatus::Failed, TaskState::Failed),
        (TaskStatus::Failed, TaskState::Lost),
        (TaskStatus::Cancelled, TaskState::Revoked),
    ];
    states.into_iter().map(|(status, state)| TaskMetrics { status, state, ..task.clone() }).collect()
}

/// A family whose first task is no longer known, with a long way down, a task in every state, and some that are left out.
pub(super) fn family() -> Family {
    let id = |name: &str| TaskId::new(name).expect("the names of the examples are ids");
    let of = |name: String, parent: &str, task: &TaskMetrics| TaskMetrics {
        task_id: id(&name),
        parent_id: Some(id(parent)),
        ..task.clone()
    };
    let states = tasks();
    let way = ["first", "step-1", "step-2", "step-3", "step-4", "step-5"];
    let mut all: Vec<_> = way.windows(2).map(|pair| of(pair[1].to_owned(), pair[0], &states[5])).collect();
    all.extend(states.iter().zip(1..).map(|(task, n)| of(["member-", &n.to_string()].concat(), "step-5", task)));
    all.extend((1..3).map(|n| of(["result-", &n.to_string()].concat(), "member-5", &states[5])));
    all.extend((1..13).map(|n| of(["part-", &n.to_string()].concat(), "result-1", &states[5])));
    let (me, root) = (id("step-5"), id("first"));
    grow(Known { me, missing: vec![root.clone()], root, tasks: all, total: None, is_exact: true, is_rooted: true })
}

/// Two hosts of GPUs, with every mark.
pub(super) fn fleet() -> Vec<FleetGpu> {
    let gpu: FleetGpu = golden(include_str!("../../../tests/golden/fleet_gpu.json"));
    let marks = ["\"ok\"", "\"throttled\"", "\"hot\"", "\"fault\"", "\"maintenance\""];
    let mut all = Vec::new();
    for host in 0..10_u8 {
        for index in 0..8_u8 {
            let mark = if index == 3 { marks[usize::from(host) % marks.len()] } else { "\"ok\"" };
            let load = f64::from((host * 8 + index) % 11) / 10.0;
            all.push(FleetGpu {
                id: ["gpu-", &host.to_string(), "/", &index.to_string()].concat(),
                worker_id: ["gpu-", &host.to_string()].concat().parse().unwrap_or(gpu.worker_id.clone()),
                worker_name: ["gpu-", &host.to_string()].concat(),
                index: index.into(),
                utilization: forewatch::Ratio::new(load).ok(),
                mark: golden(mark),
                ..gpu.clone()
            });
        }
    }
    all
}

/// When a worker was last heard from, so that it is each of [`Heard`] at [`now`], with a limit of 30 seconds.
pub(super) fn heard() -> Vec<Timestamp> {
    let at = |seconds| now() - forewatch::time::TimeDelta::seconds(seconds);
    let all = vec![at(3), at(25), at(240)];
    debug_assert!(matches!(Heard::of(all[1], 30.0, now()), Heard::Late(_)));
    all
}

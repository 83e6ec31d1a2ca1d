//! The golden files: what is read from one is written back word for word.

use crate::records;
use forewatch::gpu::GpuMetrics;
use forewatch::heartbeat::Heartbeat;
use forewatch::limit::{ExplainedTask, LimitedQueue};
use forewatch::list::Page;
use forewatch::live::ClientMessage;
use forewatch::problem::Problem;
use forewatch::registration::{RegisterRequest, RegisterResponse};
use forewatch::rule::{RuleStatus, RuleTrial};
use forewatch::series::QueryAnswer;
use forewatch::silence::Silence;
use forewatch::source::SourceStatus;
use forewatch::system::SystemMetrics;
use forewatch::worker::{FleetGpu, WorkerMetrics, WorkerSummary};
use forewatch::{Alert, DashboardData, QueueStats, TaskGroup, TaskMetrics};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

fn is_kept<T: Serialize + DeserializeOwned>(name: &str) {
    let expected: Value = records::read(name);
    let value: T = records::read(name);
    let written = serde_json::to_value(&value).expect("JSON");
    assert_eq!(written, expected, "{name}.json is written back with a difference");
    let again: T = serde_json::from_value(written).expect("what was written can be read");
    assert_eq!(serde_json::to_value(&again).expect("JSON"), expected);
}

macro_rules! kept {
    ($($name:ident: $type:ty),+ $(,)?) => {
        $(#[test]
        fn $name() {
            is_kept::<$type>(stringify!($name));
        })+
    };
}

kept! {
    register_request: RegisterRequest,
    register_request_minimal: RegisterRequest,
    register_response: RegisterResponse,
    heartbeat_percent: Heartbeat,
    heartbeat_native: Heartbeat,
    gpu_metrics: GpuMetrics,
    gpu_metrics_minimal: GpuMetrics,
    worker_metrics: WorkerMetrics,
    worker_metrics_unknown: WorkerMetrics,
    worker_summary: WorkerSummary,
    fleet_gpu: FleetGpu,
    task_metrics: TaskMetrics,
    task_metrics_unknown: TaskMetrics,
    explained_task: ExplainedTask,
    task_group: TaskGroup,
    task_group_unknown: TaskGroup,
    queue_stats: QueueStats,
    queue_stats_unknown: QueueStats,
    limited_queue: LimitedQueue,
    alert: Alert,
    alert_unknown: Alert,
    silence: Silence,
    rule_status: RuleStatus,
    rule_trial: RuleTrial,
    system_metrics: SystemMetrics,
    system_metrics_unknown: SystemMetrics,
    source_status: SourceStatus,
    problem: Problem,
    query_answer: QueryAnswer,
    page: Page<String>,
    client_message: ClientMessage,
}

#[test]
fn a_dashboard_holds_the_records_as_they_are() {
    let data = DashboardData {
        timestamp: records::system().timestamp,
        system_metrics: records::system(),
        worker_metrics: vec![records::worker()],
        recent_tasks: vec![records::read("task_metrics")],
        active_alerts: vec![records::read("alert")],
        hourly_stats: vec![records::system()],
        daily_stats: vec![],
    };
    let written = serde_json::to_value(&data).expect("JSON");
    assert_eq!(written["system_metrics"], records::read::<Value>("system_metrics"));
    assert_eq!(written["worker_metrics"][0], records::read::<Value>("worker_metrics"));
    assert_eq!(written["recent_tasks"][0], records::read::<Value>("task_metrics"));
    assert_eq!(written["active_alerts"][0], records::read::<Value>("alert"));
    assert_eq!(serde_json::from_value::<DashboardData>(written).expect("a dashboard"), data);
}

#[test]
fn a_worker_seen_by_a_newer_program_is_read_without_what_is_not_known() {
    let mut sent: Value = records::read("worker_metrics");
    sent["mood"] = "fine".into();
    sent["gpus"][0]["paint"] = "red".into();
    assert_eq!(serde_json::from_value::<WorkerMetrics>(sent).expect("a worker"), records::worker());
}

#[test]
fn a_row_shows_what_the_record_says() {
    let row = WorkerSummary::of(&records::worker());
    assert_eq!(row, records::read("worker_summary"));
}

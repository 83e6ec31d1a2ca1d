//! The fields that the mission requires: never renamed, never dropped, and in the JSON even when unknown.

use crate::records;
use forewatch::system::DashboardData;
use serde_json::Value;

const SYSTEM: &str = "timestamp total_workers online_workers gpu_workers cpu_workers hybrid_workers total_tasks \
    pending_tasks processing_tasks completed_tasks failed_tasks gpu_queue_size cpu_queue_size fallback_queue_size \
    average_task_duration average_queue_wait_time system_throughput total_cpu_usage total_memory_usage \
    total_gpu_usage error_rate timeout_rate retry_rate";

const WORKER: &str = "worker_id timestamp is_online is_healthy last_heartbeat active_tasks completed_tasks \
    failed_tasks total_processing_time average_task_duration cpu_usage memory_usage gpu_usage gpu_memory_usage \
    disk_usage network_latency bytes_transferred error_count timeout_count consecutive_failures";

const TASK: &str = "task_id worker_id content_type timestamp submitted_at started_at completed_at queue_wait_time \
    processing_time total_time status error_message retry_count cpu_time memory_peak gpu_time input_file_size \
    output_file_size confidence_score quality_degraded";

const ALERT: &str = "alert_id title description severity timestamp component component_id metric_name metric_value \
    threshold is_active acknowledged acknowledged_by acknowledged_at resolved_at tags metadata";

const QUEUE: &str = "queue_type total_tasks pending_tasks processing_tasks completed_tasks failed_tasks \
    average_wait_time average_processing_time worker_count";

const DASHBOARD: &str = "timestamp system_metrics worker_metrics recent_tasks active_alerts hourly_stats daily_stats";

/// Reads a golden file into its type, writes it, and looks for every field.
fn has<T: serde::Serialize + serde::de::DeserializeOwned>(file: &str, fields: &str) {
    let written = serde_json::to_value(records::read::<T>(file)).expect("JSON");
    for field in fields.split_whitespace() {
        assert!(written.get(field).is_some(), "{field} is not in the JSON of {file}");
    }
}

#[test]
fn every_required_field_is_there_when_known_and_when_not() {
    for file in ["system_metrics", "system_metrics_unknown"] {
        has::<forewatch::SystemMetrics>(file, SYSTEM);
    }
    for file in ["worker_metrics", "worker_metrics_unknown"] {
        has::<forewatch::WorkerMetrics>(file, WORKER);
    }
    for file in ["task_metrics", "task_metrics_unknown"] {
        has::<forewatch::TaskMetrics>(file, TASK);
    }
    for file in ["alert", "alert_unknown"] {
        has::<forewatch::Alert>(file, ALERT);
    }
    for file in ["queue_stats", "queue_stats_unknown"] {
        has::<forewatch::QueueStats>(file, QUEUE);
    }
}

#[test]
fn the_golden_records_leave_no_field_empty() {
    for (file, fields) in [
        ("system_metrics", SYSTEM),
        ("worker_metrics", WORKER),
        ("task_metrics", TASK),
        ("alert", ALERT),
        ("queue_stats", QUEUE),
    ] {
        let golden: Value = records::read(file);
        for field in fields.split_whitespace() {
            assert!(!golden[field].is_null(), "{field} of {file}");
        }
    }
}

#[test]
fn an_empty_dashboard_has_every_list() {
    let data = DashboardData {
        timestamp: records::system().timestamp,
        system_metrics: records::read("system_metrics_unknown"),
        worker_metrics: vec![],
        recent_tasks: vec![],
        active_alerts: vec![],
        hourly_stats: vec![],
        daily_stats: vec![],
    };
    let written = serde_json::to_value(&data).expect("JSON");
    for field in DASHBOARD.split_whitespace() {
        assert!(!written[field].is_null(), "{field}");
    }
}

#[test]
fn the_words_are_those_that_are_promised() {
    use forewatch::alert::{AlertComponent, AlertState};
    use forewatch::catalogue::MetricType;
    use forewatch::{AlertSeverity, QueueClass, TaskState, TaskStatus, WorkerCapability, WorkerStatus};
    macro_rules! words {
        ($($type:ty: $words:literal),+ $(,)?) => {
            $({
                let known: Vec<_> = <$type>::ALL.iter().map(|value| value.as_str()).collect();
                assert_eq!(known.join(" "), $words);
                for value in <$type>::ALL {
                    assert_eq!(serde_json::to_value(value).expect("JSON"), value.as_str());
                    assert_eq!(value.as_str().parse::<$type>().as_ref(), Ok(value));
                    assert_eq!(&serde_json::from_value::<$type>(value.as_str().into()).expect("a word"), value);
                }
                assert!("Nothing".parse::<$type>().is_err());
            })+
        };
    }
    words! {
        MetricType: "counter gauge histogram summary",
        AlertSeverity: "info warning error critical",
        WorkerCapability: "cpu gpu hybrid unknown",
        WorkerStatus: "online offline busy error maintenance",
        TaskStatus: "pending processing completed failed cancelled unknown",
        TaskState: "sent received scheduled retrying started progress succeeded failed revoked rejected cancelled lost ended",
        QueueClass: "gpu cpu fallback",
        AlertState: "pending firing recovering resolved",
        AlertComponent: "worker queue task gpu system source",
    }
    assert!(AlertSeverity::Info < AlertSeverity::Warning && AlertSeverity::Warning < AlertSeverity::Error);
    assert!(AlertSeverity::Error < AlertSeverity::Critical);
}

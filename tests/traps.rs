//! The known traps of the data model that this crate can fall into, each by its name. The others (one condition
//! is one alert, ids of alerts, silent workers, completions out of order) are the server's.

mod records;

use forewatch::event::EventBody;
use forewatch::ingest::{parse_event, parse_heartbeat};
use forewatch::series::{Aggregation, increase};
use forewatch::task::TaskEventKind;
use forewatch::{Heartbeat, Ratio, Timestamp, WorkerMetrics};
use serde_json::json;

fn now() -> Timestamp {
    "2026-11-24T14:00:00Z".parse().expect("a time")
}

fn beat(metrics: &serde_json::Value) -> Heartbeat {
    let sent = json!({"worker_id": "w", "status": "online", "timestamp": "2026-11-24T14:00:00Z", "metrics": metrics});
    parse_heartbeat(&sent.to_string()).expect("a heartbeat").0
}

#[test]
fn trap_3_percent_and_ratio_are_told_apart_by_the_fields_name_alone() {
    let cpu = |metrics| beat(&metrics).metrics.cpu().map(Ratio::get);
    assert_eq!(cpu(json!({"cpu_usage_percent": 90.0})), Some(0.9));
    assert_eq!(cpu(json!({"cpu_usage": 0.9})), Some(0.9));
    assert_eq!(cpu(json!({"cpu_usage_percent": 0.9})), Some(0.9 / 100.0));
    assert_eq!(cpu(json!({"cpu_usage_percent": 1})), Some(0.01));
    assert_eq!(cpu(json!({"cpu_usage": 1})), Some(1.0));
}

#[test]
fn trap_4_a_worker_that_is_silent_keeps_its_record_with_unknown_readings() {
    let silent: WorkerMetrics = records::read("worker_metrics_unknown");
    assert!(!silent.is_online);
    let mut readings = Vec::new();
    forewatch::reading::of_worker(&silent, |id, _, value| readings.push((id.metric().name, value)));
    assert!(readings.contains(&("worker.online", 0.0)));
    assert!(!readings.iter().any(|(name, _)| *name == "worker.cpu_usage"), "unknown is not zero");
}

#[test]
fn trap_5_every_time_is_aware_and_utc() {
    let sent = |at: &str| parse_event(&json!({"type": "task.completed", "task_id": "t", "at": at}).to_string(), now());
    assert!(sent("2026-11-24T14:00:00").is_err(), "a time without a zone is a guess");
    let at = sent("2026-11-24T16:00:00+02:00").expect("an event").at;
    assert_eq!(at, now());
    assert_eq!(serde_json::to_string(&at).expect("JSON"), "\"2026-11-24T14:00:00Z\"");
}

#[test]
fn trap_6_a_completion_is_taken_without_its_start() {
    let sent = json!({"type": "task.completed", "task_id": "t", "at": "2026-11-24T14:00:00Z"});
    let body = parse_event(&sent.to_string(), now()).expect("an event").body;
    assert!(matches!(body, EventBody::Task(task) if task.kind == TaskEventKind::Completed && task.worker_id.is_none()));
}

#[test]
fn trap_7_a_mean_and_a_percentile_are_over_all_samples_and_not_over_parts() {
    let (few, many) = (vec![100.0], vec![1.0; 99]);
    let all: Vec<f64> = few.iter().chain(&many).copied().collect();
    let parts: Vec<f64> = [&few, &many].map(|part| Aggregation::Avg.apply(part).expect("a mean")).to_vec();
    assert_eq!(Aggregation::Avg.apply(&all), Some(1.99));
    assert_eq!(Aggregation::Avg.apply(&parts), Some(50.5), "which is why means are not joined");
    assert_eq!(Aggregation::P95.apply(&all), Some(1.0));
    let mixed: Vec<f64> = (1..=100).map(f64::from).collect();
    assert_eq!(Aggregation::P50.apply(&mixed), Some(50.5));
}

#[test]
fn trap_8_odd_numbers_neither_get_in_nor_get_lost() {
    let event = |gpu_time: &str| {
        let sent = format!(r#"{{"type":"task.completed","task_id":"t","at":"now","gpu_time":{gpu_time}}}"#);
        parse_event(&sent, now())
    };
    for odd in ["NaN", "Infinity", "-Infinity", "1e999", "-1"] {
        assert!(event(odd).is_err(), "{odd}");
    }
    assert!(event("0").is_ok());

    assert_eq!(increase(Some(100.0), &[110.0, 3.0, 5.0]), Some(15.0), "a reset counts from zero");

    let large = 9_007_199_254_740_993_u64; // 2^53 + 1: not a float
    let sent = format!(r#"{{"type":"task.completed","task_id":"t","at":"now","memory_peak":{large}}}"#);
    let EventBody::Task(task) = parse_event(&sent, now()).expect("an event").body else { panic!("not a task") };
    assert_eq!(task.fields.memory_peak, Some(large));
    let written = serde_json::to_string(&task).expect("JSON");
    assert!(written.contains("9007199254740993"), "{written}");
}

//! What workers say of themselves.

use super::{error, event, now};
use forewatch::event::EventBody;
use forewatch::ingest::{parse_heartbeat, parse_registration};
use forewatch::problem::FieldError;
use forewatch::{Heartbeat, Registration, WorkerCapability};
use serde_json::{Value, json};

fn beat(fields: Value) -> Value {
    let mut sent = json!({"worker_id": "w", "status": "online", "timestamp": "2026-11-24T14:00:00Z"});
    merge(&mut sent, fields);
    sent
}

fn merge(into: &mut Value, fields: Value) {
    if let (Some(into), Value::Object(fields)) = (into.as_object_mut(), fields) {
        into.extend(fields);
    }
}

fn heartbeat(fields: Value) -> Heartbeat {
    let sent = beat(fields);
    parse_heartbeat(&sent.to_string()).unwrap_or_else(|errors| panic!("{sent}: {errors:?}")).0
}

fn refused(fields: Value) -> Vec<FieldError> {
    parse_heartbeat(&beat(fields).to_string()).expect_err("refused")
}

fn registration(fields: Value) -> Registration {
    let mut sent = json!({"worker_id": "w"});
    merge(&mut sent, fields);
    let sent = json!({"registration": sent});
    parse_registration(&sent.to_string()).unwrap_or_else(|errors| panic!("{sent}: {errors:?}")).0.registration
}

#[test]
fn the_least_registration_is_an_id() {
    let least = registration(json!({}));
    assert_eq!(least.capability, WorkerCapability::Unknown);
    assert_eq!((least.tags.len(), least.hardware.cpu_cores), (0, None));
}

#[test]
fn null_stands_for_what_a_worker_does_not_say() {
    let nulls = json!({"name": null, "capability": null, "hardware": null, "location": null, "max_concurrent_tasks": null,
        "supported_content_types": null, "tags": null, "queues": null, "reporter": null, "interval": null});
    assert_eq!(registration(nulls), registration(json!({})));
    assert_eq!(registration(json!({"hardware": {"gpu_models": null}})), registration(json!({})));
    let nulls = json!({"metrics": null, "gpus": null, "samples": null, "host": null, "interval": null});
    assert_eq!(heartbeat(nulls), heartbeat(json!({})));
}

#[test]
fn fields_from_a_newer_worker_are_left_out_and_counted() {
    let sent = beat(
        json!({"mood": "fine", "metrics": {"active_tasks": 1, "naps": 3}, "gpus": [{"index": 0, "paint": "red"}]}),
    );
    let (_, ignored) = parse_heartbeat(&sent.to_string()).expect("taken");
    let mut names = ignored.names;
    names.sort_unstable();
    assert_eq!((ignored.count, names.join(" ").as_str()), (3, "gpus/0/paint metrics/naps mood"));
}

#[test]
fn what_is_wrong_is_named_by_its_pointer() {
    for (fields, pointer) in [
        (json!({"metrics": {"cpu_usage_percent": 101}}), "/metrics/cpu_usage_percent"),
        (json!({"metrics": {"cpu_usage": 1.5}}), "/metrics/cpu_usage"),
        (json!({"metrics": {"active_tasks": -1}}), "/metrics/active_tasks"),
        (json!({"metrics": {"avg_task_duration_seconds": -1}}), "/metrics/avg_task_duration_seconds"),
        (json!({"status": "sleepy"}), "/status"),
        (json!({"timestamp": "2026-11-24T14:00:00"}), "/timestamp"),
        (json!({"worker_id": "a\tb"}), "/worker_id"),
        (json!({"interval": 0}), "/interval"),
        (json!({"host": {"uptime": -5}}), "/host/uptime"),
        (json!({"host": {"load_average": [0.1, -1, 0]}}), "/host/load_average/1"),
        (json!({"gpus": [{"index": 0}, {"index": 1, "power_draw_watts": -3}]}), "/gpus/1/power_draw_watts"),
        (json!({"gpus": [{"index": 0, "temperature_celsius": 4000}]}), "/gpus/0/temperature_celsius"),
        (json!({"gpus": [{"index": 2}, {"index": 2}]}), "/gpus/1/index"),
        (json!({"gpus": [{"index": 0, "utilization": 87}]}), "/gpus/0/utilization"),
        (json!({"samples": [{"metric": "worker.cpu_usage", "points": [[0, 0.5], [1, 7]]}]}), "/samples/0/points/1"),
        (json!({"samples": [{"metric": "gpu.temperature", "points": []}]}), "/samples/0/labels/gpu"),
        (json!({"samples": [{"metric": "worker.cpu_usage", "labels": {"x": "y"}, "points": []}]}), "/samples/0/labels"),
    ] {
        let errors = refused(fields.clone());
        assert_eq!(errors.len(), 1, "{fields}: {errors:?}");
        assert_eq!(errors[0].pointer, pointer, "{fields}: {}", errors[0].detail);
        assert!(!errors[0].detail.contains("line 1"), "{}", errors[0].detail);
    }
    let missing = parse_heartbeat(r#"{"worker_id":"w","status":"online"}"#).expect_err("refused");
    assert_eq!((missing[0].pointer.as_str(), missing[0].detail.as_str()), ("/timestamp", "is missing: send it"));
    let nested =
        parse_registration(r#"{"registration":{"worker_id":"w","location":{"port":99999}}}"#).expect_err("refused");
    assert_eq!(nested[0].pointer, "/registration/location/port");
}

#[test]
fn samples_of_metrics_that_are_not_known_here_are_left_out() {
    let sent = beat(json!({"samples": [
        {"metric": "worker.dreams", "points": [[0, 1]]},
        {"metric": "worker.cpu_usage", "points": [[0, 0.5]]},
        {"metric": "system.workers", "points": [[0, 1]]},
        {"metric": "gpu.temperature", "labels": {"gpu": "0"}, "points": [[0, 71.5]]},
    ]}));
    let (beat, ignored) = parse_heartbeat(&sent.to_string()).expect("taken");
    let kept: Vec<_> = beat.samples.iter().map(|run| run.metric.as_str()).collect();
    assert_eq!((kept, ignored.count), (vec!["worker.cpu_usage", "gpu.temperature"], 2));
}

#[test]
fn numbers_that_no_worker_has_are_refused_each_by_its_name() {
    for (field, value) in [
        ("active_tasks", json!(u64::MAX)),
        ("completed_tasks", json!((1_u64 << 53) + 1)),
        ("failed_tasks", json!(u64::MAX)),
        ("avg_task_duration_seconds", json!(1e300)),
    ] {
        let errors = refused(json!({"metrics": {field: value}}));
        assert_eq!((errors.len(), &*errors[0].pointer), (1, &*format!("/metrics/{field}")));
    }
    let errors = refused(json!({"gpus": [{"index": 0, "power_draw_watts": 1e308}]}));
    assert_eq!(errors[0].pointer, "/gpus/0/power_draw_watts");
}

#[test]
fn a_flood_of_errors_is_told_in_part() {
    let points: Vec<_> = (0..5_000).map(|n| json!([n, 7])).collect();
    let errors = refused(json!({"samples": [{"metric": "worker.cpu_usage", "points": points}]}));
    assert_eq!(errors.len(), 100);
}

#[test]
fn descriptions_are_cut_and_blank_ones_are_absent() {
    let long = registration(json!({"name": "n".repeat(400), "version": " ", "location": {"hostname": ""}}));
    assert_eq!(long.name.map(|name| name.chars().count()), Some(255));
    assert_eq!((long.version, long.location.hostname), (None, None));
}

#[test]
fn an_event_carries_a_registration_flat_or_as_in_its_own_request() {
    let flat = event(&json!({"type": "worker.registered", "at": "now", "worker_id": "w", "capability": "gpu"}));
    let nested = event(&json!({"type": "worker.registered", "at": "now",
        "registration": {"worker_id": "w", "capability": "gpu"}}));
    assert_eq!(flat, nested);
    assert_eq!(flat.ignored.count, 0);
    let bad =
        error(&json!({"type": "worker.registered", "at": "now", "registration": {"worker_id": "w", "tags": ["\n"]}}));
    assert!(bad.starts_with("/registration/tags/0"), "{bad}");
}

#[test]
fn an_event_carries_a_heartbeat_whose_time_stands_in_for_its_own() {
    let mut sent = beat(json!({"type": "worker.heartbeat", "metrics": {"cpu_usage_percent": 90}}));
    let parsed = event(&sent);
    assert_eq!((parsed.at, parsed.ignored.count), (now(), 0));
    let EventBody::WorkerHeartbeat(read) = parsed.body else { panic!("not a heartbeat") };
    assert_eq!(read.metrics.cpu().map(forewatch::Ratio::get), Some(0.9));
    merge(&mut sent, json!({"status": 5}));
    let bad = error(&sent);
    assert!(bad.starts_with("/status "), "{bad}");
}

#[test]
fn a_worker_says_good_bye_by_its_id() {
    let parsed = event(&json!({"type": "worker.deregistered", "at": "now", "worker_id": "w"}));
    assert!(matches!(parsed.body, EventBody::WorkerDeregistered { worker_id } if &*worker_id == "w"));
    assert!(error(&json!({"type": "worker.deregistered", "at": "now"})).starts_with("/worker_id is missing"));
}

#[test]
fn an_array_never_stands_for_an_object() {
    for (fields, pointer) in [
        (json!({"metrics": [50]}), "/metrics"),
        (json!({"host": [0.5]}), "/host"),
        (json!({"host": {"pressure": [0.1]}}), "/host/pressure"),
        (json!({"gpus": [[0]]}), "/gpus/0"),
        (json!({"gpus": [{"index": 0, "xid_last": [79, "2026-11-24T14:00:00Z"]}]}), "/gpus/0/xid_last"),
        (json!({"samples": [["worker.cpu_usage", {}, []]]}), "/samples/0"),
    ] {
        let errors = refused(fields);
        assert_eq!(errors[0].pointer, pointer);
        assert!(errors[0].detail.contains("send a JSON object"), "{errors:?}");
    }
    for (fields, pointer) in [
        (json!(["w"]), "/registration"),
        (json!({"worker_id": "w", "hardware": [64]}), "/registration/hardware"),
        (json!({"worker_id": "w", "location": ["h"]}), "/registration/location"),
    ] {
        let sent = json!({"registration": fields}).to_string();
        assert_eq!(parse_registration(&sent).expect_err("refused")[0].pointer, pointer);
    }
    let told = error(&json!({"type": "worker.heartbeat", "heartbeat": beat(json!({"metrics": []}))}));
    assert!(told.starts_with("/heartbeat/metrics "), "{told}");
}

//! The model in the browser: JSON as the server sends it is read and written there without loss, what is
//! unknown stays unknown, and numbers read as they do on the server.
#![cfg(target_arch = "wasm32")]

use forewatch::id::{IdError, MAX_CHARS};
use forewatch::live::{ClientMessage, Delta, Kind, ServerMessage, Topic};
use forewatch::source::SourceStatus;
use forewatch::worker::FleetGpu;
use forewatch::{
    Alert, Heartbeat, Percent, QueueStats, Ratio, SystemMetrics, TaskId, TaskMetrics, Unit, WorkerId, WorkerMetrics,
    WorkerSummary, format,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

macro_rules! golden {
    ($name:literal) => {
        include_str!(concat!("../../tests/golden/", $name, ".json"))
    };
}

/// Reads a golden record, writes it, and wants every field back. Answers with the record.
fn returns<T: Serialize + DeserializeOwned>(golden: &str) -> T {
    let record: T = serde_json::from_str(golden).expect("a golden record is readable");
    let sent = serde_json::to_string(&record).expect("a record can be written");
    let (sent, golden): (Value, Value) =
        (serde_json::from_str(&sent).expect("JSON"), serde_json::from_str(golden).expect("JSON"));
    assert_eq!(sent, golden);
    record
}

/// A field of a record as JavaScript sees it.
fn in_javascript(record: &impl Serialize, field: &str) -> JsValue {
    let text = serde_json::to_string(record).expect("a record can be written");
    let object = js_sys::JSON::parse(&text).expect("the browser reads it too");
    js_sys::Reflect::get(&object, &field.into()).expect("an object")
}

#[wasm_bindgen_test]
fn records_come_through_the_browser_unchanged() {
    returns::<WorkerMetrics>(golden!("worker_metrics"));
    returns::<WorkerSummary>(golden!("worker_summary"));
    returns::<TaskMetrics>(golden!("task_metrics"));
    returns::<SystemMetrics>(golden!("system_metrics"));
    returns::<Alert>(golden!("alert"));
    returns::<QueueStats>(golden!("queue_stats"));
    returns::<FleetGpu>(golden!("fleet_gpu"));
    returns::<SourceStatus>(golden!("source_status"));
}

#[wasm_bindgen_test]
fn counts_beyond_what_a_javascript_number_holds_are_exact() {
    let worker: WorkerMetrics = returns(golden!("worker_metrics"));
    assert_eq!(worker.bytes_transferred, Some(9_007_199_254_740_993));
    assert_eq!(format::count(9_007_199_254_740_993), "9,007,199,254,740,993");
}

#[wasm_bindgen_test]
fn what_is_unknown_stays_unknown_and_is_never_zero() {
    let worker: WorkerMetrics = returns(golden!("worker_metrics_unknown"));
    let task: TaskMetrics = returns(golden!("task_metrics_unknown"));
    let system: SystemMetrics = returns(golden!("system_metrics_unknown"));
    let queue: QueueStats = returns(golden!("queue_stats_unknown"));
    returns::<Alert>(golden!("alert_unknown"));
    assert_eq!((worker.cpu_usage, worker.gpu_usage, worker.bytes_transferred), (None, None, None));
    assert_eq!((task.started_at, task.processing_time, task.confidence_score), (None, None, None));
    assert_eq!((system.total_gpu_usage, system.error_rate), (None, None));
    assert_eq!((queue.length, queue.drain_time), (None, None));
    assert!(in_javascript(&worker, "cpu_usage").is_null());
    assert!(in_javascript(&queue, "length").is_null());
    assert_eq!(in_javascript(&queue, "pending_tasks").as_f64(), Some(0.0));
    assert_eq!(format::optional(Unit::Ratio, worker.cpu_usage.map(Ratio::get)), format::UNKNOWN);
}

#[wasm_bindgen_test]
fn live_messages_come_through_with_their_records_untouched() {
    let snapshot: ServerMessage = returns(golden!("live_snapshot"));
    assert_eq!((snapshot.kind, snapshot.seq, snapshot.prev), (Kind::Snapshot, 17, None));
    let sources: Vec<SourceStatus> = serde_json::from_str(snapshot.data.get()).expect("the topic's records");
    assert_eq!(sources.len(), 1);
    let delta: ServerMessage = returns(golden!("live_delta"));
    assert_eq!((delta.topic, delta.kind, delta.prev), (Topic::Queues, Kind::Delta, Some(17)));
    let change: Delta<QueueStats> = serde_json::from_str(delta.data.get()).expect("the topic's delta");
    assert_eq!(change.remove, ["celery:main:gone"]);
    let message: ClientMessage = returns(golden!("client_message"));
    assert_eq!(message.subscribe[2], Topic::Worker(WorkerId::new("gpu-fra-07").expect("an id")));
}

#[wasm_bindgen_test]
fn the_name_of_a_field_decides_between_percent_and_ratio_not_the_size_of_the_number() {
    let percent: Heartbeat = returns(golden!("heartbeat_percent"));
    let native: Heartbeat = returns(golden!("heartbeat_native"));
    // 0.9 in a percent field is 0.9 percent, and 0.009 as a ratio is the same load.
    for heartbeat in [percent, native] {
        let metrics = heartbeat.metrics;
        assert_eq!(metrics.gpu().map(|load| format::ratio(load.get())).as_deref(), Some("0.9 %"));
        assert_eq!(metrics.cpu().map(|load| format::ratio(load.get())).as_deref(), Some("90 %"));
    }
}

#[wasm_bindgen_test]
fn shares_beyond_their_range_are_refused() {
    for wrong in [-0.1, 1.01, 90.0, f64::NAN, f64::INFINITY] {
        assert!(Ratio::new(wrong).is_err(), "{wrong} is no ratio");
    }
    for wrong in [-1.0, 100.5, f64::NAN] {
        assert!(Percent::new(wrong).is_err(), "{wrong} is no percentage");
    }
    assert_eq!(Ratio::of(1, 0), None);
    let percent_sent_as_ratio = golden!("worker_metrics").replace("\"cpu_usage\": 0.9", "\"cpu_usage\": 90.0");
    let error = serde_json::from_str::<WorkerMetrics>(&percent_sent_as_ratio).expect_err("90 is not a ratio");
    assert!(error.to_string().contains("0.9 is 90 percent"), "{error}");
}

#[wasm_bindgen_test]
fn texts_that_cannot_name_anything_are_refused() {
    assert_eq!(WorkerId::new("  "), Err(IdError::Empty));
    assert_eq!(TaskId::new("a\nb"), Err(IdError::Control(1)));
    assert_eq!(WorkerId::new("ü".repeat(MAX_CHARS)).map(|id| id.len()), Ok(2 * MAX_CHARS));
    assert_eq!(WorkerId::new("ü".repeat(MAX_CHARS + 1)), Err(IdError::TooLong(MAX_CHARS + 1)));
    let unnamed = golden!("worker_metrics").replace("\"worker_id\": \"gpu-fra-07\"", "\"worker_id\": \"\"");
    assert!(serde_json::from_str::<WorkerMetrics>(&unnamed).is_err());
    assert!("worker:".parse::<Topic>().is_err() && "wokers".parse::<Topic>().is_err());
}

#[wasm_bindgen_test]
fn numbers_read_in_the_browser_as_they_do_on_the_server() {
    let read = [
        (Unit::Ratio, 0.034, "3.4 %"),
        (Unit::Ratio, 0.999_999, "99.9 %"),
        (Unit::Ratio, 0.000_001, "<0.1 %"),
        (Unit::Seconds, 0.34, "340 ms"),
        (Unit::Seconds, 64.0, "1 min 04 s"),
        (Unit::Seconds, 273_600.0, "3 d 4 h"),
        (Unit::Bytes, 999_960.0, "1.0 MB"),
        (Unit::BytesPerSecond, 3.2e6, "3.2 MB/s"),
        (Unit::Watts, 2_020.0, "2.02 kW"),
        (Unit::Celsius, -3.0, "−3 °C"),
        (Unit::PerSecond, 0.05, "3 /min"),
        (Unit::PerHour, 9_040.0, "9,040 /h"),
        (Unit::Count, f64::NAN, format::UNKNOWN),
    ];
    for (unit, value, text) in read {
        assert_eq!(format::value(unit, value), text, "{value} in {unit:?}");
    }
}

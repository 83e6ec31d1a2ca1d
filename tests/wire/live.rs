//! The live protocol's messages.

use crate::records;
use forewatch::live::{ClientMessage, Delta, Kind, Record, ServerMessage, Topic};
use forewatch::source::SourceStatus;
use forewatch::worker::FleetGpu;
use forewatch::{Alert, QueueStats, SystemMetrics, TaskMetrics, WorkerMetrics, WorkerSummary};
use serde_json::{Value, json, value::RawValue};

fn written(message: &ServerMessage) -> Value {
    serde_json::to_value(message).expect("JSON")
}

#[test]
fn a_snapshot_has_no_number_before_it_and_holds_whole_records() {
    let message: ServerMessage = serde_json::from_str(&records::golden("live_snapshot")).expect("a message");
    assert_eq!((message.kind, message.prev, message.seq), (Kind::Snapshot, None, 17));
    let data: Vec<SourceStatus> = serde_json::from_str(message.data.get()).expect("records");
    assert_eq!(data[0].id(), "http");
    assert_eq!(written(&message), records::read::<Value>("live_snapshot"));
    assert!(written(&message)["prev"].is_null() && written(&message).get("prev").is_some());
}

#[test]
fn a_delta_follows_the_number_before_it() {
    let message: ServerMessage = serde_json::from_str(&records::golden("live_delta")).expect("a message");
    assert_eq!((message.kind, message.prev), (Kind::Delta, Some(message.seq - 1)));
    let data: Delta<QueueStats> = serde_json::from_str(message.data.get()).expect("a delta");
    assert_eq!((data.upsert.len(), data.remove), (0, vec!["celery:main:gone".to_owned()]));
    assert_eq!(written(&message), records::read::<Value>("live_delta"));
}

#[test]
fn every_topic_carries_its_records_both_ways() {
    fn carries<T>(topic: &str, golden: &str, id: &str)
    where
        T: serde::Serialize + serde::de::DeserializeOwned + Record + PartialEq + std::fmt::Debug,
    {
        let record: T = records::read(golden);
        assert_eq!(record.id(), id);
        let delta = Delta { upsert: vec![record], remove: vec!["gone".into()] };
        let message = ServerMessage {
            topic: topic.parse().expect("a topic"),
            epoch: "e".into(),
            seq: 2,
            prev: Some(1),
            kind: Kind::Delta,
            at: records::system().timestamp,
            data: RawValue::from_string(serde_json::to_string(&delta).expect("JSON")).expect("raw"),
        };
        let sent = serde_json::to_string(&message).expect("JSON");
        let got: ServerMessage = serde_json::from_str(&sent).expect("a message");
        assert_eq!(got.topic.to_string(), topic);
        assert_eq!(serde_json::from_str::<Delta<T>>(got.data.get()).expect("a delta"), delta);
    }
    carries::<WorkerSummary>("workers", "worker_summary", "gpu-fra-07");
    carries::<FleetGpu>("fleet", "fleet_gpu", "gpu-fra-07/3");
    carries::<TaskMetrics>("tasks", "task_metrics", "0d1f2e3c-4b5a-6978-8796-a5b4c3d2e1f0");
    carries::<QueueStats>("queues", "queue_stats", "celery:main:gpu_priority");
    carries::<Alert>("alerts", "alert", "01KAV8Q4T0M5D2Y7R9B3C6F8GH");
    carries::<SourceStatus>("sources", "source_status", "celery:main");
}

#[test]
fn system_and_one_worker_carry_their_one_record_or_null() {
    for (topic, golden) in [("system", "system_metrics"), ("worker:gpu-fra-07", "worker_metrics")] {
        for data in [records::read::<Value>(golden), Value::Null] {
            let sent = json!({"topic": topic, "epoch": "e", "seq": 1, "prev": null, "kind": "snapshot",
                "at": "2026-11-24T14:00:00Z", "data": data});
            let got: ServerMessage = serde_json::from_str(&sent.to_string()).expect("a message");
            assert_eq!(written(&got), sent);
            if topic == "system" {
                assert!(serde_json::from_str::<Option<SystemMetrics>>(got.data.get()).is_ok());
            } else {
                assert!(serde_json::from_str::<Option<WorkerMetrics>>(got.data.get()).is_ok());
            }
        }
    }
}

#[test]
fn a_browsers_message_may_hold_any_of_the_three_and_nothing_else() {
    let one: ClientMessage = serde_json::from_str(r#"{"subscribe":["system"]}"#).expect("a message");
    assert_eq!((one.subscribe, one.unsubscribe.len(), one.resync.len()), (vec![Topic::System], 0, 0));
    assert_eq!(serde_json::from_str::<ClientMessage>("{}").expect("a message"), ClientMessage::default());
    for bad in [r#"{"subscribe":["everything"]}"#, r#"{"shout":[]}"#, r#"{"subscribe":"system"}"#] {
        assert!(serde_json::from_str::<ClientMessage>(bad).is_err(), "{bad}");
    }
}

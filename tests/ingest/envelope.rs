//! What all events have in common.

use super::{error, errors, event, now};
use forewatch::event::EventBody;
use forewatch::ingest::parse_event;
use forewatch::time::TimeDelta;
use proptest::prelude::*;
use serde_json::{Value, json};

fn refused(text: &str) -> String {
    let errors = parse_event(text, now()).expect_err(text);
    format!("{} {}", errors[0].pointer, errors[0].detail)
}

#[test]
fn an_event_says_what_it_is_and_when_it_happened() {
    assert!(error(&json!({"at": "2026-11-24T13:59:00Z"})).starts_with("/type is missing"));
    assert!(error(&json!({"type": "task.completed", "task_id": "a"})).starts_with("/at is missing"));
    let unknown = error(&json!({"type": "task.exploded", "at": "now"}));
    assert!(unknown.contains("task.exploded") && unknown.contains("task.submitted") && unknown.contains("annotation"));
    assert!(error(&json!({"type": 3, "at": "now"})).starts_with("/type is a number: send a text"));
}

#[test]
fn times_are_utc_whatever_zone_they_are_sent_in() {
    let sent = |at: &str| event(&json!({"type": "task.completed", "task_id": "a", "at": at})).at;
    assert_eq!(sent("2026-11-24T15:30:00.25+02:00"), sent("2026-11-24T13:30:00.25Z"));
    assert_eq!(sent("now-5m"), now() - TimeDelta::minutes(5));
    for bad in ["2026-11-24T14:00:00", "yesterday", "", "1764000000", "+999999-01-01T00:00:00Z", "now-99999999999y"] {
        let error = error(&json!({"type": "task.completed", "task_id": "a", "at": bad}));
        assert!(error.starts_with("/at ") && error.contains("RFC 3339"), "{error}");
    }
    assert!(
        error(&json!({"type": "task.completed", "task_id": "a", "at": 1_764_000_000})).starts_with("/at is a number")
    );
}

#[test]
fn every_bad_field_is_told_at_once() {
    let bad = errors(&json!({
        "type": "task.completed", "at": "soon", "event_id": "", "task_id": "a\nb", "gpu_time": -1, "memory_peak": 1.5,
        "confidence_score": 2, "quality_degraded": "yes",
    }));
    let mut pointers: Vec<_> = bad.iter().map(|e| e.pointer.as_str()).collect();
    pointers.sort_unstable();
    assert_eq!(
        pointers,
        ["/at", "/confidence_score", "/event_id", "/gpu_time", "/memory_peak", "/quality_degraded", "/task_id"]
    );
    for error in &bad {
        assert!(error.detail.contains(':'), "{error:?} does not say what to change");
    }
}

#[test]
fn identifiers_that_are_too_long_or_hold_control_characters_are_refused() {
    let sent = |id: String| json!({"type": "task.completed", "at": "now", "task_id": id});
    assert!(error(&sent("x".repeat(256))).contains("256 characters: at most 255"));
    assert!(error(&sent("x\u{0}".into())).contains("control character at position 1"));
    assert!(error(&sent("  ".into())).contains("is empty"));
    event(&sent("ä".repeat(255)));
}

#[test]
fn fields_that_are_not_known_are_left_out_and_counted() {
    let parsed = event(&json!({
        "type": "task.started", "at": "now", "task_id": "a", "worker_id": "w",
        "colour": "red", "nested": {"deep": [1, 2]}, "title": "of an annotation", "gpu_time": -3,
    }));
    assert_eq!(parsed.ignored.count, 4);
    let mut names = parsed.ignored.names.clone();
    names.sort_unstable();
    assert_eq!(names, ["colour", "gpu_time", "nested", "title"]);
}

#[test]
fn many_unknown_fields_are_counted_without_keeping_all_their_names() {
    let mut sent = json!({"type": "task.completed", "at": "now", "task_id": "a"});
    for n in 0..500 {
        sent[format!("{n}{}", "x".repeat(200))] = json!(n);
    }
    let ignored = event(&sent).ignored;
    assert_eq!(ignored.count, 500);
    assert!(ignored.names.len() <= 16 && ignored.names.iter().all(|name| name.chars().count() <= 60));
}

#[test]
fn a_field_that_is_there_twice_is_refused() {
    let error = refused(r#"{"type":"task.completed","at":"now","task_id":"a","task_id":"b"}"#);
    assert!(error.starts_with("/task_id is there twice"), "{error}");
}

#[test]
fn null_is_as_if_the_field_were_not_there() {
    let parsed =
        event(&json!({"type": "task.completed", "at": "now", "task_id": "a", "gpu_time": null, "event_id": null}));
    let EventBody::Task(task) = parsed.body else { panic!("not a task") };
    assert_eq!((task.fields.gpu_time, parsed.event_id), (None, None));
    assert!(error(&json!({"type": "task.completed", "at": "now", "task_id": null})).starts_with("/task_id is missing"));
}

#[test]
fn what_is_not_a_json_object_is_refused_with_the_reason() {
    for text in ["", "[]", "3", "null", "\"task.started\"", "hello"] {
        assert!(refused(text).contains("send a JSON object"), "{text}");
    }
    for text in
        ["{", "{}}", r#"{"type":"annotation""#, r#"{"type":"task.completed","at":"now","task_id":"a","gpu_time":NaN}"#]
    {
        assert!(refused(text).contains("is not JSON"), "{text}");
    }
    assert!(refused(r#"{"type":"task.completed","at":"now","task_id":"a","gpu_time":1e999}"#).starts_with("/gpu_time"));
    assert!(
        refused(r#"{"type":"task.completed","at":"now","task_id":"\ud800"}"#).contains("/task_id is not valid text")
    );
}

#[test]
fn deeply_nested_input_is_refused_or_left_out_and_never_exhausts_the_stack() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    assert!(parse_event(&format!(r#"{{"type":"annotation","at":"now","title":"t","x":{deep}}}"#), now()).is_ok());
    for kind in ["task.completed", "worker.heartbeat", "worker.registered"] {
        let text = format!(r#"{{"type":"{kind}","at":"now","task_id":{deep},"metrics":{deep},"hardware":{deep}}}"#);
        assert!(parse_event(&text, now()).is_err());
    }
}

#[test]
fn events_far_ahead_or_older_than_the_retention_are_too_old() {
    let aged = |at: &str| {
        let parsed = event(&json!({"type": "task.completed", "task_id": "a", "at": at}));
        parsed.check_age(now(), TimeDelta::hours(24)).map_err(|error| error.detail)
    };
    assert_eq!(aged("now-24h"), Ok(()));
    assert_eq!(aged("now+300s"), Ok(()));
    assert!(aged("now+301s").is_err_and(|e| e.contains("5 min 01 s ahead")));
    assert!(aged("now-25h").is_err_and(|e| e.contains("1 d 1 h old") && e.contains("1 d 0 h only")));
}

#[test]
fn a_senders_skew_moves_every_time_but_the_one_it_is_measured_by() {
    let skew = TimeDelta::hours(3);
    let task =
        event(&json!({"type": "task.submitted", "task_id": "a", "content_type": "c", "at": "now", "eta": "now+1h"}));
    let moved = task.moved_by(skew).expect("within the calendar");
    let EventBody::Task(body) = &moved.body else { panic!("not a task") };
    assert_eq!((moved.at, body.fields.eta), (now() + skew, Some(now() + TimeDelta::hours(4))));

    let beat = event(&json!({
        "type": "worker.heartbeat", "worker_id": "w", "status": "online", "timestamp": "2026-11-24T11:00:00Z",
        "samples": [{"metric": "worker.cpu_usage", "points": [[1000.0, 0.5]]}],
    }));
    let moved = beat.moved_by(skew).expect("within the calendar");
    let EventBody::WorkerHeartbeat(beat) = &moved.body else { panic!("not a heartbeat") };
    assert_eq!(moved.at, now());
    assert_eq!(beat.timestamp, now() - skew);
    assert_eq!(beat.samples[0].points, [(1000.0 + 10_800.0, 0.5)]);
}

fn any_json() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "type",
        "at",
        "task_id",
        "worker_id",
        "status",
        "timestamp",
        "metrics",
        "gpus",
        "samples",
        "points",
        "title",
        "tags",
        "queue",
        "pending",
        "progress",
        "registration",
        "hardware",
        "index",
        "now",
        "online",
        "task.started",
        "worker.heartbeat",
        "worker.registered",
        "queue.sampled",
        "annotation",
        "2026-11-24T14:00:00Z",
    ])
    .prop_map(str::to_owned);
    let text = prop_oneof![3 => word, 1 => any::<String>()].boxed();
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        text.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((text.clone(), inner), 0..12)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_json_and_no_text_makes_parsing_panic(json in any_json(), text in any::<String>(), kind in 0..12_usize) {
        let _ = parse_event(&text, now());
        let _ = parse_event(&json.to_string(), now());
        let kinds = [
            "task.submitted", "task.started", "task.progress", "task.retried", "task.completed", "task.failed",
            "task.cancelled", "queue.sampled", "worker.registered", "worker.heartbeat", "worker.deregistered", "annotation",
        ];
        if let Value::Object(mut fields) = json {
            fields.insert("type".into(), kinds[kind].into());
            if let Err(errors) = parse_event(&Value::Object(fields).to_string(), now()) {
                prop_assert!(!errors.is_empty());
                for error in errors {
                    prop_assert!(error.pointer.is_empty() || error.pointer.starts_with('/'), "{error:?}");
                }
            }
        }
    }
}

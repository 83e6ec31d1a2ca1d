//! Whatever is put comes back, and bytes that are not whole are an error.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use super::*;
use chrono::{DateTime, Utc};
use proptest::option::of;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

/// What an event can tell, as JSON; some of it each time.
fn told() -> impl Strategy<Value = Json> {
    let text = || of(".{0,20}").prop_map(|text| json!(text));
    let number = || of(prop_oneof![Just(0), Just(u64::from(u32::MAX)), 0..1_000_u64]).prop_map(|number| json!(number));
    let seconds = || of(prop_oneof![Just(0.0), Just(1.5e-9), 0.0..1e9]).prop_map(|seconds| json!(seconds));
    let texts = ["content_type", "name", "queue", "user_id", "args", "kwargs", "message", "error_message", "traceback"]
        .into_iter()
        .chain(["reason", "result", "source_state"])
        .map(|name| (name, text().boxed()));
    let numbers =
        ["retries", "memory_peak", "input_file_size", "output_file_size"].map(|name| (name, number().boxed()));
    let spans = ["runtime", "cpu_time", "gpu_time"].map(|name| (name, seconds().boxed()));
    let flags = ["timed_out", "quality_degraded", "requeue"]
        .map(|name| (name, of(any::<bool>()).prop_map(|flag| json!(flag)).boxed()));
    let ratios =
        ["progress", "confidence_score"].map(|name| (name, of(0.0..=1.0_f64).prop_map(|ratio| json!(ratio)).boxed()));
    let ids = ["parent_id", "root_id"].map(|name| (name, of("[a-zé]{1,9}").prop_map(|id| json!(id)).boxed()));
    let times = ["eta", "expires"].map(|name| (name, of(time()).prop_map(|time| json!(time)).boxed()));
    let priority = [("priority", of(any::<i32>()).prop_map(|number| json!(number)).boxed())];
    let all = texts.chain(numbers).chain(spans).chain(flags).chain(ratios).chain(ids).chain(times).chain(priority);
    let (names, values): (Vec<_>, Vec<_>) = all.unzip();
    values.prop_map(move |values| {
        names
            .iter()
            .zip(values)
            .filter(|(_, value)| !value.is_null())
            .map(|(n, v)| ((*n).to_owned(), v))
            .collect::<Json>()
    })
}

/// Every time that is written with four digits of its year, down to the nanosecond.
fn time() -> impl Strategy<Value = DateTime<Utc>> {
    (-62_000_000_000_i64..253_000_000_000, 0_u32..1_000_000_000)
        .prop_map(|(seconds, nanos)| DateTime::from_timestamp(seconds, nanos).unwrap())
}

fn now() -> impl Strategy<Value = DateTime<Utc>> {
    prop_oneof![9 => (0_i64..100_000_000).prop_map(DateTime::from_timestamp_nanos), 1 => time()]
}

fn event() -> impl Strategy<Value = Event> {
    let kind = proptest::sample::select(TaskEventKind::ALL);
    let task = (kind, "[a-z]{1,3}", of("[ab]"), told()).prop_map(|(kind, task_id, worker_id, fields)| {
        json!({ "type": "task", "kind": kind, "task_id": task_id, "worker_id": worker_id, "fields": fields })
    });
    let body = prop_oneof![
        9 => task,
        1 => "[ab]".prop_map(|worker_id| json!({ "type": "worker_went_offline", "worker_id": worker_id })),
    ];
    (of("[a-z]{1,9}"), "[ab]", now(), now(), body).prop_map(|(event_id, source, at, received_at, body)| {
        let event =
            json!({ "event_id": event_id, "source": source, "at": at, "received_at": received_at, "body": body });
        serde_json::from_value(event).unwrap()
    })
}

proptest! {
    #[test]
    fn what_is_put_comes_back_and_what_is_cut_off_is_an_error(
        events in proptest::collection::vec(event(), 1..12),
        cut in any::<prop::sample::Index>(),
    ) {
        let bytes = put(&events).unwrap();
        prop_assert_eq!(&take(&bytes).unwrap(), &events);
        // A commit cut between two events is whole: its length is told beside it.
        let cut = take(&bytes[..cut.index(bytes.len())]);
        prop_assert!(cut.is_err() || cut.is_ok_and(|some| some == events[..some.len()]));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = take(&bytes);
    }
}

#[test]
fn every_kind_and_field_is_known_to_the_format() {
    assert_eq!(KINDS.len(), TaskEventKind::ALL.len());
    for kind in TaskEventKind::ALL {
        assert!(KINDS.contains(kind), "{kind}");
    }
}

#[test]
fn the_bytes_of_an_event_are_those_of_the_format() {
    let event: Event = serde_json::from_value(json!({
        "source": "celery", "at": "1970-01-01T00:00:00.000000100Z", "received_at": "1970-01-01T00:00:00.000000101Z",
        "body": { "type": "task", "kind": "completed", "task_id": "t", "worker_id": "w",
            "fields": { "runtime": 0.5, "result": "4", "source_state": "SUCCESS" } },
    }))
    .unwrap();
    let first =
        b"\x01\x01\x06celery\x02\x01w\xca\x01\x02\x06\x01t\x00\x80\x80\xb0\x40\x014\0\0\0\0\0\0\xe0\x3f\x07SUCCESS";
    let second = b"\x01\x01\x02\x00\x02\x06\x01t\x00\x80\x80\xb0\x40\x014\0\0\0\0\0\0\xe0\x3f\x07SUCCESS";
    assert_eq!(put(&[event.clone(), event]).unwrap(), [&first[..], &second[..]].concat());
}

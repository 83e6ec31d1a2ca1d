//! Events of tasks.

use super::{error, event};
use forewatch::event::EventBody;
use forewatch::task::TaskEvent;
use forewatch::task::TaskEventKind::{Cancelled, Completed, Failed, Progress, Retried, Started, Submitted};
use serde_json::{Value, json};

fn task(json: &Value) -> TaskEvent {
    match event(json).body {
        EventBody::Task(task) => task,
        other => panic!("{other:?} is not of a task"),
    }
}

#[test]
fn every_type_takes_the_fields_that_the_contract_names() {
    let all = [
        json!({"type": "task.submitted", "at": "now", "task_id": "a", "content_type": "video/mp4", "name": "jobs.render",
            "queue": "gpu_priority", "priority": 8, "user_id": "u1", "input_file_size": 9_007_199_254_740_993_u64,
            "eta": "2026-11-24T15:00:00Z"}),
        json!({"type": "task.started", "at": "now", "task_id": "a", "worker_id": "w"}),
        json!({"type": "task.progress", "at": "now", "task_id": "a", "progress": 0.5, "message": "half"}),
        json!({"type": "task.retried", "at": "now", "task_id": "a", "error_message": "again"}),
        json!({"type": "task.completed", "at": "now", "task_id": "a", "worker_id": "w", "output_file_size": 5,
            "cpu_time": 1.5, "gpu_time": 2.5, "memory_peak": 7, "confidence_score": 0.9, "quality_degraded": false}),
        json!({"type": "task.failed", "at": "now", "task_id": "a", "error_message": "boom", "worker_id": "w",
            "timed_out": true, "traceback": "at line 1"}),
        json!({"type": "task.cancelled", "at": "now", "task_id": "a", "reason": "no longer wanted"}),
    ];
    for sent in &all {
        let parsed = event(sent);
        assert_eq!(parsed.ignored.count, 0, "{sent}: {:?}", parsed.ignored);
        let EventBody::Task(task) = parsed.body else { panic!("{sent} is not of a task") };
        let kept = serde_json::to_value(&*task.fields).expect("JSON");
        for (name, value) in sent.as_object().expect("an object") {
            if !["type", "at", "task_id", "worker_id"].contains(&name.as_str()) {
                assert_eq!(&kept[name], value, "{name} of {sent}");
            }
        }
    }
    let kinds: Vec<_> = all.iter().map(|sent| task(sent).kind).collect();
    assert_eq!(kinds, [Submitted, Started, Progress, Retried, Completed, Failed, Cancelled]);
    assert_eq!(task(&all[1]).worker_id.as_deref(), Some("w"));
}

#[test]
fn each_type_names_the_field_that_it_misses() {
    for (kind, missing) in [
        ("task.submitted", "/content_type"),
        ("task.started", "/worker_id"),
        ("task.progress", "/progress"),
        ("task.failed", "/error_message"),
    ] {
        let error = error(&json!({"type": kind, "at": "now", "task_id": "a"}));
        assert_eq!(error, format!("{missing} is missing: {kind} needs it"));
    }
}

#[test]
fn numbers_that_cannot_be_right_are_refused() {
    let with = |field: &str, value: Value| {
        let mut sent = json!({"type": "task.completed", "at": "now", "task_id": "a"});
        sent[field] = value;
        error(&sent)
    };
    assert_eq!(with("gpu_time", json!(-0.5)), "/gpu_time is -0.5: it must not be negative");
    assert_eq!(with("memory_peak", json!(-1)), "/memory_peak is -1: it must not be negative");
    assert_eq!(with("memory_peak", json!(0.5)), "/memory_peak is 0.5: it must be a whole number");
    assert!(with("memory_peak", json!(1e30)).contains("integer below 2^64"));
    assert!(with("gpu_time", json!(1e9)).contains("at most ten years"));
    assert!(with("confidence_score", json!(90)).contains("0.9 is 90 percent"));
    assert_eq!(with("cpu_time", json!("1.5")), "/cpu_time is a text: send a number");
    assert_eq!(with("priority", json!(1.5)), "/priority is 1.5: it must be a whole number between -2^31 and 2^31");
}

#[test]
fn whole_numbers_may_be_written_as_floats_as_python_does() {
    let parsed = task(&json!({"type": "task.completed", "at": "now", "task_id": "a", "memory_peak": 3.0}));
    assert_eq!(parsed.fields.memory_peak, Some(3));
}

#[test]
fn long_texts_are_cut_with_an_ellipsis_and_never_refused() {
    let parsed = task(&json!({
        "type": "task.failed", "at": "now", "task_id": "a", "error_message": "ä".repeat(5_000),
        "traceback": "x".repeat(20_000), "args": "y".repeat(4_000),
    }));
    let length = |text: Option<String>| {
        let text = text.unwrap_or_default();
        (text.chars().count(), text.ends_with('…'))
    };
    assert_eq!(length(parsed.fields.error_message), (4_000, true));
    assert_eq!(length(parsed.fields.traceback), (16_000, true));
    assert_eq!(length(parsed.fields.args), (4_000, false));
}

#[test]
fn arguments_and_results_may_be_any_json() {
    let parsed = task(&json!({
        "type": "task.completed", "at": "now", "task_id": "a", "args": [1, "two"], "kwargs": {"k": null}, "result": "done",
    }));
    assert_eq!(parsed.fields.args.as_deref(), Some(r#"[1,"two"]"#));
    assert_eq!(parsed.fields.kwargs.as_deref(), Some(r#"{"k":null}"#));
    assert_eq!(parsed.fields.result.as_deref(), Some("done"));
}

#[test]
fn a_failure_without_words_is_still_a_failure() {
    let parsed = task(&json!({"type": "task.failed", "at": "now", "task_id": "a", "error_message": ""}));
    assert_eq!(parsed.kind, Failed);
}

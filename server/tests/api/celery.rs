//! A real Celery application: what Forewatch shows of it is what Celery's own `State` says.

pub(crate) mod application;
pub(crate) mod proxy;

use crate::server::Forewatch;
use application::Application;
use chrono::DateTime;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// What is sent, and the state in which Celery leaves it.
fn scenarios() -> Vec<(Value, &'static str)> {
    vec![
        (json!(["quick", [1], "gpu_priority"]), "SUCCESS"),
        (json!(["quick", [2], "cpu_standard", { "priority": 9 }]), "SUCCESS"),
        (json!(["slow", [0.3], "gpu_priority"]), "SUCCESS"),
        (json!(["progress", [3], "cpu_standard"]), "SUCCESS"),
        (json!(["failing", ["no"], "gpu_priority"]), "FAILURE"),
        (json!(["retrying", [], "cpu_standard"]), "SUCCESS"),
        (json!(["ignored", [], "cpu_standard"]), "STARTED"),
        (json!(["encoding", [], "cpu_standard"]), "ENCODING"),
        // Celery tells of both, the failure and the refusal, and State lets the failure count.
        (json!(["rejected", [], "cpu_standard"]), "FAILURE"),
        (json!(["quick", [3], "cpu_standard", { "countdown": 3600 }]), "RECEIVED"),
        (json!(["quick", [4], "cpu_standard", { "countdown": 2, "expires": 1 }]), "REVOKED"),
        // Terminated below, while it runs.
        (json!(["slow", [600], "cpu_standard"]), "REVOKED"),
    ]
}

/// The tasks that Forewatch has, by their ids.
async fn shown(forewatch: &Forewatch) -> BTreeMap<String, Value> {
    let page = forewatch.json("/api/v1/tasks?limit=100").await;
    let items = page["items"].as_array().unwrap().iter();
    items.map(|task| (task["task_id"].as_str().unwrap().to_owned(), task.clone())).collect()
}

fn seconds(time: &Value) -> Option<f64> {
    let at = DateTime::parse_from_rfc3339(time.as_str()?).unwrap();
    Some(at.timestamp_micros() as f64 / 1e6)
}

/// Times of one event, from both: nanoseconds of the one do not fit into the number of the other.
#[track_caller]
fn assert_same_time(ours: &Value, theirs: &Value, what: &str) {
    let (ours, theirs) = (seconds(ours).expect(what), theirs.as_f64().expect(what));
    assert!((ours - theirs).abs() < 1e-3, "{what}: {ours} {theirs}");
}

async fn ends_up_equal(prefix: &str) {
    let application = Application::start(prefix);
    let config = format!("[[celery]]\nurl = \"{}\"\nkey_prefix = \"{prefix}\"\n", application.url());
    let forewatch = Forewatch::with(&config, &[]);
    // A worker that has told its concurrency was asked what it has: a start that is found so has another time than its event.
    let asked = |worker: &Value| worker["is_online"] == true && worker["max_concurrent_tasks"] == 2;
    forewatch.until("/api/v1/workers", |page| asked(&page["items"][0])).await;
    let mut state = application.state();

    let scenarios = scenarios();
    let ids = application.send(&scenarios.iter().map(|(call, _)| call.clone()).collect::<Value>());
    let last = ids.last().unwrap().clone();
    forewatch.until(&format!("/api/v1/tasks/{last}"), |task| task["status"] == "processing").await;
    application.terminate(&last);
    for (id, (_, wanted)) in ids.iter().zip(&scenarios) {
        forewatch.until(&format!("/api/v1/tasks/{id}"), |task| task["source_state"] == *wanted).await;
    }
    // Whoever reads second has read it by then.
    tokio::time::sleep(Duration::from_millis(500)).await;

    let theirs = state.told();
    let ours = shown(&forewatch).await;
    let tasks = theirs["tasks"].as_object().unwrap();
    let names = |keys: &mut dyn Iterator<Item = &String>| keys.cloned().collect::<std::collections::BTreeSet<_>>();
    assert_eq!(names(&mut ours.keys()), names(&mut tasks.keys()));
    for (id, theirs) in tasks {
        let ours = &ours[id];
        let equal = [("source_state", "state"), ("name", "name"), ("retry_count", "retries")];
        for (our_name, their_name) in equal {
            assert_eq!(ours[our_name], theirs[their_name], "{our_name}: {ours} {theirs}");
        }
        let worker = format!("celery:{}", theirs["worker"].as_str().unwrap());
        assert_eq!(ours["worker_id"], json!(worker), "{ours} {theirs}");
        // State keeps the last start, Forewatch the first.
        if ours["retry_count"] == 0 && !theirs["started"].is_null() {
            assert_same_time(&ours["started_at"], &theirs["started"], "started");
        }
        for end in ["succeeded", "revoked"] {
            if !theirs[end].is_null() {
                assert_same_time(&ours["completed_at"], &theirs[end], end);
            }
        }
    }
    let page = forewatch.json("/api/v1/workers").await;
    let alive: serde_json::Map<String, Value> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|worker| (worker["name"].as_str().unwrap().to_owned(), worker["is_online"].clone()))
        .collect();
    assert_eq!(Value::Object(alive), theirs["workers"]);

    let source =
        |page: &Value| page["items"].as_array().unwrap().iter().find(|s| s["name"] == "celery").unwrap().clone();
    let whole = source(&forewatch.json("/api/v1/sources").await);
    assert_eq!((&whole["lost_events"], &whole["rejected"]), (&json!(0), &json!(0)), "{whole}");
    application.publish("not json");
    forewatch.until("/api/v1/sources", |page| source(page)["rejected"] == 1).await;
}

#[tokio::test]
async fn every_task_and_worker_ends_up_equal_to_what_celerys_own_state_says() {
    ends_up_equal("").await;
}

#[tokio::test]
async fn so_it_does_for_an_application_with_a_prefix_of_its_own() {
    ends_up_equal("acme:").await;
}

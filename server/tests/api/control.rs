//! Acting on a real Celery application.

use crate::celery::application::Application;
use crate::server::{Forewatch, send};
use serde_json::{Value, json};
use std::time::Duration;

/// A server that observes an application, once its worker listens: it says that it is online a second before it does,
/// and has told what it takes from when it does.
async fn observing(application: &Application, more: &str) -> Forewatch {
    observing_until(application, more, |worker| worker["queues"].is_array()).await
}

async fn observing_until(application: &Application, more: &str, is_there: fn(&Value) -> bool) -> Forewatch {
    let forewatch = Forewatch::with(&format!("[[celery]]\nurl = \"{}\"\n{more}", application.url()), &[]);
    forewatch.until("/api/v1/workers", |page| is_there(&page["items"][0])).await;
    forewatch
}

async fn ask(forewatch: &Forewatch, path: &str, body: Value) -> Value {
    send(forewatch.post(&format!("/api/v1/{path}"), &body)).await.ok()
}

/// Waits until a task has this state, and answers with it.
async fn until_state(forewatch: &Forewatch, id: &str, state: &str) -> Value {
    forewatch.until(&format!("/api/v1/tasks/{id}"), |task| task["state"] == state).await
}

/// What a task's timeline says that people did.
fn notes(task: &Value) -> Vec<&str> {
    let moments = task["events"].as_array().unwrap().iter().filter(|moment| moment["what"] == "commanded");
    moments.map(|moment| moment["detail"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_task_that_waits_is_called_off_and_one_that_runs_is_stopped() {
    let application = Application::start("");
    let forewatch = observing(&application, "").await;
    let source = forewatch.json("/api/v1/sources").await["items"][0].clone();
    assert_eq!(source["takes_commands"], true, "{source}");
    let ids = application.send(&json!([
        ["slow", [600], "cpu_standard"],
        ["quick", [1], "cpu_standard", { "countdown": 600 }],
    ]));
    let [running, waiting] = [&ids[0], &ids[1]];
    until_state(&forewatch, running, "started").await;
    until_state(&forewatch, waiting, "scheduled").await;

    let outcome = ask(&forewatch, &format!("tasks/{waiting}/revoke"), json!({})).await;
    assert_eq!(outcome["summary"], "1 task revoked: 1 worker of 1 online know", "{outcome}");
    assert_eq!(outcome["answers"][0]["worker_id"], "celery:gpu@state");
    let task = forewatch.json(&format!("/api/v1/tasks/{waiting}")).await;
    assert_eq!(notes(&task), ["revoked by local operator: 1 worker answered"]);

    let key = |body: Value| {
        forewatch.post(&format!("/api/v1/tasks/{running}/revoke"), &body).header("idempotency-key", "once")
    };
    let first = send(key(json!({ "terminate": true }))).await.ok();
    let task = until_state(&forewatch, running, "revoked").await;
    assert_eq!(notes(&task).len(), 1, "{task}");
    let again = send(key(json!({ "terminate": true }))).await.ok();
    assert_eq!(first, again, "nothing is done twice");
    let refused = ask_refused(&forewatch, &format!("tasks/{running}/revoke"), 409).await;
    assert!(refused.contains("has ended"), "{refused}");
    ask_refused(&forewatch, "tasks/unknown/revoke", 404).await;
    // What stays for answers that are late goes by itself.
    assert!(application.left_behind().iter().all(|(_, seconds)| *seconds > 0), "{:?}", application.left_behind());
}

/// The reason for which a command is refused.
async fn ask_refused(forewatch: &Forewatch, path: &str, status: u16) -> String {
    let problem = send(forewatch.post(&format!("/api/v1/{path}"), &json!({}))).await.problem(status);
    problem["detail"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn where_control_is_off_nothing_is_sent_and_the_key_to_change_is_named() {
    let application = Application::start("");
    for more in ["control = false\n", "events = \"listen\"\n"] {
        let forewatch = observing_until(&application, more, |worker| worker["is_online"] == true).await;
        let source = forewatch.json("/api/v1/sources").await["items"][0].clone();
        assert_eq!(source["takes_commands"], false, "{source}");
        for command in ["ping", "shutdown"] {
            let refused = ask_refused(&forewatch, &format!("workers/celery:gpu@state/{command}"), 403).await;
            assert!(refused.contains("control = true"), "{refused}");
        }
    }
}

#[tokio::test]
async fn a_worker_answers_changes_its_pool_and_shuts_down() {
    let mut application = Application::start("acme:");
    let forewatch = observing(&application, "key_prefix = \"acme:\"\n").await;
    let worker = |command: &str| format!("workers/celery:gpu@state/{command}");
    let pong = ask(&forewatch, &worker("ping"), json!({})).await;
    assert_eq!(pong["summary"], "It is there: pong", "{pong}");
    let grown = ask(&forewatch, &worker("pool"), json!({ "by": 1 })).await;
    assert_eq!(grown["summary"], "Pool will grow", "{grown}");
    let rate = ask(&forewatch, &worker("rate-limit"), json!({ "name": "tasks.quick", "rate": "10/m" })).await;
    assert_eq!(rate["answers"][0]["is_ok"], true, "{rate}");
    let unknown = ask(&forewatch, &worker("rate-limit"), json!({ "name": "tasks.none", "rate": "10/m" })).await;
    assert_eq!(unknown["summary"], "Refused: unknown task", "{unknown}");
    send(forewatch.post(&format!("/api/v1/{}", worker("pool")), &json!({ "by": 0 }))).await.problem(400);

    ask(&forewatch, &worker("shutdown"), json!({})).await;
    application.until_ended("gpu@state");
    forewatch.until("/api/v1/workers", |page| page["items"][0]["is_online"] == false).await;
    let refused = ask_refused(&forewatch, &worker("ping"), 409).await;
    assert!(refused.contains("offline"), "{refused}");
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(application.left_behind().iter().all(|(_, seconds)| *seconds > 0), "{:?}", application.left_behind());
}

fn config(application: &Application) -> String {
    format!("[[celery]]\nurl = \"{}\"\n", application.url())
}

/// Waits until a worker says of itself that it takes from these queues alone.
async fn until_it_takes_from(application: &Application, node: &str, queues: &[&str]) {
    for _ in 0..60 {
        let taken = application.takes_from(node);
        if taken.iter().map(String::as_str).eq(queues.iter().copied()) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{node} takes from {:?}", application.takes_from(node));
}

#[tokio::test]
async fn a_paused_queue_keeps_its_tasks_until_it_is_resumed() {
    let application = Application::start("");
    let forewatch = observing(&application, "").await;
    let queue = "/api/v1/queues/celery:cpu_standard";
    forewatch.until(queue, |queue| queue["worker_count"] == 1).await;
    let outcome = ask(&forewatch, "queues/celery:cpu_standard/pause", json!({})).await;
    assert_eq!(outcome["summary"], "Paused: 1 worker was told to take from it no longer", "{outcome}");
    assert_eq!(outcome["answers"][0]["said"], "leaves alone cpu_standard");
    assert_eq!(forewatch.json(queue).await["paused"]["by"], "local operator");
    let refused = ask_refused(&forewatch, "queues/celery:cpu_standard/pause", 409).await;
    assert!(refused.contains("local operator paused this queue"), "{refused}");

    let ids = application.send(&json!([
        ["quick", [1], "cpu_standard"],
        ["quick", [2], "cpu_standard"],
        ["quick", [3], "gpu_priority"]
    ]));
    until_state(&forewatch, &ids[2], "succeeded").await;
    assert_eq!(application.waiting("cpu_standard"), 2, "nobody takes them");

    // Who paused it is in the journal.
    let forewatch = Forewatch::in_folder(forewatch.killed(), &config(&application), &[]);
    forewatch.until(queue, |queue| queue["paused"]["by"] == "local operator" && queue["length"] == 2).await;
    let outcome = ask(&forewatch, "queues/celery:cpu_standard/resume", json!({})).await;
    assert_eq!(outcome["summary"], "Resumed: 1 worker was told to take from it again", "{outcome}");
    for id in &ids[..2] {
        until_state(&forewatch, id, "succeeded").await;
    }
    assert!(forewatch.json(queue).await.get("paused").is_none());
    ask_refused(&forewatch, "queues/celery:cpu_standard/resume", 409).await;
}

#[tokio::test]
async fn a_worker_that_is_started_again_leaves_a_paused_queue_alone_too() {
    let mut application = Application::start("");
    let forewatch = observing(&application, "").await;
    forewatch.until("/api/v1/queues/celery:cpu_standard", |queue| queue["worker_count"] == 1).await;
    ask(&forewatch, "queues/celery:cpu_standard/pause", json!({})).await;
    application.end_worker("gpu@state");
    application.start_worker("gpu@state", "gpu_priority,cpu_standard");
    until_it_takes_from(&application, "gpu@state", &["gpu_priority"]).await;

    let ids = application.send(&json!([["quick", [1], "cpu_standard"], ["quick", [2], "gpu_priority"]]));
    until_state(&forewatch, &ids[1], "succeeded").await;
    assert_eq!(application.waiting("cpu_standard"), 1);
    ask(&forewatch, "queues/celery:cpu_standard/resume", json!({})).await;
    until_state(&forewatch, &ids[0], "succeeded").await;
}

#[tokio::test]
async fn a_drained_worker_finishes_what_it_has_and_takes_nothing_more() {
    let application = Application::start("");
    let forewatch = observing(&application, "").await;
    let running = application.send(&json!([["slow", [2], "gpu_priority"]])).remove(0);
    until_state(&forewatch, &running, "started").await;
    let outcome = ask(&forewatch, "workers/gpu@state/drain", json!({})).await;
    assert_eq!(
        outcome["summary"], "Drained: it leaves alone cpu_standard, gpu_priority, and finishes what it has",
        "{outcome}"
    );
    let worker = forewatch.json("/api/v1/workers/celery:gpu@state").await;
    assert_eq!(worker["drained"]["by"], "local operator");
    let waiting = application.send(&json!([["quick", [1], "gpu_priority"]])).remove(0);
    until_state(&forewatch, &running, "succeeded").await;
    assert_eq!(application.waiting("gpu_priority"), 1);
    ask(&forewatch, "workers/gpu@state/undrain", json!({})).await;
    until_state(&forewatch, &waiting, "succeeded").await;
    assert!(forewatch.json("/api/v1/workers/celery:gpu@state").await.get("drained").is_none());
}

#[tokio::test]
async fn a_failed_task_is_sent_again_with_the_same_arguments_one_or_all() {
    let mut application = Application::without_workers("");
    application.start_worker("one@state", "cpu_standard");
    let forewatch = observing(&application, "").await;
    forewatch.until("/api/v1/workers/celery:one@state", |worker| worker["queues"] == json!(["cpu_standard"])).await;
    let old = application.send(&json!([["failing", [{ "a": [1.5, "it's", null, true] }], "cpu_standard"]])).remove(0);
    let failed = until_state(&forewatch, &old, "failed").await;

    let again = || {
        let request = forewatch.post(&format!("/api/v1/tasks/{old}/retry"), &json!({}));
        send(request.header("idempotency-key", "once"))
    };
    let outcome = again().await.ok();
    let new = outcome["new_task"].as_str().unwrap();
    assert_eq!(again().await.ok(), outcome, "nothing is done twice");
    let task = until_state(&forewatch, new, "failed").await;
    for field in ["name", "queue", "args", "kwargs", "error_message"] {
        assert_eq!(task[field], failed[field], "{field}");
    }
    assert_eq!(notes(&task), [format!("sent by local operator in place of {old}")]);
    let task = forewatch.json(&format!("/api/v1/tasks/{old}")).await;
    assert_eq!(
        (notes(&task), &task["state"]),
        (vec![&*format!("sent again as {new} by local operator")], &json!("failed"))
    );

    let all = |body: Value| forewatch.post("/api/v1/tasks/retry?name=tasks.failing", &body);
    forewatch.until("/api/v1/tasks?name=tasks.failing&status=failed", |page| page["total"] == 2).await;
    let counted = send(all(json!({}))).await.ok();
    assert_eq!((&counted["tasks"], &counted["is_done"]), (&json!(2), &json!(false)), "{counted}");
    send(all(json!({ "expected": 1 }))).await.problem(409);
    let once = || send(all(json!({ "expected": 2 })).header("idempotency-key", "all"));
    let done = once().await.ok();
    assert_eq!((&done["summary"], &done["is_done"]), (&json!("2 tasks sent again"), &json!(true)), "{done}");
    assert_eq!(once().await.ok()["tasks"], 0, "nothing is done twice");
    forewatch.until("/api/v1/tasks?name=tasks.failing&status=failed", |page| page["total"] == 4).await;
}

#[tokio::test]
async fn all_tasks_of_a_filter_that_wait_are_called_off_and_what_is_left_is_told() {
    let application = Application::start("");
    let forewatch = observing(&application, "").await;
    let later = |number: u32| json!(["quick", [number], "cpu_standard", { "countdown": 600 }]);
    let ids = application.send(&json!([later(1), later(2), ["quick", [3], "cpu_standard"]]));
    until_state(&forewatch, &ids[2], "succeeded").await;
    until_state(&forewatch, &ids[1], "scheduled").await;
    forewatch.until("/api/v1/tasks?name=tasks.quick&status=pending", |page| page["total"] == 2).await;
    forewatch.until("/api/v1/tasks?name=tasks.quick&status=completed", |page| page["total"] == 1).await;
    let path = "tasks/revoke?name=tasks.quick";
    let counted = ask(&forewatch, path, json!({})).await;
    assert_eq!(counted["summary"], "2 tasks would be revoked; 1 task left: 1 in another state", "{counted}");
    let done = ask(&forewatch, path, json!({ "expected": 2 })).await;
    assert_eq!((&done["tasks"], &done["left"], &done["is_done"]), (&json!(2), &json!(1), &json!(true)), "{done}");
    for id in &ids[..2] {
        let task = forewatch.json(&format!("/api/v1/tasks/{id}")).await;
        assert_eq!(notes(&task), ["revoked by local operator: 1 worker answered"]);
    }
    // The worker has two queues: which of them a task came from it does not say.
    let refused = ask_refused(&forewatch, &format!("tasks/{}/retry", ids[2]), 422).await;
    assert!(refused.contains("its queue is not known"), "{refused}");
}

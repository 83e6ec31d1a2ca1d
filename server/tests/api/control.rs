//! Acting on a real Celery application.

use crate::celery::application::Application;
use crate::server::{Forewatch, send};
use serde_json::{Value, json};
use std::time::Duration;

/// A server that observes an application, once its worker is there.
async fn observing(application: &Application, more: &str) -> Forewatch {
    let forewatch = Forewatch::with(&format!("[[celery]]\nurl = \"{}\"\n{more}", application.url()), &[]);
    forewatch.until("/api/v1/workers", |page| page["items"][0]["is_online"] == true).await;
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
    assert_eq!(notes(&task), ["revoked by operator: 1 worker answered"]);

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
        let forewatch = observing(&application, more).await;
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

//! A Celery worker that dies with everything it runs, and whose tasks come again to another.

use crate::alertmanager::Body;
use crate::celery::application::Application;
use crate::receiver::Receiver;
use crate::server::Forewatch;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const NODE: &str = "gpu@dies";
const QUEUE: &str = "gpu_priority";
const TASKS: usize = 8;
/// Three times the two seconds after which Celery's workers tell that they live.
const INTERVALS: Duration = Duration::from_secs(6);
const PATIENCE: Duration = Duration::from_mins(2);

fn config(application: &Application, receiver: &Receiver) -> String {
    format!(
        "[thresholds]\nworker_offline = \"{}s\"\n[[celery]]\nurl = \"{}\"\n\
         [[notify]]\nname = \"oncall\"\ntype = \"webhook\"\nurl = \"{}\"\nallow_private = true\n\
         min_severity = \"info\"\ngroup_wait = \"1s\"\ngroup_interval = \"1ms\"\n",
        INTERVALS.as_secs(),
        application.url(),
        receiver.url()
    )
}

fn told(receiver: &Receiver) -> Vec<Body> {
    receiver.requests().iter().map(|request| Body::read(&request.body).unwrap()).collect()
}

async fn until_told(receiver: &Receiver, messages: usize) {
    let deadline = Instant::now() + PATIENCE;
    while told(receiver).len() < messages {
        assert!(Instant::now() < deadline, "message {messages} comes: {:#?}", told(receiver));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_worker_that_is_killed_is_one_alert_its_tasks_are_lost_and_right_again_after_they_came_again() {
    let receiver = Receiver::start(|request| Body::read(&request.body).map(drop)).await;
    let mut application = Application::without_workers("");
    application.redelivered_after(5);
    application.start_worker_of(u32::try_from(TASKS).unwrap(), NODE, QUEUE);
    let forewatch = Forewatch::with(&config(&application, &receiver), &[]);
    let worker = format!("/api/v1/workers/celery:{NODE}");
    forewatch.until_within(PATIENCE, &worker, |worker| worker["is_online"] == true).await;
    // Silence counts once the server has listened for as long.
    tokio::time::sleep(INTERVALS).await;

    let task = json!(["resumed", [600], QUEUE]);
    let ids = application.send(&Value::Array(vec![task; TASKS]));
    forewatch.until("/api/v1/tasks?status=processing", |page| page["total"] == TASKS).await;
    application.kill_worker(NODE);
    let killed = Instant::now();
    forewatch.until(&worker, |worker| worker["is_online"] == false && worker["status"] == "offline").await;
    let failed = forewatch.until("/api/v1/tasks?status=failed", |page| page["total"] == TASKS).await;
    // Its last sign of life may have come just before; two seconds are for the ticks in between.
    let took = killed.elapsed();
    assert!(took <= INTERVALS + Duration::from_secs(2), "lost within three intervals: {took:?}");
    for task in failed["items"].as_array().unwrap() {
        assert_eq!(task["error_message"], format!("its worker {NODE} is gone"), "{task}");
    }
    let raised = forewatch.until("/api/v1/alerts", |page| page["total"] != 0).await;
    assert_eq!(raised["items"][0]["rule_id"], "worker-offline", "{raised}");

    // Who is back before anybody was told is not told of.
    until_told(&receiver, 1).await;
    // Another process of the same name takes what was given back.
    application.start_worker_of(2, NODE, QUEUE);
    let again = forewatch.until_within(PATIENCE, "/api/v1/tasks?status=completed", |page| page["total"] == TASKS).await;
    for task in again["items"].as_array().unwrap() {
        assert!(ids.iter().any(|id| task["task_id"] == *id), "{task}");
        assert_eq!((&task["source_state"], &task["error_message"]), (&json!("SUCCESS"), &Value::Null), "{task}");
    }
    assert_eq!(forewatch.json("/api/v1/tasks").await["total"], TASKS, "each is there once");
    forewatch.until("/api/v1/alerts", |page| page["total"] == 0).await;
    until_told(&receiver, 2).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let told = told(&receiver);
    let statuses: Vec<_> = told.iter().map(|body| (body.status.as_str(), body.alerts.len())).collect();
    assert_eq!(statuses, [("firing", 1), ("resolved", 1)], "{told:#?}");
    assert_eq!(&*told[0].alerts[0].labels["alertname"], "worker-offline");
}

//! `POST /events`.

use crate::server::{Forewatch, ago, send};
use reqwest::Method;
use serde_json::{Value, json};

fn task(id: &str) -> Value {
    json!([
        { "type": "task.submitted", "task_id": id, "content_type": "image/png", "queue": "gpu_priority", "at": ago(30) },
        { "type": "task.started", "task_id": id, "worker_id": "gpu-1", "at": ago(20) },
        { "type": "task.completed", "task_id": id, "worker_id": "gpu-1", "at": ago(10) },
    ])
}

#[tokio::test]
async fn a_task_is_followed_from_submission_to_its_end() {
    let forewatch = Forewatch::start();
    assert_eq!(forewatch.report(&task("t-1")).await, json!({ "accepted": 3, "rejected": [] }));
    let task = forewatch.until("/api/v1/tasks/t-1", |task| task["status"] == "completed").await;
    assert!((task["queue_wait_time"].as_f64().unwrap() - 10.0).abs() < 0.1, "{task}");
    assert!((task["processing_time"].as_f64().unwrap() - 10.0).abs() < 0.1, "{task}");
    let queue = forewatch.until("/api/v1/queues/gpu_priority", |queue| queue["completed_tasks"] == 1).await;
    assert_eq!(queue["class"], "gpu");
}

#[tokio::test]
async fn sending_a_batch_again_changes_nothing() {
    let forewatch = Forewatch::start();
    let batch = task("t-1");
    for _ in 0..3 {
        assert_eq!(forewatch.report(&batch).await["accepted"], 3);
    }
    let task = forewatch.until("/api/v1/tasks/t-1", |task| task["status"] == "completed").await;
    assert_eq!(task["events"].as_array().unwrap().len(), 3, "{task}");
    assert_eq!(forewatch.until("/api/v1/system", |s| s["completed_tasks"] != 0).await["completed_tasks"], 1);
}

#[tokio::test]
async fn a_bad_event_never_spoils_its_batch() {
    let forewatch = Forewatch::start();
    let batch = json!([
        { "type": "task.started", "task_id": "good-1", "worker_id": "w", "at": ago(5) },
        { "type": "task.exploded", "task_id": "bad", "at": ago(5) },
        { "type": "task.started", "worker_id": "w", "at": ago(5) },
        "not even an object",
        { "type": "task.started", "task_id": "good-2", "worker_id": "w", "at": ago(5) },
    ]);
    let answer = forewatch.report(&batch).await;
    assert_eq!(answer["accepted"], 2);
    let rejected: Vec<_> =
        answer["rejected"].as_array().unwrap().iter().map(|r| r["index"].as_u64().unwrap()).collect();
    assert_eq!(rejected, [1, 2, 3]);
    assert!(
        answer["rejected"][0]["error"].as_str().unwrap().contains("task.submitted"),
        "it names what exists: {answer}"
    );
    assert!(answer["rejected"][1]["error"].as_str().unwrap().contains("/task_id"), "{answer}");
    for id in ["good-1", "good-2"] {
        forewatch.until(&format!("/api/v1/tasks/{id}"), |task| task["status"] == "processing").await;
    }
}

#[tokio::test]
async fn ndjson_is_taken_and_a_broken_line_is_told_by_its_number() {
    let forewatch = Forewatch::start();
    let line = |id: &str| json!({ "type": "task.started", "task_id": id, "worker_id": "w", "at": ago(1) }).to_string();
    let body = format!("{}\n{{\"type\": \"task.star\n\n{}\n", line("a"), line("b"));
    let request =
        forewatch.request(Method::POST, "/api/v1/events").header("content-type", "application/x-ndjson").body(body);
    let answer = send(request).await.ok();
    assert_eq!((&answer["accepted"], &answer["rejected"][0]["index"]), (&json!(2), &json!(1)), "{answer}");
}

#[tokio::test]
async fn a_sender_whose_clock_is_off_is_set_right() {
    let forewatch = Forewatch::start();
    let batch = json!([{ "type": "task.started", "task_id": "t", "worker_id": "w", "at": ago(3 * 3600 + 60) }]);
    let request = forewatch.post("/api/v1/events", &batch).header("Forewatch-Sent-At", ago(3 * 3600));
    assert_eq!(send(request).await.ok()["accepted"], 1);
    let task = forewatch.until("/api/v1/tasks/t", |task| task["started_at"] != Value::Null).await;
    let started: chrono::DateTime<chrono::Utc> = task["started_at"].as_str().unwrap().parse().unwrap();
    let age = (chrono::Utc::now() - started).num_seconds();
    assert!((55..90).contains(&age), "{age} s ago: {task}");
}

#[tokio::test]
async fn a_late_spool_of_heartbeats_is_no_sign_of_life() {
    let forewatch = Forewatch::with("[collector]\nhealth_limit = \"6s\"\n", &[]);
    forewatch.worker("gpu-1").await;
    let worker = forewatch.until("/api/v1/workers/gpu-1", |worker| worker["cpu_usage"] == 0.125).await;
    let before = worker["last_heartbeat"].clone();
    let batch =
        json!([{ "type": "worker.heartbeat", "worker_id": "gpu-1", "status": "online", "timestamp": ago(3600) }]);
    assert_eq!(forewatch.report(&batch).await["accepted"], 1);
    forewatch.report(&json!([{ "type": "task.started", "task_id": "after", "worker_id": "w", "at": ago(1) }])).await;
    forewatch.until("/api/v1/tasks/after", |_| true).await;
    assert_eq!(forewatch.json("/api/v1/workers/gpu-1").await["last_heartbeat"], before);
}

#[tokio::test]
async fn what_was_accepted_is_there_after_a_crash() {
    let forewatch = Forewatch::shared();
    let request = forewatch.post("/api/v1/events", &task("t-1")).bearer_auth(crate::server::TOKEN);
    assert_eq!(send(request).await.ok()["accepted"], 3);
    let forewatch = forewatch.restarted(crate::server::PASSWORD);
    let request = forewatch.get("/api/v1/tasks/t-1").basic_auth("mara", Some(crate::server::PASSWORD));
    assert_eq!(send(request).await.ok()["status"], "completed");
}

#[tokio::test]
async fn a_note_on_the_time_line_is_taken_and_read_back() {
    let forewatch = Forewatch::start();
    let note = |title: &str, at| json!({ "type": "annotation", "title": title, "tags": ["deploy"], "at": ago(at) });
    let batch = json!([note("Deployed 2.4", 60), note("Deployed 2.3", 7_200)]);
    assert_eq!(forewatch.report(&batch).await, json!({ "accepted": 2, "rejected": [] }));
    let notes = forewatch.until("/api/v1/annotations", |notes| notes["total"] == 2).await;
    assert_eq!(notes["items"][0]["title"], "Deployed 2.3");
    let notes = forewatch.json("/api/v1/annotations?from=now-1h").await;
    assert_eq!((&notes["total"], &notes["items"][0]["title"]), (&json!(1), &json!("Deployed 2.4")));
    assert_eq!(notes["items"][0]["tags"], json!(["deploy"]));
}

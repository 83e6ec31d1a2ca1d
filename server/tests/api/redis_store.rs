//! A server whose store is on Redis: what it was told is there after every crash, its own and Redis's.

use crate::redis::Redis;
use crate::server::{Forewatch, ago, program, send};
use serde_json::{Value, json};
use tempfile::TempDir;

fn in_folder(redis: &Redis, folder: TempDir) -> Forewatch {
    let data = folder.path().display().to_string();
    Forewatch::in_folder(folder, "", &[("FOREWATCH_STORE", &redis.url(1)), ("FOREWATCH_DATA", &data)])
}

fn start(redis: &Redis) -> Forewatch {
    in_folder(redis, tempfile::tempdir().unwrap())
}

fn submitted(id: &str) -> Value {
    json!([{ "type": "task.submitted", "task_id": id, "content_type": "c", "at": ago(1) }])
}

/// The newest value of a worker's CPU load in history.
async fn cpu_usage(forewatch: &Forewatch, worker: &str) -> Value {
    let path = format!("/api/v1/query?metric=worker.cpu_usage&worker={worker}&from=now-10m&to=now%2B1m&step=1m");
    let answer = forewatch.until(&path, |answer| answer["series"][0]["points"].is_array()).await;
    let points = answer["series"][0]["points"].as_array().unwrap();
    points.iter().rev().map(|point| point[1].clone()).find(|value| !value.is_null()).unwrap_or_default()
}

#[tokio::test]
async fn tasks_alerts_and_samples_are_there_after_a_crash_and_after_another() {
    let redis = Redis::start();
    let mut forewatch = start(&redis);
    forewatch.worker("gpu-1").await;
    forewatch.report(&submitted("t1")).await;
    let alert = forewatch.alert().await;
    forewatch.until("/api/v1/tasks/t1", |task| task["task_id"] == "t1").await;
    // After the first crash the log tells; what it told is then in the state and in history, which tell after the second.
    for crashes in 0..3 {
        assert_eq!(forewatch.json("/api/v1/tasks/t1").await["task_id"], "t1", "after {crashes}");
        assert_eq!(forewatch.json(&format!("/api/v1/alerts/{alert}")).await["alert_id"], *alert, "after {crashes}");
        assert_eq!(forewatch.json("/api/v1/workers").await["total"], 1, "after {crashes}");
        assert_eq!(cpu_usage(&forewatch, "gpu-1").await, 0.125, "after {crashes}");
        forewatch = in_folder(&redis, forewatch.killed());
    }
    let files: Vec<String> = std::fs::read_dir(forewatch.folder.path())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains(".db"))
        .collect();
    let is_ours = |name: &String| name.contains(".records.db") || name.contains(".outbox.db");
    assert!(files.iter().all(is_ours), "only records and what is to be sent lie here: {files:?}");
}

#[tokio::test]
async fn while_redis_is_away_nothing_is_acknowledged_and_afterwards_nothing_is_missing() {
    let mut redis = Redis::start();
    let forewatch = start(&redis);
    forewatch.report(&submitted("before")).await;
    forewatch.until("/api/v1/tasks/before", |task| task["task_id"] == "before").await;
    redis.kill();
    send(forewatch.post("/api/v1/events", &submitted("during"))).await.problem(503);
    let problem = send(forewatch.get("/readyz")).await.problem(503);
    assert!(problem["detail"].as_str().unwrap().contains("store"), "{problem}");
    assert!(send(forewatch.get("/metrics")).await.text.contains("forewatch_journal_failing 1\n"));
    assert_eq!(forewatch.json("/api/v1/tasks/before").await["task_id"], "before", "pages go on");
    redis.again();
    forewatch.until_ready().await;
    forewatch.report(&submitted("after")).await;
    forewatch.until("/api/v1/tasks?limit=10", |page| page["total"] == 2).await;
    let forewatch = in_folder(&redis, forewatch.killed());
    for id in ["before", "after"] {
        assert_eq!(forewatch.json(&format!("/api/v1/tasks/{id}")).await["task_id"], *id);
    }
    send(forewatch.get("/api/v1/tasks/during")).await.problem(404);
}

#[tokio::test]
async fn while_the_memory_of_redis_is_full_nothing_is_acknowledged_and_the_reason_is_told() {
    let redis = Redis::start();
    let forewatch = start(&redis);
    forewatch.worker("gpu-1").await;
    forewatch.report(&submitted("before")).await;
    redis.set_room(1);
    let problem = send(forewatch.post("/api/v1/events", &submitted("during"))).await.problem(503);
    assert!(problem["detail"].as_str().unwrap().contains("memory"), "{problem}");
    send(forewatch.get("/readyz")).await.problem(503);
    redis.set_room(0);
    forewatch.until_ready().await;
    forewatch.report(&submitted("after")).await;
    let forewatch = in_folder(&redis, forewatch.killed());
    for id in ["before", "after"] {
        assert_eq!(forewatch.json(&format!("/api/v1/tasks/{id}")).await["task_id"], *id);
    }
    send(forewatch.get("/api/v1/tasks/during")).await.problem(404);
    assert_eq!(cpu_usage(&forewatch, "gpu-1").await, 0.125);
}

#[tokio::test]
async fn while_redis_answers_nothing_senders_are_told_soon_and_afterwards_what_was_acknowledged_is_there_once() {
    let redis = Redis::start();
    let forewatch = start(&redis);
    forewatch.worker("gpu-1").await;
    forewatch.report(&submitted("before")).await;
    forewatch.until("/api/v1/tasks/before", |task| task["task_id"] == "before").await;
    redis.freeze();
    for _ in 0..2 {
        let problem = send(forewatch.post("/api/v1/events", &submitted("during"))).await.problem(503);
        assert!(problem["detail"].as_str().unwrap().contains("send the same again"), "{problem}");
    }
    send(forewatch.get("/readyz")).await.problem(503);
    assert!(send(forewatch.get("/metrics")).await.text.contains("forewatch_journal_failing 1\n"));
    assert_eq!(forewatch.json("/api/v1/tasks/before").await["task_id"], "before", "pages go on");
    redis.thaw();
    forewatch.until_ready().await;
    // It may have taken what it did not answer: it is there once.
    forewatch.report(&submitted("during")).await;
    forewatch.until("/api/v1/tasks?limit=10", |page| page["total"] == 2).await;
    let forewatch = in_folder(&redis, forewatch.killed());
    assert_eq!(forewatch.json("/api/v1/tasks").await["total"], 2);
    assert_eq!(forewatch.json("/api/v1/system").await["pending_tasks"], 2);
    assert_eq!(cpu_usage(&forewatch, "gpu-1").await, 0.125);
}

#[test]
fn a_redis_that_is_not_there_is_named_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program(folder.path());
    command.args(["--listen", "127.0.0.1:0"]).env("FOREWATCH_STORE", "redis://ada:secret@127.0.0.1:1/0");
    let output = command.env("FOREWATCH_DATA", folder.path()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("redis://127.0.0.1:1/0") && text.contains("--store"), "{text}");
    assert!(!text.contains("secret") && !text.contains("panicked"), "{text}");
}

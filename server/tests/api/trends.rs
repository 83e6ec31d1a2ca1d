//! What the trends page offers beside its charts: a chart's numbers as a file, and what changed.

use crate::server::{Forewatch, ago, send};
use chrono::Utc;
use serde_json::{Value, json};

/// A worker whose CPU load was near 10 % for five minutes and then near 90 %, and when that ended, in Unix seconds.
async fn with_a_change() -> (Forewatch, i64) {
    let forewatch = Forewatch::start();
    forewatch.worker("=gpu-1").await;
    let now = Utc::now().timestamp();
    let beats = (0..60).map(|n| {
        let load = if n < 30 { 90 } else { 10 } + n % 3;
        let metrics = json!({ "cpu_usage_percent": load, "memory_usage_percent": 50 + n % 3 });
        json!({ "type": "worker.heartbeat", "worker_id": "=gpu-1", "status": "online", "timestamp": ago(n * 10), "metrics": metrics })
    });
    let beats: Vec<Value> = beats.rev().collect();
    assert_eq!(forewatch.report(&Value::Array(beats)).await["accepted"], 60);
    let path = "/api/v1/query?metric=worker.cpu_usage&from=now-10m&step=10";
    forewatch.until(path, |answer| answer["series"][0]["points"].to_string().matches("0.").count() > 40).await;
    (forewatch, now)
}

#[tokio::test]
async fn a_charts_numbers_come_as_a_file_in_which_no_name_is_a_formula() {
    let (forewatch, _) = with_a_change().await;
    let path = "/trends.csv?metric=system.pending&metric2=worker.cpu_usage&by2=worker&range=15min&chart=1";
    let answer = send(forewatch.get(path)).await;
    assert_eq!(answer.headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(answer.headers["content-disposition"], "attachment; filename=\"worker.cpu_usage.csv\"");
    let mut lines = answer.text.lines();
    assert_eq!(lines.next(), Some("time [UTC],\"avg of worker.cpu_usage, =gpu-1 [ratio]\""));
    assert!(lines.any(|line| line.ends_with(",0.91")), "{}", answer.text);
    send(forewatch.get("/trends.csv?metric=no.such")).await.problem(404);
    send(forewatch.get("/trends.csv?metric=queue.wait&chart=1")).await.problem(400);
}

#[tokio::test]
async fn what_changed_is_ranked_first() {
    let (forewatch, now) = with_a_change().await;
    // The load changed between 300 and 290 seconds before.
    let asked = json!({ "span": { "from": now - 295, "to": now } });
    let changes = send(forewatch.post("/api/ui/changes", &asked)).await.ok();
    let first = &changes["changes"][0];
    assert_eq!(first["metric"], "worker.cpu_usage", "{changes}");
    assert!(first["score"].as_f64().unwrap() > 10.0, "{first}");
    assert!(changes["changes"].as_array().unwrap().iter().all(|change| change["metric"] != "worker.memory_usage"));
    assert!(changes["unknown"].as_u64().unwrap() > 0, "no device reports");
}

#[tokio::test]
async fn numbers_are_for_those_who_may_see_them() {
    let forewatch = Forewatch::shared();
    send(forewatch.get("/trends.csv?metric=system.pending")).await.problem(401);
}

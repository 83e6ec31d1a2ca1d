//! What the trends page offers beside its charts: a chart's numbers as a file, and what changed.

use crate::server::{Forewatch, ago, send};
use chrono::Utc;
use reqwest::Method;
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
async fn the_numbers_of_all_charts_come_as_one_file() {
    let (forewatch, _) = with_a_change().await;
    let path = "/trends.csv?metric=worker.memory_usage&metric2=worker.cpu_usage&range=15min&chart=all";
    let answer = send(forewatch.get(path)).await;
    assert_eq!(answer.headers["content-disposition"], "attachment; filename=\"charts.csv\"");
    let mut lines = answer.text.lines();
    let header = lines.next();
    assert_eq!(header, Some("time [UTC],avg of worker.memory_usage [ratio],avg of worker.cpu_usage [ratio]"));
    assert!(lines.any(|line| line.ends_with(",0.51,0.91")), "{}", answer.text);
}

#[tokio::test]
async fn a_note_that_somebody_makes_says_who_and_is_marked_on_the_charts() {
    let forewatch = Forewatch::start();
    let note = json!({ "title": "Deployed <7.1>", "tags": " deploy, web,", "at": "" });
    let form = |note: &Value| {
        let mut text = form_urlencoded::Serializer::new(String::new());
        text.extend_pairs(note.as_object().unwrap().iter().map(|(key, value)| (key, value.as_str().unwrap())));
        let request = forewatch.request(Method::POST, "/api/ui/annotate").body(text.finish());
        send(request.header("content-type", "application/x-www-form-urlencoded").header("accept", "application/json"))
    };
    let marked = form(&note).await.ok();
    let notes = forewatch.json("/api/v1/annotations").await;
    let (kept, by) = (&notes["items"][0], notes["items"][0]["by"].as_str().unwrap());
    assert_eq!((&kept["title"], &kept["tags"]), (&json!("Deployed <7.1>"), &json!(["deploy", "web"])));
    assert_eq!(marked["text"], format!("Deployed <7.1> (deploy, web), by {by}"));
    let now = Utc::now().timestamp();
    let asked = json!({ "queries": [], "marks": ["Everything", { "from": now - 60, "to": now + 60 }] });
    let past = send(forewatch.post("/api/ui/series", &asked)).await.ok();
    assert_eq!(past[1][0]["text"], marked["text"], "{past}");
    for (field, wrong) in [("title", " "), ("at", "yesterday"), ("at", "2999-01-01T00:00")] {
        let mut note = note.clone();
        note[field] = wrong.into();
        let answer = form(&note).await;
        assert!(!answer.status.is_success(), "{field}: {wrong}: {}", answer.text);
    }
    assert_eq!(forewatch.json("/api/v1/annotations").await["total"], 1);
}

#[tokio::test]
async fn what_happened_to_a_worker_is_marked_on_its_charts_and_not_on_those_of_another() {
    let forewatch = Forewatch::start();
    forewatch.worker("gpu-1").await;
    forewatch.worker("gpu-2").await;
    let alert = forewatch.alert().await;
    send(forewatch.post(&format!("/api/v1/alerts/{alert}/resolve"), &json!({}))).await.ok();
    forewatch.until(&format!("/api/v1/alerts/{alert}"), |alert| alert["state"] == "resolved").await;
    forewatch.until("/api/v1/alerts?state=resolved", |alerts| alerts["total"] == 1).await;
    let mark = format!("href=\"/alerts/{alert}\"");
    for (path, is_marked) in [("/workers/gpu-1", true), ("/workers/gpu-2", false), ("/", true)] {
        let page = send(forewatch.get(path)).await.text;
        let marks = page.split("Alerts and events").nth(1).expect("a chart");
        assert_eq!(marks.contains(&mark), is_marked, "{path}: {marks}");
    }
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

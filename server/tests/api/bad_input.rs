//! Everything that can be wrong with what comes in: each gets a clear answer that names what and where,
//! and the rest goes on.

use crate::server::{Answer, Forewatch, ago, heartbeat, send};
use reqwest::Method;
use serde_json::{Value, json};

async fn events(forewatch: &Forewatch, body: impl Into<reqwest::Body>) -> Answer {
    send(forewatch.request(Method::POST, "/api/v1/events").body(body)).await
}

/// The server still does its work.
async fn goes_on(forewatch: &Forewatch) {
    let event = json!([{ "type": "task.started", "task_id": "alive", "worker_id": "w", "at": ago(1) }]);
    assert_eq!(forewatch.report(&event).await["accepted"], 1);
    forewatch.until("/api/v1/tasks/alive", |_| true).await;
}

#[tokio::test]
async fn what_is_not_json_is_refused_with_the_place() {
    let forewatch = Forewatch::start();
    for body in ["", "hello", "[{\"type\":", "<xml/>", "[{\"type\": \"task.started\"},]", "\u{feff}", "[NaN]"] {
        let problem = events(&forewatch, body).await.problem(400);
        assert!(problem["detail"].as_str().unwrap().contains("body"), "{body:?}: {problem}");
    }
    events(&forewatch, vec![0xff, 0xfe, 0x00]).await.problem(400);
    for array in ["[]", " [[\"gpu-1\"]]"] {
        send(forewatch.request(Method::POST, "/api/v1/workers/register").body(array)).await.problem(400);
    }
    let request = forewatch.request(Method::POST, "/api/v1/workers/register").body("{\"registration\": ");
    let problem = send(request).await.problem(400);
    assert!(problem["detail"].as_str().unwrap().contains("line 1"), "{problem}");
    goes_on(&forewatch).await;
}

#[tokio::test]
async fn a_wrong_type_is_pointed_at() {
    let forewatch = Forewatch::start();
    forewatch.worker("gpu-1").await;
    for (field, value, pointer) in [
        ("status", json!("dancing"), "/status"),
        ("status", json!(7), "/status"),
        ("timestamp", json!("yesterday"), "/timestamp"),
        ("metrics", json!({ "cpu_usage_percent": "high" }), "/metrics/cpu_usage_percent"),
        ("gpus", json!({ "index": 0 }), "/gpus"),
        ("gpus", json!([{ "index": "first" }]), "/gpus/0/index"),
    ] {
        let mut beat = heartbeat("gpu-1");
        beat[field] = value;
        let problem = send(forewatch.post("/api/v1/workers/gpu-1/heartbeat", &beat)).await.problem(400);
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    goes_on(&forewatch).await;
}

#[tokio::test]
async fn numbers_that_cannot_be_are_refused() {
    let forewatch = Forewatch::start();
    forewatch.worker("gpu-1").await;
    for (name, value) in [
        ("cpu_usage_percent", json!(100.1)),
        ("cpu_usage_percent", json!(-1)),
        ("memory_usage_percent", json!(1e308)),
        ("gpu_usage", json!(90.0)),
        ("active_tasks", json!(-3)),
        ("completed_tasks", json!(1.5)),
        ("avg_task_duration_seconds", json!(-0.1)),
    ] {
        let mut beat = heartbeat("gpu-1");
        beat["metrics"] = json!({ name: value });
        let problem = send(forewatch.post("/api/v1/workers/gpu-1/heartbeat", &beat)).await.problem(400);
        assert_eq!(problem["errors"][0]["pointer"], format!("/metrics/{name}"), "{problem}");
    }
    for (field, value) in
        [("pending", "-1"), ("pending", "NaN"), ("pending", "1e400"), ("oldest_age", "-5"), ("oldest_age", "Infinity")]
    {
        let event = format!(
            "{{\"type\":\"queue.sampled\",\"queue\":\"q\",\"pending\":1,\"at\":\"{}\",\"{field}\":{value}}}",
            ago(1)
        );
        let event = if field == "pending" { event.replacen("\"pending\":1,", "", 1) } else { event };
        let good = json!({ "type": "queue.sampled", "queue": "good", "pending": 1, "at": ago(1) });
        let answer = events(&forewatch, format!("{event}\n{good}\n")).await.ok();
        assert_eq!(
            (&answer["accepted"], &answer["rejected"][0]["index"]),
            (&json!(1), &json!(0)),
            "{field}={value}: {answer}"
        );
    }
    goes_on(&forewatch).await;
}

#[tokio::test]
async fn ids_that_are_too_long_or_hold_control_characters_are_refused() {
    let forewatch = Forewatch::start();
    for id in [
        "x".repeat(300),
        "a\u{0}b".to_owned(),
        "a\nb".to_owned(),
        "\u{1b}[31m".to_owned(),
        String::new(),
        "  ".to_owned(),
    ] {
        let registration = json!({ "registration": { "worker_id": id } });
        let problem = send(forewatch.post("/api/v1/workers/register", &registration)).await.problem(400);
        assert_eq!(problem["errors"][0]["pointer"], "/registration/worker_id", "{id:?}: {problem}");
        let event = json!([{ "type": "task.started", "task_id": id, "worker_id": "w", "at": ago(1) }]);
        let answer = forewatch.report(&event).await;
        assert!(answer["rejected"][0]["error"].as_str().unwrap().contains("/task_id"), "{id:?}: {answer}");
    }
    for path in ["/api/v1/tasks/%00", "/api/v1/workers/%0a", "/api/v1/queues/%1b"] {
        send(forewatch.get(path)).await.problem(404);
    }
    send(forewatch.get(&format!("/api/v1/tasks/{}", "x".repeat(300)))).await.problem(404);
    goes_on(&forewatch).await;
}

#[tokio::test]
async fn times_years_away_are_refused_one_by_one() {
    let forewatch = Forewatch::start();
    for at in [
        "1970-01-01T00:00:00Z",
        "2001-09-09T01:46:40Z",
        "2099-01-01T00:00:00Z",
        "+262142-12-31T23:59:59Z",
        "not a time",
        "",
    ] {
        let event = json!([{ "type": "task.started", "task_id": "t", "worker_id": "w", "at": at }]);
        let answer = forewatch.report(&event).await;
        assert!(answer["rejected"][0]["error"].as_str().is_some_and(|error| error.contains("/at")), "{at}: {answer}");
    }
    let request = forewatch.post("/api/v1/events", &json!([])).header("Forewatch-Sent-At", "soon");
    assert_eq!(send(request).await.problem(400)["errors"][0]["pointer"], "Forewatch-Sent-At");
    goes_on(&forewatch).await;
}

#[tokio::test]
async fn unknown_fields_of_known_events_are_left_out_and_counted() {
    let forewatch = Forewatch::start();
    let event = json!([{ "type": "task.started", "task_id": "t", "worker_id": "w", "at": ago(1), "colour": "red", "nested": { "a": 1 } }]);
    assert_eq!(forewatch.report(&event).await["accepted"], 1);
    forewatch.worker("gpu-1").await;
    let mut beat = heartbeat("gpu-1");
    beat["mood"] = json!("good");
    send(forewatch.post("/api/v1/workers/gpu-1/heartbeat", &beat)).await.ok();
    let metrics = send(forewatch.get("/metrics")).await.text;
    assert!(metrics.contains("forewatch_fields_ignored_total 3\n"), "{metrics}");
}

#[tokio::test]
async fn a_body_of_50_megabytes_is_refused_and_the_server_goes_on() {
    let forewatch = Forewatch::start();
    // The server may hang up once it has read enough; a sender that sees an answer sees 413.
    let body = vec![b' '; 50 * 1024 * 1024];
    if let Ok(response) = forewatch.request(Method::POST, "/api/v1/events").body(body).send().await {
        assert_eq!(response.status().as_u16(), 413);
    }
    let body = format!("[{}]", " ".repeat(8 * 1024 * 1024));
    events(&forewatch, body).await.problem(413);
    goes_on(&forewatch).await;
}

#[tokio::test]
async fn ten_thousand_events_are_taken_and_one_more_is_too_many() {
    let forewatch = Forewatch::start();
    let batch = |count: usize| {
        let at = ago(1);
        let event =
            |n: usize| json!({ "type": "task.started", "task_id": format!("t{n}"), "worker_id": "w", "at": at });
        Value::Array((0..count).map(event).collect())
    };
    send(forewatch.post("/api/v1/events", &batch(10_001))).await.problem(413);
    assert_eq!(forewatch.report(&batch(10_000)).await["accepted"], 10_000);
    goes_on(&forewatch).await;
}

#[tokio::test]
async fn json_that_is_nested_very_deep_is_refused() {
    let forewatch = Forewatch::start();
    let deep = "[".repeat(100_000);
    events(&forewatch, deep.clone()).await.problem(400);
    let body = format!("{{\"registration\": {deep}");
    send(forewatch.request(Method::POST, "/api/v1/workers/register").body(body)).await.problem(400);
    goes_on(&forewatch).await;
}

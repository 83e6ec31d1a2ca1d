//! Workers that report over HTTP.

use crate::server::{Forewatch, ago, heartbeat, send};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn a_worker_registers_beats_and_says_good_bye() {
    let forewatch = Forewatch::start();
    let registration = json!({ "registration": {
        "worker_id": "gpu-1", "name": "GPU one", "capability": "gpu", "tags": ["site:fra"], "max_concurrent_tasks": 4,
        "hardware": { "cpu_cores": 64, "gpu_count": 8 }, "location": { "hostname": "gpu-host-1" },
    }});
    let answer = send(forewatch.post("/api/v1/workers/register", &registration)).await.ok();
    assert_eq!((&answer["success"], &answer["worker_id"]), (&json!(true), &json!("gpu-1")));

    // The very next request knows it.
    assert_eq!(
        send(forewatch.post("/api/v1/workers/gpu-1/heartbeat", &heartbeat("gpu-1"))).await.ok(),
        json!({ "success": true })
    );
    let worker = forewatch.until("/api/v1/workers/gpu-1", |worker| worker["cpu_usage"] == 0.125).await;
    assert_eq!(
        (&worker["name"], &worker["capability"], &worker["is_online"]),
        (&json!("GPU one"), &json!("gpu"), &json!(true))
    );
    assert_eq!(forewatch.json("/api/v1/workers/GPU%20one").await["worker_id"], "gpu-1");
    assert_eq!(forewatch.json("/api/v1/workers/stats").await["gpu_workers"], 1);

    let path = "/api/v1/workers/gpu-1";
    assert_eq!(send(forewatch.request(Method::DELETE, path)).await.ok(), json!({ "success": true }));
    send(forewatch.get(path)).await.problem(404);
    send(forewatch.request(Method::DELETE, path)).await.problem(404);
}

#[tokio::test]
async fn a_heartbeat_of_an_unknown_worker_asks_it_to_register() {
    let forewatch = Forewatch::start();
    let problem = send(forewatch.post("/api/v1/workers/nobody/heartbeat", &heartbeat("nobody"))).await.problem(404);
    assert!(problem["detail"].as_str().unwrap().contains("register"));
}

#[tokio::test]
async fn a_heartbeat_whose_ids_differ_is_refused() {
    let forewatch = Forewatch::start();
    forewatch.worker("gpu-1").await;
    let problem = send(forewatch.post("/api/v1/workers/gpu-1/heartbeat", &heartbeat("gpu-2"))).await.problem(400);
    assert_eq!(problem["errors"][0]["pointer"], "/worker_id");
}

#[tokio::test]
async fn percent_and_ratio_are_the_same_reading_and_the_name_alone_decides() {
    let forewatch = Forewatch::start();
    for (id, metrics, expected) in [
        ("percent", json!({ "cpu_usage_percent": 90.0 }), 0.9),
        ("ratio", json!({ "cpu_usage": 0.9 }), 0.9),
        ("small", json!({ "cpu_usage_percent": 0.9 }), 0.009),
    ] {
        forewatch.worker(id).await;
        let beat = json!({ "worker_id": id, "status": "online", "timestamp": ago(-1), "metrics": metrics });
        send(forewatch.post(&format!("/api/v1/workers/{id}/heartbeat"), &beat)).await.ok();
        let close = |value: &serde_json::Value| value.as_f64().is_some_and(|usage| (usage - expected).abs() < 1e-9);
        forewatch.until(&format!("/api/v1/workers/{id}"), |worker| close(&worker["cpu_usage"])).await;
    }
}

#[tokio::test]
async fn a_worker_whose_clock_is_years_off_is_online_and_its_skew_is_shown() {
    let forewatch = Forewatch::start();
    forewatch.worker("gpu-1").await;
    let mut beat = heartbeat("gpu-1");
    beat["timestamp"] = json!("2001-01-01T00:00:00Z");
    beat["metrics"]["cpu_usage_percent"] = json!(50);
    send(forewatch.post("/api/v1/workers/gpu-1/heartbeat", &beat)).await.ok();
    let worker = forewatch.until("/api/v1/workers/gpu-1", |worker| worker["cpu_usage"] == 0.5).await;
    assert_eq!(worker["is_online"], true);
    assert!(worker["clock_skew"].as_f64().unwrap() > 700_000_000.0, "{worker}");
    assert!(worker["timestamp"].as_str().unwrap() > "2020", "a chart must not begin in 2001: {worker}");
}

#[tokio::test]
async fn a_worker_without_an_interval_and_one_with_it_have_their_own_health_limits() {
    let forewatch = Forewatch::start();
    forewatch.worker("plain").await;
    let registration = json!({ "registration": { "worker_id": "quick", "interval": 10 } });
    send(forewatch.post("/api/v1/workers/register", &registration)).await.ok();
    assert_eq!(forewatch.json("/api/v1/workers/plain").await["health_limit"], 60.0);
    assert_eq!(forewatch.json("/api/v1/workers/quick").await["health_limit"], 30.0);
}

#[tokio::test]
async fn a_worker_whose_clock_is_hours_or_years_off_registers_beats_and_leaves() {
    let forewatch = Forewatch::start();
    for sent_at in
        [ago(3 * 3_600), ago(-3 * 3_600), "1999-01-01T00:00:00Z".to_owned(), "2099-01-01T00:00:00Z".to_owned()]
    {
        let by_its_clock = |request: reqwest::RequestBuilder| send(request.header("Forewatch-Sent-At", &sent_at));
        let registration = json!({ "registration": { "worker_id": "gpu-1" } });
        by_its_clock(forewatch.post("/api/v1/workers/register", &registration)).await.ok();
        let mut beat = heartbeat("gpu-1");
        beat["timestamp"] = json!(sent_at);
        by_its_clock(forewatch.post("/api/v1/workers/gpu-1/heartbeat", &beat)).await.ok();
        let worker = forewatch.until("/api/v1/workers/gpu-1", |worker| worker["cpu_usage"] == 0.125).await;
        assert_eq!(worker["is_online"], true, "{sent_at}");
        by_its_clock(forewatch.request(Method::DELETE, "/api/v1/workers/gpu-1")).await.ok();
        send(forewatch.get("/api/v1/workers/gpu-1")).await.problem(404);
    }
}

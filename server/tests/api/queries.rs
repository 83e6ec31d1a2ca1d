//! What can be asked.

use crate::server::{Forewatch, ago, heartbeat, send};
use serde_json::{Value, json};

fn ids(page: &Value, field: &str) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| item[field].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn workers_are_filtered_sorted_and_paged() {
    let forewatch = Forewatch::start();
    for (id, cpu, tag) in
        [("alpha", 10, "site:fra"), ("beta", 90, "site:ams"), ("gamma", 50, "site:fra"), ("delta", 70, "site:fra")]
    {
        let registration = json!({ "registration": { "worker_id": id, "tags": [tag] } });
        send(forewatch.post("/api/v1/workers/register", &registration)).await.ok();
        let mut beat = heartbeat(id);
        beat["metrics"]["cpu_usage_percent"] = json!(cpu);
        send(forewatch.post(&format!("/api/v1/workers/{id}/heartbeat"), &beat)).await.ok();
    }
    forewatch.until("/api/v1/workers/delta", |worker| worker["cpu_usage"] == 0.7).await;

    let page = forewatch.json("/api/v1/workers?sort=cpu_usage&limit=3").await;
    assert_eq!(ids(&page, "worker_id"), ["beta", "delta", "gamma"]);
    assert_eq!((&page["total"], &page["total_exact"]), (&json!(4), &json!(true)));
    let next = format!("/api/v1/workers?sort=cpu_usage&limit=3&cursor={}", page["next_cursor"].as_str().unwrap());
    let page = forewatch.json(&next).await;
    assert_eq!((ids(&page, "worker_id"), &page["next_cursor"]), (vec!["alpha".to_owned()], &Value::Null));

    assert_eq!(ids(&forewatch.json("/api/v1/workers?tag=site:fra").await, "worker_id"), ["alpha", "delta", "gamma"]);
    assert_eq!(ids(&forewatch.json("/api/v1/workers?q=ET").await, "worker_id"), ["beta"]);
    assert_eq!(forewatch.json("/api/v1/workers?status=offline,error").await["total"], 0);
    assert_eq!(forewatch.json("/api/v1/workers?source=http&status=online").await["total"], 4);
}

#[tokio::test]
async fn tasks_are_filtered_and_paged() {
    let forewatch = Forewatch::start();
    let mut events = Vec::new();
    for n in 0..7 {
        let id = format!("t-{n}");
        events.push(json!({ "type": "task.started", "task_id": id, "worker_id": "w", "content_type": "a/b", "at": ago(60 - n) }));
        if n % 2 == 0 {
            events.push(json!({ "type": "task.failed", "task_id": id, "error_message": "CUDA out of memory", "at": ago(50 - n) }));
        }
    }
    forewatch.report(&Value::Array(events)).await;
    let failed = forewatch.until("/api/v1/tasks?status=failed", |page| page["total"] == 4).await;
    assert!(failed["items"].as_array().unwrap().iter().all(|task| task["error_message"] == "CUDA out of memory"));
    assert_eq!(forewatch.json("/api/v1/tasks?error=out+of+memory&from=now-1h").await["total"], 4);
    assert_eq!(forewatch.json("/api/v1/tasks?status=processing,completed").await["total"], 3);

    let (mut seen, mut path) = (Vec::new(), "/api/v1/tasks?limit=3".to_owned());
    loop {
        let page = forewatch.json(&path).await;
        seen.extend(ids(&page, "task_id"));
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/api/v1/tasks?limit=3&cursor={cursor}"),
            None => break,
        }
    }
    seen.sort();
    assert_eq!(seen, ["t-0", "t-1", "t-2", "t-3", "t-4", "t-5", "t-6"]);
    send(forewatch.get("/api/v1/tasks/unknown")).await.problem(404);
}

#[tokio::test]
async fn the_dashboard_has_everything_at_once() {
    let forewatch = Forewatch::start();
    forewatch.worker("gpu-1").await;
    forewatch.report(&json!([{ "type": "queue.sampled", "queue": "gpu_priority", "pending": 5, "at": ago(1) }])).await;
    forewatch.until("/api/v1/system", |system| system["gpu_queue_size"] == 5).await;
    let dashboard = forewatch.json("/api/v1/dashboard").await;
    for member in [
        "timestamp",
        "system_metrics",
        "worker_metrics",
        "recent_tasks",
        "active_alerts",
        "hourly_stats",
        "daily_stats",
    ] {
        assert!(!dashboard[member].is_null(), "{member}: {dashboard}");
    }
    assert_eq!(dashboard["worker_metrics"][0]["worker_id"], "gpu-1");
    assert_eq!(dashboard["system_metrics"]["error_rate"], Value::Null, "unknown is not zero");
}

#[tokio::test]
async fn a_metrics_past_can_be_asked_for_up_to_the_newest_sample() {
    let forewatch = Forewatch::start();
    forewatch.worker("gpu-1").await;
    let path = "/api/v1/query?metric=worker.cpu_usage&worker=gpu-*&from=now-10m&to=now%2B1m&step=1m";
    let answer = forewatch.until(path, |answer| answer["series"][0]["points"].to_string().contains("0.125")).await;
    assert_eq!((&answer["unit"], &answer["step"], &answer["source"]), (&json!("ratio"), &json!(60.0), &json!("raw")));
    assert_eq!(answer["series"][0]["labels"], json!({ "worker": "gpu-1" }));
    let problem = send(forewatch.get("/api/v1/query?metric=worker.cpu_usage&from=now-7d&step=1")).await.problem(422);
    assert!(problem["detail"].as_str().unwrap().contains("55"), "604,800 s / 11,000 = 55 s: {problem}");
}

#[tokio::test]
async fn percentiles_over_all_series_and_the_period_before_can_be_asked_for() {
    let forewatch = Forewatch::start();
    // One moment for all, so that they lie in one step.
    let at = ago(1);
    for (id, cpu) in [("a", 10), ("b", 20), ("c", 60)] {
        let registration = json!({ "registration": { "worker_id": id } });
        send(forewatch.post("/api/v1/workers/register", &registration)).await.ok();
        let mut beat = heartbeat(id);
        beat["timestamp"] = json!(at);
        beat["metrics"]["cpu_usage_percent"] = json!(cpu);
        send(forewatch.post(&format!("/api/v1/workers/{id}/heartbeat"), &beat)).await.ok();
    }
    let known = |answer: &Value| -> Vec<(f64, Value)> {
        let points = answer["series"][0]["points"].as_array().cloned().unwrap_or_default();
        let known = points.iter().filter(|point| !point[1].is_null());
        known.map(|point| (point[0].as_f64().unwrap(), point[1].clone())).collect()
    };
    let path = "/api/v1/query?metric=worker.cpu_usage&by=&agg=p50&step=1h&from=now-3h&to=now%2B3h";
    let now = forewatch.until(path, |answer| known(answer).iter().any(|(_, value)| *value == json!(0.2))).await;
    let before = forewatch.json(&format!("{path}&offset=1h")).await;
    let told: Vec<(f64, Value)> = known(&now).into_iter().map(|(at, value)| (at + 3_600.0, value)).collect();
    assert_eq!(known(&before), told);
}

#[tokio::test]
async fn the_catalogue_names_every_metric_with_its_unit() {
    let forewatch = Forewatch::start();
    let catalogue = forewatch.json("/api/v1/metrics-catalog").await;
    let cpu = catalogue.as_array().unwrap().iter().find(|metric| metric["name"] == "worker.cpu_usage").unwrap();
    assert_eq!((&cpu["type"], &cpu["unit"], &cpu["labels"]), (&json!("gauge"), &json!("ratio"), &json!(["worker"])));
}

#[tokio::test]
async fn sources_are_listed_with_what_came_from_them() {
    let forewatch = Forewatch::start();
    forewatch.worker("gpu-1").await;
    let page = forewatch.until("/api/v1/sources", |page| page["items"][0]["events"] == 2).await;
    assert_eq!((&page["items"][0]["name"], &page["items"][0]["state"]), (&json!("http"), &json!("up")));
}

#[tokio::test]
async fn the_api_describes_itself() {
    let forewatch = Forewatch::start();
    let api = forewatch.json("/api/v1/openapi.json").await;
    for path in api["paths"].as_object().unwrap().keys().filter(|path| !path.contains('{')) {
        if api["paths"][path].get("get").is_some() {
            let status = send(forewatch.get(path)).await.status.as_u16();
            assert!(matches!(status, 200 | 400), "{path} answers {status}");
        }
    }
    let page = send(forewatch.get("/api/docs")).await;
    assert!(page.text.contains("/api/v1/alerts/{id}/acknowledge"));
    assert!(page.headers["content-type"].to_str().unwrap().starts_with("text/html"));
}

#[tokio::test]
async fn a_queue_is_found_by_its_name() {
    let forewatch = Forewatch::start();
    let sample =
        json!([{ "type": "queue.sampled", "queue": "cpu_batch", "pending": 7, "processing": 2, "at": ago(1) }]);
    forewatch.report(&sample).await;
    let queue = forewatch.until("/api/v1/queues/cpu_batch", |queue| queue["pending_tasks"] == 7).await;
    assert_eq!(queue["queue_type"], "cpu_batch");
    assert_eq!(ids(&forewatch.json("/api/v1/queues?class=cpu&sort=pending_tasks").await, "id"), ["cpu_batch"]);
    send(forewatch.get("/api/v1/queues/nothing")).await.problem(404);
}

#[tokio::test]
async fn the_process_is_up_and_ready() {
    let forewatch = Forewatch::start();
    for (path, text) in [("/healthz", "ok\n"), ("/readyz", "ready\n")] {
        let answer = send(forewatch.get(path)).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, text), "{path}");
    }
}

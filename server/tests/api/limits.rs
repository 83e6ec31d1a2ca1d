//! The bounds of `[limits]`: what is over one is refused and counted, and what is known goes on.

use crate::server::{Forewatch, ago, heartbeat, send};
use serde_json::json;

#[tokio::test]
async fn a_worker_too_many_is_refused_and_the_known_ones_go_on() {
    let forewatch = Forewatch::with("[limits]\nworkers = 2\n", &[]);
    forewatch.worker("a").await;
    forewatch.worker("b").await;
    let registration = json!({ "registration": { "worker_id": "c" } });
    let problem = send(forewatch.post("/api/v1/workers/register", &registration)).await.problem(422);
    assert!(problem["detail"].as_str().unwrap().contains("limits.workers"), "{problem}");
    send(forewatch.post("/api/v1/workers/a/heartbeat", &heartbeat("a"))).await.ok();
    assert!(send(forewatch.get("/metrics")).await.text.contains("forewatch_events_refused_total 1\n"));
}

#[tokio::test]
async fn a_worker_too_many_that_does_not_come_over_http_is_counted() {
    let forewatch = Forewatch::with("[limits]\nworkers = 0\n", &[("FOREWATCH_LOCAL_AGENT", "1")]);
    let refused = |text: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix("forewatch_workers_refused_total "));
        line.is_some_and(|count| count.parse::<f64>().unwrap() > 0.0)
    };
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while !refused(&send(forewatch.get("/metrics")).await.text) {
        assert!(std::time::Instant::now() < deadline, "the local agent's worker was never counted");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(forewatch.json("/api/v1/workers").await["total"], 0);
}

#[tokio::test]
async fn too_many_gpus_series_task_names_and_queues_are_refused() {
    let forewatch =
        Forewatch::with("[limits]\ngpus_per_worker = 2\nseries_per_worker = 1\ntask_names = 2\nqueues = 2\n", &[]);
    forewatch.worker("a").await;
    for (field, value, limit) in [
        ("gpus", json!([{ "index": 0 }, { "index": 1 }, { "index": 2 }]), "limits.gpus_per_worker"),
        (
            "samples",
            json!([{ "metric": "worker.cpu_usage", "points": [] }, { "metric": "worker.memory_usage", "points": [] }]),
            "limits.series_per_worker",
        ),
    ] {
        let mut beat = heartbeat("a");
        beat[field] = value;
        let problem = send(forewatch.post("/api/v1/workers/a/heartbeat", &beat)).await.problem(422);
        assert!(problem["detail"].as_str().unwrap().contains(limit), "{problem}");
    }
    let names: Vec<_> = (0..3)
        .map(|n| json!({ "type": "task.submitted", "task_id": format!("t{n}"), "content_type": format!("c{n}"), "at": ago(1) }))
        .collect();
    let answer = forewatch.report(&json!(names)).await;
    assert!(answer["rejected"][0]["error"].as_str().unwrap().contains("limits.task_names"), "{answer}");
    let queues: Vec<_> = (0..3)
        .map(|n| json!({ "type": "queue.sampled", "queue": format!("q{n}"), "pending": 1, "at": ago(1) }))
        .collect();
    let answer = forewatch.report(&json!(queues)).await;
    assert_eq!(answer["accepted"], 2);
    assert!(answer["rejected"][0]["error"].as_str().unwrap().contains("limits.queues"), "{answer}");
}

#[tokio::test]
async fn events_and_bytes_of_a_request_are_bounded() {
    let forewatch = Forewatch::with("[limits]\nevents = 2\nbody_bytes = 1000\n", &[]);
    let event = |n: u32| json!({ "type": "task.started", "task_id": format!("t{n}"), "worker_id": "w", "at": ago(1) });
    send(forewatch.post("/api/v1/events", &json!([event(1), event(2), event(3)]))).await.problem(413);
    assert_eq!(forewatch.report(&json!([event(1), event(2)])).await["accepted"], 2);
    let mut long = event(1);
    long["name"] = json!("x".repeat(1_000));
    send(forewatch.post("/api/v1/events", &json!([long]))).await.problem(413);
}

#[tokio::test]
async fn names_that_belong_to_a_broker_are_refused() {
    let forewatch = Forewatch::with("[[celery]]\nname = \"prod\"\nurl = \"redis://127.0.0.1:1/0\"\n", &[]);
    let registration = json!({ "registration": { "worker_id": "prod:gpu@host" } });
    let problem = send(forewatch.post("/api/v1/workers/register", &registration)).await.problem(400);
    assert_eq!(problem["errors"][0]["pointer"], "/registration/worker_id");
    let answer = send(forewatch.get("/readyz")).await.problem(503);
    assert!(answer["detail"].as_str().unwrap().contains("prod"), "{answer}");
}

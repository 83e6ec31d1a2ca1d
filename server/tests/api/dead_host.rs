//! A host that dies with its devices and queues, and comes back: what people are told of it.

use crate::alertmanager::Body;
use crate::receiver::Receiver;
use crate::server::{Forewatch, ago, send};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The agent's worker is first: it is heard of before the others, and so missed before them.
const WORKERS: [&str; 3] = ["rack-7", "celery-a", "celery-b"];
const QUEUES: [&str; 3] = ["gpu_priority", "gpu_batch", "gpu_night"];
/// Silence after which a worker is missed.
const OFFLINE: Duration = Duration::from_secs(9);

/// As it comes, with shorter times. What is told in two pieces within `group_wait` by mistake is seen as two messages, since
/// the queues are raised long before the workers.
fn config(receiver: &Receiver) -> String {
    format!(
        "[collector]\nhealth_limit = \"4s\"\n[thresholds]\nworker_offline = \"{}s\"\n\
         [[rule]]\nid = \"queue-unserved\"\nfor = \"2s\"\n\
         [[notify]]\nname = \"oncall\"\ntype = \"webhook\"\nurl = \"{}\"\nallow_private = true\n\
         min_severity = \"info\"\ngroup_wait = \"2s\"\ngroup_interval = \"1ms\"\n",
        OFFLINE.as_secs(),
        receiver.url()
    )
}

/// The host reports once.
async fn beat(forewatch: &Forewatch) {
    for worker in WORKERS {
        let mut beat = json!({ "worker_id": worker, "status": "online", "timestamp": ago(0), "metrics": {} });
        if worker == WORKERS[0] {
            beat["gpus"] = (0..8).map(|index| json!({ "index": index, "temperature_celsius": 60.0 })).collect();
        }
        send(forewatch.post(&format!("/api/v1/workers/{worker}/heartbeat"), &beat)).await.ok();
    }
    let queue = |queue| json!({ "type": "queue.sampled", "queue": queue, "pending": 5, "at": ago(0) });
    forewatch.report(&QUEUES.iter().map(queue).collect::<Value>()).await;
}

async fn register(forewatch: &Forewatch) {
    for worker in WORKERS {
        let queues: &[&str] = if worker == WORKERS[0] { &[] } else { &QUEUES };
        let registration =
            json!({ "worker_id": worker, "location": { "hostname": "rack-7.example" }, "queues": queues });
        send(forewatch.post("/api/v1/workers/register", &json!({ "registration": registration }))).await.ok();
    }
}

/// What came, read as a receiver of Alertmanager reads it.
fn told(receiver: &Receiver) -> Vec<Body> {
    receiver.requests().iter().map(|request| Body::read(&request.body).unwrap()).collect()
}

async fn until_told(receiver: &Receiver, count: usize) -> Vec<Body> {
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        let told = told(receiver);
        if told.len() >= count {
            return told;
        }
        assert!(Instant::now() < deadline, "{count} messages: {told:#?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_host_that_dies_is_one_message_which_counts_the_rest_and_its_return_one_recovery() {
    let receiver = Receiver::start(|request| Body::read(&request.body).map(drop)).await;
    let forewatch = Arc::new(Forewatch::with(&config(&receiver), &[]));
    register(&forewatch).await;
    let lives = Arc::new(AtomicBool::new(true));
    let host = tokio::spawn({
        let (forewatch, lives) = (forewatch.clone(), lives.clone());
        async move {
            loop {
                if lives.load(Ordering::SeqCst) {
                    beat(&forewatch).await;
                }
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
        }
    });
    // Silence counts once the server has listened for as long.
    tokio::time::sleep(OFFLINE + Duration::from_secs(1)).await;
    assert_eq!(forewatch.json("/api/v1/alerts").await["total"], 0);

    lives.store(false, Ordering::SeqCst);
    let alarm = until_told(&receiver, 1).await.remove(0);
    assert_eq!((alarm.status.as_str(), alarm.alerts.len()), ("firing", 1), "{alarm:#?}");
    let cause = &alarm.alerts[0];
    assert_eq!((&*cause.labels["alertname"], &*cause.labels["worker"]), ("worker-offline", WORKERS[0]));
    assert_eq!(cause.labels["severity"], "critical", "as bad as the queues that nobody serves");
    assert_eq!(cause.annotations["held_back"], "5", "two workers and three queues");
    // Past the time of the others.
    tokio::time::sleep(OFFLINE).await;
    let active = forewatch.json("/api/v1/alerts").await;
    let held = active["items"].as_array().unwrap().iter().filter(|alert| alert["suppressed_by"].is_string());
    assert_eq!((&active["total"], held.count()), (&json!(6), 5), "{active}");

    lives.store(true, Ordering::SeqCst);
    let recovery = until_told(&receiver, 2).await.remove(1);
    assert_eq!((recovery.status.as_str(), recovery.alerts.len()), ("resolved", 1), "{recovery:#?}");
    assert_eq!(recovery.alerts[0].fingerprint, cause.fingerprint);
    forewatch.until("/api/v1/alerts", |alerts| alerts["total"] == 0).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    host.abort();
    assert_eq!(told(&receiver).len(), 2, "{:#?}", told(&receiver));
}

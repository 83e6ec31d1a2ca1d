//! A time in which nobody hears a Celery application: afterwards no task is shown as what it is not, and what was missed is
//! counted.

use crate::celery::application::Application;
use crate::celery::proxy::{Proxy, Way};
use crate::server::Forewatch;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const NODE: &str = "gpu@gaps";
const QUEUE: &str = "gpu_priority";
/// Workers are asked every 20 s what they have, and twice before a task counts as ended.
const PATIENCE: Duration = Duration::from_mins(2);

/// What keeps Forewatch from hearing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    Restart,
    Cut,
    /// The way stands still until Redis cuts off who reads too slowly.
    Slow,
}

fn broker(page: &Value) -> &Value {
    page["items"].as_array().unwrap().iter().find(|source| source["name"] == "celery").unwrap()
}

async fn until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < deadline, "never: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Lets Redis have more for Forewatch than it holds for a subscriber.
async fn overrun(application: &Application) {
    let client = redis::Client::open(application.url()).unwrap();
    let mut connection = client.get_connection().unwrap();
    let limit = "pubsub 100000 0 0";
    redis::cmd("CONFIG").arg("SET").arg("client-output-buffer-limit").arg(limit).exec(&mut connection).unwrap();
    // An event of the application's own, of which nothing is kept.
    let news = json!({ "type": "app-news", "hostname": "x", "timestamp": 1.0, "text": "x".repeat(100_000) });
    let news = json!({ "body": news.to_string(), "content-type": "application/json" }).to_string();
    until("Redis cuts the subscriber off", || {
        let channel = "/0.celeryev/task.multi";
        redis::cmd("PUBLISH").arg(channel).arg(&news).query::<u64>(&mut connection).unwrap() == 0
    })
    .await;
}

async fn no_task_is_wrong_after(gap: Gap) {
    let mut application = Application::without_workers("");
    application.start_worker(NODE, QUEUE);
    let proxy = Proxy::to(application.redis.port).await;
    let forewatch = Forewatch::with(&format!("[[celery]]\nurl = \"{}\"\n", proxy.url()), &[]);
    forewatch.until_within(PATIENCE, "/api/v1/workers", |page| page["items"][0]["is_online"] == true).await;
    let quick = |n: u32| json!(["quick", [n], QUEUE]);
    application.send(&json!([quick(0)]));
    forewatch.until("/api/v1/tasks?status=completed", |page| page["total"] == 1).await;
    // Two signs of life later its own count is known.
    tokio::time::sleep(Duration::from_secs(5)).await;

    // Two run and four are reserved when it begins, and two more are sent while nobody hears.
    let mut ids =
        application.send(&json!([["slow", [2], QUEUE], ["slow", [2], QUEUE], quick(1), quick(2), quick(3), quick(4)]));
    forewatch.until("/api/v1/tasks?status=processing", |page| page["total"] == 2).await;
    forewatch.until("/api/v1/tasks?status=pending", |page| page["total"] == 4).await;
    match gap {
        Gap::Restart => application.redis.kill(),
        Gap::Cut => proxy.set(Way::Cut),
        Gap::Slow => {
            proxy.set(Way::Held);
            overrun(&application).await;
        }
    }
    if gap == Gap::Restart {
        forewatch.until("/api/v1/sources", |page| broker(page)["state"] == "down").await;
        application.redis.again();
    } else {
        ids.extend(application.send(&json!([quick(5), quick(6)])));
        until("all have ended", || application.ended(&ids) == ids.len()).await;
        if gap == Gap::Cut {
            forewatch.until("/api/v1/sources", |page| broker(page)["state"] == "down").await;
        }
        proxy.set(Way::Open);
    }
    forewatch
        .until_within(PATIENCE, "/api/v1/sources", |page| {
            broker(page)["state"] == "up" && broker(page)["disconnects"] == 1
        })
        .await;
    until("all have ended", || application.ended(&ids) == ids.len()).await;

    // Nothing stays open, and nothing failed: what nobody heard the end of has ended, it is not known how.
    let open = "/api/v1/tasks?status=pending,processing";
    forewatch.until_within(PATIENCE, open, |page| page["total"] == 0).await;
    let page = forewatch.json("/api/v1/tasks?limit=100").await;
    for task in page["items"].as_array().unwrap() {
        let status = task["status"].as_str().unwrap();
        assert!(["completed", "unknown"].contains(&status), "{gap:?} {task}");
        assert!(!task["completed_at"].is_null(), "{task}");
    }
    let last = application.send(&json!([quick(7)])).remove(0);
    forewatch.until(&format!("/api/v1/tasks/{last}"), |task| task["status"] == "completed").await;

    let sources = forewatch.json("/api/v1/sources").await;
    let source = broker(&sources);
    assert!(source["gap_seconds"].as_f64().unwrap() > 0.0, "{source}");
    if gap != Gap::Restart {
        // The worker's own count tells how many began that nobody heard of: the reserved ones and those that were sent.
        let counted = |page: &Value| broker(page)["lost_events"].as_u64().unwrap() >= 6;
        forewatch.until_within(PATIENCE, "/api/v1/sources", counted).await;
    }
}

#[tokio::test]
async fn no_task_is_wrong_after_the_broker_was_restarted() {
    no_task_is_wrong_after(Gap::Restart).await;
}

#[tokio::test]
async fn no_task_is_wrong_after_the_connection_was_cut() {
    no_task_is_wrong_after(Gap::Cut).await;
}

#[tokio::test]
async fn no_task_is_wrong_after_redis_cut_a_slow_subscriber_off() {
    no_task_is_wrong_after(Gap::Slow).await;
}

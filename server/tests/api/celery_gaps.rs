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

/// The broker among the sources; nothing until it is there.
fn broker(page: &Value) -> Value {
    page["items"].as_array().unwrap().iter().find(|source| source["name"] == "celery").cloned().unwrap_or_default()
}

async fn until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < deadline, "never: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Waits until the worker has told that it lives, three times.
async fn three_signs_of_life(forewatch: &Forewatch) {
    let told = |page: &Value| page["items"][0]["last_heartbeat"].clone();
    for _ in 0..3 {
        let before = told(&forewatch.json("/api/v1/workers").await);
        forewatch.until_within(PATIENCE, "/api/v1/workers", |page| told(page) != before).await;
    }
}

/// Lets Redis have more for Forewatch than it holds for a subscriber.
async fn overrun(application: &Application) {
    let client = redis::Client::open(application.url()).unwrap();
    let mut connection = client.get_connection().unwrap();
    let limit = "pubsub 1000000 0 0";
    redis::cmd("CONFIG").arg("SET").arg("client-output-buffer-limit").arg(limit).exec(&mut connection).unwrap();
    // An event of the application's own, of which nothing is kept.
    let news = json!({ "type": "app-news", "hostname": "x", "timestamp": 1.0, "text": "x".repeat(100_000) });
    let news = json!({ "body": news.to_string(), "content-type": "application/json" }).to_string();
    // More than what lies between them holds: it goes out faster than it is known that nothing comes any more.
    let mut pipe = redis::pipe();
    (0..100).for_each(|_| _ = pipe.cmd("PUBLISH").arg("/0.celeryev/task.multi").arg(&news));
    until("Redis cuts the subscriber off", || pipe.query::<Vec<u64>>(&mut connection).unwrap().last() == Some(&0))
        .await;
}

async fn no_task_is_wrong_after(gap: Gap) {
    let mut application = Application::without_workers("");
    if gap == Gap::Restart {
        // What its worker had taken and not begun lies in the broker then, and comes again after this time.
        application.redelivered_after(15);
    }
    application.start_worker(NODE, QUEUE);
    let proxy = Proxy::to(application.redis.port).await;
    let forewatch = Forewatch::with(&format!("[[celery]]\nurl = \"{}\"\n", proxy.url()), &[]);
    forewatch.until_within(PATIENCE, "/api/v1/workers", |page| page["items"][0]["is_online"] == true).await;
    let quick = |n: u32| json!(["quick", [n], QUEUE]);
    application.send(&json!([quick(0)]));
    forewatch.until_within(PATIENCE, "/api/v1/tasks?status=completed", |page| page["total"] == 1).await;
    // By then its own count is known.
    three_signs_of_life(&forewatch).await;

    // Two run and four are reserved when it begins, and two more are sent while nobody hears.
    let slow = || json!(["slow", [8], QUEUE]);
    let mut ids = application.send(&json!([slow(), slow(), quick(1), quick(2), quick(3), quick(4)]));
    forewatch.until_within(PATIENCE, "/api/v1/tasks?status=processing", |page| page["total"] == 2).await;
    forewatch.until_within(PATIENCE, "/api/v1/tasks?status=pending", |page| page["total"] == 4).await;
    match gap {
        Gap::Restart => application.redis.kill(),
        Gap::Cut => proxy.set(Way::Cut),
        Gap::Slow => {
            proxy.set(Way::Held);
            overrun(&application).await;
        }
    }
    if gap == Gap::Restart {
        forewatch.until_within(PATIENCE, "/api/v1/sources", |page| broker(page)["state"] == "down").await;
        application.redis.again();
    } else {
        ids.extend(application.send(&json!([quick(5), quick(6)])));
        until("all have ended", || application.ended(&ids) == ids.len()).await;
        if gap == Gap::Cut {
            forewatch.until_within(PATIENCE, "/api/v1/sources", |page| broker(page)["state"] == "down").await;
        }
        proxy.set(Way::Open);
    }
    forewatch
        .until_within(PATIENCE, "/api/v1/sources", |page| {
            broker(page)["state"] == "up" && broker(page)["disconnects"] == 1
        })
        .await;
    // A worker of Celery 5.7 does not outlive its broker while it has what it has not acknowledged.
    until("all have ended", || {
        application.keep_worker(NODE, QUEUE);
        application.ended(&ids) == ids.len()
    })
    .await;

    // Nothing stays open, and nothing failed: what nobody heard the end of has ended, it is not known how.
    let open = "/api/v1/tasks?status=pending,processing";
    forewatch.until_within(PATIENCE, open, |page| page["total"] == 0).await;
    let page = forewatch.json("/api/v1/tasks?limit=100").await;
    let tasks = page["items"].as_array().unwrap();
    for task in tasks {
        let status = task["status"].as_str().unwrap();
        assert!(["completed", "unknown"].contains(&status), "{gap:?} {task}");
        assert!(!task["completed_at"].is_null(), "{task}");
    }
    let sources = forewatch.json("/api/v1/sources").await;
    let source = broker(&sources);
    assert!(source["gap_seconds"].as_f64().unwrap() > 0.0, "{source}");
    // A worker that came up anew counts anew.
    if gap != Gap::Restart {
        // The worker's own count tells how many began that nobody heard of, no more and no less.
        let heard = tasks.iter().filter(|task| !task["started_at"].is_null()).count();
        let lost = 1 + ids.len() - heard;
        assert!(gap == Gap::Slow || lost == 6, "{page}");
        forewatch.until_within(PATIENCE, "/api/v1/sources", |page| broker(page)["lost_events"] == lost).await;
    }
    let last = application.send(&json!([quick(7)])).remove(0);
    forewatch.until_within(PATIENCE, &format!("/api/v1/tasks/{last}"), |task| task["status"] == "completed").await;
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

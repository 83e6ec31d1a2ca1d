//! Why tasks wait, what a task's time went into, and which failures are new.

use crate::server::{Forewatch, ago, heartbeat, send};
use serde_json::{Value, json};

/// A worker with so many slots that takes from the queue `gpu`.
async fn worker(forewatch: &Forewatch, id: &str, slots: u32) {
    let registration = json!({ "worker_id": id, "max_concurrent_tasks": slots, "queues": ["gpu"] });
    let body = json!({ "registration": registration });
    send(forewatch.post("/api/v1/workers/register", &body)).await.ok();
    send(forewatch.post(&format!("/api/v1/workers/{id}/heartbeat"), &heartbeat(id))).await.ok();
}

fn started(seconds: i64, id: &str, worker: &str) -> [Value; 2] {
    let submitted = json!({ "type": "task.submitted", "at": ago(seconds + 1), "task_id": id, "content_type": "x",
        "name": "train", "queue": "gpu" });
    [submitted, json!({ "type": "task.started", "at": ago(seconds), "task_id": id, "worker_id": worker })]
}

#[tokio::test]
async fn a_queue_says_what_holds_its_tasks_back() {
    let forewatch = Forewatch::start();
    let sample = json!([{ "type": "queue.sampled", "at": ago(0), "queue": "gpu", "pending": 4, "worker_count": 0 }]);
    forewatch.report(&sample).await;
    let limit = |word: &'static str| move |queue: &Value| queue["limit"]["word"] == word;
    let queue = forewatch.until("/api/v1/queues/gpu", limit("unserved")).await;
    assert_eq!(queue["limit"], json!({ "word": "unserved", "sentence": "Nobody serves it: no worker takes from it." }));
    assert_eq!(queue["pending_tasks"], 4);

    let sample = json!([{ "type": "queue.sampled", "at": ago(0), "queue": "gpu", "pending": 4 }]);
    forewatch.report(&sample).await;
    worker(&forewatch, "gpu-1", 1).await;
    forewatch.report(&json!(started(30, "long", "gpu-1"))).await;
    let queue = forewatch.until("/api/v1/queues/gpu", limit("busy")).await;
    let limit = &queue["limit"];
    assert_eq!((&limit["worker_id"], &limit["task_id"]), (&json!("gpu-1"), &json!("long")));
    let sentence = limit["sentence"].as_str().unwrap();
    assert!(sentence.starts_with("The only slot of its worker gpu-1 is taken by train for 3"), "{sentence}");

    // The page says the same, with the way to both.
    let page = send(forewatch.get("/queues/gpu")).await.text;
    assert!(page.contains("The only slot of its worker gpu-1 is taken by train"), "{page}");
    assert!(page.contains("href=\"/tasks/long\"") && page.contains("href=\"/workers/gpu-1\""), "{page}");
    let table = send(forewatch.get("/queues")).await.text;
    assert!(table.contains("busy workers"), "{table}");
}

#[tokio::test]
async fn errors_tell_when_they_were_seen_and_those_that_are_new_come_first() {
    let forewatch = Forewatch::with("[retention]\nsamples = \"4d\"\n", &[]);
    let (old, last) = (ago(70 * 3_600), ago(3_600));
    let failed = |id: &str, at: &str, error: &str| json!({ "type": "task.failed", "at": at, "task_id": id, "error_message": error });
    let events = json!([
        failed("a1", &old, "disk 7 is full"),
        failed("a2", &ago(7_200), "disk 9 is full"),
        failed("a3", &last, "disk 9 is full"),
        failed("b1", &last, "no kernel image 80"),
    ]);
    forewatch.report(&events).await;
    let path = "/api/v1/tasks/groups?by=error&from=now-3h";
    let page = forewatch.until(path, |page| page["total"] == 2).await;
    let told = |page: &Value| -> Vec<_> {
        let items = page["items"].as_array().unwrap().iter();
        items.map(|group| json!([group["key"], group["total"], group["is_new"]])).collect()
    };
    assert_eq!(told(&page), [json!(["no kernel image <n>", 1, true]), json!(["disk <n> is full", 2, false])]);
    let group = &page["items"][1];
    assert_eq!((&group["first_seen"], &group["last_seen"]), (&json!(old), &json!(last)));

    // A page of one row each goes through them in the same order.
    let first = forewatch.json(&format!("{path}&limit=1")).await;
    let next = first["next_cursor"].as_str().unwrap();
    let second = forewatch.json(&format!("{path}&limit=1&cursor={next}")).await;
    assert_eq!([told(&first), told(&second)].concat(), told(&page));

    // Since a deploy of three days ago both are new.
    let deploy = json!([{ "type": "annotation", "at": ago(71 * 3_600), "title": "v2", "tags": ["deploy"] }]);
    forewatch.report(&deploy).await;
    let page = forewatch.until(path, |page| page["items"][0]["total"] == 2).await;
    assert_eq!(told(&page), [json!(["disk <n> is full", 2, true]), json!(["no kernel image <n>", 1, true])]);
    assert!(send(forewatch.get("/tasks?by=error")).await.text.contains(">new<"));
}

#[tokio::test]
async fn a_task_says_why_it_waits_what_its_time_went_into_and_that_it_is_stuck() {
    let forewatch = Forewatch::start();
    worker(&forewatch, "gpu-1", 1).await;
    // Twenty of its name have run for two seconds each.
    let ran = (0..20).flat_map(|n| {
        let id = format!("ran-{n}");
        let completed = json!({ "type": "task.completed", "at": ago(300), "task_id": id, "worker_id": "gpu-1" });
        started(302, &id, "gpu-1").into_iter().chain([completed])
    });
    let waits =
        json!({ "type": "task.submitted", "at": ago(5), "task_id": "waits", "content_type": "x", "queue": "gpu" });
    let retried = [
        json!({ "type": "task.retried", "at": ago(190), "task_id": "again", "error_message": "no room" }),
        json!({ "type": "task.started", "at": ago(180), "task_id": "again", "worker_id": "gpu-1" }),
        json!({ "type": "task.completed", "at": ago(160), "task_id": "again", "worker_id": "gpu-1" }),
    ];
    let events: Vec<Value> = ran.chain(started(200, "again", "gpu-1")).chain(retried).chain([waits]).collect();
    forewatch.report(&Value::Array(events)).await;
    // Heard of last, and so among the newest of its worker.
    forewatch.report(&json!(started(120, "long", "gpu-1"))).await;

    let long = forewatch.until("/api/v1/tasks/long", |task| task["stuck"].is_object()).await;
    let stuck = &long["stuck"];
    assert!((stuck["usual"].as_f64().unwrap() - 2.0).abs() < 0.05, "{stuck}");
    assert!(stuck["times"].as_f64().unwrap() > 50.0, "{stuck}");
    assert_eq!((&long["status"], &long["limit"]), (&json!("processing"), &Value::Null));

    let again = forewatch.json("/api/v1/tasks/again").await;
    let spent = again["spent"].as_object().unwrap();
    let part = |name: &str| spent.get(name).and_then(Value::as_f64).map(f64::round);
    let parts = ["waiting", "reserved", "running", "retrying"].map(part);
    assert_eq!(parts, [Some(1.0), None, Some(30.0), Some(10.0)], "{again}");
    assert_eq!((&spent["is_whole"], &again["stuck"]), (&json!(true), &Value::Null));

    let waits = forewatch.until("/api/v1/tasks/waits", |task| task["limit"]["word"] == "busy").await;
    let sentence = waits["limit"]["sentence"].as_str().unwrap();
    assert!(sentence.starts_with("Its queue, gpu: The only slot of its worker gpu-1 is taken by train"), "{sentence}");

    // The pages say so; records follow what is live with a short delay.
    forewatch.until("/api/v1/tasks?name=train&status=processing", |page| page["total"] == 1).await;
    for (path, text) in [
        ("/tasks/long", "longer than 95 % of the tasks of this name"),
        ("/tasks?q=name:train", ">stuck<"),
        ("/workers/gpu-1", ">stuck<"),
        ("/tasks/again", "In all"),
        ("/tasks/waits", "is taken by train"),
    ] {
        let page = send(forewatch.get(path)).await.text;
        assert!(page.contains(text), "{path} does not say {text}: {page}");
    }
}

//! What workers are asked, what follows from their answers, and what is left in the broker.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use super::harness::{FOREVER, Had, World, heartbeat, keys, publish, task};
use crate::ingest::celery::Talk;
use forewatch::EventBody;
use forewatch::task::{TaskEvent, TaskEventKind};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{sleep, timeout};

#[tokio::test]
async fn asking_brings_queues_concurrency_and_running_tasks_and_leaves_no_key() {
    let mut world = World::with_worker("gpu@host", Talk::Ask).await;
    world
        .source
        .until("what the worker has", |told| {
            let whole = |body: &EventBody| {
                matches!(body, EventBody::WorkerRegistered(worker)
                    if worker.queues == ["gpu_priority"] && worker.max_concurrent_tasks == Some(4))
            };
            let running = |body: &EventBody| {
                matches!(body, EventBody::Task(task) if task.kind == TaskEventKind::Started && &*task.task_id == "running"
                    && task.worker_id.as_deref() == Some("celery:gpu@host"))
            };
            told.iter().any(whole) && told.iter().any(running)
        })
        .await;
    assert_eq!(world.requests.recv().await.unwrap()["method"], "enable_events");
    // A round takes two seconds: one is over by then, and the next has begun.
    let expiring = |keys: &[(String, i64)]| keys.iter().all(|(_, seconds)| (1..=60).contains(seconds));
    for _ in 0..30 {
        let keys = keys(&mut world.connection).await;
        assert!(keys.len() <= 1 && expiring(&keys), "{keys:?}");
        sleep(Duration::from_millis(100)).await;
    }
    let keys = world.stopped().await;
    assert!(expiring(&keys), "{keys:?}");
}

#[tokio::test]
async fn without_control_workers_are_asked_and_nothing_is_switched_on() {
    let mut world = World::with_worker("gpu@host", Talk::AskOnly).await;
    let whole = |body: &EventBody| {
        matches!(body, EventBody::WorkerRegistered(worker)
            if worker.queues == ["gpu_priority"] && worker.max_concurrent_tasks == Some(4))
    };
    world.source.until("what the worker has", |told| told.iter().any(whole)).await;
    world.source.stop().await;
    let mut asked = Vec::new();
    while let Ok(request) = world.requests.try_recv() {
        asked.push(request["method"].as_str().unwrap().to_owned());
    }
    assert!(asked.iter().any(|method| method == "active_queues"), "{asked:?}");
    assert!(!asked.iter().any(|method| method == "enable_events"), "{asked:?}");
}

#[tokio::test]
async fn a_worker_that_comes_online_is_asked_by_name() {
    let mut world = World::with_worker("other@host", Talk::Ask).await;
    world.source.until_up(1).await;
    publish(&mut world.connection, "/0.celeryev/worker.heartbeat", &heartbeat("late@host")).await;
    let asked = async {
        while let Some(request) = world.requests.recv().await {
            if request["method"] == "enable_events" && request["destination"] == json!(["late@host"]) {
                return;
            }
        }
        panic!("never asked");
    };
    timeout(FOREVER, asked).await.unwrap();
    world.source.stop().await;
}

#[tokio::test]
async fn who_only_listens_sends_nothing() {
    let mut world = World::with_worker("gpu@host", Talk::Listen).await;
    world.source.until_up(1).await;
    redis::cmd("LPUSH").arg("cpu").arg("x").query_async::<()>(&mut world.connection).await.unwrap();
    redis::cmd("SADD")
        .arg("_kombu.binding.celery")
        .arg("cpu\u{6}\u{16}\u{6}\u{16}cpu")
        .query_async::<()>(&mut world.connection)
        .await
        .unwrap();
    publish(&mut world.connection, "/0.celeryev/worker.heartbeat", &heartbeat("gpu@host")).await;
    world
        .source
        .until("a heartbeat", |told| told.iter().any(|body| matches!(body, EventBody::WorkerHeartbeat(_))))
        .await;
    world.source.stop().await;
    assert!(world.requests.try_recv().is_err(), "a request was sent");
}

#[tokio::test]
async fn a_task_that_its_worker_no_longer_has_and_told_of_no_end_has_ended() {
    let mut world = World::with_worker("gpu@host", Talk::Ask).await;
    world.source.until_up(1).await;
    for (node, uuid) in [("gpu@host", "kept"), ("gpu@host", "dropped"), ("mute@host", "elsewhere")] {
        publish(&mut world.connection, "/0.celeryev/task.multi", &task("task-started", node, uuid)).await;
    }
    world.source.until("an end", |told| !ended(told).is_empty()).await;
    let asked = std::iter::from_fn(|| world.requests.try_recv().ok())
        .filter(|request| request["arguments"]["ids"].as_array().is_some_and(|ids| ids.contains(&json!("dropped"))));
    assert_eq!(asked.count(), 2, "one answer alone may have crossed the event of the end");
    let ended = ended(&world.source.told);
    assert_eq!(ended.iter().map(|task| &*task.task_id).collect::<Vec<_>>(), ["dropped"]);
    assert_eq!(ended[0].worker_id.as_deref(), Some("celery:gpu@host"));
    world.source.stop().await;
}

/// The ends that were told of a task's silence.
fn ended(told: &[EventBody]) -> Vec<TaskEvent> {
    let ended = told.iter().filter_map(|body| match body {
        EventBody::Task(task) if task.kind == TaskEventKind::Ended => Some(task.clone()),
        _ => None,
    });
    ended.collect()
}

#[tokio::test]
async fn the_queue_of_a_running_task_is_asked_for() {
    let mut world = World::with_worker("gpu@host", Talk::Ask).await;
    world.source.until_up(1).await;
    publish(&mut world.connection, "/0.celeryev/task.multi", &task("task-started", "gpu@host", "kept")).await;
    let placed = |body: &EventBody| {
        matches!(body, EventBody::Task(task) if &*task.task_id == "kept" && task.kind == TaskEventKind::Started
            && task.fields.queue.as_deref() == Some("gpu_priority") && task.worker_id.as_deref() == Some("celery:gpu@host"))
    };
    world.source.until("its queue", |told| told.iter().any(placed)).await;
    world.source.stop().await;
}

#[tokio::test]
async fn a_task_that_ended_while_forewatch_did_not_run_is_asked_about() {
    let mut world = World::with_tasks("gpu@host", Talk::Ask, &[("before", Had::Ran), ("kept", Had::Ran)]).await;
    world.source.until("an end", |told| !ended(told).is_empty()).await;
    assert_eq!(ended(&world.source.told).iter().map(|task| &*task.task_id).collect::<Vec<_>>(), ["before"]);
    world.source.stop().await;
}

#[tokio::test]
async fn a_worker_without_heartbeats_is_alive_by_what_it_does_and_answers() {
    let mut world = World::with_worker("quiet@host", Talk::Ask).await;
    world.source.until_up(1).await;
    publish(&mut world.connection, "/0.celeryev/task.multi", &task("task-started", "mute@host", "t")).await;
    for node in ["quiet@host", "mute@host"] {
        let id = format!("celery:{node}");
        let registered = |body: &EventBody| matches!(body, EventBody::WorkerRegistered(w) if *w.worker_id == *id);
        let beat = |body: &EventBody| matches!(body, EventBody::WorkerHeartbeat(beat) if *beat.worker_id == *id);
        world.source.until(node, |told| told.iter().any(registered) && told.iter().any(beat)).await;
    }
    world.source.stop().await;
}

#[tokio::test]
async fn a_task_that_was_taken_has_ended_when_neither_its_worker_nor_the_broker_has_it() {
    let tasks = [("gone", Had::Taken), ("comes again", Had::Unacknowledged), ("kept", Had::Taken)];
    let mut world = World::with_tasks("gpu@host", Talk::Ask, &tasks).await;
    world.source.until("an end", |told| !ended(told).is_empty()).await;
    assert_eq!(ended(&world.source.told).iter().map(|task| &*task.task_id).collect::<Vec<_>>(), ["gone"]);
    redis::cmd("HDEL").arg("unacked").arg("comes again").exec_async(&mut world.connection).await.unwrap();
    let of_it = |told: &[EventBody]| ended(told).iter().any(|task| &*task.task_id == "comes again");
    world.source.until("its end", of_it).await;
    world.source.stop().await;
}

#[tokio::test]
async fn of_many_tasks_in_doubt_all_are_asked_about_at_once_in_several_messages() {
    const TASKS: usize = 1_200;
    let tasks: Vec<_> = (0..TASKS).map(|n| (format!("task-{n}"), Had::Taken)).collect();
    let mut world = World::with_tasks("gpu@host", Talk::Ask, &tasks).await;
    world.source.until("all ends", |told| ended(told).len() >= TASKS).await;
    let asked: Vec<Value> = std::iter::from_fn(|| world.requests.try_recv().ok())
        .filter(|request| request["method"] == "query_task")
        .collect();
    let about = |request: &Value| request["arguments"]["ids"].as_array().unwrap().len();
    let first: Vec<_> = asked.iter().take(3).map(|request| (about(request), request["destination"].clone())).collect();
    // With the one that it was found to run.
    assert_eq!(first, [(500, Value::Null), (500, json!(["gpu@host"])), (201, json!(["gpu@host"]))]);
    world.source.stop().await;
}

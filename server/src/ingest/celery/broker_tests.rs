//! The whole source against a real Redis, with Celery's part played from captures.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod harness;

use super::Talk;
use super::replay::{LIFECYCLE, PREFIXED, lines};
use forewatch::EventBody;
use forewatch::source::SourceState;
use forewatch::task::{TaskEvent, TaskEventKind};
use harness::{FOREVER, Redis, Source, World, heartbeat, keys, publish, states, task};
use serde_json::json;
use std::time::Duration;
use tokio::time::{sleep, timeout};

fn tasks(told: &[EventBody]) -> usize {
    told.iter().filter(|body| matches!(body, EventBody::Task(_))).count()
}

#[tokio::test]
async fn captured_events_arrive_whole_through_a_broker() {
    let redis = Redis::start().await;
    let mut source = Source::observing(&redis, 0, "", Talk::Listen);
    source.until_up(1).await;
    let mut connection = redis.connect(0).await;
    for (channel, data, _) in lines(LIFECYCLE) {
        publish(&mut connection, &channel, &data).await;
    }
    // 329 events: 244 of tasks, 12 of elections, which are ignored, and 73 of workers.
    let workers =
        |body: &&EventBody| matches!(body, EventBody::WorkerHeartbeat(_) | EventBody::WorkerWentOffline { .. });
    source.until("all events", |told| tasks(told) == 244 && told.iter().filter(workers).count() == 73).await;
    let counts = &source.observed.counts;
    assert_eq!((counts.messages(), counts.events(), counts.ignored_events()), (298, 317, 12));
    source.stop().await;
}

#[tokio::test]
async fn only_the_applications_own_database_and_prefix_are_read() {
    let redis = Redis::start().await;
    let mut source = Source::observing(&redis, 3, "acme:", Talk::Listen);
    source.until_up(1).await;
    let mut connection = redis.connect(3).await;
    for foreign in ["/3.celeryev/worker.heartbeat", "acme:/0.celeryev/worker.heartbeat", "acme:/13.celeryev/x"] {
        publish(&mut connection, foreign, &heartbeat("foreign@host")).await;
    }
    let mut expected = 0;
    for (channel, data, _) in lines(PREFIXED) {
        expected += u64::from(channel.contains("celeryev"));
        publish(&mut connection, &channel, &data).await;
    }
    publish(&mut connection, "acme:/3.celeryev/worker.heartbeat", &heartbeat("last@host")).await;
    let last =
        |body: &EventBody| matches!(body, EventBody::WorkerHeartbeat(beat) if &*beat.worker_id == "celery:last@host");
    source.until("the last heartbeat", |told| told.iter().any(last)).await;
    assert_eq!(source.observed.counts.messages(), expected + 1);
    assert!(!format!("{:?}", source.told).contains("foreign@host"));
    source.stop().await;
}

#[tokio::test]
async fn a_broker_that_restarts_is_connected_to_again() {
    let redis = Redis::start().await;
    let port = redis.port;
    let mut source = Source::observing(&redis, 0, "", Talk::Listen);
    source.until_up(1).await;
    drop(redis);
    source.until("the source is down", |told| states(told).any(|state| state == SourceState::Down)).await;
    let redis = Redis::start_at(port).await;
    source.until_up(2).await;
    publish(&mut redis.connect(0).await, "/0.celeryev/worker.heartbeat", &heartbeat("gpu@host")).await;
    let beat = |told: &[EventBody]| told.iter().any(|body| matches!(body, EventBody::WorkerHeartbeat(_)));
    source.until("a heartbeat after the restart", beat).await;
    assert_eq!(source.observed.counts.disconnects(), 1);
    source.stop().await;
}

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
    let ended = |told: &[EventBody]| -> Vec<TaskEvent> {
        let ended = told.iter().filter_map(|body| match body {
            EventBody::Task(task) if task.kind == TaskEventKind::Ended => Some(task.clone()),
            _ => None,
        });
        ended.collect()
    };
    world.source.until("an end", |told| !ended(told).is_empty()).await;
    let asked = std::iter::from_fn(|| world.requests.try_recv().ok())
        .filter(|request| request["arguments"]["ids"].as_array().is_some_and(|ids| ids.contains(&json!("dropped"))));
    assert_eq!(asked.count(), 2, "one answer alone may have crossed the event of the end");
    let ended = ended(&world.source.told);
    assert_eq!(ended.iter().map(|task| &*task.task_id).collect::<Vec<_>>(), ["dropped"]);
    assert_eq!(ended[0].worker_id.as_deref(), Some("celery:gpu@host"));
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
async fn queues_are_found_and_measured_over_their_priorities() {
    let redis = Redis::start().await;
    let mut connection = redis.connect(0).await;
    let mut pipe = redis::pipe();
    for queue in ["gpu", "idle", "unacked"] {
        pipe.sadd("_kombu.binding.media", format!("{queue}-key\u{6}\u{16}\u{6}\u{16}{queue}")).ignore();
    }
    pipe.sadd("_kombu.binding.celery.pidbox", "\u{6}\u{16}\u{6}\u{16}a@b.celery.pidbox").ignore();
    pipe.lpush("gpu", &["a", "b"])
        .ignore()
        .lpush("gpu\u{6}\u{16}9", "c")
        .ignore()
        .set("_kombu.binding.odd", "text")
        .ignore();
    let taken = |eta: &str| format!(r#"[{{"body": "", "headers": {{"id": "t", "eta": {eta}}}}}, "media", "gpu-key"]"#);
    pipe.hset("unacked", "tag-1", taken("null")).ignore();
    pipe.hset("unacked", "tag-2", taken("\"2999-01-01T00:00:00+00:00\"")).ignore();
    pipe.query_async::<()>(&mut connection).await.unwrap();

    let mut source = Source::observing(&redis, 0, "", Talk::Listen);
    let sampled = |told: &[EventBody], queue: &str, pending, reserved, delayed| {
        told.iter().any(|body| {
            matches!(body, EventBody::QueueSampled(s)
                if s.queue == queue && (s.pending, s.reserved, s.delayed) == (pending, Some(reserved), Some(delayed)))
        })
    };
    source.until("both queues", |told| sampled(told, "gpu", 3, 1, 1) && sampled(told, "idle", 0, 0, 0)).await;
    redis::cmd("RPOP").arg("gpu").query_async::<()>(&mut connection).await.unwrap();
    source.until("the queue grows shorter", |told| sampled(told, "gpu", 2, 1, 1)).await;
    // The hash `unacked` is no queue, whoever says so.
    assert!(!format!("{:?}", source.told).contains("queue: \"unacked\""));
    source.stop().await;
}

#[tokio::test]
async fn messages_that_cannot_be_read_are_counted_and_told_with_what_to_change() {
    let redis = Redis::start().await;
    let mut source = Source::observing(&redis, 0, "", Talk::Listen);
    source.until_up(1).await;
    let mut connection = redis.connect(0).await;
    let pickled = json!({ "body": "gASV", "content-type": "application/x-python-serialize" }).to_string();
    for data in [pickled.as_str(), pickled.as_str(), "not json"] {
        publish(&mut connection, "/0.celeryev/task.multi", data).await;
    }
    let lost = |told: &[EventBody]| -> u64 {
        let count = |body: &EventBody| if let EventBody::EventsLost { count, .. } = body { *count } else { 0 };
        told.iter().map(count).sum()
    };
    source.until("three losses", |told| lost(told) == 3).await;
    assert!(format!("{:?}", source.told).contains("event_serializer"));
    source.stop().await;
}

//! The whole source against a real Redis, with Celery's part played from captures.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod asking;
mod harness;

use super::Talk;
use super::replay::{LIFECYCLE, PREFIXED, lines};
use forewatch::EventBody;
use forewatch::source::SourceState;
use harness::{Redis, Source, heartbeat, publish, states};
use serde_json::json;

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

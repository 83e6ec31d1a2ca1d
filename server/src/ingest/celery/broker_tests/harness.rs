//! A real Redis, a source that observes it, and a worker that answers.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use crate::ingest::celery::{Known, Observed, Settings, Taken, Talk, observe};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use forewatch::source::SourceState;
use forewatch::{Event, EventBody};
use futures_util::StreamExt;
use redis::aio::MultiplexedConnection;
use serde_json::{Value, json};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

/// Longer than anything here takes: a test that waits this long has failed.
pub(super) const FOREVER: Duration = Duration::from_mins(1);

/// A Redis of one test.
pub(super) struct Redis {
    server: Child,
    pub(super) port: u16,
}

impl Redis {
    pub(super) async fn start() -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self::start_at(port).await
    }

    pub(super) async fn start_at(port: u16) -> Self {
        let server = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is installed: the set-up of the tests sees to it");
        let redis = Self { server, port };
        let answers = async {
            while redis::Client::open(redis.url(0)).unwrap().get_multiplexed_async_connection().await.is_err() {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(FOREVER, answers).await.expect("the redis-server of the test answers");
        redis
    }

    pub(super) fn url(&self, db: u8) -> String {
        format!("redis://127.0.0.1:{}/{db}", self.port)
    }

    pub(super) async fn connect(&self, db: u8) -> MultiplexedConnection {
        redis::Client::open(self.url(db)).unwrap().get_multiplexed_async_connection().await.unwrap()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// How `gpu@host` had a task when it was last heard of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Had {
    Ran,
    Taken,
    /// Taken, and the broker has it still, not acknowledged.
    Unacknowledged,
}

/// A source under test, and what it has told.
pub(super) struct Source {
    pub(super) observed: Observed,
    stop: CancellationToken,
    batches: mpsc::Receiver<Vec<Event>>,
    pub(super) told: Vec<EventBody>,
}

impl Source {
    pub(super) fn observing(redis: &Redis, db: u8, prefix: &str, talk: Talk) -> Self {
        let settings = Settings::new("celery", &redis.url(db), talk).unwrap().key_prefix(prefix);
        Self::with(settings, Vec::new())
    }

    fn with(settings: Settings, tasks: Vec<(String, Had)>) -> Self {
        let node = || "gpu@host".to_owned();
        let taken =
            move |(task, had): &(String, Had)| Taken { task: task.clone(), node: node(), runs: *had == Had::Ran };
        let known: Known = Box::new(move || tasks.iter().map(taken).collect());
        let (sink, batches) = mpsc::channel(8);
        let stop = CancellationToken::new();
        Self { observed: observe(settings, known, sink, None, stop.clone()), stop, batches, told: Vec::new() }
    }

    /// Waits until what was told satisfies `enough`.
    pub(super) async fn until(&mut self, what: &str, enough: impl Fn(&[EventBody]) -> bool) {
        let wait = async {
            while !enough(&self.told) {
                let batch = self.batches.recv().await.unwrap();
                self.told.extend(batch.into_iter().map(|event| event.body));
            }
        };
        timeout(FOREVER, wait).await.unwrap_or_else(|_| panic!("never: {what}"));
    }

    pub(super) async fn until_up(&mut self, times: usize) {
        self.until("the source is up", |told| states(told).filter(|s| *s == SourceState::Up).count() == times).await;
    }

    pub(super) async fn stop(self) {
        self.stop.cancel();
        drop(self.batches);
        timeout(FOREVER, self.observed.task).await.unwrap().unwrap();
    }
}

/// A worker of an application with its broker, and a source that observes both.
pub(super) struct World {
    pub(super) connection: MultiplexedConnection,
    /// What the worker is asked.
    pub(super) requests: mpsc::Receiver<Value>,
    pub(super) source: Source,
    _redis: Redis,
}

impl World {
    pub(super) async fn with_worker(node: &'static str, talk: Talk) -> Self {
        Self::with_tasks(node, talk, &[("", Had::Ran); 0]).await
    }

    /// The same; these tasks are known from before.
    pub(super) async fn with_tasks(node: &'static str, talk: Talk, tasks: &[(impl AsRef<str>, Had)]) -> Self {
        let tasks: Vec<_> = tasks.iter().map(|(task, had)| (task.as_ref().to_owned(), *had)).collect();
        let redis = Redis::start().await;
        let mut connection = redis.connect(0).await;
        let requests = worker(&redis, node);
        workers_listening(&mut connection).await;
        for (task, _) in tasks.iter().filter(|(_, had)| *had == Had::Unacknowledged) {
            let message = json!([{ "body": "", "headers": { "id": task } }, "", "gpu_priority"]).to_string();
            redis::cmd("HSET").arg("unacked").arg(task).arg(message).exec_async(&mut connection).await.unwrap();
        }
        let settings = Settings::new("celery", &redis.url(0), talk).unwrap();
        let source = Source::with(settings.ask_every(Duration::from_millis(100)), tasks);
        Self { connection, requests, source, _redis: redis }
    }

    /// Stops the source; answers with the keys that are left.
    pub(super) async fn stopped(mut self) -> Vec<(String, i64)> {
        self.source.stop().await;
        keys(&mut self.connection).await
    }
}

/// The keys in a broker, with the seconds after which each goes by itself: -1 of one that stays.
pub(super) async fn keys(connection: &mut MultiplexedConnection) -> Vec<(String, i64)> {
    let mut keys = Vec::new();
    for key in redis::cmd("KEYS").arg("*").query_async::<Vec<String>>(connection).await.unwrap() {
        let seconds = redis::cmd("TTL").arg(&key).query_async(connection).await.unwrap();
        keys.push((key, seconds));
    }
    keys
}

pub(super) fn states(told: &[EventBody]) -> impl Iterator<Item = SourceState> {
    told.iter().filter_map(|body| match body {
        EventBody::SourceChanged(change) => Some(change.state),
        _ => None,
    })
}

pub(super) async fn publish(connection: &mut MultiplexedConnection, channel: &str, data: &str) {
    redis::cmd("PUBLISH").arg(channel).arg(data).query_async::<()>(connection).await.unwrap();
}

pub(super) fn heartbeat(node: &str) -> String {
    let body = json!({ "type": "worker-heartbeat", "hostname": node, "timestamp": 1.0, "freq": 2.0, "active": 0 });
    json!({ "body": body.to_string(), "content-type": "application/json" }).to_string()
}

/// An event of a task on `node`.
pub(super) fn task(kind: &str, node: &str, uuid: &str) -> String {
    let now = chrono::Utc::now().timestamp_micros() as f64 / 1e6;
    let body = json!({ "type": kind, "hostname": node, "timestamp": now, "uuid": uuid });
    json!({ "body": body.to_string(), "content-type": "application/json" }).to_string()
}

/// A worker that answers what it is asked, as a real one does. It runs the task `running`, and still has it and
/// `kept` when asked. Hands on every request that it gets.
fn worker(redis: &Redis, node: &'static str) -> mpsc::Receiver<Value> {
    let client = redis::Client::open(redis.url(0)).unwrap();
    let (seen, requests) = mpsc::channel(1024);
    tokio::spawn(async move {
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        let mut pubsub = client.get_async_pubsub().await.unwrap();
        pubsub.subscribe("/0.celery.pidbox").await.unwrap();
        let mut messages = pubsub.into_on_message();
        while let Some(message) = messages.next().await {
            let envelope: Value = serde_json::from_slice(message.get_payload_bytes()).unwrap();
            let body = STANDARD.decode(envelope["body"].as_str().unwrap()).unwrap();
            let request: Value = serde_json::from_slice(&body).unwrap();
            if let Some(list) = request["reply_to"]["routing_key"].as_str() {
                let info = json!({ "exchange": "", "routing_key": "gpu_priority" });
                let answer = match request["method"].as_str().unwrap() {
                    "active_queues" => json!([{ "name": "gpu_priority" }]),
                    "stats" => json!({ "pool": { "max-concurrency": 4 } }),
                    "active" => {
                        json!([{ "id": "running", "name": "tasks.nap", "time_start": 1.5e9, "delivery_info": info }])
                    }
                    "query_task" => {
                        let asked =
                            request["arguments"]["ids"].as_array().unwrap().iter().map(|id| id.as_str().unwrap());
                        let has = asked.filter(|id| ["running", "kept"].contains(id));
                        has.map(|id| (id.to_owned(), json!(["active", { "id": id, "delivery_info": info }])))
                            .collect::<serde_json::Map<_, _>>()
                            .into()
                    }
                    _ => json!([]),
                };
                let reply = json!({
                    "body": json!({ node: answer }).to_string(), "content-type": "application/json",
                    "headers": { "ticket": request["ticket"] },
                });
                redis::cmd("LPUSH").arg(list).arg(reply.to_string()).query_async::<()>(&mut connection).await.unwrap();
            }
            // Who counts requests reads them; the others are asked again and again.
            if let Err(mpsc::error::TrySendError::Closed(_)) = seen.try_send(request) {
                break;
            }
        }
    });
    requests
}

async fn workers_listening(connection: &mut MultiplexedConnection) {
    let listening = async {
        loop {
            let (_, count): (String, u64) =
                redis::cmd("PUBSUB").arg("NUMSUB").arg("/0.celery.pidbox").query_async(connection).await.unwrap();
            if count > 0 {
                break;
            }
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(FOREVER, listening).await.unwrap();
}

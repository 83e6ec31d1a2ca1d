//! Sampling the lengths of an application's queues.
//!
//! A queue is a list a priority step: `q`, and `q SEP 3`, `q SEP 6`, `q SEP 9` by kombu's default steps.
//! Lists without items do not exist, so the length of each is asked for blindly, all in one pipeline.

use super::Settings;
use super::bindings::{Bindings, SEP};
use super::tracked::Tracked;
use super::unacked::{Held, Unacked};
use chrono::Utc;
use forewatch::EventBody;
use forewatch::event::QueueSample;
use redis::RedisResult;
use redis::aio::MultiplexedConnection;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Between two looks.
pub(super) const INTERVAL: Duration = Duration::from_secs(2);
/// A queue that does not change is told of this often.
const UNCHANGED: Duration = Duration::from_secs(10);
/// Queues of one pipeline.
const PIPELINE: usize = 250;
/// kombu's default `priority_steps` above 0.
const STEPS: [u8; 3] = [3, 6, 9];

/// Looks at the queues of one application, over one connection.
pub(super) struct Sampler {
    prefix: String,
    connection: MultiplexedConnection,
    tracked: Arc<Tracked>,
    bindings: Bindings,
    unacked: Unacked,
    told: HashMap<String, (QueueSample, Instant)>,
}

impl Sampler {
    pub(super) fn new(settings: &Settings, connection: MultiplexedConnection, tracked: Arc<Tracked>) -> Self {
        settings.queues.iter().for_each(|queue| tracked.queue(queue));
        Self {
            prefix: settings.key_prefix.clone(),
            connection,
            tracked,
            bindings: Bindings::new(settings),
            unacked: Unacked::new(settings.key("unacked")),
            told: HashMap::new(),
        }
    }

    /// Looks once. Answers the queues that have something new to tell.
    pub(super) async fn look(&mut self) -> RedisResult<Vec<EventBody>> {
        self.bindings.walk(&mut self.connection, &self.tracked).await?;
        let length: u64 = redis::cmd("HLEN").arg(self.unacked.key()).query_async(&mut self.connection).await?;
        let now = Utc::now();
        let held = self.unacked.look(length, &mut self.connection, &self.bindings, &self.tracked, now).await?;
        let queues = self.tracked.queues();
        let mut news = Vec::new();
        for part in queues.chunks(PIPELINE) {
            for (queue, pending) in part.iter().zip(self.lengths(part).await?) {
                // A key of that name that is no list: not a queue after all.
                let Some(pending) = pending else { continue };
                let held = held.as_ref().map(|held| held.get(queue).copied().unwrap_or_default());
                news.extend(self.news(sample(queue, pending, held)));
            }
        }
        Ok(news)
    }

    /// Messages waiting in each queue, over its priorities.
    async fn lengths(&mut self, queues: &[String]) -> RedisResult<Vec<Option<u64>>> {
        let mut pipe = redis::pipe();
        for queue in queues {
            pipe.llen(format!("{}{queue}", self.prefix));
            for step in STEPS {
                pipe.llen(format!("{}{queue}{SEP}{step}", self.prefix));
            }
        }
        let lengths: Vec<RedisResult<u64>> = pipe.ignore_errors().query_async(&mut self.connection).await?;
        let sum = |lengths: &[RedisResult<u64>]| lengths.iter().map(|length| length.as_ref().ok()).sum::<Option<u64>>();
        Ok(lengths.chunks(1 + STEPS.len()).map(sum).collect())
    }

    fn news(&mut self, sample: QueueSample) -> Option<EventBody> {
        let now = Instant::now();
        let told = self.told.get(&sample.queue);
        if told.is_some_and(|(last, at)| *last == sample && now.duration_since(*at) < UNCHANGED) {
            return None;
        }
        self.told.insert(sample.queue.clone(), (sample.clone(), now));
        Some(EventBody::QueueSampled(sample))
    }
}

fn sample(queue: &str, pending: u64, held: Option<Held>) -> QueueSample {
    QueueSample {
        queue: queue.to_owned(),
        pending,
        processing: None,
        worker_count: None,
        delayed: held.map(|held| held.delayed),
        reserved: held.map(|held| held.reserved),
        oldest_age: None,
    }
}

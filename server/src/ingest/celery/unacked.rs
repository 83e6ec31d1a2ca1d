//! What workers have taken and not acknowledged: the hash `unacked`, shared by all queues.
//!
//! Its entries hold whole messages and never change, so each is read once and remembered by what matters
//! of it: its task, its queue and its time. A hash too large for that is not read at all; then nothing is
//! said of what is reserved and delayed.

use super::bindings::Bindings;
use super::tracked::Tracked;
use chrono::{DateTime, Utc};
use redis::aio::MultiplexedConnection;
use redis::{RedisResult, Value};
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// Entries up to which the hash is looked into.
const MAX_ENTRIES: u64 = 2_000;
/// Entries read in one look, and the bytes of them.
const MAX_READ: usize = 500;
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// What is remembered of the entries, by delivery tag.
pub(super) struct Unacked {
    key: String,
    entries: HashMap<String, Option<Entry>>,
}

struct Entry {
    task: String,
    exchange: String,
    routing_key: String,
    eta: Option<DateTime<Utc>>,
}

/// Of one queue: taken and not started, and held until their time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) reserved: u64,
    pub(super) delayed: u64,
}

impl Unacked {
    pub(super) fn new(key: String) -> Self {
        Self { key, entries: HashMap::new() }
    }

    /// The name of the hash.
    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// Looks at the hash, which has `length` entries. Answers what each queue has out; `None` when that
    /// is not known, because it is too large or not all read yet.
    pub(super) async fn look(
        &mut self,
        length: u64,
        connection: &mut MultiplexedConnection,
        bindings: &Bindings,
        tracked: &Tracked,
        now: DateTime<Utc>,
    ) -> RedisResult<Option<HashMap<String, Held>>> {
        if length == 0 || length > MAX_ENTRIES {
            self.entries.clear();
            return Ok((length == 0).then(HashMap::new));
        }
        let tags: Vec<String> = redis::cmd("HKEYS").arg(&self.key).query_async(connection).await?;
        let present: HashSet<&String> = tags.iter().collect();
        self.entries.retain(|tag, _| present.contains(tag));
        let new: Vec<&String> = tags.iter().filter(|tag| !self.entries.contains_key(*tag)).take(MAX_READ).collect();
        self.read(&new, connection).await?;
        tracked.tasks().come_again(self.entries.values().flatten().map(|entry| entry.task.as_str()));
        let whole = self.entries.len() == present.len() && self.entries.values().all(Option::is_some);
        Ok(whole.then(|| self.count(bindings, tracked, now)))
    }

    async fn read(&mut self, tags: &[&String], connection: &mut MultiplexedConnection) -> RedisResult<()> {
        if tags.is_empty() {
            return Ok(());
        }
        let mut sizes = redis::pipe();
        for tag in tags {
            sizes.cmd("HSTRLEN").arg(&self.key).arg(tag);
        }
        let sizes: Vec<usize> = sizes.query_async(connection).await?;
        let mut room = MAX_BYTES;
        let mut wanted = Vec::new();
        for (tag, size) in tags.iter().zip(sizes) {
            if size > MAX_BYTES {
                self.entries.insert((*tag).clone(), None);
            } else if let Some(left) = room.checked_sub(size) {
                room = left;
                wanted.push(*tag);
            }
        }
        let mut values = redis::pipe();
        for tag in &wanted {
            values.cmd("HGET").arg(&self.key).arg(tag);
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let values: Vec<Value> = values.query_async(connection).await?;
        for (tag, value) in wanted.into_iter().zip(values) {
            match value {
                // Acknowledged meanwhile.
                Value::Nil => {}
                Value::BulkString(bytes) => {
                    self.entries.insert(tag.clone(), entry(&bytes));
                }
                _ => {
                    self.entries.insert(tag.clone(), None);
                }
            }
        }
        Ok(())
    }

    fn count(&self, bindings: &Bindings, tracked: &Tracked, now: DateTime<Utc>) -> HashMap<String, Held> {
        let mut queues: HashMap<String, Held> = HashMap::new();
        let tasks = tracked.tasks();
        // A task acknowledged late is in the hash while it runs: that one waits no more.
        for entry in self.entries.values().flatten().filter(|entry| !tasks.runs(&entry.task)) {
            let queue = bindings.queue(&entry.exchange, &entry.routing_key);
            let held = queues.entry(queue.to_owned()).or_default();
            if entry.eta.is_some_and(|eta| eta > now) {
                held.delayed += 1;
            } else {
                held.reserved += 1;
            }
        }
        queues
    }
}

fn entry(bytes: &[u8]) -> Option<Entry> {
    #[derive(Deserialize)]
    struct Envelope<'a> {
        #[serde(borrow)]
        headers: Headers<'a>,
    }
    #[derive(Deserialize)]
    struct Headers<'a> {
        #[serde(borrow, default)]
        id: Option<Cow<'a, str>>,
        #[serde(borrow, default)]
        eta: Option<Cow<'a, str>>,
    }
    let (envelope, exchange, routing_key): (Envelope<'_>, Option<Cow<'_, str>>, Cow<'_, str>) =
        serde_json::from_slice(bytes).ok()?;
    Some(Entry {
        task: envelope.headers.id.unwrap_or_default().into_owned(),
        exchange: exchange.unwrap_or_default().into_owned(),
        routing_key: routing_key.into_owned(),
        eta: envelope.headers.eta.and_then(|eta| super::task_event::moment(&eta)),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    use super::*;
    use crate::ingest::celery::{Settings, Talk};
    use forewatch::time;

    #[test]
    fn what_is_out_is_counted_by_queue_without_what_runs() {
        let settings = Settings::new("celery", "redis://localhost", Talk::Listen).unwrap();
        let (bindings, tracked) = (Bindings::new(&settings), Tracked::default());
        let item = |task: &str, eta: &str, queue: &str| {
            let json = format!(r#"[{{"body": "x", "headers": {{"id": "{task}", "eta": {eta}}}}}, "", "{queue}"]"#);
            (task.to_owned(), entry(json.as_bytes()))
        };
        let later = r#""2026-11-24T01:10:38.083539+00:00""#;
        let mut unacked = Unacked::new("unacked".to_owned());
        unacked.entries.extend([item("a", "null", "gpu"), item("b", later, "gpu"), item("c", "null", "cpu")]);
        tracked.tasks().started("c", "cpu@host");
        let now = time::parse("2026-11-24T01:00:00Z", DateTime::UNIX_EPOCH).unwrap();
        let queues = unacked.count(&bindings, &tracked, now);
        assert_eq!(queues, HashMap::from([("gpu".to_owned(), Held { reserved: 1, delayed: 1 })]));
        assert!(entry(b"not json").is_none() && entry(b"[{}, 1]").is_none());
    }
}

//! Finding an application's queues in kombu's own tables: sets `_kombu.binding.EXCHANGE` with a member
//! `routing key SEP pattern SEP queue` for each queue.
//!
//! The sets are found by walking all keys, a bounded part at a time: a broker that holds a million
//! results is not stopped for it.

use super::Settings;
use super::settings::glob_escaped;
use super::tracked::{MAX_QUEUES, Tracked};
use redis::aio::MultiplexedConnection;
use redis::{RedisResult, Value};
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::Instant;

/// Between the parts of a member, and before the priority in a key.
pub(super) const SEP: &str = "\u{6}\u{16}";

const TABLE: &str = "_kombu.binding.";
/// Keys that Redis looks at in one step.
const STEP_KEYS: usize = 1_000;
/// Steps of one call; more of them on the first.
const STEPS: usize = 5;
const FIRST_STEPS: usize = 50;
/// Members of a table that are read.
const MEMBERS: usize = 5_000;
/// From the end of one walk to the beginning of the next.
const REST: Duration = Duration::from_secs(30);

/// Where the walk stands, and which routing key leads to which queue.
pub(super) struct Bindings {
    prefix: String,
    cursor: u64,
    steps: usize,
    rest_until: Option<Instant>,
    routes: HashMap<(String, String), String>,
}

impl Bindings {
    pub(super) fn new(settings: &Settings) -> Self {
        let prefix = settings.key_prefix.clone();
        Self { prefix, cursor: 0, steps: FIRST_STEPS, rest_until: None, routes: HashMap::new() }
    }

    /// Walks on, and remembers the queues that it finds.
    pub(super) async fn walk(&mut self, connection: &mut MultiplexedConnection, tracked: &Tracked) -> RedisResult<()> {
        if self.rest_until.is_some_and(|until| Instant::now() < until) {
            return Ok(());
        }
        self.rest_until = None;
        let pattern = format!("{}{TABLE}*", glob_escaped(&self.prefix));
        for _ in 0..std::mem::replace(&mut self.steps, STEPS) {
            let mut scan = redis::cmd("SCAN");
            scan.arg(self.cursor).arg("MATCH").arg(&pattern).arg("COUNT").arg(STEP_KEYS);
            let (cursor, keys): (u64, Vec<String>) = scan.query_async(connection).await?;
            self.cursor = cursor;
            self.read(keys, connection, tracked).await?;
            if cursor == 0 {
                self.rest_until = Some(Instant::now() + REST);
                break;
            }
        }
        Ok(())
    }

    /// The queue that a message with this exchange and routing key came from.
    pub(super) fn queue<'a>(&'a self, exchange: &str, routing_key: &'a str) -> &'a str {
        let bound = || self.routes.get(&(exchange.to_owned(), routing_key.to_owned()));
        if exchange.is_empty() { routing_key } else { bound().map_or(routing_key, String::as_str) }
    }

    async fn read(
        &mut self,
        keys: Vec<String>,
        connection: &mut MultiplexedConnection,
        tracked: &Tracked,
    ) -> RedisResult<()> {
        let ours = |key: &str| key.strip_prefix(&self.prefix)?.strip_prefix(TABLE).map(str::to_owned);
        let tables: Vec<(String, String)> = keys
            .into_iter()
            .filter_map(|key| ours(&key).map(|exchange| (key, exchange)))
            .filter(|(_, exchange)| !exchange.ends_with(".pidbox") && exchange != "celeryev")
            .collect();
        if tables.is_empty() {
            return Ok(());
        }
        let mut pipe = redis::pipe();
        for (key, _) in &tables {
            pipe.cmd("SRANDMEMBER").arg(key).arg(MEMBERS);
        }
        // A key of that name that is no set answers with an error of its own.
        let sets: Vec<RedisResult<Value>> = pipe.ignore_errors().query_async(connection).await?;
        for ((_, exchange), members) in tables.into_iter().zip(sets) {
            for member in
                members.ok().and_then(|set| redis::from_redis_value::<Vec<String>>(set).ok()).unwrap_or_default()
            {
                self.member(&exchange, &member, tracked);
            }
        }
        Ok(())
    }

    fn member(&mut self, exchange: &str, member: &str, tracked: &Tracked) {
        let mut parts = member.split(SEP);
        let (Some(routing_key), Some(_), Some(queue), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return;
        };
        // An events exchange of another name: its queues are its listeners.
        if queue.strip_prefix(exchange).is_some_and(|rest| rest.starts_with('.') && rest.len() == 37) {
            return;
        }
        tracked.queue(queue);
        let route = (exchange.to_owned(), routing_key.to_owned());
        if self.routes.len() < MAX_QUEUES && !self.routes.contains_key(&route) {
            self.routes.insert(route, queue.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    use super::*;
    use crate::ingest::celery::Talk;

    #[test]
    fn a_member_names_a_queue_unless_it_is_somebody_listening() {
        let settings = Settings::new("celery", "redis://localhost", Talk::Listen).unwrap();
        let (mut bindings, tracked) = (Bindings::new(&settings), Tracked::default());
        let mut member = |exchange: &str, member: &str| bindings.member(exchange, &member.replace('|', SEP), &tracked);
        member("media", "video||gpu_priority");
        member("acmeev", "worker.#||acmeev.33257a03-00ed-42a4-a147-a70db4222ba2");
        member("celery.pidbox", "||cpu@host.celery.pidbox");
        member("media", "no parts");
        member("media", "a|b|c|d");
        assert_eq!(tracked.queues(), ["gpu_priority"]);
        assert_eq!(bindings.queue("media", "video"), "gpu_priority");
        assert_eq!(bindings.queue("", "cpu_batch"), "cpu_batch");
        assert_eq!(bindings.queue("other", "key"), "key");
    }
}

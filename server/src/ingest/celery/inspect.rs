//! Asking workers what they have: once after connecting, and each worker when it comes online.
//!
//! Answers come to a list of its own, which is taken away after each round. While a round lasts, a last
//! item that is no answer holds the list and its time to live, so that nothing stays behind should
//! Forewatch be killed. An answer that comes after its round is taken away with the next look.

use super::control::{self, Answer, Question};
use super::{Settings, Talk};
use redis::aio::MultiplexedConnection;
use redis::{RedisError, RedisResult};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;
use ulid::Ulid;

/// How long answers are waited for.
const ROUND: Duration = Duration::from_secs(2);
/// How often the list is looked at meanwhile.
const LOOK: Duration = Duration::from_millis(50);
/// How often workers that have not been asked are asked: late enough for a new one to listen.
const PACE: Duration = Duration::from_secs(1);
/// How often one worker is asked before it is taken to be mute.
const ATTEMPTS: u32 = 3;
/// Seconds after which Redis takes the list away by itself.
const LIST_SECONDS: i64 = 60;
/// Workers asked in one round by name.
const MAX_NODES: usize = 200;
/// Looks at the list between rounds are this many paces apart.
const LATE_PACES: u32 = 10;

/// Asks the workers of one application, over one connection.
pub(super) struct Inspector {
    channel: String,
    talk: Talk,
    /// The list's name as workers are told, and as it is in Redis: they put the prefix before it.
    reply_to: String,
    list: String,
    connection: MultiplexedConnection,
    news: mpsc::Receiver<Vec<String>>,
    answers: mpsc::Sender<Vec<Answer>>,
    tickets: Vec<(String, Question)>,
    waiting: BTreeMap<String, u32>,
}

impl Inspector {
    pub(super) fn new(
        settings: &Settings,
        connection: MultiplexedConnection,
        news: mpsc::Receiver<Vec<String>>,
        answers: mpsc::Sender<Vec<Answer>>,
    ) -> Self {
        let reply_to = format!("forewatch.reply.{}", Ulid::new());
        Self {
            channel: settings.control_channel(),
            talk: settings.talk,
            list: settings.key(&reply_to),
            reply_to,
            connection,
            news,
            answers,
            tickets: Vec::new(),
            waiting: BTreeMap::new(),
        }
    }

    /// Runs until `stop`, or until Redis does not let it: then events still come, and only this ends.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        let asking = stop.run_until_cancelled(self.ask_on()).await;
        if let Some(Err(error)) = asking {
            tracing::warn!(%error, "workers cannot be asked what they have: let this user PUBLISH, RPUSH, LRANGE, LTRIM, EXPIRE and DEL");
        }
        if let Err(error) = self.clear().await {
            tracing::debug!(%error, list = self.list, "the list of answers could not be taken away; it expires by itself");
        }
    }

    async fn ask_on(&mut self) -> RedisResult<()> {
        let answered = self.round(None).await?;
        while let Ok(nodes) = self.news.try_recv() {
            self.waiting.extend(nodes.into_iter().filter(|node| !answered.contains(node)).map(|node| (node, 0)));
        }
        let mut pace = interval(PACE);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut idle = 0;
        loop {
            tokio::select! {
                nodes = self.news.recv() => match nodes {
                    // The first tick after this leaves a worker that has just come up the time to listen.
                    Some(nodes) => self.waiting.extend(nodes.into_iter().map(|node| (node, 0))),
                    None => return Ok(()),
                },
                _ = pace.tick() => {
                    idle = if self.waiting.is_empty() { idle + 1 } else { 0 };
                    if !self.waiting.is_empty() {
                        self.ask_waiting().await?;
                    } else if idle % LATE_PACES == 0 {
                        self.clear().await?;
                    }
                }
            }
        }
    }

    async fn ask_waiting(&mut self) -> RedisResult<()> {
        let nodes: Vec<String> = self.waiting.keys().take(MAX_NODES).cloned().collect();
        let answered = self.round(Some(&nodes)).await?;
        for node in nodes {
            let attempts = self.waiting.remove(&node).unwrap_or(0) + 1;
            if !answered.contains(&node) && attempts < ATTEMPTS {
                self.waiting.insert(node, attempts);
            }
        }
        Ok(())
    }

    /// Switches events on, where that is allowed, and asks every question; answers the nodes that answered all.
    async fn round(&mut self, nodes: Option<&[String]>) -> RedisResult<BTreeSet<String>> {
        let ticket = || Ulid::new().to_string();
        self.tickets = Question::ALL.into_iter().map(|question| (ticket(), question)).collect();
        let mut pipe = redis::pipe();
        pipe.rpush(&self.list, "").ignore().expire(&self.list, LIST_SECONDS).ignore();
        if self.talk == Talk::Ask {
            pipe.publish(&self.channel, control::enable_events(nodes, &ticket())).ignore();
        }
        for (ticket, question) in &self.tickets {
            pipe.publish(&self.channel, control::ask(*question, nodes, ticket, &self.reply_to)).ignore();
        }
        pipe.query_async::<()>(&mut self.connection).await?;

        let end = Instant::now() + ROUND;
        let mut answered: BTreeMap<String, BTreeSet<Question>> = BTreeMap::new();
        while Instant::now() < end {
            sleep(LOOK).await;
            let answers = self.look().await?;
            for answer in &answers {
                answered.entry(answer.node.clone()).or_default().insert(answer.question);
            }
            if !answers.is_empty() && self.answers.send(answers).await.is_err() {
                break;
            }
            let whole = answered.values().filter(|questions| questions.len() == Question::ALL.len()).count();
            if nodes.is_some_and(|nodes| whole == nodes.len()) {
                break;
            }
        }
        self.clear().await?;
        Ok(answered.into_iter().filter(|(_, asked)| asked.len() == Question::ALL.len()).map(|(node, _)| node).collect())
    }

    /// Takes the answers that have come, and leaves the item that holds the list.
    async fn look(&mut self) -> RedisResult<Vec<Answer>> {
        let mut pipe = redis::pipe();
        pipe.atomic().lrange(&self.list, 0, -2).ltrim(&self.list, -1, -1).ignore();
        let (replies,): (Vec<Vec<u8>>,) = pipe.query_async(&mut self.connection).await?;
        let question_of =
            |ticket: &str| self.tickets.iter().find(|(own, _)| own == ticket).map(|(_, question)| *question);
        let read = |reply: &Vec<u8>| {
            control::read(reply, question_of)
                .inspect_err(|error| tracing::debug!(%error, "an answer cannot be read"))
                .ok()
        };
        // Workers push at the head: the oldest is the last.
        Ok(replies.iter().rev().filter_map(read).flatten().collect())
    }

    async fn clear(&mut self) -> Result<(), RedisError> {
        redis::cmd("DEL").arg(&self.list).query_async(&mut self.connection).await
    }
}

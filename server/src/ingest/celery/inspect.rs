//! Asking workers what they have: all of it once after connecting, and each worker when it comes online; and
//! every few seconds all workers which of the tasks that they began they still have. A task ends in silence
//! (Celery's `Ignore`, or a lost event): who asks learns of it. The answer is a sign of life as well.
//!
//! Answers come to a list of its own. A last item that is no answer holds the list and its time to live
//! from one round to the next, so that nothing stays behind, however late an answer comes and however
//! Forewatch ends. Answers that come after their round are taken away with the next.

use super::control::{self, Answer, Question};
use super::tracked::Tracked;
use super::{Settings, Talk, request};
use redis::RedisResult;
use redis::aio::MultiplexedConnection;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, interval_at, sleep};
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
/// Seconds after which Redis takes the list away by itself: longer than rounds are apart.
const LIST_SECONDS: i64 = 60;
/// Workers asked in one round by name.
const MAX_NODES: usize = 200;

/// Asks the workers of one application, over one connection.
pub(super) struct Inspector {
    channel: String,
    talk: Talk,
    /// The list's name as workers are told, and as it is in Redis: they put the prefix before it.
    reply_to: String,
    list: String,
    connection: MultiplexedConnection,
    tracked: Arc<Tracked>,
    every: Duration,
    news: mpsc::Receiver<Vec<String>>,
    answers: mpsc::Sender<Vec<Answer>>,
    tickets: Vec<(String, Question)>,
    waiting: BTreeMap<String, u32>,
    /// Whether answers are under way.
    asking: bool,
}

impl Inspector {
    pub(super) fn new(
        settings: &Settings,
        connection: MultiplexedConnection,
        tracked: Arc<Tracked>,
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
            tracked,
            every: settings.ask_every,
            news,
            answers,
            tickets: Vec::new(),
            waiting: BTreeMap::new(),
            asking: false,
        }
    }

    /// Runs until `stop`, or until Redis does not let it: then events still come, and only this ends.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        let asking = stop.run_until_cancelled(self.ask_on()).await;
        if let Some(Err(error)) = asking {
            tracing::warn!(%error, "workers cannot be asked what they have: let this user PUBLISH, RPUSH, LRANGE, LTRIM, EXPIRE and DEL");
        }
        // An answer under way would make a list anew that nothing takes away: this one expires.
        if !self.asking
            && let Err(error) = redis::cmd("DEL").arg(&self.list).query_async::<()>(&mut self.connection).await
        {
            tracing::debug!(%error, list = self.list, "the list of answers could not be taken away; it expires by itself");
        }
    }

    async fn ask_on(&mut self) -> RedisResult<()> {
        let answered = self.ask_setup(None).await?;
        while let Ok(nodes) = self.news.try_recv() {
            self.waiting.extend(nodes.into_iter().filter(|node| !answered.contains(node)).map(|node| (node, 0)));
        }
        let mut pace = interval(PACE);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut again = interval_at(Instant::now() + self.every, self.every);
        again.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                nodes = self.news.recv() => match nodes {
                    // The first tick after this leaves a worker that has just come up the time to listen.
                    Some(nodes) => self.waiting.extend(nodes.into_iter().map(|node| (node, 0))),
                    None => return Ok(()),
                },
                _ = pace.tick(), if !self.waiting.is_empty() => self.ask_waiting().await?,
                _ = again.tick() => self.ask_about_tasks().await?,
            }
        }
    }

    /// Asks workers which of their tasks they still have. With no task to ask about, they are asked for a sign of life.
    async fn ask_about_tasks(&mut self) -> RedisResult<()> {
        let (mut tickets, mut messages) = (Vec::new(), Vec::new());
        for (number, asked) in self.tracked.tasks().begin_round().into_iter().enumerate() {
            let ticket = Ulid::new().to_string();
            messages.push(request::ask_about(&asked.tasks, asked.nodes.as_deref(), &ticket, &self.reply_to));
            tickets.push((ticket, Question::QueryTask(number)));
        }
        self.round(tickets, messages, None).await?;
        Ok(())
    }

    async fn ask_waiting(&mut self) -> RedisResult<()> {
        let nodes: Vec<String> = self.waiting.keys().take(MAX_NODES).cloned().collect();
        let answered = self.ask_setup(Some(&nodes)).await?;
        for node in nodes {
            let attempts = self.waiting.remove(&node).unwrap_or(0) + 1;
            if !answered.contains(&node) && attempts < ATTEMPTS {
                self.waiting.insert(node, attempts);
            }
        }
        Ok(())
    }

    /// Switches events on, where that is allowed, and asks how workers are set up and what they have; answers
    /// the nodes that answered all.
    async fn ask_setup(&mut self, nodes: Option<&[String]>) -> RedisResult<BTreeSet<String>> {
        let ticket = || Ulid::new().to_string();
        let tickets = Question::SETUP.map(|question| (ticket(), question)).to_vec();
        let asked = tickets.iter().map(|(ticket, question)| request::ask(*question, nodes, ticket, &self.reply_to));
        let enable = (self.talk == Talk::Ask).then(|| request::enable_events(nodes, &ticket()));
        let messages = enable.into_iter().chain(asked).collect();
        self.round(tickets, messages, nodes.map(<[String]>::len)).await
    }

    /// Sends `messages` and hands on the answers with these tickets, until `nodes` have answered all, or for
    /// as long as a round lasts. Gives the nodes that answered all.
    async fn round(
        &mut self,
        tickets: Vec<(String, Question)>,
        messages: Vec<String>,
        nodes: Option<usize>,
    ) -> RedisResult<BTreeSet<String>> {
        self.tickets = tickets;
        self.asking = true;
        let mut pipe = redis::pipe();
        // In one step: no answer comes between to make a list that does not expire.
        pipe.atomic().del(&self.list).ignore().rpush(&self.list, "").ignore();
        pipe.expire(&self.list, LIST_SECONDS).ignore();
        for message in messages {
            pipe.publish(&self.channel, message).ignore();
        }
        pipe.query_async::<()>(&mut self.connection).await?;

        let end = Instant::now() + ROUND;
        let mut answered: BTreeMap<String, BTreeSet<Question>> = BTreeMap::new();
        let whole = |asked: &BTreeSet<Question>, tickets: &[_]| asked.len() == tickets.len();
        while Instant::now() < end {
            sleep(LOOK).await;
            let answers = self.look().await?;
            for answer in &answers {
                answered.entry(answer.node.clone()).or_default().insert(answer.question);
            }
            if !answers.is_empty() && self.answers.send(answers).await.is_err() {
                break;
            }
            let wholes = answered.values().filter(|asked| whole(asked, &self.tickets)).count();
            if nodes == Some(wholes) {
                break;
            }
        }
        self.asking = false;
        Ok(answered.into_iter().filter(|(_, asked)| whole(asked, &self.tickets)).map(|(node, _)| node).collect())
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
}

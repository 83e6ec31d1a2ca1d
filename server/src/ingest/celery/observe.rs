//! The life of one source: connect, read and understand until the connection is lost, and again.

use super::control::{Answer, Finding};
use super::envelope::MAX_MESSAGE;
use super::inspect::Inspector;
use super::losses::Losses;
use super::queues::{self, Sampler};
use super::reader::{self, Batch};
use super::recall::Recall;
use super::refusal::Refusal;
use super::subscriber::Subscriber;
use super::tracked::Tracked;
use super::translate::Translator;
use super::{Commander, Counts, Known, Settings, Talk, connection};
use chrono::{DateTime, Utc};
use forewatch::event::SourceChange;
use forewatch::source::SourceState;
use forewatch::{Event, EventBody};
use rand::Rng;
use redis::aio::MultiplexedConnection;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

/// How long the one who asks workers may take to leave.
const PARTING: Duration = Duration::from_secs(1);
/// The first wait before connecting again, and the longest.
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(15);
/// Rounds of answers, and lists of new workers, that may wait. Askers wait for room; news that find none
/// are handed over again with the next batch.
const WAITING: usize = 64;

/// Observes one application until told to stop.
pub(super) struct Observer {
    pub(super) settings: Settings,
    pub(super) counts: Arc<Counts>,
    pub(super) sink: mpsc::Sender<Vec<Event>>,
    recall: Recall,
    tracked: Arc<Tracked>,
    translator: Translator,
    losses: Losses,
    commander: Option<Arc<Commander>>,
}

/// Why a connection ended.
enum End {
    /// Nobody wants events any more.
    Stopped,
    Lost(String),
}

impl Observer {
    pub(super) fn new(
        settings: Settings,
        known: Known,
        counts: Arc<Counts>,
        sink: mpsc::Sender<Vec<Event>>,
        commander: Option<Arc<Commander>>,
    ) -> Self {
        let tracked = Arc::new(Tracked::default());
        let translator = Translator::new(&settings, counts.clone(), tracked.clone());
        let recall = Recall::new(&settings, known);
        Self { settings, counts, sink, recall, tracked, translator, losses: Losses::default(), commander }
    }

    /// Runs until `stop`, or until nobody takes the events.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        let mut wait = FIRST_WAIT;
        let mut shown = None;
        if self.tell(SourceState::Connecting, None).await.is_err() {
            return;
        }
        while !stop.is_cancelled() {
            let error = match stop.run_until_cancelled(Box::pin(connection::connect(&self.settings))).await {
                None => return,
                Some(Err(error)) => error,
                Some(Ok((subscriber, connection))) => {
                    wait = FIRST_WAIT;
                    shown = None;
                    tracing::info!(source = %self.settings.source, broker = self.settings.shown_url, "listening");
                    match self.session(subscriber, connection, &stop).await {
                        End::Stopped => return,
                        End::Lost(error) => {
                            self.counts.disconnect();
                            error
                        }
                    }
                }
            };
            tracing::warn!(source = %self.settings.source, broker = self.settings.shown_url, error, "the broker does not answer");
            // Said once: the same error again is no news.
            if shown.as_ref() != Some(&error) {
                shown = Some(error.clone());
                if self.tell(SourceState::Down, Some(error)).await.is_err() {
                    return;
                }
            }
            let jittered = wait.mul_f64(rand::rng().random_range(0.5..=1.0));
            stop.run_until_cancelled(sleep(jittered)).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }

    /// One connection, from up to lost.
    async fn session(
        &mut self,
        subscriber: Subscriber,
        connection: MultiplexedConnection,
        stop: &CancellationToken,
    ) -> End {
        self.translator.reconnected();
        self.recall.connected(&self.tracked, Instant::now());
        if self.tell(SourceState::Up, None).await.is_err() {
            return End::Stopped;
        }
        let (reader, mut batches) = reader::queue(self.counts.clone());
        let reading = AbortOnDropHandle::new(tokio::spawn(reader.run(subscriber)));
        let (findings, mut answers) = mpsc::channel(WAITING);
        let (news, new_nodes) = mpsc::channel(WAITING);
        let over = CancellationToken::new();
        let asking = (self.settings.talk != Talk::Listen).then(|| {
            let inspector =
                Inspector::new(&self.settings, connection.clone(), self.tracked.clone(), new_nodes, findings);
            tokio::spawn(inspector.run(over.clone()))
        });
        let (lengths, mut measured) = mpsc::channel(1);
        let sampler = Sampler::new(&self.settings, connection, self.tracked.clone());
        let sampling = AbortOnDropHandle::new(tokio::spawn(connection::sample(sampler, lengths)));
        let lost = async {
            tokio::select! {
                error = reading => error.unwrap_or_else(|error| error.to_string()),
                error = sampling => error.unwrap_or_else(|error| error.to_string()),
            }
        };
        tokio::pin!(lost);
        let mut look = interval(queues::INTERVAL);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);

        let end = loop {
            let events = tokio::select! {
                biased;
                () = stop.cancelled() => break End::Stopped,
                Some(batch) = batches.recv() => self.understand(&batch, &news),
                Some(answers) = answers.recv() => self.learn(answers, &news),
                Some(bodies) = measured.recv() => self.events(bodies),
                error = &mut lost => break End::Lost(error),
                _ = look.tick() => self.look_for_losses(),
            };
            if self.deliver(events, stop).await.is_err() {
                break End::Stopped;
            }
        };
        over.cancel();
        if let Some(asking) = asking {
            // It takes its list away; a broker that is gone does not let it.
            let _ = timeout(PARTING, asking).await;
        }
        // What was read before the connection was lost is not lost.
        while let Ok(batch) = batches.try_recv() {
            let events = self.understand(&batch, &news);
            if self.deliver(events, stop).await.is_err() {
                return End::Stopped;
            }
        }
        end
    }

    fn look_for_losses(&mut self) -> Vec<Event> {
        let lost = self.losses.since_last(&self.counts, &self.tracked.take_full());
        self.recall.look(&self.tracked, !lost.is_empty(), Instant::now());
        self.events(lost)
    }

    fn understand(&mut self, batch: &Batch, news: &mpsc::Sender<Vec<String>>) -> Vec<Event> {
        let mut events = Vec::with_capacity(batch.len());
        if let Some(bytes) = batch.too_large {
            self.losses.example(&Refusal::TooLarge { bytes, limit: MAX_MESSAGE });
        }
        self.translator.dropped(batch.dropped);
        batch.each(|data| {
            if let Err(refusal) = self.translator.message(data, batch.received_at, &mut events) {
                self.losses.example(&refusal);
            }
        });
        self.hand_on_news(news);
        events
    }

    /// Has nodes asked that were first heard of.
    fn hand_on_news(&mut self, news: &mpsc::Sender<Vec<String>>) {
        let nodes = self.translator.take_news();
        if let Some(commander) = &self.commander {
            commander.came_up(&nodes);
        }
        if !nodes.is_empty()
            && self.settings.talk != Talk::Listen
            && let Err(TrySendError::Full(nodes)) = news.try_send(nodes)
        {
            self.translator.put_back(nodes);
        }
    }

    fn learn(&mut self, answers: Vec<Answer>, news: &mpsc::Sender<Vec<String>>) -> Vec<Event> {
        let now = Utc::now();
        let mut events = Vec::new();
        for Answer { node, findings, .. } in answers {
            for finding in findings {
                match finding {
                    Finding::Learnt(learnt) => self.translator.learn(&node, learnt, now, &mut events),
                    Finding::Task(task, at) => {
                        self.translator.found(&node, task, at, now, &mut events);
                    }
                    Finding::Placed(task, at) => self.translator.placed(&node, task, at, now, &mut events),
                    Finding::Has(number, has) => self.translator.answered(&node, (number, &has), now, &mut events),
                }
            }
        }
        self.hand_on_news(news);
        events
    }

    async fn tell(&self, state: SourceState, error: Option<String>) -> Result<(), ()> {
        let takes_commands = self.settings.takes_commands();
        let change = SourceChange { state, url: Some(self.settings.shown_url.clone()), error, takes_commands };
        self.sink.send(self.events([EventBody::SourceChanged(change)])).await.map_err(|_| ())
    }

    fn events(&self, bodies: impl IntoIterator<Item = EventBody>) -> Vec<Event> {
        let now: DateTime<Utc> = Utc::now();
        let source = &self.settings.source;
        let event = |body| Event { event_id: None, source: source.clone(), at: now, received_at: now, body };
        bodies.into_iter().map(event).collect()
    }

    /// Hands events on, and waits for room: meanwhile the reader goes on reading.
    async fn deliver(&self, events: Vec<Event>, stop: &CancellationToken) -> Result<(), ()> {
        if events.is_empty() {
            return Ok(());
        }
        match stop.run_until_cancelled(self.sink.send(events)).await {
            Some(Ok(())) => Ok(()),
            Some(Err(_)) | None => Err(()),
        }
    }
}

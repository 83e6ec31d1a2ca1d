//! Brings the simulated fleet to a server, on time. Heartbeats go side by side, at most [`AT_ONCE`]; events one
//! batch after the other, because their order counts. Behind both the fleet waits: nothing piles up. When its time is
//! over what waits is sent, once; when it is stopped nothing more is.

use super::{Fleet, FleetEvent, Output, Plan, Summary};
use crate::backoff::Backoff;
use crate::client::{self, Failure, Server, Token};
use chrono::Utc;
use forewatch::{Heartbeat, Registration};
use std::sync::{Arc, atomic::Ordering::Relaxed};
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

/// Requests under way at once.
const AT_ONCE: u32 = 32;
/// How often the fleet's time moves on: fine enough that heartbeats are spread evenly.
const STEP: Duration = Duration::from_millis(50);
/// Batches of events that wait for the one before.
const BATCHES: usize = 16;
/// Events of one request at most: half of what a server takes, after a pause there may be more.
const BATCH_EVENTS: usize = 5_000;
/// How long a stop waits for the answers to what is under way.
const LAST_ANSWERS: Duration = Duration::from_millis(500);
/// Attempts at a batch or a registration before it is given up and counted.
const ATTEMPTS: u32 = 8;

/// What the simulator needs to know.
pub struct Options {
    /// The server's address.
    pub server: String,
    /// The ingest token.
    pub token: Token,
    /// The fleet.
    pub plan: Plan,
}

/// Runs the fleet until its duration is over or `stop`. Fails when the server refuses the sender.
pub async fn simulate(options: Options, stop: CancellationToken) -> anyhow::Result<Arc<Summary>> {
    let sender = Sender {
        server: Server::new(&options.server, options.token, client::TIMEOUT)?,
        summary: Arc::default(),
        at_once: Arc::new(Semaphore::new(AT_ONCE as usize)),
        over: stop.child_token(),
        stop: stop.clone(),
    };
    let duration = options.plan.duration;
    let mut fleet = Fleet::new(options.plan.clone(), Utc::now());
    tokio::select! {
        () = stop.cancelled() => return Ok(sender.summary),
        registered = sender.register_all(&fleet) => registered?,
    }
    tracing::info!(workers = options.plan.workers, scenario = ?options.plan.scenario, "the fleet is registered");

    // Its time begins when the server knows it: registering a large fleet takes a while.
    fleet = Fleet::new(options.plan, Utc::now());
    let begun = Instant::now();
    let (batches, waiting) = mpsc::channel(BATCHES);
    let events = tokio::spawn(sender.clone().send_events(waiting));
    let end = async {
        match duration {
            Some(duration) => tokio::time::sleep(duration).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = end => {}
        () = sender.drive(&mut fleet, begun, &batches) => {}
    }
    sender.over.cancel();
    drop(batches);
    let last_answers = async {
        events.await?;
        let _all_done = sender.at_once.acquire_many(AT_ONCE).await?;
        anyhow::Ok(())
    };
    let stopped = async {
        stop.cancelled().await;
        tokio::time::sleep(LAST_ANSWERS).await;
    };
    tokio::select! {
        () = stopped => {}
        done = last_answers => done?,
    }
    sender.summary.seconds.store(begun.elapsed().as_secs(), Relaxed);
    Ok(sender.summary)
}

/// What a batch tells of those behind it.
#[derive(PartialEq, Eq)]
enum Next {
    MayGo,
    /// The server is away, and there is no time to wait for it.
    IsFutile,
}

#[derive(Clone)]
struct Sender {
    server: Server,
    summary: Arc<Summary>,
    at_once: Arc<Semaphore>,
    /// The fleet's time is over: nothing is tried again.
    over: CancellationToken,
    /// Nothing more is sent.
    stop: CancellationToken,
}

impl Sender {
    /// Registers every worker; waits for a server that is not there yet.
    async fn register_all(&self, fleet: &Fleet) -> anyhow::Result<()> {
        let mut backoff = Backoff::default();
        let mut all = fleet.registrations();
        let Some(first) = all.next() else { return Ok(()) };
        while let Err(failure) = self.register(first.clone()).await {
            if !matches!(failure, Failure::Away { .. }) {
                return Err(failure.into());
            }
            let pause = backoff.pause();
            tracing::warn!(%failure, ?pause, "the server is not there yet");
            tokio::time::sleep(pause).await;
        }
        for registration in all {
            let permit = Arc::clone(&self.at_once).acquire_owned().await?;
            let sender = self.clone();
            tokio::spawn(async move {
                if let Err(failure) = sender.register(registration).await {
                    tracing::warn!(%failure, "a worker is not registered; its first heartbeat will try again");
                }
                drop(permit);
            });
        }
        let _all_done = self.at_once.acquire_many(AT_ONCE).await?;
        Ok(())
    }

    async fn register(&self, registration: Registration) -> Result<(), Failure> {
        self.server.register(registration, Utc::now()).await?;
        self.summary.registrations.fetch_add(1, Relaxed);
        Ok(())
    }

    /// Moves the fleet's time along with the clock, for ever.
    async fn drive(&self, fleet: &mut Fleet, begun: Instant, batches: &mpsc::Sender<Vec<FleetEvent>>) {
        let mut steps = tokio::time::interval(STEP);
        steps.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut output = Output::default();
        loop {
            steps.tick().await;
            fleet.advance(begun.elapsed(), &mut output);
            for beat in output.beats.drain(..) {
                let Ok(permit) = Arc::clone(&self.at_once).acquire_owned().await else { return };
                let (sender, registration) = (self.clone(), fleet.registration(beat.worker));
                tokio::spawn(async move {
                    sender.beat(beat.heartbeat, registration).await;
                    drop(permit);
                });
            }
            let events = std::mem::take(&mut output.events);
            self.summary.events.fetch_add(events.len() as u64, Relaxed);
            if !events.is_empty() && batches.send(events).await.is_err() {
                return;
            }
        }
    }

    async fn beat(&self, heartbeat: Heartbeat, registration: Option<Registration>) {
        let mut answer = self.server.heartbeat(&heartbeat).await;
        if let (Err(Failure::Unknown(_)), Some(registration)) = (&answer, registration) {
            answer = match self.register(registration).await {
                Ok(()) => self.server.heartbeat(&heartbeat).await,
                Err(failure) => Err(failure),
            };
        }
        match answer {
            Ok(()) => _ = self.summary.heartbeats.fetch_add(1, Relaxed),
            Err(failure) => {
                self.summary.heartbeats_failed.fetch_add(1, Relaxed);
                tracing::debug!(%failure, worker = %heartbeat.worker_id, "a heartbeat failed");
            }
        }
    }

    async fn send_events(self, mut batches: mpsc::Receiver<Vec<FleetEvent>>) {
        while let Some(events) = batches.recv().await {
            for batch in requests(&events) {
                if self.stop.is_cancelled() || self.insist(batch).await == Next::IsFutile {
                    return;
                }
            }
        }
    }

    /// Sends a batch, and again while the server is away and the fleet's time is not over.
    async fn insist(&self, batch: &[FleetEvent]) -> Next {
        let mut backoff = Backoff::default();
        let mut answer = self.send_batch(batch).await;
        for _ in 1..ATTEMPTS {
            let Err(Failure::Away { pause, .. }) = &answer else { break };
            tokio::select! {
                () = self.over.cancelled() => break,
                () = tokio::time::sleep(pause.unwrap_or_default().max(backoff.pause())) => {}
            }
            answer = self.send_batch(batch).await;
        }
        let Err(failure) = answer else { return Next::MayGo };
        tracing::warn!(%failure, events = batch.len(), "events are given up");
        let is_away = matches!(failure, Failure::Away { .. });
        if is_away && self.over.is_cancelled() { Next::IsFutile } else { Next::MayGo }
    }

    async fn send_batch(&self, batch: &[FleetEvent]) -> Result<(), Failure> {
        let mut body = Vec::with_capacity(batch.len() * 256);
        for event in batch {
            serde_json::to_writer(&mut body, event).map_err(|error| Failure::Refused(error.to_string()))?;
            body.push(b'\n');
        }
        let answer = self.server.events(body, Utc::now()).await?;
        self.summary.accepted.fetch_add(answer.accepted, Relaxed);
        self.summary.rejected.fetch_add(answer.rejected.len() as u64, Relaxed);
        if let Some(first) = answer.rejected.first() {
            tracing::warn!(rejected = answer.rejected.len(), first = %first.error, "the server refuses events");
        }
        Ok(())
    }
}

/// The events in as many pieces as there have to be requests.
fn requests(events: &[FleetEvent]) -> impl Iterator<Item = &[FleetEvent]> {
    events.chunks(BATCH_EVENTS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::event::Body;

    #[test]
    fn what_has_piled_up_is_sent_in_requests_that_a_server_takes() {
        let event = |number| FleetEvent {
            event_id: format!("sim-{number}"),
            at: Utc::now(),
            body: Body::Queue { queue: "cpu_batch", pending: 0, processing: 0, worker_count: 0 },
        };
        let events: Vec<_> = (0..12_000).map(event).collect();
        let sizes: Vec<_> = requests(&events).map(<[_]>::len).collect();
        assert_eq!(sizes, [5_000, 5_000, 2_000]);
    }
}

//! Brings the simulated fleet to a server, on time. Heartbeats go side by side, at most [`AT_ONCE`]; events one
//! batch after the other, because their order counts. Behind both the fleet waits: nothing piles up.

use super::{Fleet, FleetEvent, Output, Plan};
use crate::backoff::Backoff;
use crate::client::{self, Failure, Server, Token};
use chrono::Utc;
use forewatch::{Heartbeat, Registration};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::{fmt, time::Duration};
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

/// What a simulation sent.
#[derive(Debug, Default)]
pub struct Summary {
    registrations: AtomicU64,
    heartbeats: AtomicU64,
    heartbeats_failed: AtomicU64,
    accepted: AtomicU64,
    rejected: AtomicU64,
    lost: AtomicU64,
    seconds: AtomicU64,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |count: &AtomicU64| count.load(Relaxed);
        writeln!(f, "simulated for       {} s", of(&self.seconds))?;
        writeln!(f, "registrations       {}", of(&self.registrations))?;
        writeln!(f, "heartbeats          {} sent, {} failed", of(&self.heartbeats), of(&self.heartbeats_failed))?;
        let (accepted, rejected, lost) = (of(&self.accepted), of(&self.rejected), of(&self.lost));
        write!(f, "task, queue events  {accepted} accepted, {rejected} rejected, {lost} not sent")
    }
}

/// Runs the fleet until its duration is over or `stop`. Fails when the server refuses the sender.
pub async fn simulate(options: Options, stop: CancellationToken) -> anyhow::Result<Arc<Summary>> {
    let sender = Sender {
        server: Server::new(&options.server, options.token, client::TIMEOUT)?,
        summary: Arc::default(),
        at_once: Arc::new(Semaphore::new(AT_ONCE as usize)),
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
    drop(batches);
    events.await?;
    let _all_done = sender.at_once.acquire_many(AT_ONCE).await;
    sender.summary.seconds.store(begun.elapsed().as_secs(), Relaxed);
    Ok(sender.summary)
}

#[derive(Clone)]
struct Sender {
    server: Server,
    summary: Arc<Summary>,
    at_once: Arc<Semaphore>,
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
            if !output.events.is_empty() && batches.send(std::mem::take(&mut output.events)).await.is_err() {
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
                self.insist(batch).await;
            }
        }
    }

    /// Sends a batch, and again while the server is away.
    async fn insist(&self, batch: &[FleetEvent]) {
        let mut backoff = Backoff::default();
        let mut answer = self.send_batch(batch).await;
        for _ in 1..ATTEMPTS {
            let Err(Failure::Away { pause, .. }) = &answer else { break };
            tokio::time::sleep(pause.unwrap_or_default().max(backoff.pause())).await;
            answer = self.send_batch(batch).await;
        }
        if let Err(failure) = answer {
            self.summary.lost.fetch_add(batch.len() as u64, Relaxed);
            tracing::warn!(%failure, events = batch.len(), "events are given up");
        }
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

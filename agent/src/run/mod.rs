//! Keeps a server informed about this host: registers, beats, and lives through the server being away.
//!
//! `spool` keeps on disk what could not be sent, `link` knows whether the server can be reached and when to try
//! again. Full spool: the oldest goes and is counted. A heartbeat that the server refuses for what is in it is
//! counted and not kept: it would be refused again.

mod link;
pub mod spool;

use crate::client::{Failure, Server, Token};
use crate::probe::{Probe, Settings};
use chrono::Utc;
use forewatch::{Heartbeat, Registration};
use link::Link;
use spool::{Batch, Spool};
use std::{path::PathBuf, time::Instant};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// What the agent needs to know.
pub struct Options {
    /// The server's address.
    pub server: String,
    /// The ingest token.
    pub token: Token,
    /// What is read, how often, and under which name.
    pub probe: Settings,
    /// Folder for what could not be sent.
    pub spool: PathBuf,
    /// Bytes that may wait there.
    pub spool_limit: u64,
}

/// Reports until `stop`. Fails only at the start, by what is wrong with the options.
pub async fn run(options: Options, stop: CancellationToken) -> anyhow::Result<()> {
    let server = Server::new(&options.server, options.token)?;
    let spool = Spool::open(&options.spool, options.spool_limit)?;
    let interval = options.probe.interval;
    let mut probe = tokio::task::spawn_blocking(move || Probe::start(options.probe)).await?;
    tracing::info!(server = server.address(), worker = %probe.worker_id(), ?interval, "reports this host");
    let mut agent = Agent { server, spool, link: Link::default(), registered: None, latency: None };
    let mut readings = 0_u64;
    let mut ticks = tokio::time::interval(interval);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            _ = ticks.tick() => {
                let (back, reading, at) = tokio::task::spawn_blocking(move || {
                    let at = Utc::now();
                    let reading = probe.read();
                    (probe, reading, at)
                })
                .await?;
                probe = back;
                readings += 1;
                if readings == 2 {
                    // The first one has no loads yet.
                    tell_missing(&probe);
                }
                let mut heartbeat = probe.heartbeat(reading, at);
                if let Some(host) = &mut heartbeat.host {
                    host.network_latency = agent.latency;
                }
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = agent.report(heartbeat, probe.registration()) => {}
                }
            }
            () = agent.link.until_next_try(), if agent.has_something_to_do() => {
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = agent.catch_up(probe.registration()) => {}
                }
            }
        }
    }
    tracing::info!(dropped = agent.spool.dropped(), "stops");
    Ok(())
}

fn tell_missing(probe: &Probe) {
    for missing in probe.missing() {
        tracing::info!(gpu = missing.gpu, reading = missing.reading, reason = %missing.reason, "not read on this host");
    }
}

struct Agent {
    server: Server,
    spool: Spool,
    link: Link,
    /// What the server was last told about this host.
    registered: Option<Registration>,
    /// The last round trip, seconds.
    latency: Option<f64>,
}

impl Agent {
    /// Sends a heartbeat, or keeps it when the server is away.
    async fn report(&mut self, heartbeat: Heartbeat, registration: Registration) {
        // Written down first: a request that is broken off (by a stop, or a crash) has lost nothing.
        let line = event_line(&heartbeat);
        if !self.link.may_try() {
            return self.spool.push(&line);
        }
        match self.deliver(&heartbeat, registration).await {
            Ok(()) => self.link.succeeded(self.server.address()),
            Err(Failure::Refused(reason)) => {
                self.spool.count_dropped(1);
                tracing::error!(reason, "the server refuses a heartbeat, which is dropped");
                self.link.succeeded(self.server.address());
            }
            Err(failure) => {
                self.link.failed(&failure);
                self.spool.push(&line);
            }
        }
    }

    /// Registers where that is needed and beats. A server that has forgotten the worker is told once more.
    async fn deliver(&mut self, heartbeat: &Heartbeat, registration: Registration) -> Result<(), Failure> {
        self.register(&registration).await?;
        match self.beat(heartbeat).await {
            Err(Failure::Unknown(_)) => {
                self.registered = None;
                self.register(&registration).await?;
                self.beat(heartbeat).await
            }
            answer => answer,
        }
    }

    async fn beat(&mut self, heartbeat: &Heartbeat) -> Result<(), Failure> {
        let begun = Instant::now();
        self.server.heartbeat(heartbeat).await?;
        self.latency = Some(begun.elapsed().as_secs_f64());
        Ok(())
    }

    async fn register(&mut self, registration: &Registration) -> Result<(), Failure> {
        if self.registered.as_ref() != Some(registration) {
            self.server.register(registration.clone(), Utc::now()).await?;
            tracing::info!(worker = %registration.worker_id, "is registered");
            self.registered = Some(registration.clone());
        }
        Ok(())
    }

    fn has_something_to_do(&self) -> bool {
        self.link.is_away() || !self.spool.is_empty()
    }

    /// Tries a server that was away, and sends the oldest batch that waits.
    async fn catch_up(&mut self, registration: Registration) {
        if let Err(failure) = self.register_anew(&registration).await {
            return self.link.failed(&failure);
        }
        let Some(batch) = self.spool.oldest() else {
            return self.link.succeeded(self.server.address());
        };
        match self.send(&batch).await {
            Ok(()) => {
                self.spool.sent(&batch);
                self.link.succeeded(self.server.address());
            }
            Err(failure @ (Failure::Refused(_) | Failure::TooLarge)) => {
                self.spool.count_dropped(batch.lines.len() as u64);
                self.spool.sent(&batch);
                tracing::error!(%failure, events = batch.lines.len(), "a batch is dropped");
            }
            Err(failure) => self.link.failed(&failure),
        }
    }

    /// A server that was away may be another one now: what it knows is not taken for granted.
    async fn register_anew(&mut self, registration: &Registration) -> Result<(), Failure> {
        if self.link.is_away() {
            self.registered = None;
        }
        self.register(registration).await.map_err(|failure| match failure {
            // Refused for what it says of the host: no heartbeat can help that, so it waits as if away.
            Failure::Refused(reason) => Failure::Away { reason, pause: None },
            failure => failure,
        })
    }

    async fn send(&mut self, batch: &Batch) -> Result<(), Failure> {
        let mut body = batch.lines.join("\n").into_bytes();
        body.push(b'\n');
        let answer = self.server.events(body, Utc::now()).await?;
        if let Some(first) = answer.rejected.first() {
            self.spool.count_dropped(answer.rejected.len() as u64);
            tracing::warn!(rejected = answer.rejected.len(), first = %first.error, "the server refuses kept readings");
        }
        tracing::info!(accepted = answer.accepted, "sent what was kept while the server was away");
        Ok(())
    }
}

/// A heartbeat as an event, with an id that makes sending it twice harmless.
fn event_line(heartbeat: &Heartbeat) -> String {
    let event_id = format!("{:032x}", rand::random::<u128>());
    serde_json::json!({
        "type": "worker.heartbeat", "at": heartbeat.timestamp, "event_id": event_id, "heartbeat": heartbeat,
    })
    .to_string()
}

//! Brings one thing after the other to the server. It runs beside the reading: a request that hangs delays no reading.

use super::spool::Batch;
use crate::client::{Failure, Server};
use chrono::Utc;
use forewatch::{Heartbeat, Registration};
use std::time::Instant;

/// What is brought in one go.
pub(super) enum Load {
    /// The newest reading.
    Reading(Box<Heartbeat>),
    /// The oldest readings that were kept.
    Kept(Batch),
    /// The registration alone, to see whether the server is there.
    Nothing,
}

impl Load {
    /// How many readings it is.
    pub(super) fn readings(&self) -> u64 {
        match self {
            Self::Reading(_) => 1,
            Self::Kept(batch) => batch.lines.len() as u64,
            Self::Nothing => 0,
        }
    }
}

/// Knows the server, and what the server was told.
pub(super) struct Courier {
    server: Server,
    /// What the server was last told about this host.
    registered: Option<Registration>,
    /// The last heartbeat's round trip, seconds.
    latency: Option<f64>,
}

impl Courier {
    pub(super) fn new(server: Server) -> Self {
        Self { server, registered: None, latency: None }
    }

    pub(super) fn server(&self) -> &str {
        self.server.address()
    }

    pub(super) fn latency(&self) -> Option<f64> {
        self.latency
    }

    /// A server that was away may be another one now: what it knows is not taken for granted.
    pub(super) fn forget(&mut self) {
        self.registered = None;
    }

    /// Registers where that is needed and brings the load. Tells how many of its readings the server refused.
    pub(super) async fn bring(&mut self, load: &Load, registration: &Registration) -> Result<u64, Failure> {
        self.register(registration).await?;
        match load {
            Load::Reading(heartbeat) => self.deliver(heartbeat, registration).await.map(|()| 0),
            Load::Kept(batch) => self.send(batch).await,
            Load::Nothing => Ok(0),
        }
    }

    /// Beats. A server that has forgotten the worker is told once more.
    async fn deliver(&mut self, heartbeat: &Heartbeat, registration: &Registration) -> Result<(), Failure> {
        match self.beat(heartbeat).await {
            Err(Failure::Unknown(_)) => {
                self.forget();
                self.register(registration).await?;
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
        if self.registered.as_ref() == Some(registration) {
            return Ok(());
        }
        self.server.register(registration.clone(), Utc::now()).await.map_err(|failure| match failure {
            // Refused for what it says of the host: no reading can help that, so they wait as if it were away.
            Failure::Refused(reason) => Failure::Away { reason, pause: None },
            failure => failure,
        })?;
        tracing::info!(worker = %registration.worker_id, "is registered");
        self.registered = Some(registration.clone());
        Ok(())
    }

    async fn send(&self, batch: &Batch) -> Result<u64, Failure> {
        let mut body = batch.lines.join("\n").into_bytes();
        body.push(b'\n');
        let answer = self.server.events(body, Utc::now()).await?;
        if let Some(first) = answer.rejected.first() {
            tracing::warn!(rejected = answer.rejected.len(), first = %first.error, "the server refuses kept readings");
        }
        tracing::info!(accepted = answer.accepted, "sent what was kept while the server was away");
        Ok(answer.rejected.len() as u64)
    }
}

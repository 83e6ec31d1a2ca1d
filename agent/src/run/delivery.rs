//! What is under way, what waits, and what is kept: no reading is waited for, and none is lost.
//!
//! One load is under way at a time. The newest reading waits in hand for the one before; when yet another comes, or
//! the server is away, it goes to the spool. The newest goes before what is kept, so that a long backlog does not
//! make the host look silent.

use super::courier::{Courier, Load};
use super::link::Link;
use super::spool::Spool;
use crate::client::{Failure, Server};
use forewatch::{Heartbeat, Registration};
use std::{future, sync::Arc, time::Duration};
use tokio::task::{JoinError, JoinHandle};

/// How long a stop waits for the answer to what is under way.
const LAST_ANSWER: Duration = Duration::from_secs(2);

/// Owns the spool and the way to the server.
pub(super) struct Delivery {
    courier: At,
    link: Link,
    spool: Spool,
    newest: Option<Heartbeat>,
    latency: Option<f64>,
}

/// Where the courier is.
enum At {
    Home(Box<Courier>),
    UnderWay {
        load: Arc<Load>,
        task: JoinHandle<(Box<Courier>, Answer)>,
    },
    /// It panicked, which ends the run.
    Lost,
}

/// How many readings the server refused, or why it took none.
type Answer = Result<u64, Failure>;

impl Delivery {
    pub(super) fn new(server: Server, spool: Spool) -> Self {
        let courier = At::Home(Box::new(Courier::new(server)));
        Self { courier, link: Link::default(), spool, newest: None, latency: None }
    }

    /// The last heartbeat's round trip, seconds.
    pub(super) fn latency(&self) -> Option<f64> {
        self.latency
    }

    /// Takes a reading, to be sent when its turn comes.
    pub(super) fn take(&mut self, reading: Heartbeat) {
        if let Some(older) = self.newest.replace(reading) {
            self.keep(&older);
        }
        if !self.link.may_try() {
            self.keep_newest();
        }
    }

    /// Goes one step further: waits for the answer to what is under way, or until there is something that may go, and
    /// sends it on its way. It can be broken off at any time.
    pub(super) async fn step(&mut self, registration: impl FnOnce() -> Registration) -> Result<(), JoinError> {
        if matches!(self.courier, At::UnderWay { .. }) {
            return self.settle().await;
        }
        if self.newest.is_none() && self.spool.is_empty() && !self.link.is_away() {
            return future::pending().await;
        }
        self.link.until_next_try().await;
        self.begin(registration());
        Ok(())
    }

    fn begin(&mut self, registration: Registration) {
        let mut courier = match std::mem::replace(&mut self.courier, At::Lost) {
            At::Home(courier) => courier,
            elsewhere => return self.courier = elsewhere,
        };
        if self.link.is_away() {
            courier.forget();
        }
        let load = match self.newest.take() {
            Some(reading) => Load::Reading(Box::new(reading)),
            None => self.spool.oldest().map_or(Load::Nothing, Load::Kept),
        };
        let load = Arc::new(load);
        let carried = Arc::clone(&load);
        let task = tokio::spawn(async move {
            let answer = courier.bring(&carried, &registration).await;
            (courier, answer)
        });
        self.courier = At::UnderWay { load, task };
    }

    async fn settle(&mut self) -> Result<(), JoinError> {
        let At::UnderWay { load, task } = &mut self.courier else { return Ok(()) };
        let load = Arc::clone(load);
        match task.await {
            Ok((courier, answer)) => {
                self.latency = courier.latency();
                self.draw_consequences(&load, answer, courier.server());
                self.courier = At::Home(courier);
                Ok(())
            }
            Err(error) => {
                self.courier = At::Lost;
                self.keep_unsent(&load);
                self.keep_newest();
                Err(error)
            }
        }
    }

    fn draw_consequences(&mut self, load: &Load, answer: Answer, server: &str) {
        match answer {
            Ok(refused) => {
                self.spool.count_dropped(refused);
                self.done(load);
                self.link.succeeded(server);
            }
            Err(failure @ (Failure::Refused(_) | Failure::TooLarge)) => {
                tracing::error!(%failure, readings = load.readings(), "what the server refuses is dropped");
                self.spool.count_dropped(load.readings());
                self.done(load);
                self.link.succeeded(server);
            }
            Err(failure) => {
                self.link.failed(&failure);
                self.keep_unsent(load);
                self.keep_newest();
            }
        }
    }

    /// Nothing more goes out. What is under way has a moment to be answered; what is not is kept for the next start.
    pub(super) async fn finish(mut self) -> Result<(), JoinError> {
        let settled = tokio::time::timeout(LAST_ANSWER, self.settle()).await.unwrap_or(Ok(()));
        if let At::UnderWay { load, .. } = &self.courier {
            let load = Arc::clone(load);
            self.keep_unsent(&load);
        }
        self.keep_newest();
        tracing::info!(dropped = self.spool.dropped(), "stops");
        settled
    }

    fn done(&mut self, load: &Load) {
        if let Load::Kept(batch) = load {
            self.spool.sent(batch);
        }
    }

    fn keep_unsent(&mut self, load: &Load) {
        if let Load::Reading(reading) = load {
            self.keep(reading);
        }
    }

    fn keep_newest(&mut self) {
        if let Some(reading) = self.newest.take() {
            self.keep(&reading);
        }
    }

    /// Keeps a reading as an event, with an id that makes sending it twice harmless.
    fn keep(&mut self, heartbeat: &Heartbeat) {
        let event_id = format!("{:032x}", rand::random::<u128>());
        let event = serde_json::json!({
            "type": "worker.heartbeat", "at": heartbeat.timestamp, "event_id": event_id, "heartbeat": heartbeat,
        });
        self.spool.push(&event.to_string());
    }
}

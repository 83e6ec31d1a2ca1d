//! Carrying out what people ask of an application's workers, over its broker.
//!
//! How its parts fit: [`ask`] sends requests and gathers answers, in the words of [`reply`] (pure); [`deed`] knows
//! which request a command is (pure).
//!
//! Only where the application's `[[celery]]` entry lets it. Nothing is ever asked of all workers at once that takes
//! them out of service.

mod ask;
mod deed;
mod reply;

use super::settings::SettingsError;
use super::{Settings, connection};
use crate::config::CelerySource;
use ask::Request;
use forewatch::control::{ControlAnswer, ControlCommand};
use forewatch::{SourceName, WorkerId};
use redis::aio::MultiplexedConnection;
use reply::Reply;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, Semaphore};

/// Commands of one application that are under way or wait; more are refused.
const MOST: usize = 64;
/// Commands that are under way at once.
const TOGETHER: usize = 8;
/// How long answers are waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Why nothing was sent, or why it is not known what came of it.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum CommandFailure {
    /// The configuration does not allow it.
    #[error("{0}")]
    Off(String),
    #[error("{MOST} commands wait for this application already: try again in a moment")]
    Busy,
    #[error("the broker does not do it: {0}")]
    Broker(String),
}

/// The one who asks the workers of one application.
pub(crate) struct Commander {
    settings: Settings,
    room: Semaphore,
    turns: Semaphore,
    connection: Mutex<Option<MultiplexedConnection>>,
}

/// Those of all applications, by their source.
pub(crate) type Commanders = BTreeMap<SourceName, Arc<Commander>>;

/// The commanders of the configured applications.
pub(crate) fn commanders(sources: &[CelerySource]) -> Result<Commanders, SettingsError> {
    let each = |source| Settings::of(source).map(|settings| (settings.source.clone(), Commander::new(settings)));
    sources.iter().map(each).collect()
}

impl Commander {
    pub(super) fn new(settings: Settings) -> Arc<Self> {
        let (room, turns) = (Semaphore::new(MOST), Semaphore::new(TOGETHER));
        Arc::new(Self { settings, room, turns, connection: Mutex::new(None) })
    }

    /// Whether the configuration lets people ask; else says which key to change.
    pub(crate) fn allowed(&self) -> Result<(), CommandFailure> {
        if self.settings.takes_commands() {
            return Ok(());
        }
        Err(CommandFailure::Off(format!(
            "the configuration does not let people command the application {}: its [[celery]] entry needs \
             control = true, and events other than \"listen\"",
            self.settings.name
        )))
    }

    /// Whether the broker can be reached now.
    pub(crate) async fn reachable(&self) -> Result<(), CommandFailure> {
        self.connected().await.map(|_| ())
    }

    /// The node behind a worker's id.
    pub(crate) fn node<'a>(&self, worker: &'a WorkerId) -> Option<&'a str> {
        worker.strip_prefix(&*self.settings.name)?.strip_prefix(':')
    }

    /// Does what `command` says by asking workers: one, or for a revocation all, of which `online` are known.
    pub(crate) async fn ask_workers(
        &self,
        command: &ControlCommand,
        online: &[WorkerId],
    ) -> Result<Vec<ControlAnswer>, CommandFailure> {
        let online: Vec<String> = online.iter().filter_map(|id| self.node(id)).map(str::to_owned).collect();
        let requests = deed::requests(command, |id| self.node(id).map(str::to_owned));
        let replies = self.ask(&requests, &online, PATIENCE).await?;
        Ok(replies.into_iter().filter_map(|reply| self.answer(reply)).collect())
    }

    /// Sends requests and gathers their answers, until every node that was asked has answered each, or time is up. A
    /// request to all is answered when the nodes `online` have.
    async fn ask(
        &self,
        requests: &[Request],
        online: &[String],
        patience: Duration,
    ) -> Result<Vec<Reply>, CommandFailure> {
        self.allowed()?;
        let _room = self.room.try_acquire().map_err(|_| CommandFailure::Busy)?;
        let _turn = self.turns.acquire().await.map_err(|_| CommandFailure::Busy)?;
        let connection = self.connected().await?;
        match ask::ask(&self.settings, connection, requests, online, patience).await {
            Ok(replies) => Ok(replies),
            Err(error) => {
                // The next command connects anew.
                *self.connection.lock().await = None;
                Err(CommandFailure::Broker(error.to_string()))
            }
        }
    }

    async fn connected(&self) -> Result<MultiplexedConnection, CommandFailure> {
        self.allowed()?;
        let mut known = self.connection.lock().await;
        if let Some(connection) = &*known {
            return Ok(connection.clone());
        }
        let connection = connection::command_connection(&self.settings).await.map_err(CommandFailure::Broker)?;
        *known = Some(connection.clone());
        Ok(connection)
    }

    fn answer(&self, reply: Reply) -> Option<ControlAnswer> {
        let worker_id = WorkerId::new(format!("{}:{}", self.settings.name, reply.node)).ok()?;
        Some(ControlAnswer { worker_id, is_ok: reply.is_ok, said: reply.said() })
    }
}

//! Carrying out what people ask of an application's workers, over its broker.
//!
//! How its parts fit: [`ask`] sends requests and gathers answers, in the words of [`reply`] (pure); [`deed`] knows
//! which request a command is (pure); [`literal`] reads a task's arguments back from Python's text of them, and
//! [`resend`] makes a new task's message of them (both pure); [`settle`] brings workers in line with paused queues
//! and drained workers, and [`keep`] does so again whenever a worker comes up.
//!
//! Only where the application's `[[celery]]` entry lets it. Nothing is ever asked of all workers at once that takes
//! them out of service.

mod ask;
mod deed;
mod keep;
mod literal;
mod reply;
mod resend;
mod settle;

use super::settings::SettingsError;
use super::{Settings, connection};
use crate::collector::{Fleet, Intake};
use crate::config::CelerySource;
use arc_swap::ArcSwap;
use ask::Request;
use forewatch::control::{ControlAnswer, ControlCommand};
use forewatch::id::IdError;
use forewatch::{SourceName, TaskMetrics, WorkerId};
use keep::Unsettled;
pub(super) use keep::keep;
use redis::aio::MultiplexedConnection;
use reply::Reply;
pub(crate) use resend::NewTask;
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
    #[error("what is to be held cannot be taken down: {0}")]
    Journal(String),
    #[error("the broker does not do it: {0}")]
    Broker(String),
}

/// The one who asks the workers of one application.
pub(crate) struct Commander {
    settings: Settings,
    room: Semaphore,
    turns: Semaphore,
    connection: Mutex<Option<MultiplexedConnection>>,
    intake: Intake,
    fleet: Arc<ArcSwap<Fleet>>,
    settling: Mutex<()>,
    unsettled: Unsettled,
}

/// Those of all applications, by their source.
pub(crate) type Commanders = BTreeMap<SourceName, Arc<Commander>>;

/// The commanders of the configured applications. They read the published fleet, and tell the collector what they do.
pub(crate) fn commanders(
    sources: &[CelerySource],
    intake: &Intake,
    fleet: &Arc<ArcSwap<Fleet>>,
) -> Result<Commanders, SettingsError> {
    let commander = |settings| Commander::new(settings, intake.clone(), fleet.clone());
    let each = |source| Settings::of(source).map(|settings| (settings.source.clone(), commander(settings)));
    sources.iter().map(each).collect()
}

/// The new task that would be sent in the place of `old`, or why there can be none.
pub(crate) fn in_place_of(old: &TaskMetrics) -> Result<NewTask, String> {
    resend::in_place_of(old, rand::random())
}

impl Commander {
    fn new(settings: Settings, intake: Intake, fleet: Arc<ArcSwap<Fleet>>) -> Arc<Self> {
        let (room, turns) = (Semaphore::new(MOST), Semaphore::new(TOGETHER));
        let (connection, settling) = (Mutex::new(None), Mutex::new(()));
        Arc::new(Self { settings, room, turns, connection, intake, fleet, settling, unsettled: Unsettled::default() })
    }

    /// Nodes have come up: they may take from what they are to leave alone.
    pub(super) fn came_up(&self, nodes: &[String]) {
        if self.settings.takes_commands() && !nodes.is_empty() {
            self.unsettled.add(nodes.iter().cloned());
        }
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

    /// Puts new tasks into their queues: all, or none.
    pub(crate) async fn send(&self, tasks: &[NewTask]) -> Result<(), CommandFailure> {
        let mut connection = self.connected().await?;
        let mut pipe = redis::pipe();
        pipe.atomic();
        for task in tasks {
            pipe.lpush(self.settings.key(&task.queue), &task.message).ignore();
        }
        let sent = pipe.query_async::<()>(&mut connection).await;
        sent.map_err(|error| CommandFailure::Broker(error.to_string()))
    }

    /// Does what `command` says, which is in the journal: asks a worker, or for a revocation all, of which `online` are
    /// known; or brings those of them in line that a paused queue or a drained worker concerns.
    pub(crate) async fn carry_out(
        &self,
        command: &ControlCommand,
        online: &[WorkerId],
    ) -> Result<Vec<ControlAnswer>, CommandFailure> {
        let nodes = |ids: &[WorkerId]| ids.iter().filter_map(|id| self.node(id)).map(str::to_owned).collect::<Vec<_>>();
        let concerned = match command {
            ControlCommand::PauseQueue { .. } | ControlCommand::ResumeQueue { .. } => nodes(online),
            ControlCommand::Drain { worker_id } | ControlCommand::Undrain { worker_id } => {
                nodes(&online.iter().filter(|id| *id == worker_id).cloned().collect::<Vec<_>>())
            }
            _ => return self.ask_workers(command, &nodes(online)).await,
        };
        if concerned.is_empty() {
            return Ok(Vec::new());
        }
        let settled = self.settle(concerned.clone(), PATIENCE).await.inspect_err(|_| self.unsettled.add(concerned))?;
        self.unsettled.add(settled.silent);
        Ok(settled.answers)
    }

    async fn ask_workers(
        &self,
        command: &ControlCommand,
        online: &[String],
    ) -> Result<Vec<ControlAnswer>, CommandFailure> {
        let requests = deed::requests(command, |id| self.node(id).map(str::to_owned));
        let replies = self.ask(&requests, online, PATIENCE).await?;
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

    /// The id of a node.
    fn worker(&self, node: &str) -> Result<WorkerId, IdError> {
        WorkerId::new(format!("{}:{node}", self.settings.name))
    }

    fn answer(&self, reply: Reply) -> Option<ControlAnswer> {
        let worker_id = self.worker(&reply.node).ok()?;
        Some(ControlAnswer { worker_id, is_ok: reply.is_ok, said: reply.said() })
    }
}

//! The way into the collector: a bounded queue of batches and commands, each answered once it is in
//! the journal. When the queue is full a sender is told to come again; nothing is taken in part.

use super::control::{Admitted, ControlError};
use super::silence::{SilenceCommand, SilenceError};
use chrono::{DateTime, Utc};
use forewatch::alert::{AlertCommand, ManualAlert};
use forewatch::control::ControlCommand;
use forewatch::event::Actor;
use forewatch::silence::Silence;
use forewatch::{Alert, AlertId, Event, EventId};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError, mpsc, oneshot};

/// Batches and commands that may wait. A batch is at most one request's events.
const QUEUE: usize = 256;
/// Events of all batches that may wait; a larger batch takes the whole room.
const EVENTS: usize = 100_000;

/// What the collector receives.
pub(crate) enum Message {
    /// Events, acknowledged once they are in the journal.
    Events { events: Vec<Event>, room: OwnedSemaphorePermit, done: oneshot::Sender<Result<(), Refused>> },
    /// A person's command, answered after it is applied.
    Command { command: Command, key: Option<EventId>, done: oneshot::Sender<Result<Alert, CommandError>> },
    /// A silence made or ended by a person, answered after it is applied.
    Silence { command: SilenceCommand, key: Option<EventId>, done: oneshot::Sender<Result<Silence, SilenceError>> },
    /// What a person asks of workers, answered once it is in the journal: then it may be sent.
    Control {
        actor: Actor,
        commands: Vec<ControlCommand>,
        key: Option<EventId>,
        done: oneshot::Sender<Result<Admitted, ControlError>>,
    },
    /// Flush, snapshot and stop.
    Stop { done: oneshot::Sender<()> },
}

/// What a person can ask for.
#[derive(Debug, Clone)]
pub(crate) enum Command {
    /// Handle an alert.
    Handle { alert_id: AlertId, actor: Actor, command: AlertCommand },
    /// Raise one by hand.
    Raise { actor: Actor, alert: ManualAlert },
}

/// Why events were not taken.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum IntakeError {
    #[error("the intake queue is full: send the same again in a second")]
    Full,
    #[error("the journal cannot be written ({0}): nothing was taken, send the same again")]
    Journal(String),
    #[error("the server is shutting down: send the same again when it is back")]
    Stopped,
}

/// Why a command was not carried out.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum CommandError {
    #[error("there is no alert {0}: it may have expired")]
    NotFound(AlertId),
    /// It was carried out before, under the same key, and its alert has left the live list since.
    #[error("this was done before: alert {0} is in the records")]
    Repeated(AlertId),
    /// It cannot be done in the present state; the alert as it is comes along.
    #[error("{reason}")]
    Conflict { reason: String, alert: Box<Alert> },
    #[error("{0}")]
    Invalid(String),
    #[error(transparent)]
    Intake(#[from] IntakeError),
}

/// Events that were not taken, given back to their sender.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) error: IntakeError,
    pub(crate) events: Vec<Event>,
}

impl Refused {
    fn stopped() -> Self {
        Self { error: IntakeError::Stopped, events: Vec::new() }
    }
}

/// The sending end; clone it freely.
#[derive(Clone)]
pub(crate) struct Intake {
    sender: mpsc::Sender<Message>,
    /// Room for [`EVENTS`].
    room: Arc<Semaphore>,
}

/// The two ends of the queue.
pub(crate) fn queue() -> (Intake, mpsc::Receiver<Message>) {
    let (sender, receiver) = mpsc::channel(QUEUE);
    (Intake { sender, room: Arc::new(Semaphore::new(EVENTS)) }, receiver)
}

impl Intake {
    /// Hands events over and waits until they are in the journal. A full queue is refused at once.
    pub(crate) async fn submit(&self, events: Vec<Event>) -> Result<(), IntakeError> {
        let room = self.room.clone().try_acquire_many_owned(places(&events)).map_err(|error| match error {
            TryAcquireError::NoPermits => IntakeError::Full,
            TryAcquireError::Closed => IntakeError::Stopped,
        })?;
        let (done, answer) = oneshot::channel();
        self.sender.try_send(Message::Events { events, room, done }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => IntakeError::Full,
            mpsc::error::TrySendError::Closed(_) => IntakeError::Stopped,
        })?;
        answer.await.unwrap_or_else(|_| Err(Refused::stopped())).map_err(|refused| refused.error)
    }

    /// As [`Self::submit`], but waits for room, and gives back what was not taken: for sources that can wait.
    pub(crate) async fn submit_when_free(&self, events: Vec<Event>) -> Result<(), Refused> {
        let room = self.room.clone().acquire_many_owned(places(&events)).await.map_err(|_| Refused::stopped())?;
        let (done, answer) = oneshot::channel();
        self.sender.send(Message::Events { events, room, done }).await.map_err(|_| Refused::stopped())?;
        answer.await.unwrap_or_else(|_| Err(Refused::stopped()))
    }

    /// Carries out a person's command; with the same `key` again it is answered and changes nothing.
    pub(crate) async fn command(&self, command: Command, key: Option<EventId>) -> Result<Alert, CommandError> {
        let (done, answer) = oneshot::channel();
        self.sender.send(Message::Command { command, key, done }).await.map_err(|_| IntakeError::Stopped)?;
        answer.await.unwrap_or(Err(IntakeError::Stopped.into()))
    }

    /// Makes or ends a silence; with the same `key` again it is answered and changes nothing.
    pub(crate) async fn silence(&self, command: SilenceCommand, key: Option<EventId>) -> Result<Silence, SilenceError> {
        let (done, answer) = oneshot::channel();
        let message = Message::Silence { command, key, done };
        self.sender.send(message).await.map_err(|_| IntakeError::Stopped)?;
        answer.await.unwrap_or(Err(IntakeError::Stopped.into()))
    }

    /// Takes down what a person asks of workers; with the same `key` again it is answered and changes nothing.
    pub(crate) async fn control(
        &self,
        actor: Actor,
        commands: Vec<ControlCommand>,
        key: Option<EventId>,
    ) -> Result<Admitted, ControlError> {
        let (done, answer) = oneshot::channel();
        let message = Message::Control { actor, commands, key, done };
        self.sender.send(message).await.map_err(|_| IntakeError::Stopped)?;
        answer.await.unwrap_or(Err(IntakeError::Stopped.into()))
    }

    /// Asks the collector to write everything and stop; answers when it has.
    pub(crate) async fn stop(&self) {
        let (done, answer) = oneshot::channel();
        if self.sender.send(Message::Stop { done }).await.is_ok() {
            let _ = answer.await;
        }
    }

    /// How many messages wait.
    pub(crate) fn depth(&self) -> usize {
        self.sender.max_capacity() - self.sender.capacity()
    }
}

/// The room that a batch takes.
fn places(events: &[Event]) -> u32 {
    u32::try_from(events.len().min(EVENTS)).unwrap_or(u32::MAX)
}

/// The time by Forewatch's clock; the only place outside tests where the collector's side asks for it.
pub(crate) fn clock() -> DateTime<Utc> {
    Utc::now()
}

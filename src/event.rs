//! Events: everything that happens is one. They pass through one queue into the one owner of the
//! state, and lie in the journal in this form.

use crate::alert::{Alert, AlertCommand, AlertState, ManualAlert};
use crate::control::{ControlCommand, ControlOutcome};
use crate::registration::Registration;
use crate::silence::NewSilence;
use crate::source::SourceState;
use crate::task::TaskEvent;
use crate::{AlertId, AlertSeverity, ControlId, EventId, Heartbeat, SilenceId, SourceName, TaskMetrics, WorkerId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Something happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Chosen by the sender: an event with the same id is applied once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_id: Option<EventId>,
    /// Where it comes from.
    pub source: SourceName,
    /// When it happened, by its sender's clock, corrected by the sender's skew.
    pub at: DateTime<Utc>,
    /// When Forewatch received it, by Forewatch's clock.
    pub received_at: DateTime<Utc>,
    /// What happened.
    pub body: EventBody,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum EventBody {
    /// A worker announced itself.
    WorkerRegistered(Box<Registration>),
    /// A worker is alive, and how it is.
    WorkerHeartbeat(Box<Heartbeat>),
    /// A worker said good-bye for good: it is forgotten.
    WorkerDeregistered {
        /// The worker.
        worker_id: WorkerId,
    },
    /// A worker said good-bye for now (Celery's `worker-offline`): it stays, offline.
    WorkerWentOffline {
        /// The worker.
        worker_id: WorkerId,
    },
    /// Something happened to a task.
    Task(TaskEvent),
    /// A task that had left memory is heard of again: its record, as it was then.
    TaskRecalled(Box<TaskMetrics>),
    /// A queue was measured.
    QueueSampled(QueueSample),
    /// A person or a deployment made a note on the time line.
    Annotation(Annotation),
    /// A source came up or went down.
    SourceChanged(SourceChange),
    /// Events of a source are known to be lost.
    EventsLost {
        /// How many, when that can be told.
        count: u64,
        /// Why, in a sentence.
        reason: String,
        /// What became of them.
        #[serde(default)]
        loss: Loss,
    },
    /// The alert engine decided something.
    AlertChanged(Box<AlertTransition>),
    /// A person did something with an alert.
    AlertCommanded {
        /// The alert.
        alert_id: AlertId,
        /// Who.
        actor: Actor,
        /// What.
        command: AlertCommand,
    },
    /// A person raised an alert by hand.
    AlertRaised {
        /// The new episode.
        alert_id: AlertId,
        /// Who.
        actor: Actor,
        /// What.
        alert: ManualAlert,
    },
    /// A person silenced alerts.
    SilenceMade {
        /// The new silence.
        silence_id: SilenceId,
        /// Who.
        actor: Actor,
        /// What.
        silence: NewSilence,
    },
    /// A person ended a silence before its time.
    SilenceEnded {
        /// The silence.
        silence_id: SilenceId,
        /// Who.
        actor: Actor,
    },
    /// A person asked something of a Celery application's workers.
    ControlAsked {
        /// What was asked, this once.
        control_id: ControlId,
        /// Who.
        actor: Actor,
        /// What.
        command: ControlCommand,
    },
    /// What came of it.
    ControlAnswered {
        /// What was asked.
        control_id: ControlId,
        /// What came of it.
        outcome: Box<ControlOutcome>,
    },
    /// A worker was told to take from queues no longer, or again, so that paused queues and drained workers stay so.
    QueuesHeld {
        /// The worker.
        worker_id: WorkerId,
        /// Queues that it takes from no longer.
        #[serde(default)]
        taken: Vec<String>,
        /// Queues that it takes from again.
        #[serde(default)]
        given: Vec<String>,
    },
}

/// What became of events that are lost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// They never came, or there was no room for them.
    #[default]
    Missed,
    /// They came and could not be read.
    Unreadable,
}

/// Who changes something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The name that is recorded.
    pub name: String,
}

/// A queue was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueueSample {
    /// Its own name.
    pub queue: String,
    /// Messages waiting.
    pub pending: u64,
    /// Messages being worked on, where the sender knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processing: Option<u64>,
    /// Workers that take from it, where the sender knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker_count: Option<u64>,
    /// Messages waiting for their time, where the sender knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delayed: Option<u64>,
    /// Messages taken by workers and not acknowledged, where the sender knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserved: Option<u64>,
    /// Age of the oldest waiting message in seconds, where the sender knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_age: Option<f64>,
}

/// A note on the time line, drawn on every chart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Annotation {
    /// When it applies; set from the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
    /// A few words, 1 to 200 characters.
    pub title: String,
    /// Free labels.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Who made it; absent of one that a program made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// A source came up or went down.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceChange {
    /// How it is now.
    pub state: SourceState,
    /// Where it is, without secrets.
    #[serde(default)]
    pub url: Option<String>,
    /// The error that took it down.
    #[serde(default)]
    pub error: Option<String>,
    /// Whether people may ask something of its workers.
    #[serde(default)]
    pub takes_commands: bool,
}

/// The alert engine's decision on one condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertTransition {
    /// The episode.
    pub alert_id: AlertId,
    /// Its condition from now on; `None`: a pending one that did not last is dropped.
    pub to: Option<AlertState>,
    /// The whole alert, when the episode begins or is reopened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<Alert>,
    /// The metric's value at this moment.
    #[serde(default)]
    pub value: Option<f64>,
    /// The severity from now on, when it changes.
    #[serde(default)]
    pub severity: Option<AlertSeverity>,
    /// The title from now on, when it changes.
    #[serde(default)]
    pub title: Option<String>,
    /// Why nobody is told, from now on.
    #[serde(default)]
    pub suppressed_by: Option<String>,
    /// The alert of its cause, from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inhibited_by: Option<AlertId>,
    /// The acknowledgement's time is up.
    #[serde(default)]
    pub acknowledgement_expired: bool,
}

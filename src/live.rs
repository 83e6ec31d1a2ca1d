//! The live protocol: what goes over the WebSocket `/api/v1/live`.
//!
//! Every topic has its own sequence within one server process (`epoch`). A snapshot carries the
//! number of the last delta that it includes; a delta carries its own number and the one before it.
//! So a client knows a hole when it sees one, and asks for a snapshot.

use crate::list::UnknownWord;
use crate::{TaskId, Timestamp, WorkerId};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::{fmt, str::FromStr};

/// The path of the live WebSocket.
pub const PATH: &str = "/api/v1/live";
/// The subprotocol with JSON messages.
pub const SUBPROTOCOL_JSON: &str = "forewatch.v1.json";
/// Close code: the server shuts down; come back soon.
pub const CLOSE_RESTART: u16 = 1012;
/// Close code: the session has ended; sign in again.
pub const CLOSE_SESSION_ENDED: u16 = 4401;
/// Close code: the client sent too much.
pub const CLOSE_TOO_MUCH: u16 = 4429;
/// The server pings after this many seconds.
pub const PING_SECONDS: u64 = 20;
/// A socket silent for this many seconds is closed.
pub const SILENCE_SECONDS: u64 = 60;

/// What can be subscribed to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Topic {
    /// [`crate::SystemMetrics`], one record.
    System,
    /// [`crate::WorkerSummary`] a worker.
    Workers,
    /// [`crate::WorkerMetrics`] of one worker.
    Worker(WorkerId),
    /// [`crate::worker::FleetGpu`] a device.
    Fleet,
    /// [`crate::TaskMetrics`] of the newest [`TASKS_WINDOW`] tasks, without their timelines and texts.
    Tasks,
    /// [`crate::TaskMetrics`] of one task with its timeline and texts; null when it is not in memory (any more).
    Task(TaskId),
    /// [`crate::QueueStats`] a queue.
    Queues,
    /// [`crate::Alert`] an alert that is not resolved, or was within the last hour.
    Alerts,
    /// [`crate::source::SourceStatus`] a source.
    Sources,
}

/// How many tasks the topic `tasks` holds: the newest, by when they were first heard of.
pub const TASKS_WINDOW: usize = 200;

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("system"),
            Self::Workers => f.write_str("workers"),
            Self::Worker(id) => write!(f, "worker:{id}"),
            Self::Fleet => f.write_str("fleet"),
            Self::Tasks => f.write_str("tasks"),
            Self::Task(id) => write!(f, "task:{id}"),
            Self::Queues => f.write_str("queues"),
            Self::Alerts => f.write_str("alerts"),
            Self::Sources => f.write_str("sources"),
        }
    }
}

impl FromStr for Topic {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        const KNOWN: [&str; 9] =
            ["system", "workers", "worker:ID", "fleet", "tasks", "task:ID", "queues", "alerts", "sources"];
        let unknown = || UnknownWord::new(text, KNOWN.into_iter());
        Ok(match text {
            "system" => Self::System,
            "workers" => Self::Workers,
            "fleet" => Self::Fleet,
            "tasks" => Self::Tasks,
            "queues" => Self::Queues,
            "alerts" => Self::Alerts,
            "sources" => Self::Sources,
            _ => match text.split_once(':') {
                Some(("worker", id)) => Self::Worker(WorkerId::new(id).map_err(|_| unknown())?),
                Some(("task", id)) => Self::Task(TaskId::new(id).map_err(|_| unknown())?),
                _ => return Err(unknown()),
            },
        })
    }
}

impl Serialize for Topic {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Topic {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What a browser sends. A message may hold any of the three.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClientMessage {
    /// Topics to follow from now on; each answers with a snapshot.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subscribe: Vec<Topic>,
    /// Topics to follow no more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unsubscribe: Vec<Topic>,
    /// Topics of which a snapshot is wanted again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resync: Vec<Topic>,
}

/// Whether a message holds everything or only what changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// `data` holds every record: a list, or the one record of `system`, `worker:ID` and `task:ID` (null when there is none).
    Snapshot,
    /// `data` holds a [`Delta`], or the one record.
    Delta,
}

/// What the server sends. `data` stays raw text until the topic says what it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ServerMessage {
    /// Which topic.
    pub topic: Topic,
    /// Which server process; when it changes, only a snapshot counts.
    pub epoch: String,
    /// This message's number on its topic.
    pub seq: u64,
    /// The number before it; null in a snapshot.
    pub prev: Option<u64>,
    /// Everything, or what changed.
    pub kind: Kind,
    /// When it was true.
    pub at: Timestamp,
    /// The records.
    pub data: Box<RawValue>,
}

/// What changed in a list. Records are whole; null in a record is "unknown", never "delete".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Delta<T> {
    /// Records that are new or changed.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub upsert: Vec<T>,
    /// Ids of records that are gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remove: Vec<String>,
}

/// A record with an id within its topic.
pub trait Record {
    /// The id that [`Delta::remove`] names.
    fn id(&self) -> &str;
}

macro_rules! records {
    ($($type:ty => $field:ident),+ $(,)?) => {
        $(impl Record for $type {
            fn id(&self) -> &str {
                &self.$field
            }
        })+
    };
}

records! {
    crate::WorkerSummary => worker_id,
    crate::worker::FleetGpu => id,
    crate::TaskMetrics => task_id,
    crate::QueueStats => id,
    crate::Alert => alert_id,
    crate::source::SourceStatus => name,
}

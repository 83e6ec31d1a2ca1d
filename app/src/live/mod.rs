//! The live client: every topic that something on the page shows, kept equal to the server.
//!
//! A page hands in the snapshot that it was rendered from and gets a signal. The first user of a topic
//! subscribes, the last one that goes unsubscribes. On the server the signals hold what was handed in.
//!
//! - [`reduce`]: one message into one topic's data. Pure.
//! - [`held`]: how records of a topic are replaced and changed. Pure.
//! - [`link`], [`waits`], [`words`]: when to connect, subscribe, wait and give up. Pure; time is an argument.
//! - [`meanwhile`]: what changed while the connection was cut. Pure.
//! - `again`: asking for what no topic tells.
//! - `client`, `browser`, `feed`, `pace`, `wire`: the browser's side: one socket, drained at most once a frame.

mod connection;
pub mod held;
pub mod link;
pub mod meanwhile;
pub mod reduce;
pub mod waits;
pub mod words;

#[cfg(feature = "hydrate")]
pub mod again;
#[cfg(feature = "hydrate")]
mod browser;
#[cfg(feature = "hydrate")]
pub mod client;
#[cfg(feature = "hydrate")]
mod clock;
#[cfg(feature = "hydrate")]
mod feed;
#[cfg(feature = "hydrate")]
mod pace;
#[cfg(feature = "hydrate")]
pub mod wire;

pub use connection::Connection;

use crate::backend::Snapshot;
use forewatch::live::Topic;
use forewatch::source::SourceStatus;
use forewatch::worker::FleetGpu;
use forewatch::{Alert, QueueStats, SystemMetrics, TaskMetrics, Timestamp, WorkerId, WorkerMetrics, WorkerSummary};
use held::Held;
use leptos::prelude::*;
use std::sync::Arc;

/// Provides the live client to everything below, and connects once the page is mounted.
pub fn provide_live() {
    let live = Live::new();
    provide_context(live);
    #[cfg(feature = "hydrate")]
    crate::hydration::when_live(move || live.client.with_value(client::Client::start));
}

/// The live client of this page.
pub fn use_live() -> Live {
    expect_context()
}

/// A handle on the live client.
#[derive(Clone, Copy)]
pub struct Live {
    now: RwSignal<Timestamp>,
    connection: RwSignal<Connection>,
    missed: RwSignal<u32>,
    #[cfg(feature = "hydrate")]
    client: StoredValue<client::Client, LocalStorage>,
}

impl Live {
    fn new() -> Self {
        // Until the first snapshot is handed in nothing is known of the server's clock.
        let now = RwSignal::new(Timestamp::UNIX_EPOCH);
        let connection = RwSignal::new(Connection::Connecting);
        let missed = RwSignal::new(0);
        Self {
            now,
            connection,
            missed,
            #[cfg(feature = "hydrate")]
            client: StoredValue::new_local(client::Client::new(now, connection, missed, Box::new(wire::Sockets))),
        }
    }

    /// One that never connects, for the page of the components: what it says is what it is given.
    #[cfg(all(debug_assertions, feature = "ssr"))]
    pub fn shown_as(connection: Connection, now: Timestamp) -> Self {
        let live = Self::new();
        live.connection.set(connection);
        live.now.set(now);
        live
    }

    /// The system.
    pub fn system(self, initial: Snapshot<SystemMetrics>) -> Signal<SystemMetrics> {
        self.follow(Topic::System, initial)
    }

    /// Every worker, by name.
    pub fn workers(self, initial: Snapshot<Vec<WorkerSummary>>) -> Signal<Arc<Vec<WorkerSummary>>> {
        self.follow(Topic::Workers, shared(initial))
    }

    /// One worker with its devices.
    pub fn worker(self, id: WorkerId, initial: Snapshot<WorkerMetrics>) -> Signal<WorkerMetrics> {
        self.follow(Topic::Worker(id), initial)
    }

    /// Every GPU.
    pub fn fleet(self, initial: Snapshot<Vec<FleetGpu>>) -> Signal<Arc<Vec<FleetGpu>>> {
        self.follow(Topic::Fleet, shared(initial))
    }

    /// The newest tasks, newest first.
    pub fn tasks(self, initial: Snapshot<Vec<TaskMetrics>>) -> Signal<Arc<Vec<TaskMetrics>>> {
        self.follow(Topic::Tasks, shared(initial))
    }

    /// One task with its timeline. What a page was rendered with has no place in the topic's count: numbers are only
    /// given to tasks that somebody follows.
    pub fn task(self, at: Timestamp, task: TaskMetrics) -> Signal<TaskMetrics> {
        let topic = Topic::Task(task.task_id.clone());
        self.follow(topic, Snapshot { epoch: String::new(), seq: 0, at, data: task })
    }

    /// Every queue, by name.
    pub fn queues(self, initial: Snapshot<Vec<QueueStats>>) -> Signal<Arc<Vec<QueueStats>>> {
        self.follow(Topic::Queues, shared(initial))
    }

    /// Alerts that are not resolved, or were within the last hour.
    pub fn alerts(self, initial: Snapshot<Vec<Alert>>) -> Signal<Arc<Vec<Alert>>> {
        self.follow(Topic::Alerts, shared(initial))
    }

    /// Sources and how they are.
    pub fn sources(self, initial: Snapshot<Vec<SourceStatus>>) -> Signal<Arc<Vec<SourceStatus>>> {
        self.follow(Topic::Sources, shared(initial))
    }

    /// Whether what is shown must not pass for the present.
    pub fn is_stale(self) -> Signal<bool> {
        Signal::derive(move || matches!(self.connection.get(), Connection::Stale { .. }))
    }

    /// How the connection is.
    pub fn connection(self) -> Signal<Connection> {
        self.connection.into()
    }

    /// Counts how often something was missed: the connection was cut, or the tab was hidden for so long that topics were
    /// left. The records are whole again by themselves; what shows their past asks for it.
    pub fn missed(self) -> Signal<u32> {
        self.missed.into()
    }

    /// The server's clock: the moment of the newest snapshot until the page is mounted (so that server
    /// and browser render the same), then ticking once a second.
    pub fn now(self) -> Signal<Timestamp> {
        self.now.into()
    }

    /// Until when what is shown is known to be so: now, while the connection lives; else the moment at which it broke.
    pub fn known_until(self) -> Signal<Timestamp> {
        Signal::derive(move || match self.connection.get() {
            Connection::Live { .. } | Connection::Connecting => self.now.get(),
            Connection::Reconnecting { since, .. } | Connection::Stale { since, .. } => since,
        })
    }

    fn follow<D: Held>(self, topic: Topic, initial: Snapshot<D>) -> Signal<D> {
        if self.now.get_untracked() < initial.at {
            self.now.set(initial.at);
        }
        #[cfg(feature = "hydrate")]
        {
            let left = topic.clone();
            // The client is gone before this only when the whole page is.
            on_cleanup(move || {
                self.client.try_with_value(|client| client.leave(&left));
            });
            self.client.with_value(|client| client.follow(topic, initial))
        }
        #[cfg(not(feature = "hydrate"))]
        {
            let _ = topic;
            Signal::stored(initial.data)
        }
    }
}

/// The records of a snapshot so that handing them on costs nothing.
fn shared<T>(snapshot: Snapshot<Vec<T>>) -> Snapshot<Arc<Vec<T>>> {
    Snapshot { epoch: snapshot.epoch, seq: snapshot.seq, at: snapshot.at, data: Arc::new(snapshot.data) }
}

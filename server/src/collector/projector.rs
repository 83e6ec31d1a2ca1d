//! The projector: a thread that writes records and state snapshots, trims what is too old, and so
//! keeps slow writes away from the collector.
//!
//! It may fall behind: changed records wait in a map (newest state of each, so bounded by the fleet),
//! and are handed over when the thread is free. A snapshot is written after all records up to its
//! sequence, so that records can always be made again from the snapshot and the log.

use super::fleet::{FLEET_VERSION, Fleet};
use super::{Changes, clock};
use crate::recent::Kept;
use crate::store::{Projection, StateSnapshot, StoreError};
use chrono::TimeDelta;
use forewatch::{Alert, AlertId, TaskId, TaskMetrics};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

/// Work that may wait for the thread; beyond, records wait in the map and snapshots are left out.
const QUEUE: usize = 4;

enum Work {
    Records { tasks: Vec<Arc<TaskMetrics>>, alerts: Vec<Arc<Alert>>, gone: Vec<AlertId> },
    Snapshot(Box<State>),
}

/// What a state snapshot holds.
#[derive(serde::Serialize, serde::Deserialize)]
pub(crate) struct State {
    pub(crate) fleet: Fleet,
    pub(crate) recent: Kept,
}

/// How long things are kept in the store.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Retention {
    pub(crate) log: TimeDelta,
    pub(crate) tasks: TimeDelta,
    pub(crate) alerts: TimeDelta,
}

/// The collector's end.
pub(crate) struct Projector {
    sender: Option<SyncSender<Work>>,
    thread: Option<JoinHandle<()>>,
    tasks: HashMap<TaskId, Arc<TaskMetrics>>,
    alerts: HashMap<AlertId, Arc<Alert>>,
    /// Alerts that have left the live list.
    gone: Vec<AlertId>,
}

impl Projector {
    /// Starts the thread over a store.
    pub(crate) fn start(store: Box<dyn Projection>, retention: Retention) -> std::io::Result<Self> {
        let (sender, receiver) = sync_channel(QUEUE);
        let thread =
            std::thread::Builder::new().name("projector".to_owned()).spawn(move || run(store, &receiver, retention))?;
        Ok(Self {
            sender: Some(sender),
            thread: Some(thread),
            tasks: HashMap::new(),
            alerts: HashMap::new(),
            gone: Vec::new(),
        })
    }

    /// Takes what changed in a tick.
    pub(crate) fn changed(&mut self, fleet: &Fleet, changes: &Changes) {
        self.tasks.extend(changes.tasks.iter().filter_map(|id| Some((id.clone(), fleet.tasks.get(id)?.clone()))));
        self.alerts.extend(changes.alerts.iter().filter_map(|id| Some((id.clone(), fleet.alerts.get(id)?.clone()))));
        self.gone.extend(changes.alerts.iter().filter(|id| !fleet.alerts.contains_key(*id)).cloned());
        self.hand_over(false);
    }

    /// Takes a state to keep. It is left out when the thread is busy: the next one will do.
    pub(crate) fn snapshot(&mut self, state: State) {
        if self.hand_over(true)
            && let Some(sender) = &self.sender
            && let Err(TrySendError::Full(_)) = sender.try_send(Work::Snapshot(Box::new(state)))
        {
            tracing::warn!("the store is busy: a state snapshot is left out");
        }
    }

    /// Hands the waiting records over if the thread is free, or waits for it; tells whether none wait any more.
    fn hand_over(&mut self, wait: bool) -> bool {
        let Some(sender) = &self.sender else { return false };
        if self.tasks.is_empty() && self.alerts.is_empty() && self.gone.is_empty() {
            return true;
        }
        let tasks = self.tasks.drain().map(|(_, task)| task).collect();
        let alerts = self.alerts.drain().map(|(_, alert)| alert).collect();
        let work = Work::Records { tasks, alerts, gone: std::mem::take(&mut self.gone) };
        let sent =
            if wait { sender.send(work).map_err(|e| TrySendError::Disconnected(e.0)) } else { sender.try_send(work) };
        match sent {
            Ok(()) => true,
            Err(TrySendError::Full(Work::Records { tasks, alerts, gone })) => {
                self.gone = gone;
                self.tasks = tasks.into_iter().map(|task| (task.task_id.clone(), task)).collect();
                self.alerts = alerts.into_iter().map(|alert| (alert.alert_id.clone(), alert)).collect();
                false
            }
            Err(_) => false,
        }
    }

    /// Waits until everything is written.
    pub(crate) fn finish(&mut self) {
        self.hand_over(true);
        self.sender = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the projector ended with a panic: records may be incomplete until the next start");
        }
    }
}

fn run(mut store: Box<dyn Projection>, work: &Receiver<Work>, retention: Retention) {
    while let Ok(work) = work.recv() {
        let result = match work {
            Work::Records { tasks, alerts, gone } => store.write(&tasks, &alerts, &gone),
            Work::Snapshot(state) => save(store.as_mut(), &state, retention),
        };
        if let Err(error) = result {
            tracing::error!(%error, "records could not be written; they are made again from the log at the next start");
        }
    }
}

fn save(store: &mut dyn Projection, state: &State, retention: Retention) -> Result<(), StoreError> {
    let bytes = rmp_serde::to_vec_named(state)
        .map_err(|error| StoreError::Damaged(format!("the state cannot be serialised: {error}")))?;
    let sequence = state.fleet.sequence;
    store.save_state(&StateSnapshot { version: FLEET_VERSION, sequence, bytes })?;
    let now = clock();
    // One bounded step of each a minute; more only while there is more.
    for _ in 0..10 {
        let log = store.trim_log(now - retention.log, sequence)?;
        let records = store.trim_records(now - retention.tasks, now - retention.alerts)?;
        if !log && !records {
            break;
        }
    }
    Ok(())
}

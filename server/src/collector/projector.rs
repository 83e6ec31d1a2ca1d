//! The projector: a thread that writes records and state snapshots, trims what is too old, and so
//! keeps slow writes away from the collector.
//!
//! It may fall behind: changed records wait in a map (newest state of each, so bounded by the fleet),
//! and are handed over when the thread is free. A snapshot is written after all records and samples up to its
//! sequence, so that both can always be made again from the snapshot and the log.

mod waiting;
mod writer;

use super::Changes;
use super::fleet::Fleet;
use crate::store::{KeptTallies, Projection, Snapshots};
use chrono::TimeDelta;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use waiting::Waiting;
use writer::Writer;

/// Work that may wait for the thread; beyond, records wait in the map and snapshots are left out.
const QUEUE: usize = 4;

/// Records that are written at once whenever they come; more wait until as long has gone by since the last were, as one
/// transaction of many costs much less than many of few.
const FEW: usize = 200;
const GATHER: Duration = Duration::from_secs(1);

enum Work {
    Records(Waiting),
    /// A state, and whether the samples up to it are in history.
    Snapshot(Box<Fleet>, Receiver<bool>),
    /// Says when everything before it was written, or was tried.
    Reached(SyncSender<()>),
}

/// How long things are kept in the store.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Retention {
    pub(crate) log: TimeDelta,
    pub(crate) tasks: TimeDelta,
    pub(crate) alerts: TimeDelta,
    pub(crate) tallies: KeptTallies,
}

#[cfg(test)]
impl Retention {
    /// The same for everything.
    pub(crate) fn of(span: TimeDelta) -> Self {
        Self { log: span, tasks: span, alerts: span, tallies: KeptTallies { hours: span, days: span } }
    }
}

/// The collector's end.
pub(crate) struct Projector {
    sender: Option<SyncSender<Work>>,
    thread: Option<JoinHandle<()>>,
    waiting: Waiting,
    handed_over_at: Option<Instant>,
    written: Arc<AtomicU64>,
}

impl Projector {
    /// Starts the thread over a store.
    pub(crate) fn start(
        snapshots: Box<dyn Snapshots>,
        records: Box<dyn Projection>,
        retention: Retention,
    ) -> std::io::Result<Self> {
        let (sender, receiver) = sync_channel(QUEUE);
        let written = Arc::default();
        let writer = Writer::new(snapshots, records, retention, Arc::clone(&written));
        let thread = std::thread::Builder::new().name("projector".to_owned()).spawn(move || writer.run(&receiver))?;
        Ok(Self {
            sender: Some(sender),
            thread: Some(thread),
            waiting: Waiting::default(),
            handed_over_at: None,
            written,
        })
    }

    /// The event up to which what it took is in the records.
    pub(crate) fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    /// Takes what changed in a tick.
    pub(crate) fn changed(&mut self, fleet: &Fleet, changes: &Changes) {
        self.waiting.take(fleet, changes);
        if self.waiting.len() <= FEW || self.handed_over_at.is_none_or(|at| at.elapsed() >= GATHER) {
            self.hand_over(false);
        }
    }

    /// Brings the records up to a recovered state, and waits until they are: who asks after the start finds what was
    /// acknowledged before it.
    pub(crate) fn catch_up(&mut self, fleet: &Fleet, changes: &Changes) {
        self.waiting.take(fleet, changes);
        let (done, reached) = sync_channel(1);
        if self.hand_over(true)
            && let Some(sender) = &self.sender
            && sender.send(Work::Reached(done)).is_ok()
        {
            // An error means that the thread is gone; it has said so.
            let _ = reached.recv();
        }
    }

    /// Takes a state to keep, once `samples` says that history has those up to it. It is left out when the thread is busy:
    /// the next one will do.
    pub(crate) fn snapshot(&mut self, fleet: Fleet, samples: Receiver<bool>) {
        if self.hand_over(true)
            && let Some(sender) = &self.sender
            && let Err(TrySendError::Full(_)) = sender.try_send(Work::Snapshot(Box::new(fleet), samples))
        {
            tracing::warn!("the store is busy: a state snapshot is left out");
        }
    }

    /// Hands the waiting records over if the thread is free, or waits for it; tells whether none wait any more.
    fn hand_over(&mut self, wait: bool) -> bool {
        let Some(sender) = &self.sender else { return false };
        if self.waiting.is_empty() {
            return true;
        }
        let work = Work::Records(std::mem::take(&mut self.waiting));
        let sent =
            if wait { sender.send(work).map_err(|e| TrySendError::Disconnected(e.0)) } else { sender.try_send(work) };
        match sent {
            Ok(()) => {
                self.handed_over_at = Some(Instant::now());
                true
            }
            Err(TrySendError::Full(Work::Records(waiting))) => {
                self.waiting = waiting;
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

//! The collector: the single owner of the fleet's state.
//!
//! One thread takes batches and commands from the [`intake`], writes them to the log (one commit for
//! all that wait), applies them, and answers their senders. Once a tick it lets time pass, asks the
//! alert engine, and publishes: a copy of the state for readers, what changed for the live hub, the
//! history and the records. Nothing else changes the fleet.

mod adopt;
pub(crate) mod alert;
mod apply;
mod changes;
mod control;
mod decide;
#[cfg(test)]
pub(crate) mod driven;
mod fleet;
mod gone;
mod intake;
mod journal;
mod lost;
mod names;
mod objective;
pub(crate) mod outcome;
mod past;
mod presence;
mod projector;
mod published;
mod queue;
mod recover;
mod settings;
mod silence;
mod source;
mod system;
mod task;
mod task_rules;
#[cfg(test)]
mod tests;
mod thread;
mod worker;

pub(crate) use adopt::adopt;
pub(crate) use alert::raised;
#[cfg(any(test, feature = "bench"))]
pub(crate) use apply::{apply, tick};
pub(crate) use changes::{Changes, Samples};
pub(crate) use control::{Admitted, ControlError};
pub(crate) use fleet::{Fleet, Queue, Worker};
pub(crate) use gone::forget_gone;
pub(crate) use intake::{Command, CommandError, Intake, IntakeError, Message, Refused, clock, queue};
pub(crate) use journal::Journal;
#[cfg(test)]
pub(crate) use names::add_named as named;
pub(crate) use objective::{Counted, Verdicts};
#[cfg(test)]
pub(crate) use objective::{add as judged, settle as settle_objectives};
pub(crate) use past::Past;
pub(crate) use presence::{Presence, silence};
pub(crate) use projector::{Projector, Retention};
pub(crate) use published::until_published;
pub(crate) use recover::{Recovered, recover};
pub(crate) use settings::Settings;
#[cfg(test)]
pub(crate) use silence::apply_made as silenced;
pub(crate) use silence::{SilenceCommand, SilenceError};
pub(crate) use source::is_silent;
pub(crate) use system::empty as empty_system;
pub(crate) use thread::Running;

use crate::alerts::Engine;
use crate::history::History;
use crate::live::Hub;
use crate::store::Health;
use crate::telemetry::Counters;
use arc_swap::ArcSwap;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::event::AlertTransition;
use forewatch::{Event, EventBody, SourceName};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// The source of what Forewatch itself decides.
pub(crate) const OWN_SOURCE: &str = "forewatch";
/// Events of one commit at most.
const COMMIT_EVENTS: usize = 20_000;
/// Time between two state snapshots.
const SNAPSHOT_EVERY: TimeDelta = TimeDelta::seconds(60);
/// Events between two state snapshots, or as many as there are tasks: a restart applies no more, and writing
/// snapshots costs no more than a task an event.
const SNAPSHOT_EVENTS: u64 = 150_000;

/// What the collector writes to, besides the log.
pub(crate) struct Outputs {
    pub(crate) published: Arc<ArcSwap<Fleet>>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) history: Arc<History>,
    pub(crate) projector: Projector,
    pub(crate) counters: Arc<Counters>,
    /// How the store fares.
    pub(crate) health: Arc<Health>,
}

/// The owner of the state.
pub(crate) struct Collector {
    pub(crate) fleet: Fleet,
    pub(crate) settings: Settings,
    pub(crate) engine: Engine,
    pub(crate) journal: Journal,
    pub(crate) outputs: Outputs,
    pub(crate) changes: Changes,
    pub(crate) lost_after: TimeDelta,
    pub(crate) presence: Presence,
    pub(crate) past: Past,
}

/// How many events a sender waits for, and where it waits.
type Waiting = (usize, oneshot::Sender<Result<(), Refused>>);

impl Collector {
    /// Runs until it is asked to stop or every sender is gone. Blocks: give it a thread of its own.
    pub(crate) fn run(mut self, mut inbox: mpsc::Receiver<Message>, tick: Duration, runtime: &tokio::runtime::Handle) {
        let mut next_tick = tokio::time::Instant::now() + tick;
        let mut next_snapshot = clock() + SNAPSHOT_EVERY;
        let mut kept = self.fleet.sequence;
        loop {
            let received = runtime.block_on(async { tokio::time::timeout_at(next_tick, inbox.recv()).await });
            match received {
                Ok(Some(Message::Stop { done })) => {
                    self.finish();
                    let _ = done.send(());
                    return;
                }
                Ok(Some(message)) => {
                    if let Some(Message::Stop { done }) = self.take(message, &mut inbox) {
                        self.finish();
                        let _ = done.send(());
                        return;
                    }
                }
                Ok(None) => return self.finish(),
                Err(_) => {}
            }
            if tokio::time::Instant::now() >= next_tick {
                self.tick(clock());
                next_tick = (next_tick + tick).max(tokio::time::Instant::now() + tick / 4);
                let behind = self.fleet.sequence - kept;
                if clock() >= next_snapshot || behind >= SNAPSHOT_EVENTS.max(self.fleet.tasks.len() as u64) {
                    self.snapshot();
                    next_snapshot = clock() + SNAPSHOT_EVERY;
                    kept = self.fleet.sequence;
                }
            }
        }
    }

    /// Takes a message and all that wait behind it, as far as one commit goes. Returns a message that
    /// ends the run.
    fn take(&mut self, first: Message, inbox: &mut mpsc::Receiver<Message>) -> Option<Message> {
        let mut batch = Vec::new();
        let mut waiting = Vec::new();
        let mut next = Some(first);
        loop {
            match next {
                Some(Message::Events { mut events, room, done }) => {
                    // What is in hand is bounded by itself.
                    drop(room);
                    waiting.push((events.len(), done));
                    if batch.is_empty() {
                        batch = events;
                    } else {
                        batch.append(&mut events);
                    }
                }
                Some(Message::Command { command, key, done }) => {
                    // Commands are decided in log order: what came before is applied first.
                    self.commit(std::mem::take(&mut batch), std::mem::take(&mut waiting));
                    let _ = done.send(self.decide(&command, key));
                }
                Some(Message::Silence { command, key, done }) => {
                    self.commit(std::mem::take(&mut batch), std::mem::take(&mut waiting));
                    let _ = done.send(self.decide_silence(&command, key));
                }
                Some(Message::Control { actor, commands, key, done }) => {
                    self.commit(std::mem::take(&mut batch), std::mem::take(&mut waiting));
                    let _ = done.send(self.admit(&actor, &commands, key));
                }
                stop @ Some(Message::Stop { .. }) => {
                    self.commit(batch, waiting);
                    return stop;
                }
                None => break,
            }
            if batch.len() >= COMMIT_EVENTS {
                break;
            }
            next = inbox.try_recv().ok();
        }
        self.commit(batch, waiting);
        None
    }

    /// Writes events to the log, applies them, and tells their senders, who get them back when that cannot be done.
    fn commit(&mut self, mut events: Vec<Event>, waiting: Vec<Waiting>) {
        let recalled = self.past.recall(&self.fleet, &mut events);
        match recalled.and_then(|()| self.write(&events)) {
            Ok(()) => waiting.into_iter().for_each(|(_, done)| drop(done.send(Ok(())))),
            Err(error) => {
                let error = IntakeError::Journal(error.to_string());
                let mut events = events.into_iter().filter(|event| !matches!(event.body, EventBody::TaskRecalled(_)));
                for (count, done) in waiting {
                    let events = events.by_ref().take(count).collect();
                    let _ = done.send(Err(Refused { error: error.clone(), events }));
                }
            }
        }
    }

    /// Lets time pass, decides alerts, and publishes.
    fn tick(&mut self, now: DateTime<Utc>) {
        self.look_at_store(now);
        let since = self.presence.tick(now, self.fleet.deaf_until);
        self.engine.listening_since(since);
        apply::tick(&mut self.fleet, &self.settings, now, &mut self.changes);
        self.outputs.counters.tasks_given_up.store(self.fleet.given_up, Ordering::Relaxed);
        let lost = lost::lost(&self.fleet, self.lost_after, since, now);
        let transitions = self.engine.evaluate(&self.fleet, now);
        let decisions = lost.into_iter().chain(transitions.into_iter().map(|t| decision(t, now))).collect::<Vec<_>>();
        self.take_decisions(&decisions);
        let gone = {
            let may_leave = self.past.settle(self.outputs.projector.written());
            let changed = &self.changes.tasks;
            task::evict(&mut self.fleet, &self.settings, |id| may_leave(id) && !changed.contains(id))
        };
        self.past.gone(gone.iter());
        self.publish();
    }

    pub(super) fn publish(&mut self) {
        let changes = std::mem::take(&mut self.changes);
        let refused = changes.workers_refused;
        if refused > 0 && self.outputs.counters.workers_refused.fetch_add(refused, Ordering::Relaxed) == 0 {
            let most = self.settings.max_workers;
            tracing::warn!(most, "there are as many workers as are taken: others are left out; see limits.workers");
        }
        let fleet = Arc::new(self.fleet.clone());
        let before = self.outputs.published.swap(fleet.clone());
        let [was, is] = [&before, &fleet].map(|fleet| |id: &_| fleet.alerts.get(id).map(AsRef::as_ref));
        self.outputs.counters.alerts.note(changes.alerts.iter(), was, is);
        self.outputs.health.missed(self.outputs.history.take(&fleet, &changes.samples));
        self.outputs.projector.changed(&fleet, &changes);
        self.past.changed(&changes.tasks, fleet.sequence);
        self.outputs.hub.publish(fleet, &changes);
    }

    fn snapshot(&mut self) {
        // The samples up to this state are in the store before the state is.
        let samples = self.outputs.history.flush();
        self.outputs.projector.snapshot(self.fleet.clone(), samples);
    }

    fn finish(mut self) {
        self.publish();
        self.snapshot();
        self.outputs.projector.finish();
        self.outputs.history.finish();
    }
}

fn decision(transition: AlertTransition, now: DateTime<Utc>) -> Event {
    Event {
        event_id: None,
        source: own_source(),
        at: now,
        received_at: now,
        body: EventBody::AlertChanged(Box::new(transition)),
    }
}

/// [`OWN_SOURCE`] as a name.
pub(crate) fn own_source() -> SourceName {
    SourceName::new(OWN_SOURCE).expect("the word is a valid name")
}

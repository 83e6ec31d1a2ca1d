//! Writing the log, and what is done while it cannot be written: nothing is taken then, but for what is decided about the
//! store itself, so that people learn of it. That is in the log once it can be.

use super::{Collector, apply, own_source};
use crate::alerts::is_about_store;
use crate::store::{self, Log, StoreError};
use chrono::{DateTime, Utc};
use forewatch::event::Annotation;
use forewatch::store::StorePart;
use forewatch::{Event, EventBody};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// A log that nothing was written to for this long is asked whether it could be.
const IDLE: Duration = Duration::from_secs(10);
/// Decisions about the store that wait for the log at most; beyond, they are taken once it can be written.
const OWED: usize = 100;

/// The log, and what it is owed.
pub(crate) struct Journal {
    log: Box<dyn Log>,
    /// Applied, and not in the log yet.
    owed: Vec<Event>,
    /// When it was last written, or asked.
    used: Instant,
}

impl Journal {
    pub(crate) fn of(log: Box<dyn Log>) -> Self {
        Self { log, owed: Vec::new(), used: Instant::now() }
    }
}

impl Collector {
    /// Writes events to the log and applies them. All or none.
    pub(super) fn write(&mut self, events: &[Event]) -> Result<(), StoreError> {
        if events.is_empty() {
            return Ok(());
        }
        self.pay()?;
        let last = self.append(events)?;
        let first = last + 1 - events.len() as u64;
        for (sequence, event) in (first..).zip(events) {
            apply::apply(&mut self.fleet, &self.settings, sequence, event, &mut self.changes);
        }
        self.outputs.counters.events.fetch_add(events.len() as u64, Ordering::Relaxed);
        Ok(())
    }

    fn append(&mut self, events: &[Event]) -> Result<u64, StoreError> {
        self.journal.used = Instant::now();
        self.journal.log.append(events).inspect_err(|_| {
            self.outputs.counters.journal_failures.fetch_add(1, Ordering::Relaxed);
        })
    }

    /// Takes decisions. One that cannot be journalled is not taken, and the next tick decides again; but for those about
    /// the store.
    pub(super) fn take_decisions(&mut self, decisions: &[Event]) {
        if self.write(decisions).is_ok() {
            return;
        }
        for event in decisions {
            if self.is_about_store(event) && self.journal.owed.len() < OWED {
                let sequence = self.fleet.sequence;
                apply::apply(&mut self.fleet, &self.settings, sequence, event, &mut self.changes);
                self.journal.owed.push(event.clone());
            }
        }
    }

    fn is_about_store(&self, event: &Event) -> bool {
        let EventBody::AlertChanged(transition) = &event.body else { return false };
        let known = || self.fleet.alerts.get(&transition.alert_id).map(AsRef::as_ref);
        transition.opens.as_ref().or_else(known).is_some_and(is_about_store)
    }

    /// Writes to the log what it is owed.
    fn pay(&mut self) -> Result<(), StoreError> {
        if self.journal.owed.is_empty() {
            return Ok(());
        }
        let owed = std::mem::take(&mut self.journal.owed);
        match self.append(&owed) {
            Ok(last) => {
                self.fleet.sequence = last;
                Ok(())
            }
            Err(error) => {
                self.journal.owed = owed;
                Err(error)
            }
        }
    }

    /// Looks how the store is as of `now`, and marks an outage that is over on the time line.
    pub(super) fn look_at_store(&mut self, now: DateTime<Utc>) {
        let health = self.outputs.health.clone();
        if health.fails(StorePart::Log) || self.journal.used.elapsed() >= IDLE {
            self.journal.used = Instant::now();
            let _ = self.journal.log.check();
        }
        self.fleet.outage = health.outage();
        if health.fails(StorePart::Log) {
            self.fleet.deaf_until = Some(now);
            return;
        }
        // What fails here is tried again with the next tick.
        let _ = self.pay();
        if let Some(outage) = health.unmarked(now) {
            let title = store::mark(&outage);
            let body = EventBody::Annotation(Annotation { at: None, title, tags: vec!["store".to_owned()], by: None });
            let event = Event { event_id: None, source: own_source(), at: outage.since, received_at: now, body };
            if self.write(&[event]).is_ok() {
                health.marked();
            }
        }
    }
}

//! The parts of a store that are written, each telling how its writes fare.

use super::health::Health;
use super::{Blocks, HistoryChanges, HistoryWriter, KeptTallies, Log, Named, Projection, StateSnapshot, StoreError};
use crate::collector::clock;
use crate::history::{Key, Tier};
use chrono::{DateTime, Utc};
use forewatch::store::StorePart;
use forewatch::{Alert, AlertId, Event, TaskMetrics};
use std::ops::Range;
use std::sync::Arc;

/// A part that is watched.
pub(super) struct Watched<T: ?Sized> {
    health: Arc<Health>,
    inner: Box<T>,
}

impl<T: ?Sized> Watched<T> {
    pub(super) fn new(health: &Arc<Health>, inner: Box<T>) -> Self {
        Self { health: health.clone(), inner }
    }

    /// Notes whether a part could be written.
    fn note<V>(&self, part: StorePart, written: Result<V, StoreError>) -> Result<V, StoreError> {
        match &written {
            Ok(_) => self.health.works(part, clock()),
            Err(error) => self.health.failed(part, error, clock()),
        }
        written
    }
}

impl Log for Watched<dyn Log> {
    fn append(&mut self, events: &[Event]) -> Result<u64, StoreError> {
        let written = self.inner.append(events);
        self.note(StorePart::Log, written)
    }

    fn check(&mut self) -> Option<Result<(), StoreError>> {
        let checked = self.inner.check()?;
        Some(self.note(StorePart::Log, checked))
    }

    fn read_after(&self, after: u64, each: &mut dyn FnMut(u64, Vec<Event>)) -> Result<(), StoreError> {
        self.inner.read_after(after, each)
    }

    fn state(&self) -> Result<Option<StateSnapshot>, StoreError> {
        self.inner.state()
    }
}

impl Projection for Watched<dyn Projection> {
    fn written(&self) -> Result<u64, StoreError> {
        self.inner.written()
    }

    fn write(
        &mut self,
        tasks: &[Arc<TaskMetrics>],
        alerts: &[Arc<Alert>],
        gone: &[AlertId],
        sequence: u64,
    ) -> Result<(), StoreError> {
        let written = self.inner.write(tasks, alerts, gone, sequence);
        self.note(StorePart::Records, written)
    }

    fn trim_records(&mut self, tasks: DateTime<Utc>, alerts: DateTime<Utc>) -> Result<bool, StoreError> {
        self.inner.trim_records(tasks, alerts)
    }

    fn settle_tallies(&mut self, now: DateTime<Utc>, kept: &KeptTallies) -> Result<bool, StoreError> {
        self.inner.settle_tallies(now, kept)
    }
}

impl Blocks for Watched<dyn HistoryWriter> {
    fn each(
        &self,
        tier: Tier,
        slot: u32,
        metric: u16,
        shards: Range<u32>,
        each: &mut dyn FnMut(Key, &[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.inner.each(tier, slot, metric, shards, each)
    }

    fn unfinished(&self) -> Result<Vec<(Tier, u32)>, StoreError> {
        self.inner.unfinished()
    }

    fn sketched_since(&self) -> Result<Option<i64>, StoreError> {
        self.inner.sketched_since()
    }

    fn named(&self) -> Result<Named, StoreError> {
        self.inner.named()
    }
}

impl HistoryWriter for Watched<dyn HistoryWriter> {
    fn write(&mut self, changes: &HistoryChanges) -> Result<(), StoreError> {
        let written = self.inner.write(changes);
        self.note(StorePart::History, written)
    }

    fn trim(&mut self, tier: Tier, before: u32) -> Result<bool, StoreError> {
        self.inner.trim(tier, before)
    }
}

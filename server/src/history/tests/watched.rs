//! A store that somebody watches.

use crate::history::key::{Key, Tier};
use crate::store::{Blocks, HistoryChanges, HistoryWriter, Named, StoreError};
use std::ops::Range;

/// Calls somebody before and after each write; an error before leaves the write out.
pub(super) struct Watched<W>(pub(super) Box<dyn HistoryWriter>, pub(super) W);

impl<W: Fn() -> Result<(), StoreError> + Send> HistoryWriter for Watched<W> {
    fn write(&mut self, changes: &HistoryChanges) -> Result<(), StoreError> {
        (self.1)()?;
        self.0.write(changes)?;
        (self.1)()
    }

    fn trim(&mut self, tier: Tier, before: u32) -> Result<bool, StoreError> {
        self.0.trim(tier, before)
    }
}

impl<W> Blocks for Watched<W> {
    fn each(
        &self,
        tier: Tier,
        slot: u32,
        metric: u16,
        shards: Range<u32>,
        each: &mut dyn FnMut(Key, &[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.0.each(tier, slot, metric, shards, each)
    }

    fn unfinished(&self) -> Result<Vec<(Tier, u32)>, StoreError> {
        self.0.unfinished()
    }

    fn sketched_since(&self) -> Result<Option<i64>, StoreError> {
        self.0.sketched_since()
    }

    fn named(&self) -> Result<Named, StoreError> {
        self.0.named()
    }
}

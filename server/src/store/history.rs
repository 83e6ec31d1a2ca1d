//! What history asks of a store: blocks of bytes by tier and key, and the names that they go by. What is in a block
//! is no concern of the store's. Only raw blocks have parts other than 0.

use super::StoreError;
use crate::history::{Key, Subject, Tier};
use std::ops::Range;

/// A metric's or a subject's number in the store, and its name.
#[derive(Debug, Default)]
pub(crate) struct Named {
    pub(crate) metrics: Vec<(u16, String)>,
    pub(crate) subjects: Vec<NamedSubject>,
}

/// A subject in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedSubject {
    pub(crate) number: u32,
    pub(crate) subject: Subject,
    /// The day of its newest sample, in days since the epoch; 0 when no program wrote it down yet.
    pub(crate) day: u32,
}

/// Changes of the store; see [`HistoryWriter::write`].
#[derive(Debug, Default)]
pub(crate) struct HistoryChanges {
    pub(crate) put: Vec<(Tier, Key, Vec<u8>)>,
    pub(crate) delete: Vec<(Tier, Key)>,
    /// Names that are new.
    pub(crate) named: Named,
    /// Subjects that have samples of a later day.
    pub(crate) seen: Vec<NamedSubject>,
    /// Numbers of subjects that are forgotten.
    pub(crate) gone: Vec<u32>,
    /// From when on every hour has its sketches, Unix seconds.
    pub(crate) sketched_since: Option<i64>,
    /// Slots whose parts are to be merged (raw), or whose buckets are to be made (minute); see [`Blocks::unfinished`].
    pub(crate) begin: Vec<(Tier, u32)>,
    /// Slots where that is done.
    pub(crate) end: Vec<(Tier, u32)>,
}

/// What will be read: of one shard after another, a metric's blocks in each of these slots.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expected {
    /// In the order in which they are read. With raw samples their times are read, too.
    pub(crate) slots: Vec<(Tier, u32)>,
    pub(crate) metric: u16,
    /// In ascending order.
    pub(crate) shards: Vec<u32>,
}

/// A consistent sight of the blocks.
pub(crate) trait Blocks {
    /// Tells what will be read. A store that is far away then reads much of it at once; one that is not does nothing.
    fn expect(&self, _: Expected) {}
    /// Calls `each` with the blocks of a metric in a slot, in the order of their keys.
    fn each(
        &self,
        tier: Tier,
        slot: u32,
        metric: u16,
        shards: Range<u32>,
        each: &mut dyn FnMut(Key, &[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;
    /// Slots that were begun and are not finished, oldest first.
    fn unfinished(&self) -> Result<Vec<(Tier, u32)>, StoreError>;
    /// From when on every hour has its sketches, Unix seconds; `None` when that was never written.
    fn sketched_since(&self) -> Result<Option<i64>, StoreError>;
    /// Every name.
    fn named(&self) -> Result<Named, StoreError>;
}

/// Blocks that can be gone through from one to the next.
pub(crate) trait Walk: Blocks {
    /// The first block of a tier at or after a place, in the order of keys.
    fn next(&self, tier: Tier, from: Key) -> Result<Option<Key>, StoreError>;
}

/// The writer of history. There is one.
pub(crate) trait HistoryWriter: Blocks + Send {
    /// Makes changes, all or none of a shard in a slot. After an error some may be made: making all of them again is no harm.
    fn write(&mut self, changes: &HistoryChanges) -> Result<(), StoreError>;
    /// Deletes a bounded part of a tier's blocks before a slot; answers whether more is left. A store whose blocks go by
    /// themselves has nothing to do.
    fn trim(&mut self, tier: Tier, before: u32) -> Result<bool, StoreError>;
}

/// What a tier holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TierSize {
    pub(crate) tier: Tier,
    pub(crate) blocks: u64,
    /// Bytes of the blocks; the file has some more for its pages.
    pub(crate) bytes: u64,
}

/// Reads history beside the writer. Calls block for milliseconds: callers use `spawn_blocking`.
pub(crate) trait HistoryReader: Send + Sync {
    /// Runs `work` on one consistent sight of the blocks: samples go with the times that were read before them. A store
    /// that cannot hold a sight fails with [`StoreError::Changed`] once it has changed under it.
    fn read(&self, work: &mut dyn FnMut(&dyn Blocks) -> Result<(), StoreError>) -> Result<(), StoreError>;
    /// What each tier holds, from sums that are kept; nothing where the store keeps none.
    fn sizes(&self) -> Result<Vec<TierSize>, StoreError>;
    /// Whether it can be read at all.
    fn ping(&self) -> Result<(), StoreError>;
}

/// Goes through history from one block to the next, beside the writer.
pub(crate) trait HistoryWalker {
    /// Runs `work` on one consistent sight of the blocks.
    fn walk(&self, work: &mut dyn FnMut(&dyn Walk) -> Result<(), StoreError>) -> Result<(), StoreError>;
}

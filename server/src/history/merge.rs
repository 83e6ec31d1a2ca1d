//! The parts of a raw slot become one, once nothing more is likely to come for it.

use super::key::{Key, SHARDS, TIMES, Tier};
use super::shard::Shard;
use crate::store::{Blocks, HistoryChanges, HistoryWriter, StoreError};
use std::collections::{BTreeMap, BTreeSet};

/// A shard that has parts to be merged in a slot, if there is one.
pub(crate) fn next_in(store: &dyn Blocks, slot: u32) -> Result<Option<u32>, StoreError> {
    let mut count: BTreeMap<u32, usize> = BTreeMap::new();
    store.each(Tier::Raw, slot, TIMES, SHARDS, &mut |key, _| {
        *count.entry(key.shard).or_default() += 1;
        Ok(())
    })?;
    Ok(count.into_iter().find(|(_, parts)| *parts > 1).map(|(shard, _)| shard))
}

/// Merges the parts of a shard in a slot into one. Where two have a sample of the same time, the later part's is kept.
pub(crate) fn merge(
    store: &mut dyn HistoryWriter,
    metrics: impl Iterator<Item = u16>,
    slot: u32,
    shard: u32,
) -> Result<(), StoreError> {
    let (whole, keys) = Shard::read(&*store, slot, shard, metrics)?;
    let mut changes = HistoryChanges::default();
    whole.write(slot, shard, 0, &mut changes)?;
    let kept: BTreeSet<Key> = changes.put.iter().map(|(_, key, _)| *key).collect();
    changes.delete.extend(keys.into_iter().filter(|key| !kept.contains(key)).map(|key| (Tier::Raw, key)));
    store.write(&changes)
}

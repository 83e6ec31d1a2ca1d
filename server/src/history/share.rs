//! A shard's share of an hour's sketches. That it is there says that the buckets of the shard's hour are made: it is
//! written after them, and removed with each sample that comes for the hour later. So an hour is rolled up shard after
//! shard, goes on after a crash where it was, and late samples cost their own shard only.
//!
//! It lies with the samples of the hour, as long as the last of them.

use super::block::sketches;
use super::key::{FLEET, Key, SHARDS, SHARES, TIMES, Tier};
use super::shard::damaged;
use super::spread::Spread;
use crate::store::{Blocks, HistoryChanges, StoreError};
use std::collections::BTreeSet;
use std::ops::Range;

/// Minutes of an hour, with room: the place of a sketch in a share is the metric's number times this, and the minute.
const MINUTES: u32 = 64;

/// The raw slots of an hour, which is a slot of the minute tier.
pub(crate) fn raw_slots(hour: u32) -> Range<u32> {
    let start = Tier::Minute.start(hour);
    Tier::Raw.slots(&(start..start + Tier::Minute.slot_seconds()))
}

/// Where a shard's share lies.
pub(crate) fn key(hour: u32, shard: u32) -> Key {
    Key { slot: raw_slots(hour).end - 1, metric: SHARES, shard, part: 0 }
}

/// The shards that have samples in an hour, and no share yet.
pub(crate) fn missing(store: &dyn Blocks, hour: u32) -> Result<BTreeSet<u32>, StoreError> {
    let mut shards = BTreeSet::new();
    for slot in raw_slots(hour) {
        store.each(Tier::Raw, slot, TIMES, SHARDS, &mut |key, _| {
            shards.insert(key.shard);
            Ok(())
        })?;
    }
    each(store, hour, &mut |key, _| {
        shards.remove(&key.shard);
        Ok(())
    })?;
    Ok(shards)
}

/// Puts a shard's share.
pub(crate) fn put(share: &Spread, hour: u32, shard: u32, changes: &mut HistoryChanges) -> Result<(), StoreError> {
    let key = key(hour, shard);
    let sketches = share.each().map(|(metric, minute, sketch)| (u32::from(metric) * MINUTES + minute, sketch));
    let block = sketches::write(sketches).map_err(|error| damaged(Tier::Raw, key, &error))?;
    changes.put.push((Tier::Raw, key, block));
    Ok(())
}

/// The sketches of an hour: all shares of it.
pub(crate) fn joined(store: &dyn Blocks, hour: u32) -> Result<Spread, StoreError> {
    let mut spread = Spread::default();
    each(store, hour, &mut |key, block| {
        for (place, sketch) in sketches::read(block).map_err(|error| damaged(Tier::Raw, key, &error))? {
            let metric = u16::try_from(place / MINUTES).map_err(|error| damaged(Tier::Raw, key, &error))?;
            spread.minutes(metric).entry(place % MINUTES).or_default().join(&sketch);
        }
        Ok(())
    })?;
    Ok(spread)
}

/// Calls `each` with the shares of an hour.
pub(crate) fn each(
    store: &dyn Blocks,
    hour: u32,
    each: &mut dyn FnMut(Key, &[u8]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let Key { slot, metric, .. } = key(hour, 0);
    store.each(Tier::Raw, slot, metric, 0..FLEET, each)
}

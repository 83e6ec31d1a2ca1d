//! Blocks for other times, made of those that there are.

use crate::history::block::buckets::{self, Series, Wanted};
use crate::history::block::sketches;
use crate::history::bucket::Bucket;
use crate::history::key::{FLEET, Key, SHARDS, Tier};
use crate::history::shard::damaged;
use crate::history::sketch::Sketch;
use crate::history::spread;
use crate::store::{Blocks, HistoryChanges, StoreError};
use std::ops::Range;

/// Numbers of metrics that are looked for: those of the catalogue, and of the times.
fn metrics() -> Range<u16> {
    0..u16::try_from(forewatch::catalogue::METRICS.len()).expect("see MetricId") + 1
}

/// Bytes of the blocks in some slots of a tier, and of its sketches there.
pub(super) fn size(store: &dyn Blocks, tier: Tier, slots: Range<u32>) -> Result<(u64, u64), StoreError> {
    let (mut blocks, mut sketches) = (0, 0);
    for slot in slots {
        for metric in metrics() {
            store.each(tier, slot, metric, 0..FLEET + 1, &mut |key, block| {
                *(if key.shard == FLEET { &mut sketches } else { &mut blocks }) += block.len() as u64;
                Ok(())
            })?;
        }
    }
    Ok((blocks, sketches))
}

/// The blocks of a slot, for another.
pub(super) fn copied(store: &dyn Blocks, tier: Tier, from: u32, to: u32) -> Result<HistoryChanges, StoreError> {
    let mut changes = HistoryChanges::default();
    for metric in metrics() {
        store.each(tier, from, metric, 0..FLEET + 1, &mut |key, block| {
            changes.put.push((tier, Key { slot: to, ..key }, block.to_vec()));
            Ok(())
        })?;
    }
    Ok(changes)
}

/// A full slot of a coarser tier: each bucket of it is as an hour's minute, of more samples.
pub(super) fn spread_out(store: &dyn Blocks, hour: u32, tier: Tier, to: u32) -> Result<HistoryChanges, StoreError> {
    let mut changes = HistoryChanges::default();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "32 at most")]
    let places = (tier.slot_seconds() / tier.bucket_seconds()) as u32;
    let times = (tier.bucket_seconds() / Tier::Minute.bucket_seconds()) as f64;
    let longer = |bucket: Bucket| Bucket {
        count: bucket.count * times,
        sum: bucket.sum * times,
        growth: bucket.growth * times,
        ..bucket
    };
    for metric in metrics() {
        store.each(Tier::Minute, hour, metric, SHARDS, &mut |key, block| {
            let mut all = buckets::read(block, Wanted::ALL).map_err(|error| damaged(tier, key, &error))?;
            for Series { buckets, .. } in &mut all {
                buckets.retain(|(place, _)| *place < places);
                for (_, bucket) in buckets {
                    *bucket = longer(*bucket);
                }
            }
            let block = buckets::write(&all).map_err(|error| damaged(tier, key, &error))?;
            changes.put.push((tier, Key { slot: to, ..key }, block));
            Ok(())
        })?;
        let mut whole = Sketch::default();
        spread::each(store, Tier::Minute, hour, metric, |_, sketch| whole.join(&sketch))?;
        if whole.count() > 0 {
            let key = Key { slot: to, metric, shard: FLEET, part: 0 };
            let block = sketches::write((0..places).map(|place| (place, &whole)));
            changes.put.push((tier, key, block.map_err(|error| damaged(tier, key, &error))?));
        }
    }
    Ok(changes)
}

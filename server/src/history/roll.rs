//! From the raw samples of an hour to its buckets: 60 of a minute, then the hour's in its day, then the
//! day's. Made anew from the samples each time, so that late ones are in them and a crash leaves nothing half done.

use super::block::buckets::{self, Series, Wanted};
use super::bucket::Bucket;
use super::key::{Key, SHARDS, TIMES, Tier};
use super::shard::{Shard, damaged};
use super::table::{Column, Table};
use crate::store::{Blocks, HistoryChanges, HistoryWriter, StoreError};
use std::collections::{BTreeMap, BTreeSet};

/// The shards that have samples in an hour.
pub(crate) fn shards_in(store: &dyn Blocks, hour: u32) -> Result<BTreeSet<u32>, StoreError> {
    let mut shards = BTreeSet::new();
    for slot in raw_slots(hour) {
        store.each(Tier::Raw, slot, TIMES, SHARDS, &mut |key, _| {
            shards.insert(key.shard);
            Ok(())
        })?;
    }
    Ok(shards)
}

/// Makes the buckets of a shard's samples of an hour (a slot of the minute tier), and what they change above.
pub(crate) fn roll(store: &mut dyn HistoryWriter, metrics: &[u16], hour: u32, shard: u32) -> Result<(), StoreError> {
    let mut tables: BTreeMap<u32, Table> = BTreeMap::new();
    for slot in raw_slots(hour) {
        let (read, _) = Shard::read(&*store, slot, shard, metrics.iter().copied())?;
        for (place, table) in read.0 {
            tables.entry(place).or_default().merge(&table);
        }
    }
    let mut minutes: BTreeMap<u16, Vec<Series>> = BTreeMap::new();
    for (place, table) in &tables {
        for column in table.columns.keys() {
            let buckets = minute_buckets(table, *column, Tier::Minute.start(hour));
            let series = Series { place: *place, label: column.label, buckets };
            minutes.entry(column.metric).or_default().push(series);
        }
    }
    let mut changes = HistoryChanges::default();
    for (metric, series) in &minutes {
        put(Tier::Minute, Key { slot: hour, metric: *metric, shard, part: 0 }, series, &mut changes)?;
        let hours = raise(store, Tier::Hour, Tier::Minute.start(hour), *metric, shard, series, &mut changes)?;
        raise(store, Tier::Day, Tier::Minute.start(hour), *metric, shard, &hours, &mut changes)?;
    }
    store.write(&changes)
}

fn raw_slots(hour: u32) -> std::ops::Range<u32> {
    let start = Tier::Minute.start(hour);
    Tier::Raw.slots(&(start..start + Tier::Minute.slot_seconds()))
}

fn minute_buckets(table: &Table, column: Column, start: i64) -> Vec<(u32, Bucket)> {
    let mut buckets: Vec<(u32, Bucket)> = Vec::new();
    for (at, value) in table.samples(column, start * 1_000, (start + Tier::Minute.slot_seconds()) * 1_000) {
        let place = u32::try_from((at / 1_000 - start) / 60).unwrap_or(0);
        match buckets.last_mut() {
            Some((last, bucket)) if *last == place => bucket.join(&Bucket::of(value)),
            _ => buckets.push((place, Bucket::of(value))),
        }
    }
    buckets
}

/// Puts the buckets of one slot of a tier, joined, as one bucket into the tier above; answers with what then lies there.
fn raise(
    store: &dyn Blocks,
    tier: Tier,
    at: i64,
    metric: u16,
    shard: u32,
    below: &[Series],
    changes: &mut HistoryChanges,
) -> Result<Vec<Series>, StoreError> {
    let key = Key { slot: tier.slot(at), metric, shard, part: 0 };
    let place = u32::try_from((at - tier.start(key.slot)) / tier.bucket_seconds()).unwrap_or(0);
    let mut series: BTreeMap<(u32, u32), BTreeMap<u32, Bucket>> = BTreeMap::new();
    store.each(tier, key.slot, metric, shard..shard + 1, &mut |key, block| {
        let read = buckets::read(block, Wanted::ALL).map_err(|error| damaged(tier, key, &error))?;
        series.extend(read.into_iter().map(|s| ((s.place, s.label), s.buckets.into_iter().collect())));
        Ok(())
    })?;
    for buckets in series.values_mut() {
        buckets.remove(&place);
    }
    for one in below {
        let mut all = None;
        for (_, bucket) in &one.buckets {
            Bucket::add(&mut all, bucket);
        }
        if let Some(bucket) = all {
            series.entry((one.place, one.label)).or_default().insert(place, bucket);
        }
    }
    let series: Vec<Series> = series
        .into_iter()
        .filter(|(_, buckets)| !buckets.is_empty())
        .map(|((place, label), buckets)| Series { place, label, buckets: buckets.into_iter().collect() })
        .collect();
    put(tier, key, &series, changes)?;
    Ok(series)
}

fn put(tier: Tier, key: Key, series: &[Series], changes: &mut HistoryChanges) -> Result<(), StoreError> {
    let block = buckets::write(series).map_err(|error| damaged(tier, key, &error))?;
    changes.put.push((tier, key, block));
    Ok(())
}

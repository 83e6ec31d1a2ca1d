//! From the raw samples of an hour to its buckets: 60 of a minute, then the hour's in its day, then the
//! day's. Made anew from the samples each time, so that late ones are in them and a crash leaves nothing half done.
//! The sketches over all series are made on the way, see [`super::spread`].

use super::block::buckets::{self, Series, Wanted};
use super::bucket::Bucket;
use super::key::{Key, Tier};
use super::shard::{Shard, damaged};
use super::share::{self, raw_slots};
use super::spread::Spread;
use super::table::{Column, Table};
use crate::store::{Blocks, HistoryChanges, HistoryWriter, StoreError};
use std::collections::BTreeMap;

/// Makes the buckets of a shard's samples of an hour (a slot of the minute tier), what they change above, and then the
/// shard's share of the hour's sketches.
pub(crate) fn roll(store: &mut dyn HistoryWriter, metrics: &[u16], hour: u32, shard: u32) -> Result<(), StoreError> {
    let mut spread = Spread::default();
    let mut tables: BTreeMap<u32, Table> = BTreeMap::new();
    for slot in raw_slots(hour) {
        let (read, _) = Shard::read(&*store, slot, shard, metrics.iter().copied())?;
        for (place, table) in read.0 {
            tables.entry(place).or_default().merge(&table);
        }
    }
    let start = Tier::Minute.start(hour);
    let mut minutes: BTreeMap<u16, Vec<Series>> = BTreeMap::new();
    for (place, table) in &tables {
        for column in table.columns.keys() {
            let buckets = minute_buckets(table, *column, start, &mut spread);
            let series = Series { place: *place, label: column.label, buckets };
            minutes.entry(column.metric).or_default().push(series);
        }
    }
    let mut changes = HistoryChanges::default();
    for (metric, minutes) in minutes {
        let key = |tier: Tier| Key { slot: tier.slot(start), metric, shard, part: 0 };
        let minutes = put(store, Tier::Minute, key(Tier::Minute), &minutes, &mut changes)?;
        let of_hour = joined(&minutes, Tier::Hour.place(start));
        let hours = put(store, Tier::Hour, key(Tier::Hour), &of_hour, &mut changes)?;
        let day = joined(&hours, Tier::Day.place(start));
        put(store, Tier::Day, key(Tier::Day), &day, &mut changes)?;
    }
    store.write(&changes)?;
    // A write of its own: a store may take the changes of a write in any order.
    let mut changes = HistoryChanges::default();
    share::put(&spread, hour, shard, &mut changes)?;
    store.write(&changes)
}

fn minute_buckets(table: &Table, column: Column, start: i64, spread: &mut Spread) -> Vec<(u32, Bucket)> {
    let sketches = spread.minutes(column.metric);
    let mut buckets: Vec<(u32, Bucket)> = Vec::new();
    for (at, value) in table.samples(column, start * 1_000, (start + Tier::Minute.slot_seconds()) * 1_000) {
        let place = Tier::Minute.place(at.div_euclid(1_000));
        sketches.entry(place).or_default().add(value);
        match buckets.last_mut() {
            Some((last, bucket)) if *last == place => bucket.join(&Bucket::of(value)),
            _ => buckets.push((place, Bucket::of(value))),
        }
    }
    buckets
}

/// The buckets of each series as one, at a place of the tier above.
fn joined(below: &[Series], place: u32) -> Vec<Series> {
    let join = |series: &Series| {
        let mut all = None;
        for (_, bucket) in &series.buckets {
            Bucket::add(&mut all, bucket);
        }
        let buckets = all.into_iter().map(|bucket| (place, bucket)).collect();
        Series { place: series.place, label: series.label, buckets }
    };
    below.iter().map(join).collect()
}

/// Puts buckets into a block in the place of those that are there, but for one that tells of more samples: those are
/// trimmed by now. Answers with all that then lies in the block.
fn put(
    store: &dyn Blocks,
    tier: Tier,
    key: Key,
    newer: &[Series],
    changes: &mut HistoryChanges,
) -> Result<Vec<Series>, StoreError> {
    let mut series: BTreeMap<(u32, u32), BTreeMap<u32, Bucket>> = BTreeMap::new();
    store.each(tier, key.slot, key.metric, key.shard..key.shard + 1, &mut |key, block| {
        let read = buckets::read(block, Wanted::ALL).map_err(|error| damaged(tier, key, &error))?;
        series.extend(read.into_iter().map(|s| ((s.place, s.label), s.buckets.into_iter().collect())));
        Ok(())
    })?;
    for one in newer {
        let there = series.entry((one.place, one.label)).or_default();
        for (place, bucket) in &one.buckets {
            if there.get(place).is_none_or(|older| older.count <= bucket.count) {
                there.insert(*place, *bucket);
            }
        }
    }
    let series: Vec<Series> = series
        .into_iter()
        .filter(|(_, buckets)| !buckets.is_empty())
        .map(|((place, label), buckets)| Series { place, label, buckets: buckets.into_iter().collect() })
        .collect();
    let block = buckets::write(&series).map_err(|error| damaged(tier, key, &error))?;
    changes.put.push((tier, key, block));
    Ok(series)
}

//! Whether buckets and sketches are those of the samples that lie in the store: for tests and measurements.

use super::block::buckets::{self, Wanted};
use super::bucket::Bucket;
use super::key::{SHARDS, TIMES, Tier};
use super::shard::{Shard, damaged};
use super::share::raw_slots;
use super::sketch::Sketch;
use super::spread;
use crate::store::{Blocks, StoreError};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// A series' place in the store: shard, place in it, label.
type Place = (u32, u32, u32);
/// Buckets by their place in a slot.
type Buckets = BTreeMap<Place, BTreeMap<u32, Bucket>>;
/// Sketches by their place in a slot.
type Sketches = BTreeMap<u32, Sketch>;

/// What was compared, and found right.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Checked {
    /// Hours that have their buckets.
    pub hours: u64,
    /// Samples in them.
    pub samples: u64,
    /// Buckets of every tier.
    pub buckets: u64,
    /// Sketches of every tier.
    pub sketches: u64,
}

/// Compares what lies in some hours (slots of the minute tier) and above them. None of their samples was trimmed.
pub(crate) fn check(store: &dyn Blocks, hours: Range<u32>) -> Result<Checked, StoreError> {
    let mut checked = Checked::default();
    let unfinished = store.unfinished()?;
    let hours: Vec<u32> = hours.filter(|hour| !unfinished.contains(&(Tier::Minute, *hour))).collect();
    let metrics: Vec<u16> = store.named()?.metrics.into_iter().map(|(number, _)| number).collect();
    for hour in &hours {
        checked.hours += 1;
        for (metric, (minutes, sketches)) in counted(store, *hour, &metrics, &mut checked.samples)? {
            let start = Tier::Minute.start(*hour);
            let at = Tier::Hour.place(start);
            same(&minutes, &stored(store, Tier::Minute, *hour, metric)?, "minute", metric, &mut checked.buckets)?;
            let in_day = stored(store, Tier::Hour, Tier::Hour.slot(start), metric)?;
            let in_hour: Buckets = in_day
                .into_iter()
                .filter_map(|(series, mut all)| Some((series, [(at, all.remove(&at)?)].into())))
                .collect();
            same(&joined(minutes, at), &in_hour, "hour", metric, &mut checked.buckets)?;
            let of_minutes = sketched(store, Tier::Minute, *hour, metric)?;
            same(&sketches, &of_minutes, "sketch of a minute", metric, &mut checked.sketches)?;
            let of_hour = sketched(store, Tier::Hour, Tier::Hour.slot(start), metric)?.remove(&at);
            same(&all(&sketches), &of_hour, "sketch of an hour", metric, &mut checked.sketches)?;
        }
    }
    let days: BTreeSet<u32> = hours.iter().map(|hour| Tier::Hour.slot(Tier::Minute.start(*hour))).collect();
    for day in days {
        let start = Tier::Hour.start(day);
        let at = Tier::Day.place(start);
        for metric in &metrics {
            let days = stored(store, Tier::Day, Tier::Day.slot(start), *metric)?;
            let of_day: Buckets = days
                .into_iter()
                .filter_map(|(series, mut all)| Some((series, [(at, all.remove(&at)?)].into())))
                .collect();
            let hours = joined(stored(store, Tier::Hour, day, *metric)?, at);
            same(&hours, &of_day, "day", *metric, &mut checked.buckets)?;
            let of_day = sketched(store, Tier::Day, Tier::Day.slot(start), *metric)?.remove(&at);
            let of_hours = all(&sketched(store, Tier::Hour, day, *metric)?);
            same(&of_hours, &of_day, "sketch of a day", *metric, &mut checked.sketches)?;
        }
    }
    Ok(checked)
}

/// The minutes of an hour, by metric, from its samples.
fn counted(
    store: &dyn Blocks,
    hour: u32,
    metrics: &[u16],
    samples: &mut u64,
) -> Result<BTreeMap<u16, (Buckets, Sketches)>, StoreError> {
    let mut all: BTreeMap<u16, (Buckets, Sketches)> = BTreeMap::new();
    for slot in raw_slots(hour) {
        let mut shards = BTreeSet::new();
        store.each(Tier::Raw, slot, TIMES, SHARDS, &mut |key, _| {
            shards.insert(key.shard);
            Ok(())
        })?;
        for shard in shards {
            let (tables, _) = Shard::read(store, slot, shard, metrics.iter().copied())?;
            for (place, table) in tables.0 {
                for column in table.columns.keys() {
                    let (buckets, sketches) = all.entry(column.metric).or_default();
                    let series = buckets.entry((shard, place, column.label)).or_default();
                    for (at, value) in table.samples(*column, i64::MIN, i64::MAX) {
                        let minute = Tier::Minute.place(at.div_euclid(1_000));
                        let one = Bucket::of(value);
                        series.entry(minute).and_modify(|bucket| bucket.join(&one)).or_insert(one);
                        sketches.entry(minute).or_default().add(value);
                        *samples += 1;
                    }
                }
            }
        }
    }
    Ok(all)
}

/// The buckets of a slot that are in the store.
fn stored(store: &dyn Blocks, tier: Tier, slot: u32, metric: u16) -> Result<Buckets, StoreError> {
    let mut found = Buckets::new();
    store.each(tier, slot, metric, SHARDS, &mut |key, block| {
        for series in buckets::read(block, Wanted::ALL).map_err(|error| damaged(tier, key, &error))? {
            found.insert((key.shard, series.place, series.label), series.buckets.into_iter().collect());
        }
        Ok(())
    })?;
    Ok(found)
}

fn sketched(store: &dyn Blocks, tier: Tier, slot: u32, metric: u16) -> Result<Sketches, StoreError> {
    let mut found = Sketches::new();
    spread::each(store, tier, slot, metric, |place, sketch| drop(found.insert(place, sketch)))?;
    Ok(found)
}

/// The buckets of each series as one, at a place of the tier above.
fn joined(below: Buckets, at: u32) -> Buckets {
    let join = |buckets: BTreeMap<u32, Bucket>| {
        let mut all = None;
        for bucket in buckets.values() {
            Bucket::add(&mut all, bucket);
        }
        all.into_iter().map(|bucket| (at, bucket)).collect()
    };
    below.into_iter().map(|(series, buckets)| (series, join(buckets))).collect()
}

fn all(sketches: &Sketches) -> Option<Sketch> {
    let mut sketches = sketches.values();
    let mut all = sketches.next()?.clone();
    sketches.for_each(|sketch| all.join(sketch));
    Some(all)
}

/// Counts what is the same.
fn same<T: Counted>(expected: &T, found: &T, what: &str, metric: u16, count: &mut u64) -> Result<(), StoreError> {
    if expected == found {
        *count += expected.count();
        return Ok(());
    }
    Err(StoreError::Damaged(format!(
        "of metric {metric} a {what} is not that of its samples: {found:?} is stored, and they give {expected:?}"
    )))
}

/// Something that is compared, of so many parts.
trait Counted: PartialEq + std::fmt::Debug {
    fn count(&self) -> u64;
}

impl Counted for Buckets {
    fn count(&self) -> u64 {
        self.values().map(|buckets| buckets.len() as u64).sum()
    }
}

impl Counted for Sketches {
    fn count(&self) -> u64 {
        self.len() as u64
    }
}

impl Counted for Option<Sketch> {
    fn count(&self) -> u64 {
        u64::from(self.is_some())
    }
}

//! How the values of each metric are spread over all its series: sketches of a minute, an hour and a day, made
//! together with the buckets and from the same samples. They tell percentiles of what is too old to be there as samples.

use super::block::sketches;
use super::key::{FLEET, Key, Tier};
use super::shard::damaged;
use super::sketch::Sketch;
use crate::store::{Blocks, HistoryChanges, StoreError};
use std::collections::BTreeMap;

/// The sketches of an hour's minutes, by metric and minute.
#[derive(Debug, Default)]
pub(crate) struct Spread(BTreeMap<u16, BTreeMap<u32, Sketch>>);

impl Spread {
    /// A metric's, by minute.
    pub(crate) fn minutes(&mut self, metric: u16) -> &mut BTreeMap<u32, Sketch> {
        self.0.entry(metric).or_default()
    }

    /// Each of them, with its metric and minute, in this order.
    pub(crate) fn each(&self) -> impl Iterator<Item = (u16, u32, &Sketch)> + Clone {
        let of_metric = |(metric, minutes): (&u16, _)| (*metric, minutes);
        let minutes = self.0.iter().map(of_metric);
        minutes.flat_map(|(metric, minutes): (u16, &BTreeMap<u32, Sketch>)| {
            minutes.iter().map(move |(minute, sketch)| (metric, *minute, sketch))
        })
    }

    /// Puts them into the store once all shards of the hour are counted, and what they change above. `since` is from
    /// when on every hour has its sketches (Unix seconds): of a day that began before, there is none.
    pub(crate) fn put(
        self,
        store: &dyn Blocks,
        hour: u32,
        since: i64,
        changes: &mut HistoryChanges,
    ) -> Result<(), StoreError> {
        let start = Tier::Minute.start(hour);
        if start < since {
            return Ok(());
        }
        for (metric, minutes) in self.0.into_iter().filter(|(_, minutes)| !minutes.is_empty()) {
            let minutes = put(store, Tier::Minute, start, metric, minutes, changes)?;
            let hour = [(Tier::Hour.place(start), joined(&minutes))].into();
            let hours = put(store, Tier::Hour, start, metric, hour, changes)?;
            if Tier::Hour.start(Tier::Hour.slot(start)) >= since {
                let day = [(Tier::Day.place(start), joined(&hours))].into();
                put(store, Tier::Day, start, metric, day, changes)?;
            }
        }
        Ok(())
    }
}

/// Calls `each` with a metric's sketches in a slot, by their places in it.
pub(crate) fn each(
    store: &dyn Blocks,
    tier: Tier,
    slot: u32,
    metric: u16,
    mut each: impl FnMut(u32, Sketch),
) -> Result<(), StoreError> {
    store.each(tier, slot, metric, FLEET..FLEET + 1, &mut |key, block| {
        let read = sketches::read(block).map_err(|error| damaged(tier, key, &error))?;
        for (place, sketch) in read {
            each(place, sketch);
        }
        Ok(())
    })
}

fn joined(below: &BTreeMap<u32, Sketch>) -> Sketch {
    let mut all = Sketch::default();
    for sketch in below.values() {
        all.join(sketch);
    }
    all
}

/// Puts sketches in the place of those that are there, but for one that tells of more samples: those are trimmed by now.
/// Answers with all that then lies in the block.
fn put(
    store: &dyn Blocks,
    tier: Tier,
    at: i64,
    metric: u16,
    newer: BTreeMap<u32, Sketch>,
    changes: &mut HistoryChanges,
) -> Result<BTreeMap<u32, Sketch>, StoreError> {
    let key = Key { slot: tier.slot(at), metric, shard: FLEET, part: 0 };
    let mut all = BTreeMap::new();
    each(store, tier, key.slot, metric, |place, sketch| drop(all.insert(place, sketch)))?;
    for (place, sketch) in newer {
        if all.get(&place).is_none_or(|older: &Sketch| older.count() <= sketch.count()) {
            all.insert(place, sketch);
        }
    }
    let block = sketches::write(all.iter().map(|(place, sketch)| (*place, sketch)));
    changes.put.push((tier, key, block.map_err(|error| damaged(tier, key, &error))?));
    Ok(all)
}

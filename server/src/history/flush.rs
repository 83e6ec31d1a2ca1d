//! From the head into the store: each flush adds a part to the raw slots that it has samples for.

use super::earlier::day;
use super::head::Tables;
use super::key::{Key, MAX_PARTS, SHARD, TIMES, Tier};
use super::merge::merge;
use super::names::Names;
use super::shard::Shard;
use super::share;
use super::subject::Subject;
use super::table::{Column, Table};
use crate::store::{HistoryChanges, HistoryWriter, StoreError};
use forewatch::catalogue;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{PoisonError, RwLock};

/// Writes the tables. All or none is in the store afterwards. Names are locked only to be looked up, and to become known
/// once they are written: until then the head has all that they stand for.
pub(crate) fn flush(store: &mut dyn HistoryWriter, names: &RwLock<Names>, tables: &Tables) -> Result<(), StoreError> {
    let mut changes = HistoryChanges::default();
    let numbers = Numbers::of(&names.read().unwrap_or_else(PoisonError::into_inner), tables, &mut changes);
    let mut shards: BTreeMap<(u32, u32), Shard> = BTreeMap::new();
    for (subject, number) in &numbers.subjects {
        for (slot, part) in by_slot(&tables[*subject]) {
            let columns = part.columns.into_iter().map(|(column, values)| {
                (Column { metric: numbers.metrics[usize::from(column.metric)], ..column }, values)
            });
            let table = Table { times: part.times, columns: columns.collect() };
            shards.entry((slot, number / SHARD)).or_default().0.insert(number % SHARD, table);
        }
    }
    for ((slot, number), shard) in &shards {
        let mut part = next_part(store, *slot, *number)?;
        if part >= MAX_PARTS {
            merge(store, numbers.metrics.iter().copied(), *slot, *number)?;
            part = next_part(store, *slot, *number)?;
        }
        shard.write(*slot, *number, part, &mut changes)?;
    }
    // What comes for an hour that has its buckets is to be in them.
    let rolled = shards.keys().map(|(slot, shard)| (hour_of(*slot), *shard)).collect::<BTreeSet<_>>();
    changes.delete.extend(rolled.into_iter().map(|(hour, shard)| (Tier::Raw, share::key(hour, shard))));
    let slots: BTreeSet<u32> = shards.keys().map(|(slot, _)| *slot).collect();
    for slot in slots {
        changes.begin.push((Tier::Raw, slot));
        changes.begin.push((Tier::Minute, hour_of(slot)));
    }
    store.write(&changes)?;
    names.write().unwrap_or_else(PoisonError::into_inner).learn(changes.named, changes.seen);
    Ok(())
}

/// The hour that a raw slot lies in, as a slot of the minute tier.
fn hour_of(slot: u32) -> u32 {
    Tier::Minute.slot(Tier::Raw.start(slot))
}

/// The numbers of what a flush writes.
struct Numbers<'a> {
    /// By the metric's place in the catalogue.
    metrics: Vec<u16>,
    subjects: Vec<(&'a Subject, u32)>,
}

impl<'a> Numbers<'a> {
    fn of(names: &Names, tables: &'a Tables, changes: &mut HistoryChanges) -> Self {
        let metrics = catalogue::all().map(|(id, _)| names.metric_or_new(id, changes)).collect();
        let mut subjects = Vec::with_capacity(tables.len());
        // In the order of their names, so that the same samples give the same store.
        for (subject, table) in tables.iter().collect::<BTreeMap<_, _>>() {
            let Some(newest) = table.times.last() else { continue };
            match names.subject_or_new(subject, day(newest.div_euclid(1_000)), changes) {
                Some(number) => subjects.push((subject, number)),
                None => tracing::error!(%subject, "history has no number left for it: its samples are not kept"),
            }
        }
        Self { metrics, subjects }
    }
}

/// A table cut at the borders of raw slots.
fn by_slot(table: &Table) -> Vec<(u32, Table)> {
    let (Some(first), Some(last)) = (table.times.first(), table.times.last()) else { return Vec::new() };
    let slots = Tier::Raw.slot(first.div_euclid(1_000))..=Tier::Raw.slot(last.div_euclid(1_000));
    let bound = |slot: u32| Tier::Raw.start(slot) * 1_000;
    let parts = slots.map(|slot| (slot, table.slice(bound(slot), bound(slot + 1))));
    parts.filter(|(_, part)| !part.columns.is_empty()).collect()
}

fn next_part(store: &dyn HistoryWriter, slot: u32, shard: u32) -> Result<u16, StoreError> {
    let mut next = 0;
    store.each(Tier::Raw, slot, TIMES, shard..shard + 1, &mut |key: Key, _| {
        next = key.part + 1;
        Ok(())
    })?;
    Ok(next)
}

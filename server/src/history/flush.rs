//! From the head into the store: each flush adds a part to the raw slots that it has samples for.

use super::head::Tables;
use super::key::{Key, MAX_PARTS, SHARD, TIMES, Tier};
use super::merge::merge;
use super::shard::Shard;
use super::subject::Names;
use super::table::{Column, Table};
use crate::store::{HistoryChanges, HistoryWriter, StoreError};
use forewatch::catalogue;
use std::collections::{BTreeMap, BTreeSet};

/// Writes the tables. All or none is in the store afterwards.
pub(crate) fn flush(store: &mut dyn HistoryWriter, names: &mut Names, tables: &Tables) -> Result<(), StoreError> {
    let mut changes = HistoryChanges::default();
    let done = write(store, names, tables, &mut changes);
    if done.is_err() {
        names.forget(&changes.named);
    }
    done
}

fn write(
    store: &mut dyn HistoryWriter,
    names: &mut Names,
    tables: &Tables,
    changes: &mut HistoryChanges,
) -> Result<(), StoreError> {
    let numbers: Vec<u16> = catalogue::all().map(|(id, _)| names.metric_or_new(id, &mut changes.named)).collect();
    let mut shards: BTreeMap<(u32, u32), Shard> = BTreeMap::new();
    // In the order of their names, so that the same samples give the same store.
    for (subject, table) in tables.iter().collect::<BTreeMap<_, _>>() {
        let Some(number) = names.subject_or_new(subject, &mut changes.named) else {
            tracing::error!(%subject, "history has no number left for it: its samples are not kept");
            continue;
        };
        for (slot, part) in by_slot(table) {
            let columns = part
                .columns
                .into_iter()
                .map(|(column, values)| (Column { metric: numbers[usize::from(column.metric)], ..column }, values));
            let table = Table { times: part.times, columns: columns.collect() };
            shards.entry((slot, number / SHARD)).or_default().0.insert(number % SHARD, table);
        }
    }
    for ((slot, number), shard) in &shards {
        let mut part = next_part(store, *slot, *number)?;
        if part >= MAX_PARTS {
            merge(store, names.metrics(), *slot, *number)?;
            part = next_part(store, *slot, *number)?;
        }
        shard.write(*slot, *number, part, changes)?;
    }
    let slots: BTreeSet<u32> = shards.keys().map(|(slot, _)| *slot).collect();
    for slot in slots {
        changes.begin.push((Tier::Raw, slot));
        changes.begin.push((Tier::Minute, Tier::Minute.slot(Tier::Raw.start(slot))));
    }
    store.write(changes)
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

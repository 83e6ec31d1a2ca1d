//! What one shard of subjects measured in one raw slot: put into blocks, and taken out of them.

use super::block::samples::{self, Values};
use super::block::times::{self, Rows};
use super::key::{Key, TIMES, Tier};
use super::table::{Column, Table};
use crate::store::{Blocks, HistoryChanges, StoreError};
use std::collections::BTreeMap;

/// The tables of the subjects of a shard, by their places in it; the columns bear the store's numbers of metrics.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Shard(pub(crate) BTreeMap<u32, Table>);

impl Shard {
    /// Puts it into blocks of one part. A table's times lie within the slot.
    pub(crate) fn write(&self, slot: u32, shard: u32, part: u16, to: &mut HistoryChanges) -> Result<(), StoreError> {
        let start = Tier::Raw.start(slot) * 1_000;
        let rows: Vec<Rows> = self
            .0
            .iter()
            .map(|(place, table)| Rows {
                place: *place,
                times: table.times.iter().map(|at| u32::try_from(at - start).unwrap_or(0)).collect(),
            })
            .collect();
        let mut by_metric: BTreeMap<u16, Vec<Values>> = BTreeMap::new();
        for (place, table) in &self.0 {
            for (column, values) in &table.columns {
                let values = Values { place: *place, label: column.label, values: values.clone() };
                by_metric.entry(column.metric).or_default().push(values);
            }
        }
        let key = |metric| Key { slot, metric, shard, part };
        let times = times::write(&rows).map_err(|error| damaged(Tier::Raw, key(TIMES), &error))?;
        to.put.push((Tier::Raw, key(TIMES), times));
        for (metric, series) in by_metric {
            let block = samples::write(&series).map_err(|error| damaged(Tier::Raw, key(metric), &error))?;
            to.put.push((Tier::Raw, key(metric), block));
        }
        Ok(())
    }

    /// Reads all parts of it, with the numbers of the parts. `metrics` are those that may be there.
    pub(crate) fn read(
        from: &dyn Blocks,
        slot: u32,
        shard: u32,
        metrics: impl Iterator<Item = u16>,
    ) -> Result<(Self, Vec<Key>), StoreError> {
        let (mut whole, mut keys) = (Self::default(), Vec::new());
        let parts = parts(from, slot, shard..shard + 1)?;
        keys.extend(parts.iter().map(|(key, _)| *key));
        let mut tables: BTreeMap<u16, Self> = BTreeMap::new();
        for (key, rows) in &parts {
            tables.insert(key.part, Self::empty(slot, rows));
        }
        for metric in metrics {
            from.each(Tier::Raw, slot, metric, shard..shard + 1, &mut |key, block| {
                keys.push(key);
                let rows = rows_of(&parts, key)?;
                let Some(part) = tables.get_mut(&key.part) else { return Ok(()) };
                samples::read(
                    block,
                    rows,
                    |_, _| true,
                    |place, label, _, values| {
                        if let Some(table) = part.0.get_mut(&place) {
                            table.columns.insert(Column { metric, label }, values.to_vec());
                        }
                    },
                )
                .map_err(|error| damaged(Tier::Raw, key, &error))
            })?;
        }
        for part in tables.into_values() {
            for (place, table) in part.0 {
                whole.0.entry(place).or_default().merge(&table);
            }
        }
        Ok((whole, keys))
    }

    fn empty(slot: u32, rows: &[Rows]) -> Self {
        let start = Tier::Raw.start(slot) * 1_000;
        let table = |rows: &Rows| Table {
            times: rows.times.iter().map(|at| start + i64::from(*at)).collect(),
            columns: BTreeMap::new(),
        };
        Self(rows.iter().map(|rows| (rows.place, table(rows))).collect())
    }
}

/// The times of all parts of some shards in a slot, by key.
pub(crate) fn parts(
    from: &dyn Blocks,
    slot: u32,
    shards: std::ops::Range<u32>,
) -> Result<Vec<(Key, Vec<Rows>)>, StoreError> {
    let mut parts = Vec::new();
    from.each(Tier::Raw, slot, TIMES, shards, &mut |key, block| {
        parts.push((key, times::read(block).map_err(|error| damaged(Tier::Raw, key, &error))?));
        Ok(())
    })?;
    Ok(parts)
}

/// The rows that a block of samples goes with.
pub(crate) fn rows_of(parts: &[(Key, Vec<Rows>)], key: Key) -> Result<&[Rows], StoreError> {
    parts
        .iter()
        .find(|(times, _)| (times.shard, times.part) == (key.shard, key.part))
        .map(|(_, rows)| &rows[..])
        .ok_or_else(|| damaged(Tier::Raw, key, &"has no times"))
}

/// Says which block is damaged.
pub(crate) fn damaged(tier: Tier, key: Key, reason: &dyn std::fmt::Display) -> StoreError {
    let Key { slot, metric, shard, part } = key;
    StoreError::Damaged(format!(
        "history's {} block of slot {slot}, metric {metric}, shard {shard}, part {part} {reason}",
        tier.word()
    ))
}

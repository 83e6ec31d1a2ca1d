//! Every raw sample in the store in a span of time, one by one: for an export. Slot after slot and shard after shard, so
//! that no more than a shard's ten minutes are in memory, and no transaction lasts longer than reading those.

use super::key::{Key, SHARD, TIMES, Tier};
use super::shard::Shard;
use super::subject::Subject;
use crate::store::{Blocks, HistoryWalker, Named, StoreError, Walk};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{ControlFlow, Range};

/// A sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sample<'a> {
    /// Unix milliseconds.
    pub(crate) at: i64,
    /// The metric's name, which may be that of an older catalogue.
    pub(crate) metric: &'a str,
    pub(crate) subject: &'a Subject,
    /// The device's index.
    pub(crate) device: Option<u32>,
    pub(crate) value: f64,
}

/// The store's names, by number.
#[derive(Default)]
struct Known {
    metrics: BTreeMap<u16, String>,
    subjects: BTreeMap<u32, Subject>,
}

impl Known {
    fn of(named: Named) -> Self {
        let subjects = named.subjects.into_iter().map(|named| (named.number, named.subject));
        Self { metrics: named.metrics.into_iter().collect(), subjects: subjects.collect() }
    }
}

/// Calls `each` with the samples in `span` (Unix milliseconds) of these metrics, or of all when there are none, until it
/// breaks off. Slots of ten minutes come oldest first; in one, a subject after the other, each oldest first.
pub(crate) fn walk(
    store: &dyn HistoryWalker,
    span: &Range<i64>,
    metrics: &BTreeSet<String>,
    each: &mut dyn FnMut(&Sample<'_>) -> ControlFlow<()>,
) -> Result<(), StoreError> {
    let mut known = Known::default();
    let mut from = Key { slot: Tier::Raw.slot(span.start.div_euclid(1_000)), metric: TIMES, shard: 0, part: 0 };
    loop {
        let mut found = None;
        store.walk(&mut |blocks| {
            found = next_shard(blocks, from, span)?
                .map(|place| Ok::<_, StoreError>((place, read(blocks, place, metrics, &mut known)?)))
                .transpose()?;
            Ok(())
        })?;
        let Some((place, shard)) = found else { return Ok(()) };
        if tell(&shard, place.shard, &known, span, each).is_break() {
            return Ok(());
        }
        from = Key { shard: place.shard + 1, part: 0, ..place };
    }
}

/// The next shard that has samples, from a place on: where its times lie.
fn next_shard(blocks: &dyn Walk, mut from: Key, span: &Range<i64>) -> Result<Option<Key>, StoreError> {
    while let Some(key) = blocks.next(Tier::Raw, from)?.filter(|key| Tier::Raw.start(key.slot) * 1_000 < span.end) {
        if key.metric == TIMES {
            return Ok(Some(Key { part: 0, ..key }));
        }
        // Behind the times of all shards of a slot come its metrics: the next times are those of a later slot.
        from = Key { slot: key.slot + 1, metric: TIMES, shard: 0, part: 0 };
    }
    Ok(None)
}

/// Reads a shard of a slot, and the names anew when there are some that are not known.
fn read(blocks: &dyn Blocks, place: Key, metrics: &BTreeSet<String>, known: &mut Known) -> Result<Shard, StoreError> {
    let wanted = |known: &Known| -> Vec<u16> {
        let wanted = |name: &String| metrics.is_empty() || metrics.contains(name);
        known.metrics.iter().filter(|(_, name)| wanted(name)).map(|(number, _)| *number).collect()
    };
    if known.metrics.is_empty() {
        *known = Known::of(blocks.named()?);
    }
    let (mut shard, _) = Shard::read(blocks, place.slot, place.shard, wanted(known).into_iter())?;
    let is_new = |number: u32| !known.subjects.contains_key(&number);
    if shard.0.keys().any(|at| is_new(place.shard * SHARD + at)) {
        *known = Known::of(blocks.named()?);
        shard = Shard::read(blocks, place.slot, place.shard, wanted(known).into_iter())?.0;
    }
    Ok(shard)
}

fn tell(
    shard: &Shard,
    number: u32,
    known: &Known,
    span: &Range<i64>,
    each: &mut dyn FnMut(&Sample<'_>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    for (at, table) in &shard.0 {
        let Some(subject) = known.subjects.get(&(number * SHARD + at)) else { continue };
        for (row, at) in table.times.iter().enumerate().filter(|(_, at)| span.contains(at)) {
            for (column, values) in &table.columns {
                let value = values[row];
                if let Some(metric) = known.metrics.get(&column.metric).filter(|_| !value.is_nan()) {
                    each(&Sample { at: *at, metric, subject, device: column.label.checked_sub(1), value })?;
                }
            }
        }
    }
    ControlFlow::Continue(())
}

//! Whether a store holds what was acknowledged, once, and its buckets and sketches are those of its samples.

use super::{LIMITS, kept, open};
use crate::collector::clock;
use crate::history::Subject;
use crate::history::check::{Checked, check};
use crate::history::keeper::{Keeper, Shared, Step};
use crate::history::key::{SHARD, SHARDS, TIMES, Tier};
use crate::history::shard::Shard;
use crate::history::table::Column;
use crate::store::{Blocks, Store};
use anyhow::Context as _;
use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;
use std::path::Path;
use std::sync::Arc;

/// A sample that was acknowledged: worker, metric, Unix milliseconds, value.
type Acknowledged = (String, String, i64, f64);

/// What was found.
#[derive(Debug)]
pub struct Verified {
    /// Samples that were acknowledged.
    pub acknowledged: u64,
    /// Those of them that are not there, or with another value.
    pub lost: u64,
    /// What was compared.
    pub checked: Checked,
}

/// Finishes what the keeper of the store at `url` has to do, and looks. `acknowledged` has a JSON array a line; nobody
/// uses the store.
pub fn verify(url: &str, folder: &Path, acknowledged: impl BufRead) -> anyhow::Result<Verified> {
    let Store { history: mut store, .. } = open(url, folder)?;
    let now = clock().timestamp();
    let shared = Arc::new(Shared::of(&mut *store, LIMITS, kept(), now)?);
    let mut keeper = Keeper::new(shared, store);
    while keeper.step(now)? == Step::Something {}
    let mut expected: BTreeMap<u32, Vec<Acknowledged>> = BTreeMap::new();
    let mut verified = Verified { acknowledged: 0, lost: 0, checked: Checked::default() };
    for line in acknowledged.lines() {
        let sample: Acknowledged = serde_json::from_str(&line?).context("reading what was acknowledged")?;
        expected.entry(Tier::Raw.slot(sample.2.div_euclid(1_000))).or_default().push(sample);
        verified.acknowledged += 1;
    }
    for (slot, samples) in &expected {
        verified.lost += missing(keeper.store.as_ref(), *slot, samples)?;
    }
    let hours: BTreeSet<u32> = expected.keys().map(|slot| Tier::Minute.slot(Tier::Raw.start(*slot))).collect();
    if let (Some(first), Some(last)) = (hours.first(), hours.last()) {
        verified.checked = check(keeper.store.as_ref(), *first..last + 1)?;
    }
    Ok(verified)
}

/// How many of the samples of a slot are not there.
fn missing(store: &dyn Blocks, slot: u32, samples: &[Acknowledged]) -> anyhow::Result<u64> {
    let named = store.named()?;
    let metrics: BTreeMap<&str, u16> = named.metrics.iter().map(|(number, name)| (name.as_str(), *number)).collect();
    let workers = named.subjects.iter().filter(|named| matches!(named.subject, Subject::Worker(_)));
    let workers: BTreeMap<&str, u32> = workers.map(|named| (named.subject.name(), named.number)).collect();
    let mut shards = BTreeSet::new();
    store.each(Tier::Raw, slot, TIMES, SHARDS, &mut |key, _| {
        shards.insert(key.shard);
        Ok(())
    })?;
    let mut there = BTreeMap::new();
    for shard in shards {
        there.insert(shard, Shard::read(store, slot, shard, metrics.values().copied())?.0);
    }
    let is_there = |(worker, metric, at, value): &Acknowledged| {
        let (worker, metric) = (workers.get(worker.as_str())?, metrics.get(metric.as_str())?);
        let table = there.get(&(worker / SHARD))?.0.get(&(worker % SHARD))?;
        let found = table.samples(Column::new(*metric, None), *at, at + 1).next();
        (found?.1.to_bits() == value.to_bits()).then_some(())
    };
    Ok(samples.iter().filter(|sample| is_there(sample).is_none()).count() as u64)
}

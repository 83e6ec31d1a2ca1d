//! Reading series: what a plan asks for, of one shard, from the head and from the store.

use super::plan::Plan;
use super::steps::Steps;
use super::wanted::Wanted;
use crate::history::block::{buckets, samples};
use crate::history::bucket::Bucket;
use crate::history::head::Head;
use crate::history::key::{FLEET, Tier};
use crate::history::shard::{damaged, parts, rows_of};
use crate::history::sketch::Sketch;
use crate::history::spread;
use crate::history::subject::Subject;
use crate::history::table::Column;
use crate::store::{Blocks, Expected, StoreError};
use forewatch::catalogue::MetricId;
use forewatch::series::Aggregation;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// What was found of one series: buckets, joined a step, and samples after them, which may come twice and in any order
/// until [`Self::settle`].
#[derive(Debug, Clone, Default)]
pub(super) struct Gathered {
    /// By step, up to the last that has one.
    pub(super) buckets: Vec<Option<Bucket>>,
    /// The last value in the buckets before the first step.
    pub(super) earlier: Option<f64>,
    /// Unix milliseconds.
    pub(super) samples: Vec<(i64, f64)>,
}

/// Where a bucket belongs.
#[derive(Debug, Clone, Copy)]
enum Row {
    /// Not into the answer.
    Nowhere,
    /// Before the first step.
    Before,
    Step(usize),
}

impl Gathered {
    /// Adds a bucket that comes after those that are there.
    fn add(&mut self, row: Row, bucket: &Bucket) {
        match row {
            Row::Nowhere => {}
            Row::Before => self.earlier = Some(bucket.last),
            Row::Step(row) => {
                if self.buckets.len() <= row {
                    self.buckets.resize(row + 1, None);
                }
                Bucket::add(&mut self.buckets[row], bucket);
            }
        }
    }

    /// Sorts the samples; of those with one time the last that was found is kept.
    pub(super) fn settle(&mut self) {
        let times = &mut self.samples;
        if !times.is_sorted_by(|a, b| a.0 < b.0) {
            times.sort_by_key(|sample| sample.0);
            times.reverse();
            times.dedup_by_key(|sample| sample.0);
            times.reverse();
        }
    }
}

/// What the head has, by subject and then by label.
pub(super) type InHead = BTreeMap<Subject, BTreeMap<u32, Gathered>>;

/// What was found, by subject and label.
pub(super) type Found<'s> = BTreeMap<(&'s Subject, u32), Gathered>;

/// The subjects of a shard that are looked for, by their places in it, and the metric's number.
pub(super) struct InShard<'s> {
    pub(super) shard: u32,
    pub(super) metric: u16,
    pub(super) places: BTreeMap<u32, &'s Subject>,
}

/// What is looked for, and where.
pub(super) struct Sight<'a> {
    pub(super) wanted: &'a Wanted,
    pub(super) plan: &'a Plan,
    pub(super) steps: &'a Steps,
    pub(super) over: Aggregation,
}

impl Sight<'_> {
    /// The samples in the head.
    pub(super) fn head(&self, head: &Head, metric: MetricId) -> InHead {
        let mut found = InHead::new();
        let Some((_, span)) = self.plan.0.iter().find(|(tier, _)| *tier == Tier::Raw) else { return found };
        let metric = u16::try_from(metric.index()).expect("see MetricId");
        let all = Column { metric, label: 0 }..=Column { metric, label: u32::MAX };
        head.look(|tables| {
            for (subject, table) in tables.iter().copied().flatten().filter(|(subject, _)| self.wanted.fits(subject)) {
                let columns = table.columns.range(all.clone()).map(|(column, _)| *column);
                for column in columns.filter(|column| self.wanted.fits_label(column.label)) {
                    let mut samples = table.samples(column, span.start * 1_000, span.end * 1_000).peekable();
                    if samples.peek().is_some() {
                        let series = found.entry(subject.clone()).or_default().entry(column.label).or_default();
                        series.samples.extend(samples);
                    }
                }
            }
        });
        found
    }

    /// Adds what the store has of a shard's subjects to what the head has; notes the tiers that had something.
    pub(super) fn shard<'s>(
        &self,
        blocks: &dyn Blocks,
        of: &InShard<'s>,
        found: &mut Found<'s>,
        sources: &mut BTreeSet<Tier>,
    ) -> Result<(), StoreError> {
        // In the head lie the newest samples: what the store has comes before them.
        let newest: Vec<_> =
            found.iter_mut().map(|(key, series)| (*key, std::mem::take(&mut series.samples))).collect();
        for (tier, span) in &self.plan.0 {
            let had = match tier {
                Tier::Raw => self.raw(blocks, span, of, found)?,
                tier => self.buckets(blocks, *tier, span, of, found)?,
            };
            if had {
                sources.insert(*tier);
            }
        }
        for (key, samples) in newest {
            found.entry(key).or_default().samples.extend(samples);
        }
        Ok(())
    }

    fn raw<'s>(
        &self,
        blocks: &dyn Blocks,
        span: &Range<i64>,
        of: &InShard<'s>,
        found: &mut Found<'s>,
    ) -> Result<bool, StoreError> {
        let mut had = false;
        let shards = of.shard..of.shard + 1;
        for slot in Tier::Raw.slots(span) {
            let parts = parts(blocks, slot, shards.clone())?;
            if parts.is_empty() {
                continue;
            }
            let start = Tier::Raw.start(slot) * 1_000;
            let (from, to) = (span.start * 1_000 - start, span.end * 1_000 - start);
            blocks.each(Tier::Raw, slot, of.metric, shards.clone(), &mut |key, block| {
                let wanted = |place: u32, label: u32| of.places.contains_key(&place) && self.wanted.fits_label(label);
                samples::read(block, rows_of(&parts, key)?, wanted, |place, label, rows, values| {
                    let Some(subject) = of.places.get(&place) else { return };
                    let samples = &mut found.entry((*subject, label)).or_default().samples;
                    for (at, value) in rows.times.iter().zip(values) {
                        let at = i64::from(*at);
                        if !value.is_nan() && (from..to).contains(&at) {
                            had = true;
                            samples.push((start + at, *value));
                        }
                    }
                })
                .map_err(|error| damaged(Tier::Raw, key, &error))
            })?;
        }
        Ok(had)
    }

    fn buckets<'s>(
        &self,
        blocks: &dyn Blocks,
        tier: Tier,
        span: &Range<i64>,
        of: &InShard<'s>,
        found: &mut Found<'s>,
    ) -> Result<bool, StoreError> {
        let mut had = false;
        let wanted = buckets::Wanted::by(self.over);
        for slot in tier.slots(span) {
            // The same for every series of the slot.
            let rows: Vec<Row> = (0..tier.places()).map(|place| self.row(tier, slot, place, span)).collect();
            blocks.each(tier, slot, of.metric, of.shard..of.shard + 1, &mut |key, block| {
                let columns = buckets::Columns::read(block, wanted).map_err(|error| damaged(tier, key, &error))?;
                for (place, label, buckets) in columns.series() {
                    let Some(subject) = of.places.get(&place).filter(|_| self.wanted.fits_label(label)) else {
                        continue;
                    };
                    let to = found.entry((*subject, label)).or_default();
                    for (place, bucket) in buckets {
                        let row = rows.get(place as usize).copied().unwrap_or(Row::Nowhere);
                        had |= !matches!(row, Row::Nowhere);
                        to.add(row, &bucket);
                    }
                }
                Ok(())
            })?;
        }
        Ok(had)
    }

    fn row(&self, tier: Tier, slot: u32, place: u32, span: &Range<i64>) -> Row {
        let at = tier.start(slot) + i64::from(place) * tier.bucket_seconds();
        match self.steps.row(at as f64) {
            _ if !span.contains(&at) => Row::Nowhere,
            Some(row) => Row::Step(row),
            None if (at as f64) < self.steps.from => Row::Before,
            None => Row::Nowhere,
        }
    }
}

/// Calls `each` with the sketches of a metric over all its series in the parts of a plan, and their times (Unix seconds);
/// notes the tiers that had some.
pub(super) fn sketches(
    blocks: &dyn Blocks,
    plan: &Plan,
    metric: u16,
    sources: &mut BTreeSet<Tier>,
    mut each: impl FnMut(i64, &Sketch),
) -> Result<(), StoreError> {
    blocks.expect(Expected { slots: plan.slots().collect(), metric, shards: vec![FLEET] });
    for (tier, span) in &plan.0 {
        for slot in tier.slots(span) {
            spread::each(blocks, *tier, slot, metric, |place, sketch| {
                let at = tier.start(slot) + i64::from(place) * tier.bucket_seconds();
                if span.contains(&at) {
                    sources.insert(*tier);
                    each(at, &sketch);
                }
            })?;
        }
    }
    Ok(())
}

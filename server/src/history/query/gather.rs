//! Reading series: what a plan asks for, of one shard, from the head and from the store.

use super::plan::Plan;
use crate::history::block::{buckets, samples};
use crate::history::bucket::Bucket;
use crate::history::keeper::Shared;
use crate::history::key::Tier;
use crate::history::shard::{damaged, parts, rows_of};
use crate::history::subject::Subject;
use crate::history::table::Column;
use crate::store::{Blocks, StoreError};
use forewatch::catalogue::MetricId;
use forewatch::series::Aggregation;
use globset::GlobMatcher;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::PoisonError;

/// What was found of one series: buckets, and samples after them, which may come twice and in any order until
/// [`Self::settle`].
#[derive(Debug, Clone, Default)]
pub(super) struct Gathered {
    /// Unix seconds at the bucket's start.
    pub(super) buckets: Vec<(i64, Bucket)>,
    /// Unix milliseconds.
    pub(super) samples: Vec<(i64, f64)>,
}

impl Gathered {
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

/// What is looked for, and where.
pub(super) struct Sight<'a> {
    pub(super) shared: &'a Shared,
    pub(super) metric: MetricId,
    pub(super) device: &'a Option<GlobMatcher>,
    pub(super) plan: &'a Plan,
    pub(super) over: Aggregation,
}

impl Sight<'_> {
    fn is_wanted(&self, label: u32) -> bool {
        match (self.device, label.checked_sub(1)) {
            (Some(pattern), Some(index)) => pattern.is_match(index.to_string()),
            (Some(_), None) => false,
            (None, _) => true,
        }
    }

    /// The samples in the head, by subject and device.
    pub(super) fn head<'s>(
        &self,
        subjects: &'s [(Subject, Option<u32>)],
    ) -> BTreeMap<&'s Subject, Vec<(u32, Gathered)>> {
        let Some((_, span)) = self.plan.0.iter().find(|(tier, _)| *tier == Tier::Raw) else { return BTreeMap::new() };
        let metric = u16::try_from(self.metric.index()).expect("see MetricId");
        let all = Column { metric, label: 0 }..=Column { metric, label: u32::MAX };
        let mut found: BTreeMap<&Subject, Vec<(u32, Gathered)>> = BTreeMap::new();
        self.shared.head.look(|tables| {
            for (subject, _) in subjects {
                let mut series: BTreeMap<u32, Gathered> = BTreeMap::new();
                for table in tables.iter().filter_map(|tables| tables.get(subject)) {
                    for (column, _) in
                        table.columns.range(all.clone()).filter(|(column, _)| self.is_wanted(column.label))
                    {
                        let samples = table.samples(*column, span.start * 1_000, span.end * 1_000);
                        series.entry(column.label).or_default().samples.extend(samples);
                    }
                }
                if !series.is_empty() {
                    found.insert(subject, series.into_iter().collect());
                }
            }
        });
        found
    }

    /// Adds what the store has of a shard's subjects, whose places come with them; notes the tiers that had something.
    pub(super) fn shard<'s>(
        &self,
        blocks: &dyn Blocks,
        shard: Option<u32>,
        subjects: &[(Option<u32>, &'s Subject)],
        found: &mut BTreeMap<(&'s Subject, u32), Gathered>,
        sources: &mut BTreeSet<Tier>,
    ) -> Result<(), StoreError> {
        if found.values().any(|series| !series.samples.is_empty()) {
            sources.insert(Tier::Raw);
        }
        let names = self.shared.names.read().unwrap_or_else(PoisonError::into_inner);
        let (Some(shard), Some(metric)) = (shard, names.metric(self.metric)) else { return Ok(()) };
        drop(names);
        let places: BTreeMap<u32, &Subject> =
            subjects.iter().filter_map(|(place, subject)| Some(((*place)?, *subject))).collect();
        // In the head lie the newest samples: what the store has comes before them.
        let newest: BTreeMap<_, _> =
            found.iter_mut().map(|(key, series)| (*key, std::mem::take(&mut series.samples))).collect();
        for (tier, span) in &self.plan.0 {
            let had = match tier {
                Tier::Raw => self.raw(blocks, span, metric, shard, &places, found)?,
                tier => self.buckets(blocks, *tier, span, metric, shard, &places, found)?,
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
        metric: u16,
        shard: u32,
        places: &BTreeMap<u32, &'s Subject>,
        found: &mut BTreeMap<(&'s Subject, u32), Gathered>,
    ) -> Result<bool, StoreError> {
        let mut had = false;
        for slot in Tier::Raw.slots(span) {
            let parts = parts(blocks, slot, shard..shard + 1)?;
            if parts.is_empty() {
                continue;
            }
            let start = Tier::Raw.start(slot) * 1_000;
            let (from, to) = (span.start * 1_000 - start, span.end * 1_000 - start);
            blocks.each(Tier::Raw, slot, metric, shard..shard + 1, &mut |key, block| {
                let wanted = |place: u32, label: u32| places.contains_key(&place) && self.is_wanted(label);
                samples::read(block, rows_of(&parts, key)?, wanted, |place, label, rows, values| {
                    let Some(subject) = places.get(&place) else { return };
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

    #[expect(clippy::too_many_arguments, reason = "where, what, and into what")]
    fn buckets<'s>(
        &self,
        blocks: &dyn Blocks,
        tier: Tier,
        span: &Range<i64>,
        metric: u16,
        shard: u32,
        places: &BTreeMap<u32, &'s Subject>,
        found: &mut BTreeMap<(&'s Subject, u32), Gathered>,
    ) -> Result<bool, StoreError> {
        let mut had = false;
        let wanted = buckets::Wanted::by(self.over);
        for slot in tier.slots(span) {
            blocks.each(tier, slot, metric, shard..shard + 1, &mut |key, block| {
                let all = buckets::read(block, wanted).map_err(|error| damaged(tier, key, &error))?;
                for series in all.iter().filter(|series| self.is_wanted(series.label)) {
                    let Some(subject) = places.get(&series.place) else { continue };
                    let to = &mut found.entry((*subject, series.label)).or_default().buckets;
                    for (place, bucket) in &series.buckets {
                        let at = tier.start(slot) + i64::from(*place) * tier.bucket_seconds();
                        if span.contains(&at) {
                            had = true;
                            to.push((at, *bucket));
                        }
                    }
                }
                Ok(())
            })?;
        }
        Ok(had)
    }
}

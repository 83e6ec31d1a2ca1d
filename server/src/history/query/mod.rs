//! `GET /query`: any metric, by any label, over any range, from the tier that is fine enough.
//!
//! [`wanted`] says which series are asked for; [`plan`] which tier answers for which part of the range; [`gather`]
//! reads one shard's series there, [`parts`] those of several side by side; [`steps`] makes one value a step of each; here they are put side by side or joined
//! into groups ([`join`]). A percentile needs all values of a step ([`distribution`]): samples, or, over all series of a
//! metric, their sketches.

mod distribution;
mod gather;
mod join;
mod parts;
mod plan;
mod steps;
mod wanted;

use super::earlier::day;
use super::keeper::Shared;
use super::key::{SHARD, Tier};
use super::subject::Subject;
use crate::store::{HistoryReader, StoreError};
use app::query::SeriesQuery;
use forewatch::catalogue::{MetricId, MetricType};
use forewatch::series::{Aggregation, QueryAnswer};
use gather::{Found, InHead, InShard, Sight, sketches};
use join::Groups;
use parts::Asked;
use plan::{MadeOf, Plan};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use steps::Steps;
pub(crate) use wanted::labels as series_labels;
use wanted::{Wanted, checked};

/// Points of an answer at most.
const MAX_ALL: usize = 4_000_000;
/// Slots of shards whose samples are read for a percentile over all series; where that takes more, the sketches answer.
const MOST_SAMPLE_BLOCKS: usize = 300;

/// Why a query cannot be answered.
#[derive(Debug, thiserror::Error)]
pub(crate) enum QueryError {
    #[error("there is no metric \"{0}\": GET /api/v1/metrics-catalog lists those that exist")]
    Metric(String),
    #[error("\"{label}\" is no label of {metric}: it has {known}")]
    Label { label: String, metric: &'static str, known: String },
    #[error("`from` must lie before `to`")]
    Range,
    #[error("a step of {asked} s gives more than 11,000 points a series: use at least {least} s")]
    Step { asked: f64, least: f64 },
    #[error("\"{0}\" is not a pattern: * stands for any text")]
    Pattern(String),
    #[error("the answer has more than {MAX_ALL} points: join series with `by`, choose fewer, or use a longer step")]
    Large,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Answers a query, as of `now` (Unix seconds).
pub(crate) fn answer(
    shared: &Shared,
    store: &dyn HistoryReader,
    query: &SeriesQuery,
    now: i64,
) -> Result<QueryAnswer, QueryError> {
    let (id, steps) = checked(query)?;
    let metric = id.metric();
    let (over, mut groups) = joining(id, query, &steps);
    let wanted = Wanted::of(id, &query.labels)?;
    // A percentile needs every sample, or sketches of them.
    let joins_samples = groups.as_ref().is_some_and(Groups::joins_samples);
    let is_whole = joins_samples && wanted.is_all() && groups.as_ref().is_some_and(Groups::is_one);
    let made_of = match joins_samples || over.is_percentile() {
        false => MadeOf::Buckets,
        true if !is_whole => MadeOf::Samples,
        true if are_few(shared, &steps, now) => MadeOf::SamplesFirst,
        true => MadeOf::Buckets,
    };
    let since = |tier| shared.kept.since(tier, now);
    let plan = Plan::of(&steps, made_of, shared.rolled.load(Ordering::Acquire), since);
    let (plan, sketched) = if is_whole { plan.split() } else { (plan, Plan(Vec::new())) };
    let sight = Sight { wanted: &wanted, plan: &plan, steps: &steps, over };
    let mut sources = BTreeSet::new();
    // The head first, then the names, then the store: what is written meanwhile is then found twice, and joined, rather
    // than not at all.
    let mut head = sight.head(&shared.head, id);
    if !head.is_empty() {
        sources.insert(Tier::Raw);
    }
    let (number, shards) = in_shards(shared, id, &wanted, &head);
    if let (Some(metric), Some(groups), false) = (number, &mut groups, sketched.0.is_empty()) {
        store.read(&mut |blocks| {
            sketches(blocks, &sketched, metric, &mut sources, |at, sketch| groups.sketch(&steps, at, sketch))
        })?;
    }
    let work = shards.iter().map(|(shard, subjects)| {
        let found = taken(&mut head, subjects);
        let in_store = shard.zip(number).map(|(shard, metric)| {
            let places = subjects.iter().filter_map(|(place, subject)| Some(((*place)?, subject))).collect();
            InShard { shard, metric, places }
        });
        (in_store, found)
    });
    let asked = Asked { store, sight, groups: groups.as_ref().map(Groups::empty) };
    let mut answer = Vec::new();
    for part in asked.all(work.collect())? {
        answer.extend(part.series);
        sources.extend(part.sources);
        if let (Some(groups), Some(more)) = (&mut groups, part.groups) {
            groups.join(more);
        }
        if answer.len().saturating_mul(steps.len()).max(groups.as_ref().map_or(0, Groups::points)) > MAX_ALL {
            return Err(QueryError::Large);
        }
    }
    let known_from = sketched.known_from(shared.sketched_since) as f64;
    let mut series = groups.map_or(answer, |groups| groups.finish(&steps, known_from));
    series.sort_by(|a, b| a.labels.cmp(&b.labels));
    let source = match (sources.len(), sources.first()) {
        (0 | 1, first) => first.copied().unwrap_or(Tier::Raw).word(),
        _ => "mixed",
    };
    Ok(QueryAnswer {
        metric: metric.name.to_owned(),
        unit: metric.unit,
        step: steps.step,
        source: source.to_owned(),
        series,
    })
}

/// How the values of a step become one, and into which groups series are joined, if they are.
fn joining<'a>(id: MetricId, query: &'a SeriesQuery, steps: &Steps) -> (Aggregation, Option<Groups<'a>>) {
    let metric = id.metric();
    let usual = if metric.kind == MetricType::Counter { Aggregation::Increase } else { Aggregation::Avg };
    let groups = |by, agg| Some(Groups::new(by, agg, steps.len()));
    match &query.by {
        Some(by) => (query.over.unwrap_or(usual), groups(by, query.agg.unwrap_or(Aggregation::Avg))),
        None => {
            let over = query.over.or(query.agg).unwrap_or(usual);
            // A metric without labels has one series: its percentiles are those over all of them.
            (over, if metric.labels.is_empty() && over.is_percentile() { groups(&[], over) } else { None })
        }
    }
}

/// Whether the samples that lie in the steps are few enough to be read all.
#[expect(clippy::cast_possible_truncation, reason = "times of this world")]
fn are_few(shared: &Shared, steps: &Steps, now: i64) -> bool {
    let since = shared.kept.since(Tier::Raw, now);
    let slots = Tier::Raw.slots(&((steps.from as i64).max(since)..(steps.to as i64).min(now))).len();
    let names = shared.names.read().unwrap_or_else(PoisonError::into_inner);
    names.seen_since(day(since)).div_ceil(SHARD as usize).saturating_mul(slots) <= MOST_SAMPLE_BLOCKS
}

/// The subjects of a shard, with their places in it where they are in the store.
type Shards = BTreeMap<Option<u32>, Vec<(Option<u32>, Subject)>>;

/// The metric's number, and the subjects that are wanted, by shard; those that are in the head alone come under none.
fn in_shards(shared: &Shared, id: MetricId, wanted: &Wanted, head: &InHead) -> (Option<u16>, Shards) {
    let names = shared.names.read().unwrap_or_else(PoisonError::into_inner);
    let mut subjects: BTreeMap<&Subject, Option<u32>> = head.keys().map(|subject| (subject, None)).collect();
    let known = names.subjects().filter(|(subject, _)| wanted.fits(subject));
    subjects.extend(known.map(|(subject, number)| (subject, Some(number))));
    let mut shards = Shards::new();
    for (subject, number) in subjects {
        let place = number.map(|number| number % SHARD);
        shards.entry(number.map(|number| number / SHARD)).or_default().push((place, subject.clone()));
    }
    (names.metric(id), shards)
}

/// Takes out of the head's what belongs to some subjects.
fn taken<'s>(head: &mut InHead, subjects: &'s [(Option<u32>, Subject)]) -> Found<'s> {
    let mut found = Found::new();
    for (_, subject) in subjects {
        let series = head.remove(subject).unwrap_or_default();
        found.extend(series.into_iter().map(|(label, gathered)| ((subject, label), gathered)));
    }
    found
}

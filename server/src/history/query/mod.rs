//! `GET /query`: any metric, by any label, over any range, from the tier that is fine enough.
//!
//! [`plan`] says which tier answers for which part of the range; [`gather`] reads one shard's series there;
//! [`steps`] makes one value a step of each; here they are put side by side or joined into groups.

mod gather;
mod join;
mod plan;
mod steps;

use super::keeper::Shared;
use super::key::{SHARD, Tier};
use super::subject::Subject;
use crate::store::{HistoryReader, StoreError};
use app::query::SeriesQuery;
use forewatch::catalogue::{self, MetricId, MetricType, Read};
use forewatch::series::{Aggregation, QueryAnswer, Series, step_for};
use forewatch::time;
use gather::{Gathered, Sight};
use globset::{Glob, GlobMatcher};
use join::Groups;
use plan::Plan;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use steps::Steps;

/// Points of a series at most.
const MAX_POINTS: f64 = 11_000.0;
/// Points of an answer at most.
const MAX_ALL: usize = 4_000_000;
/// Points of a series when no step is asked for.
const USUAL_POINTS: usize = 720;

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
    let usual = if metric.kind == MetricType::Counter { Aggregation::Increase } else { Aggregation::Avg };
    let (over, mut groups) = match &query.by {
        None => (query.over.or(query.agg).unwrap_or(usual), None),
        Some(by) => {
            let agg = query.agg.unwrap_or(Aggregation::Avg);
            (query.over.unwrap_or(usual), Some(Groups::new(by, agg, steps.len())))
        }
    };
    // A percentile needs every sample.
    let joins_samples = groups.as_ref().is_some_and(Groups::joins_samples);
    let plan = Plan::of(&steps, joins_samples || over.is_percentile(), shared.rolled.load(Ordering::Acquire), |tier| {
        shared.kept.since(tier, now)
    });
    let wanted = wanted(shared, id, &query.labels)?;
    let sight = Sight { shared, metric: id, device: &wanted.device, plan: &plan, over };
    let mut answer = Vec::new();
    let mut sources = BTreeSet::new();
    // The head first: what is written meanwhile is then found twice, and joined, rather than not at all.
    let head = sight.head(&wanted.subjects);
    let mut failure = None;
    store.read(&mut |blocks| {
        for (shard, subjects) in wanted.by_shard() {
            let mut gathered = head_of(&head, &subjects);
            sight.shard(blocks, shard, &subjects, &mut gathered, &mut sources)?;
            for ((subject, device), mut series) in gathered {
                series.settle();
                let labels = labels(subject, device);
                match &mut groups {
                    Some(groups) if joins_samples => groups.samples(labels, &steps, &series),
                    Some(groups) => groups.values(labels, &steps.over_time(&series, over)),
                    None => answer.push(Series { labels, points: steps.points(&series, over) }),
                }
            }
            if answer.len().saturating_mul(steps.len()) > MAX_ALL {
                failure = Some(QueryError::Large);
                return Ok(());
            }
        }
        Ok(())
    })?;
    if let Some(failure) = failure {
        return Err(failure);
    }
    let mut series = groups.map_or(answer, |groups| groups.finish(&steps));
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

/// The metric and the steps of a query that makes sense.
fn checked(query: &SeriesQuery) -> Result<(MetricId, Steps), QueryError> {
    let id =
        catalogue::find(&query.metric).ok_or_else(|| QueryError::Metric(query.metric.chars().take(60).collect()))?;
    let metric = id.metric();
    let names = query.labels.keys().chain(query.by.iter().flatten());
    if let Some(label) = names.into_iter().find(|label| !metric.labels.contains(&label.as_str())) {
        let known = if metric.labels.is_empty() { "none".to_owned() } else { metric.labels.join(", ") };
        return Err(QueryError::Label { label: label.clone(), metric: metric.name, known });
    }
    let offset = query.offset.unwrap_or(0.0);
    let (from, to) = (time::unix_seconds(query.from) - offset, time::unix_seconds(query.to) - offset);
    if from >= to {
        return Err(QueryError::Range);
    }
    let step = query.step.unwrap_or_else(|| step_for(to - from, USUAL_POINTS));
    if !(step > 0.0 && (to - from) / step <= MAX_POINTS) {
        return Err(QueryError::Step { asked: step, least: ((to - from) / MAX_POINTS).ceil() });
    }
    Ok((id, Steps { from: (from / step).floor() * step, to, step, offset }))
}

/// Which series a query asks for.
struct Wanted {
    /// Subjects, with their number in the store where they have one.
    subjects: Vec<(Subject, Option<u32>)>,
    device: Option<GlobMatcher>,
}

impl Wanted {
    /// The subjects of each shard, by their place in it; those that are not in the store yet come under no shard.
    fn by_shard(&self) -> BTreeMap<Option<u32>, Vec<(Option<u32>, &Subject)>> {
        let mut shards: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (subject, number) in &self.subjects {
            let place = number.map(|number| number % SHARD);
            shards.entry(number.map(|number| number / SHARD)).or_default().push((place, subject));
        }
        shards
    }
}

fn wanted(shared: &Shared, id: MetricId, labels: &BTreeMap<String, String>) -> Result<Wanted, QueryError> {
    let pattern = |label: &str| -> Result<Option<GlobMatcher>, QueryError> {
        let Some(text) = labels.get(label) else { return Ok(None) };
        // Only `*` has a meaning: ids may hold any other sign.
        let escaped = text.split('*').map(globset::escape).collect::<Vec<_>>().join("*");
        Glob::new(&escaped).map(|glob| Some(glob.compile_matcher())).map_err(|_| QueryError::Pattern(text.clone()))
    };
    let (kind, label) = match id.metric().read {
        Read::System(_) => ("system", None),
        Read::Queue(_) => ("queue", pattern("queue")?),
        Read::Derived(_) | Read::Worker(_) | Read::Gpu(_) => ("worker", pattern("worker")?),
    };
    let fits = |subject: &&Subject| {
        subject.kind() == kind && label.as_ref().is_none_or(|label| label.is_match(subject.name()))
    };
    let names = shared.names.read().unwrap_or_else(PoisonError::into_inner);
    let mut subjects: BTreeMap<Subject, Option<u32>> =
        names.subjects().filter(|(subject, _)| fits(subject)).map(|(s, number)| (s.clone(), Some(number))).collect();
    drop(names);
    shared.head.look(|tables| {
        for subject in tables.iter().flat_map(|tables| tables.keys()).filter(fits) {
            if !subjects.contains_key(subject) {
                subjects.insert(subject.clone(), None);
            }
        }
    });
    Ok(Wanted { subjects: subjects.into_iter().collect(), device: pattern("gpu")? })
}

/// One subject's series, by the device's label.
type BySeries<'a> = BTreeMap<(&'a Subject, u32), Gathered>;

fn head_of<'a>(
    head: &BTreeMap<&'a Subject, Vec<(u32, Gathered)>>,
    subjects: &[(Option<u32>, &'a Subject)],
) -> BySeries<'a> {
    let mut series = BySeries::new();
    for (_, subject) in subjects {
        for (device, gathered) in head.get(subject).into_iter().flatten() {
            series.insert((subject, *device), gathered.clone());
        }
    }
    series
}

fn labels(subject: &Subject, device: u32) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::new();
    if *subject != Subject::System {
        labels.insert(subject.kind().to_owned(), subject.name().to_owned());
    }
    if let Some(index) = device.checked_sub(1) {
        labels.insert("gpu".to_owned(), index.to_string());
    }
    labels
}

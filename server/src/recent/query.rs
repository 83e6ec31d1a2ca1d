//! `GET /query` over the recent past.

use super::Recent;
use app::query::SeriesQuery;
use forewatch::catalogue::{self, MetricId, MetricType, Read};
use forewatch::series::{Aggregation, Point, QueryAnswer, Series, increase, step_for};
use forewatch::time;
use globset::{Glob, GlobMatcher};
use std::collections::BTreeMap;
use std::sync::PoisonError;

/// Points of a series at most.
const MAX_POINTS: f64 = 11_000.0;
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
}

/// One series' samples, with its labels.
type Samples = (BTreeMap<String, String>, Vec<(f64, f64)>);

/// Answers a query from the samples that are kept.
pub(crate) fn answer(recent: &Recent, query: &SeriesQuery) -> Result<QueryAnswer, QueryError> {
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
    let steps = Steps { from: (from / step).floor() * step, to, step, offset };
    let usual = if metric.kind == MetricType::Counter { Aggregation::Increase } else { Aggregation::Avg };
    let samples = select(recent, id, &query.labels, steps.from - step, to)?;
    let series = match &query.by {
        None => {
            let over = query.over.or(query.agg).unwrap_or(usual);
            samples.into_iter().map(|(labels, s)| Series { labels, points: steps.over_time(&s, over) }).collect()
        }
        Some(by) => grouped(samples, by, &steps, query.over.unwrap_or(usual), query.agg.unwrap_or(Aggregation::Avg)),
    };
    Ok(QueryAnswer { metric: metric.name.to_owned(), unit: metric.unit, step, source: "raw".to_owned(), series })
}

/// The series that match, with their samples.
fn select(
    recent: &Recent,
    id: MetricId,
    labels: &BTreeMap<String, String>,
    from: f64,
    to: f64,
) -> Result<Vec<Samples>, QueryError> {
    let pattern = |label: &str| -> Result<Option<GlobMatcher>, QueryError> {
        let Some(text) = labels.get(label) else { return Ok(None) };
        // Only `*` has a meaning: ids may hold any other sign.
        let escaped = text.split('*').map(globset::escape).collect::<Vec<_>>().join("*");
        Glob::new(&escaped).map(|glob| Some(glob.compile_matcher())).map_err(|_| QueryError::Pattern(text.clone()))
    };
    let fits = |matcher: &Option<GlobMatcher>, value: &str| matcher.as_ref().is_none_or(|m| m.is_match(value));
    let key = super::key(id);
    let inner = recent.inner.read().unwrap_or_else(PoisonError::into_inner);
    let mut found = Vec::new();
    match id.metric().read {
        Read::System(_) => found.push((BTreeMap::new(), inner.kept.system.samples(key, from, to).collect())),
        Read::Queue(_) => {
            let queue = pattern("queue")?;
            for (name, group) in inner.kept.queues.iter().filter(|(name, _)| fits(&queue, name)) {
                found.push(([("queue".to_owned(), name.to_string())].into(), group.samples(key, from, to).collect()));
            }
        }
        Read::Worker(_) | Read::Gpu(_) => {
            let (worker, gpu) = (pattern("worker")?, pattern("gpu")?);
            for (name, group) in inner.workers.iter().filter(|(name, _)| fits(&worker, name)) {
                for column in group.keys().filter(|column| column.0 == key) {
                    let mut labels = BTreeMap::from([("worker".to_owned(), name.to_string())]);
                    if let Some(index) = column.1 {
                        if !fits(&gpu, &index.to_string()) {
                            continue;
                        }
                        labels.insert("gpu".to_owned(), index.to_string());
                    }
                    found.push((labels, group.samples(column, from, to).collect()));
                }
            }
        }
    }
    Ok(found)
}

/// Joins the series of each group, step by step: percentiles over all samples of the step, everything
/// else over one value a series.
fn grouped(samples: Vec<Samples>, by: &[String], steps: &Steps, over: Aggregation, agg: Aggregation) -> Vec<Series> {
    let mut groups: BTreeMap<BTreeMap<String, String>, Vec<Vec<(f64, f64)>>> = BTreeMap::new();
    for (mut labels, samples) in samples {
        labels.retain(|label, _| by.contains(label));
        groups.entry(labels).or_default().push(samples);
    }
    let percentile = matches!(agg, Aggregation::P50 | Aggregation::P95 | Aggregation::P99);
    let join = |members: Vec<Vec<(f64, f64)>>| {
        if percentile {
            let mut all = members.concat();
            all.sort_by(|a, b| a.0.total_cmp(&b.0));
            return steps.over_time(&all, agg);
        }
        let parts: Vec<Vec<Point>> = members.iter().map(|samples| steps.over_time(samples, over)).collect();
        let mut values = Vec::new();
        steps
            .starts()
            .enumerate()
            .map(|(row, at)| {
                values.clear();
                values.extend(parts.iter().filter_map(|part| part[row].1));
                (at, agg.apply(&values))
            })
            .collect()
    };
    groups.into_iter().map(|(labels, members)| Series { labels, points: join(members) }).collect()
}

/// The steps of an answer.
struct Steps {
    from: f64,
    to: f64,
    step: f64,
    offset: f64,
}

impl Steps {
    /// The start of each step, as it is told (moved by the offset).
    fn starts(&self) -> impl Iterator<Item = f64> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 11,001, see MAX_POINTS")]
        let count = ((self.to - self.from) / self.step).ceil() as usize;
        (0..count).map(|row| self.from + row as f64 * self.step + self.offset)
    }

    /// One value a step of one series' samples, oldest first.
    fn over_time(&self, samples: &[(f64, f64)], over: Aggregation) -> Vec<Point> {
        let mut rest = samples;
        let mut before = None;
        let mut values = Vec::new();
        self.starts()
            .map(|at| {
                let start = at - self.offset;
                let skipped = rest.partition_point(|sample| sample.0 < start);
                before = rest[..skipped].last().map(|sample| sample.1).or(before);
                rest = &rest[skipped..];
                let len = rest.partition_point(|sample| sample.0 < start + self.step);
                values.clear();
                values.extend(rest[..len].iter().map(|sample| sample.1));
                rest = &rest[len..];
                let value = match over {
                    Aggregation::Increase => increase(before, &values),
                    Aggregation::Rate => increase(before, &values).map(|growth| growth / self.step),
                    other => other.apply(&values),
                };
                before = values.last().copied().or(before);
                (at, value)
            })
            .collect()
    }
}

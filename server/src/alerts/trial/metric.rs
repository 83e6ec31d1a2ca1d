//! A rule on a metric, tried on its history.

use super::course::Course;
use super::{Found, Past, Span, TrialError};
use crate::alerts::rule::Rule;
use crate::alerts::watches::Watches;
use crate::history::QueryError;
use app::query::SeriesQuery;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::catalogue::MetricId;
use forewatch::series::{Aggregation, QueryAnswer, Series};
use forewatch::time;
use std::collections::{BTreeMap, HashMap};

/// Seconds between two values: the finest of which there are seven days.
const STEP: i64 = 60;
/// How much is asked for at once, and how little at least, where there are many series.
const SLICE: TimeDelta = TimeDelta::hours(6);
const LEAST_SLICE: TimeDelta = TimeDelta::minutes(30);

pub(super) fn found(rule: &Rule, metric: MetricId, past: &Past<'_>, (from, to): Span) -> Result<Found, TrialError> {
    let step = TimeDelta::seconds(STEP);
    let mut courses: HashMap<BTreeMap<String, String>, Course<'_>> = HashMap::new();
    let mut at = from;
    let mut slice = SLICE;
    while at < to {
        let end = (at + slice).min(to);
        let answer = match (past.ask)(&query(rule, metric, (at, end))) {
            Err(QueryError::Large) if slice > LEAST_SLICE => {
                slice = (slice / 2).max(LEAST_SLICE);
                continue;
            }
            answer => answer?,
        };
        walk(rule, answer, &mut courses, (from, to), step);
        at = end;
    }
    let firings = courses.into_values().flat_map(Course::finish).collect();
    Ok(Found { step: step.as_seconds_f64(), firings, notes: notes(rule, metric) })
}

fn walk<'a>(
    rule: &'a Rule,
    answer: QueryAnswer,
    courses: &mut HashMap<BTreeMap<String, String>, Course<'a>>,
    (from, to): Span,
    step: TimeDelta,
) {
    for Series { labels, points } in answer.series.into_iter().filter(|series| is_meant(rule, &series.labels)) {
        let course = courses.entry(labels).or_insert_with_key(|labels| Course::of(rule, labels.clone()));
        let value = |value: f64| if rule.watches == Watches::ClockSkew { value.abs() } else { value };
        for (at, found) in points.into_iter().filter_map(|point| Some((moment(point.0)?, point.1))) {
            if from <= at && at < to {
                course.next(at, found.map(value), step);
            }
        }
    }
}

fn moment(seconds: f64) -> Option<DateTime<Utc>> {
    time::from_unix_seconds(seconds)
}

/// What must be true for long is true in a minute in which its mildest value is; what is told at once, in one in which
/// its worst value is.
fn query(rule: &Rule, metric: MetricId, (from, to): Span) -> SeriesQuery {
    let lasts = rule.lasts >= TimeDelta::seconds(STEP);
    let over = if rule.op.is_upward() == lasts { Aggregation::Min } else { Aggregation::Max };
    SeriesQuery {
        metric: metric.metric().name.to_owned(),
        labels: BTreeMap::new(),
        from,
        to,
        step: Some(STEP as f64),
        over: Some(over),
        agg: None,
        by: None,
        offset: None,
    }
}

fn is_meant(rule: &Rule, labels: &BTreeMap<String, String>) -> bool {
    let fits = |(label, pattern): &(_, crate::alerts::pattern::Pattern)| {
        let label: &crate::alerts::label::Label = label;
        labels.get(label.as_str()).is_none_or(|value| pattern.fits(value))
    };
    rule.filter.conditions().iter().all(fits)
}

fn notes(rule: &Rule, metric: MetricId) -> Vec<String> {
    let lasts = rule.lasts >= TimeDelta::seconds(STEP);
    let which = if rule.op.is_upward() == lasts { "lowest" } else { "highest" };
    let mut notes = vec![format!("tried on the {which} value of each minute")];
    let known = metric.metric().labels;
    let conditions = rule.filter.conditions().iter().map(|(label, _)| label.as_str());
    let left_out: Vec<&str> = conditions.filter(|label| !known.contains(label)).collect();
    if !left_out.is_empty() {
        notes.push(format!("the history has no {}: subjects were not chosen by that", left_out.join(" and no ")));
    }
    notes
}

//! A rule on tasks, tried on the tasks in the records.

use super::course::Course;
use super::{Found, Span, TrialError};
use crate::alerts::rule::Rule;
use crate::alerts::subject::name_of;
use crate::alerts::watches::{Scope, TaskFigure};
use crate::collector::outcome::Window;
use crate::store::Records;
use app::query::{TaskFilter, TaskSort};
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::TaskMetrics;
use std::collections::BTreeMap;

/// Seconds between two looks.
const STEP: i64 = 15;
/// Tasks that are read, the newest.
const MOST: usize = 500_000;
/// Tasks that are read at once.
const PAGE: usize = 1_000;

type Windows = BTreeMap<BTreeMap<String, String>, Window>;

pub(super) fn found(
    rule: &Rule,
    figure: &TaskFigure,
    records: &dyn Records,
    (from, to): Span,
) -> Result<Found, TrialError> {
    let mut notes = Vec::new();
    let (windows, begin) = read(rule, figure, records, from - TimeDelta::seconds(figure.window), to)?;
    let from = match begin {
        Some(begin) => {
            notes.push(format!("tried on the newest {MOST} tasks, since {}", begin.format("%Y-%m-%d %H:%M:%SZ")));
            (begin + TimeDelta::seconds(figure.window)).max(from)
        }
        None => from,
    };
    notes.push(format!("tried every {STEP} s on the tasks in the records, as they ended"));
    let firings = windows.into_iter().flat_map(|(labels, window)| walk(rule, figure, labels, &window, (from, to)));
    Ok(Found { step: STEP as f64, firings: firings.collect(), notes })
}

/// The tasks by what they are told apart by. Where there are too many, since when they are known.
fn read(
    rule: &Rule,
    figure: &TaskFigure,
    records: &dyn Records,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<(Windows, Option<DateTime<Utc>>), TrialError> {
    let mut filter =
        TaskFilter { from: Some(from), to: Some(to), sort: TaskSort::Newest, limit: PAGE, ..TaskFilter::default() };
    let mut windows = Windows::new();
    for _ in 0..MOST / PAGE {
        let page = records.tasks(&filter)?;
        for task in &page.items {
            for scope in &figure.by {
                if let Some(labels) = labels(*scope, task).filter(|labels| is_meant(rule, labels, task)) {
                    windows.entry(labels).or_default().add(task);
                }
            }
        }
        filter.cursor = page.next_cursor;
        if filter.cursor.is_none() {
            return Ok((windows, None));
        }
    }
    let oldest = records.tasks(&filter)?.items.first().map(|task| task.timestamp);
    Ok((windows, oldest))
}

fn labels(scope: Scope, task: &TaskMetrics) -> Option<BTreeMap<String, String>> {
    let label = |name: &str, value: &str| Some([(name.to_owned(), value.to_owned())].into());
    match scope {
        Scope::System => Some(BTreeMap::new()),
        Scope::Queue => label("queue", &task.queue_id()?),
        Scope::Name => label("name", name_of(task)?),
    }
}

fn is_meant(rule: &Rule, labels: &BTreeMap<String, String>, task: &TaskMetrics) -> bool {
    rule.filter.conditions().iter().all(|(label, pattern)| match label.as_str() {
        "source" => pattern.fits(&task.source),
        "class" => pattern.fits(forewatch::QueueClass::by_name(task.queue.as_deref().unwrap_or("")).as_str()),
        // By its id and by its own name, as it is while the rule runs.
        "queue" => labels
            .get("queue")
            .is_none_or(|id| pattern.fits_one_of([Some(&**id), task.queue.as_deref()].into_iter().flatten())),
        name => labels.get(name).is_none_or(|value| pattern.fits(value)),
    })
}

fn walk(
    rule: &Rule,
    figure: &TaskFigure,
    labels: BTreeMap<String, String>,
    window: &Window,
    (from, to): Span,
) -> Vec<forewatch::rule::Firing> {
    let step = TimeDelta::seconds(STEP);
    let mut course = Course::of(rule, labels);
    let mut at = from;
    while at < to {
        let value = figure.agg.of(&window.last(at, figure.window));
        // Of too few tasks it is known only that it is not true.
        let told =
            value.filter(|(value, samples)| *samples >= figure.min_samples || !rule.op.holds(*value, rule.threshold));
        course.next(at, told.map(|(value, _)| value), step);
        at += step;
    }
    course.finish()
}

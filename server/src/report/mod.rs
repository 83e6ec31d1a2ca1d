//! Reports: a period in figures, beside the period before.
//!
//! - [`make`]: the report itself, from tallies, single tasks ([`waits`]), alerts ([`alerts`]) and history ([`gpus`]).
//! - [`sheet`]: the report as titles and tables, which every form is made of: a page that stands alone ([`html`], with
//!   its pictures by [`chart`]), CSV ([`csv`]) and PDF ([`pdf`]).
//! - [`schedule`]: reports that are made at the end of each day, week or month, and kept.

mod alerts;
mod chart;
mod command;
mod csv;
mod figure;
mod form;
mod gpus;
mod html;
mod pdf;
mod schedule;
mod sheet;
#[cfg(test)]
mod tests;
mod waits;

pub use command::report;
pub(crate) use form::Form;
pub(crate) use html::fragment;
pub(crate) use schedule::{Archive, start};

use crate::stats::{By, GroupsAsked, Kept, Past, Periods, StatsError, Unit, groups, statistics};
use crate::store::Records;
use app::query::TaskFilter;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use forewatch::report::{Compared, Completeness, Ranking, Report};
use forewatch::{Ratio, SystemMetrics, TaskGroup};
use std::collections::HashMap;

/// Rows of a ranking.
const ROWS: usize = 20;
/// Periods up to this are told by the hour, longer ones by the day.
const BY_THE_HOUR: TimeDelta = TimeDelta::days(14);

/// What a report is made of.
pub(crate) struct Sources<'a> {
    pub(crate) records: &'a dyn Records,
    pub(crate) past: &'a Past<'a>,
    pub(crate) kept: Kept,
}

/// Which report.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) from: DateTime<Utc>,
    pub(crate) to: DateTime<Utc>,
    /// Whose days and times it tells.
    pub(crate) zone: Tz,
    /// What stands above it.
    pub(crate) title: Option<String>,
}

impl Asked {
    /// One that nobody gave a name.
    pub(crate) fn plain(from: DateTime<Utc>, to: DateTime<Utc>) -> Self {
        Self { from, to, zone: Tz::UTC, title: None }
    }
}

type Span = (DateTime<Utc>, DateTime<Utc>);

/// The report that is asked for, as of `now`.
pub(crate) fn make(sources: &Sources<'_>, asked: &Asked, now: DateTime<Utc>) -> Result<Report, StatsError> {
    let (from, to, zone) = (asked.from, asked.to.min(now), asked.zone);
    let length = to - from;
    let span = (from, to);
    let before = (from - length, from);
    let course = course(sources, span, zone, now)?;
    // A period before Forewatch began, or beyond what is kept, is not known: it is no period of zeros.
    let course_before = self::course(sources, before, zone, now).unwrap_or_default();
    let work = work(sources, span, now)?;
    let work_before = self::work(sources, before, now).ok();
    let known = !course_before.is_empty();
    let gpus = gpus::of(sources.past, span, length, &work)?;
    let gpus_before = work_before.as_ref().and_then(|work| gpus::of(sources.past, before, length, work).ok());
    let (alerts, rules) = alerts::of(sources.records, span, before, known)?;
    let ranking = |by| ranking(sources, by, span, before, now);
    // Single tasks are kept less long than sums: of a longer period their newest part.
    let first_task = now - sources.kept.tasks;
    let tasks = (first_task < to).then_some((from.max(first_task), to));
    Ok(Report {
        title: asked.title.clone(),
        zone: zone.name().to_owned(),
        from,
        to,
        before_from: before.0,
        made_at: now,
        completeness: Compared {
            now: completeness(&course, length),
            before: known.then(|| completeness(&course_before, length)),
        },
        work: Compared { now: work, before: work_before.filter(|_| known) },
        queues: ranking(By::Queue)?,
        names: ranking(By::Name)?,
        workers: ranking(By::Worker)?,
        users: ranking(By::User)?,
        tasks_since: tasks.map(|(since, _)| since).filter(|since| *since > from),
        errors: tasks.map(|tasks| self::ranking(sources, By::Error, tasks, before, now)).transpose()?,
        waits: match tasks {
            Some(tasks) => waits::of(sources.records, tasks, now)?,
            None => None,
        },
        gpus: Compared { now: gpus, before: gpus_before.filter(|_| known) },
        alerts,
        rules,
        course,
    })
}

/// The system over each hour or day.
fn course(
    sources: &Sources<'_>,
    (from, to): Span,
    zone: Tz,
    now: DateTime<Utc>,
) -> Result<Vec<SystemMetrics>, StatsError> {
    let unit = if to - from <= BY_THE_HOUR { Unit::Hour } else { Unit::Day };
    let periods = Periods::within(unit, zone, from, to, now)?;
    statistics(sources.records, sources.past, &periods, now)
}

fn work(sources: &Sources<'_>, span: Span, now: DateTime<Utc>) -> Result<TaskGroup, StatsError> {
    Ok(by(sources, By::All, span, now)?.into_iter().next().unwrap_or_default())
}

fn by(sources: &Sources<'_>, by: By, (from, to): Span, now: DateTime<Utc>) -> Result<Vec<TaskGroup>, StatsError> {
    let filter = TaskFilter { from: Some(from), to: Some(to), ..TaskFilter::default() };
    groups(sources.records, &GroupsAsked { by, filter, news: None }, sources.kept, now)
}

fn ranking(
    sources: &Sources<'_>,
    what: By,
    span: Span,
    before: Span,
    now: DateTime<Utc>,
) -> Result<Ranking, StatsError> {
    let groups = by(sources, what, span, now)?;
    let earlier: HashMap<(Option<String>, bool), TaskGroup> = by(sources, what, before, now)
        .unwrap_or_default()
        .into_iter()
        .map(|group| ((group.key.clone(), group.is_other), group))
        .collect();
    let total = groups.len() as u64;
    let rows = groups.into_iter().take(ROWS).map(|group| {
        let before = earlier.get(&(group.key.clone(), group.is_other)).cloned();
        Compared { now: group, before }
    });
    Ok(Ranking { rows: rows.collect(), total })
}

fn completeness(course: &[SystemMetrics], length: TimeDelta) -> Completeness {
    let step = course.windows(2).map(|pair| pair[1].timestamp - pair[0].timestamp).min();
    let step = step.unwrap_or(length).num_seconds().max(1) as f64;
    let observed: f64 = course.iter().filter_map(|system| system.observed).map(|share| share.get() * step).sum();
    let whole = length.num_seconds().max(1) as f64;
    Completeness {
        observed: Ratio::clamped(observed / whole),
        lost_events: course.iter().fold(0, |sum, system| sum.saturating_add(system.tasks_lost_events)),
    }
}

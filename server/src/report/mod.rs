//! Reports: a period in figures, beside the period before.
//!
//! - [`make`]: the report itself, from tallies ([`ranking`]), single tasks ([`waits`]), alerts ([`alerts`]) and history ([`gpus`]).
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
mod ranking;
mod schedule;
mod sheet;
#[cfg(test)]
mod tests;
mod waits;

pub use command::report;
pub(crate) use form::Form;
pub(crate) use html::fragment;
pub(crate) use schedule::{Archive, start};

use crate::stats::{By, Gathered, Kept, Past, Periods, Span, StatsError, Unit, gather, group, statistics};
use crate::store::Records;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use forewatch::report::{Compared, Completeness, Report};
use forewatch::{Ratio, SystemMetrics, TaskGroup};

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

/// The report that is asked for, as of `now`.
pub(crate) fn make(sources: &Sources<'_>, asked: &Asked, now: DateTime<Utc>) -> Result<Report, StatsError> {
    let (from, to, zone) = (asked.from, asked.to.min(now), asked.zone);
    let length = to - from;
    let span = (from, to);
    let before = (from - length, from);
    let course = course(sources, span, zone, now)?;
    // A period before Forewatch began, or beyond what is kept, is not known: it is no period of zeros.
    let course_before = self::course(sources, before, zone, now).unwrap_or_default();
    let ended = Ended::within(sources, span, now)?;
    let ended_before = Ended::within(sources, before, now).ok();
    let known = !course_before.is_empty();
    let (work, work_before) = (ended.work.clone(), ended_before.as_ref().map(|ended| ended.work.clone()));
    let gpus = gpus::of(sources.past, span, length, &work)?;
    let gpus_before = work_before.as_ref().and_then(|work| gpus::of(sources.past, before, length, work).ok());
    let (alerts, rules) = alerts::of(sources.records, span, before, known)?;
    let before_by = ended_before.map(|ended| ended.by.map(Some)).unwrap_or_default();
    let [queues, names, workers, users] = ended.by;
    let [queues_before, names_before, workers_before, users_before] = before_by;
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
            now: completeness(&course, span),
            before: known.then(|| completeness(&course_before, before)),
        },
        queues: ranking::of(queues, queues_before),
        names: ranking::of(names, names_before),
        workers: ranking::of(workers, workers_before),
        users: ranking::of(users, users_before),
        tasks_since: tasks.map(|(since, _)| since).filter(|since| *since > from),
        errors: match tasks {
            Some(tasks) => Some(ranking::of(errors(sources, tasks, now)?, errors(sources, before, now).ok())),
            None => None,
        },
        waits: match tasks {
            // More than are read: none of them need be.
            Some(tasks) if tasks.0 == from && work.total > waits::MAX_TASKS as u64 => None,
            Some(tasks) => waits::of(sources.records, tasks, now)?,
            None => None,
        },
        work: Compared { now: work, before: work_before.filter(|_| known) },
        gpus: Compared { now: gpus, before: gpus_before.filter(|_| known) },
        alerts,
        rules,
        course,
    })
}

/// Whether the course of a span is told by the hour, and not by the day.
fn is_by_the_hour((from, to): Span) -> bool {
    to - from <= BY_THE_HOUR
}

/// The system over each hour or day.
fn course(
    sources: &Sources<'_>,
    (from, to): Span,
    zone: Tz,
    now: DateTime<Utc>,
) -> Result<Vec<SystemMetrics>, StatsError> {
    let unit = if is_by_the_hour((from, to)) { Unit::Hour } else { Unit::Day };
    let periods = Periods::within(unit, zone, from, to, now)?;
    statistics(sources.records, sources.past, &periods, now)
}

/// What ended in a span, in all and by what it is ranked.
struct Ended {
    work: TaskGroup,
    /// By queue, name, worker and user.
    by: [Gathered; 4],
}

impl Ended {
    fn within(sources: &Sources<'_>, span: Span, now: DateTime<Utc>) -> Result<Self, StatsError> {
        let by = [By::All, By::Queue, By::Name, By::Worker, By::User];
        let [all, by @ ..] = gather(sources.records, by, span, sources.kept, now)?;
        let work = all.into_tallies().next().map(|(key, tally)| group(&key, &tally));
        Ok(Self { work: work.unwrap_or_default(), by })
    }
}

/// What failed in a span, by what made it fail.
fn errors(sources: &Sources<'_>, span: Span, now: DateTime<Utc>) -> Result<Gathered, StatsError> {
    let [errors] = gather(sources.records, [By::Error], span, sources.kept, now)?;
    Ok(errors)
}

/// How much of a span was measured: the course tells which share of each hour or day, up to the span's end, was.
fn completeness(course: &[SystemMetrics], (from, to): Span) -> Completeness {
    let step = if is_by_the_hour((from, to)) { TimeDelta::hours(1) } else { TimeDelta::days(1) };
    let measured = |system: &SystemMetrics| {
        let lasted = (system.timestamp + step).min(to) - system.timestamp.max(from);
        Some(system.observed?.get() * lasted.num_seconds().max(0) as f64)
    };
    let observed: f64 = course.iter().filter_map(measured).sum();
    let whole = (to - from).num_seconds().max(1) as f64;
    Completeness {
        observed: Ratio::clamped(observed / whole),
        lost_events: course.iter().fold(0, |sum, system| sum.saturating_add(system.tasks_lost_events)),
    }
}

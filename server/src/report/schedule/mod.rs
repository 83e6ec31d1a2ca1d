//! Reports that are made by a schedule: at the end of each day, week or month of a zone, and after a start those that
//! were missed. They are made one after the other, beside what serves requests, and kept in the [`archive`].
//!
//! What is due follows from the time and from what is kept: all of a schedule's periods that ended since its newest report,
//! as many as it keeps; of a new schedule the newest alone. A period of which nothing is known gets no report.

mod archive;
mod period;
#[cfg(test)]
mod tests;
mod told;

use super::{Asked, Form, Sources, make};
use crate::collector::clock;
use crate::config::{Config, Notify, ScheduledReport};
use crate::notify::takes_files;
use crate::state::AppState;
pub(crate) use archive::Archive;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::Ratio;
use forewatch::report::{KeptReport, Report};
use period::Period;
use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How often it is looked whether a report is due.
const LOOK: Duration = Duration::from_secs(30);
/// After a period's end: so long its last events and samples are waited for.
const SETTLED: TimeDelta = TimeDelta::minutes(2);
/// After a report that failed, its schedule waits this long.
const PAUSE: TimeDelta = TimeDelta::minutes(10);

/// Starts what makes reports; it ends with `stop`. None where none is configured.
pub(crate) fn start(state: &AppState, stop: &CancellationToken) -> Option<JoinHandle<()>> {
    if state.config.report.is_empty() {
        return None;
    }
    let (mut schedule, stop) = (Schedule::new(state.clone(), stop.clone()), stop.clone());
    Some(tokio::spawn(async move {
        let mut looks = tokio::time::interval(LOOK);
        looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = looks.tick() => {}
            }
            let looked = tokio::task::spawn_blocking(move || {
                schedule.look(clock());
                schedule
            });
            schedule = match looked.await {
                Ok(schedule) => schedule,
                Err(error) => {
                    return tracing::error!(%error, "making reports did not end well: none is made until the next start");
                }
            };
        }
    }))
}

/// How far a schedule is.
#[derive(Debug, Default, Clone, Copy)]
struct Progress {
    /// The end of its newest period that was looked at.
    until: Option<DateTime<Utc>>,
    /// Not before this: its last report failed.
    not_before: Option<DateTime<Utc>>,
}

/// What makes reports. Time is an argument.
struct Schedule {
    state: AppState,
    stop: CancellationToken,
    /// By the schedule's name.
    progress: HashMap<String, Progress>,
    /// Whether some report may be kept of which nobody was told: a crash came between, or that could not be written.
    may_be_untold: bool,
}

impl Schedule {
    fn new(state: AppState, stop: CancellationToken) -> Self {
        let mut progress: HashMap<String, Progress> = HashMap::new();
        // The newest come first.
        for kept in state.reports.all() {
            progress.entry(kept.name).or_insert(Progress { until: Some(kept.to), not_before: None });
        }
        Self { state, stop, progress, may_be_untold: true }
    }

    /// Makes every report that is due at `now`. Blocks for as long as that takes.
    fn look(&mut self, now: DateTime<Utc>) {
        let state = self.state.clone();
        if self.may_be_untold {
            self.may_be_untold = !told::missed(&state, now);
        }
        for scheduled in &state.config.report {
            let progress = self.progress.entry(scheduled.name.clone()).or_default();
            if progress.not_before.is_some_and(|time| now < time) {
                continue;
            }
            let ScheduledReport { every, zone, keep, .. } = *scheduled;
            for period in period::over(every, zone, progress.until, keep, now - SETTLED) {
                if self.stop.is_cancelled() {
                    return;
                }
                match keep_one(&state, scheduled, &period, now) {
                    Ok(made) => {
                        *progress = Progress { until: Some(period.to), not_before: None };
                        if let Some((report, kept)) = made {
                            self.may_be_untold |= !is_made(&state, scheduled, &report, &kept);
                        }
                    }
                    Err(error) => {
                        progress.not_before = Some(now + PAUSE);
                        state.counters.reports_failed.fetch_add(1, Ordering::Relaxed);
                        tracing::error!(name = scheduled.name, error = %format!("{error:#}"), "a report was not made; it is tried again");
                        break;
                    }
                }
            }
        }
    }
}

/// Makes and keeps the report of a period; none where nothing is known of that.
fn keep_one(
    state: &AppState,
    scheduled: &ScheduledReport,
    period: &Period,
    now: DateTime<Utc>,
) -> anyhow::Result<Option<(Report, KeptReport)>> {
    let ScheduledReport { name, every, zone, keep, title, .. } = scheduled;
    let asked = Asked { from: period.from, to: period.to, zone: *zone, title: title.clone() };
    let report = state.with_past(now, |records, past, kept| make(&Sources { records, past, kept }, &asked, now))?;
    if !is_known(&report) {
        return Ok(None);
    }
    let about = KeptReport {
        id: format!("{name}-{}-{}", period.first.format("%Y%m%d"), period.last.format("%Y%m%d")),
        name: name.clone(),
        title: title.clone(),
        every: *every,
        zone: zone.name().to_owned(),
        first_day: period.first.to_string(),
        last_day: period.last.to_string(),
        from: period.from,
        to: period.to,
        made_at: now,
        files: Vec::new(),
    };
    let files: Vec<(Form, Vec<u8>)> = forms(&state.config, scheduled).map(|form| (form, form.write(&report))).collect();
    let kept = state.reports.keep(about, &files)?;
    state.reports.trim(name, *keep)?;
    Ok(Some((report, kept)))
}

/// The forms that are kept: those that are asked for, and what a channel needs that is told of reports with their files.
fn forms(config: &Config, scheduled: &ScheduledReport) -> impl Iterator<Item = Form> {
    let is_told = |channel: &&Notify| scheduled.notify.contains(&channel.name);
    let with_files = config.notify.iter().filter(is_told).any(takes_files);
    let needed =
        [Form::Html, Form::Pdf].into_iter().filter(move |form| with_files && !scheduled.formats.contains(form));
    scheduled.formats.iter().copied().chain(needed)
}

/// Whether anything is known of a report's period.
fn is_known(report: &Report) -> bool {
    let observed = report.completeness.now.observed.map(Ratio::get);
    report.work.now.total > 0 || observed.is_some_and(|share| share > 0.0)
}

/// What follows once a report is made and kept: whoever is to be told of it is told here. False when that is still to be
/// done.
fn is_made(state: &AppState, scheduled: &ScheduledReport, report: &Report, kept: &KeptReport) -> bool {
    state.counters.reports_made.fetch_add(1, Ordering::Relaxed);
    tracing::info!(id = kept.id, tasks = report.work.now.total, files = kept.files.len(), "a report is made");
    scheduled.notify.is_empty() || told::tell(state, scheduled, report, kept)
}

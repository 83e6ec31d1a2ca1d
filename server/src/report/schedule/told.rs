//! What channels are told of a report that was made, once: also when a crash came between keeping it and telling of it.

use crate::config::ScheduledReport;
use crate::notify::Made;
use crate::report::sheet::glance;
use crate::report::{Asked, Sources, make};
use crate::state::AppState;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::report::{KeptReport, Report};

/// A report that nobody was told of is still told for this long after it was made.
const NEWS: TimeDelta = TimeDelta::days(1);
/// The page that lists kept reports.
const PAGE: &str = "/reports";

/// Tells its channels; false when that could not be kept.
pub(super) fn tell(state: &AppState, scheduled: &ScheduledReport, report: &Report, kept: &KeptReport) -> bool {
    let told = state.notifier.tell_of_report(&scheduled.notify, &made(report, kept));
    told.inspect_err(|error| {
        tracing::error!(id = kept.id, %error, "the channels of a report cannot be told: it is on /reports; trying again");
    })
    .is_ok()
}

/// Tells of those that were made lately and that nobody was told of, as of `now`; false when some still wait.
pub(super) fn missed(state: &AppState, now: DateTime<Utc>) -> bool {
    let kept = state.reports.all().into_iter().filter(|kept| now - kept.made_at < NEWS);
    let tell_one = |kept: KeptReport| -> anyhow::Result<bool> {
        let scheduled = state.config.report.iter().find(|scheduled| scheduled.name == kept.name);
        let Some(scheduled) = scheduled.filter(|scheduled| !scheduled.notify.is_empty()) else { return Ok(true) };
        if state.notifier.knows_report(&kept.id)? {
            return Ok(true);
        }
        let asked = Asked { from: kept.from, to: kept.to, zone: scheduled.zone, title: kept.title.clone() };
        let report =
            state.with_past(now, |records, past, lasts| make(&Sources { records, past, kept: lasts }, &asked, now))?;
        Ok(tell(state, scheduled, &report, &kept))
    };
    let mut all_told = true;
    // Each of them, also after one that waits.
    for report in kept {
        all_told &= tell_one(report).unwrap_or_else(|error| {
            tracing::error!(error = %format!("{error:#}"), "whether a report was told is not known: trying again");
            false
        });
    }
    all_told
}

/// Its name and period, its main figures as far as they are known, and where it is.
pub(super) fn made(report: &Report, kept: &KeptReport) -> Made {
    let name = kept.title.as_deref().unwrap_or(&kept.name);
    let days = if kept.first_day == kept.last_day {
        kept.first_day.clone()
    } else {
        format!("{} to {}", kept.first_day, kept.last_day)
    };
    let figures = glance(report).into_iter().filter(|figure| figure.now.is_some()).map(|figure| {
        let change = figure.change().map(|change| format!(" ({change})")).unwrap_or_default();
        format!("{}: {}{change}", figure.name, figure.text())
    });
    // What people read, before what programs read.
    let of_form = |form: &str| kept.files.iter().find(|file| file.format == form).map(|file| file.name.clone());
    let files: Vec<String> = ["html", "pdf"].into_iter().filter_map(of_form).collect();
    Made {
        id: kept.id.clone(),
        title: format!("{name}, {days}"),
        figures: figures.collect::<Vec<_>>().join("\n"),
        path: files.first().map_or_else(|| PAGE.to_owned(), |file| format!("/api/v1/reports/kept/{file}")),
        files,
        made_at: kept.made_at,
    }
}

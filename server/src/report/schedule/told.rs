//! What channels are told of a report that was made.

use crate::notify::Made;
use crate::report::sheet::glance;
use forewatch::report::{KeptReport, Report};

/// The page that lists kept reports.
const PAGE: &str = "/reports";

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
    let file = ["html", "pdf"].into_iter().find_map(|form| kept.files.iter().find(|file| file.format == form));
    Made {
        title: format!("{name}, {days}"),
        figures: figures.collect::<Vec<_>>().join("\n"),
        path: file.map_or_else(|| PAGE.to_owned(), |file| format!("/api/v1/reports/kept/{}", file.name)),
        made_at: kept.made_at,
    }
}

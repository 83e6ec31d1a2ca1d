//! A report as HTML: a fragment for the dashboard's page, and a page that stands alone.

use super::chart::{self, Picture};
use super::figure::Figure;
use super::sheet::{self, Section};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use forewatch::report::{Completeness, Report};
use forewatch::{Ratio, format};
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The share of a period from which on it counts as measured whole.
const WHOLE: f64 = 0.995;

/// The report without a document around it.
pub(crate) fn fragment(report: &Report) -> String {
    body(report).into_string()
}

/// A document with its style, which needs nothing else.
pub(super) fn page(report: &Report) -> String {
    let style = concat!(include_str!("../../../style/tokens.css"), include_str!("../../../style/report.css"));
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title(report)) }
                style { (PreEscaped(style)) }
            }
            body class="report-alone" {
                main { h1 { (title(report)) } (body(report)) }
            }
        }
    }
    .into_string()
}

/// "Forewatch report, 17 Nov 2026 to 24 Nov 2026".
pub(super) fn title(report: &Report) -> String {
    let name = report.title.as_deref().unwrap_or("Forewatch report");
    let day = |at: DateTime<Utc>| at.with_timezone(&zone(report)).format("%-d %b %Y");
    format!("{name}, {} to {}", day(report.from), day(report.to))
}

/// Whose days and times are told.
pub(super) fn zone(report: &Report) -> Tz {
    report.zone.parse().unwrap_or(Tz::UTC)
}

/// When the periods are, and when this was made.
pub(super) fn subtitle(report: &Report) -> String {
    let minute = |at: DateTime<Utc>| at.with_timezone(&zone(report)).format("%-d %b %Y %H:%M");
    format!(
        "{} to {} ({}), beside {} to {}. Made {}.",
        minute(report.from),
        minute(report.to),
        zone(report).name(),
        minute(report.before_from),
        minute(report.from),
        minute(report.made_at)
    )
}

/// What the reader must know of how complete this is; nothing when it is whole.
pub(super) fn caveats(report: &Report) -> Vec<String> {
    let mut caveats = Vec::new();
    let told = |completeness: &Completeness, period: &str, caveats: &mut Vec<String>| {
        match completeness.observed.map(Ratio::get) {
            Some(share) if share < WHOLE => caveats.push(format!(
                "Forewatch measured {} of {period}: loads and GPU time are of that part.",
                format::ratio(share)
            )),
            None => caveats.push(format!("Nothing was measured in {period}.")),
            Some(_) => {}
        }
        if completeness.lost_events > 0 {
            caveats.push(format!(
                "{} task events of {period} are known to be lost: counts of tasks are lower bounds.",
                format::count(completeness.lost_events)
            ));
        }
    };
    told(&report.completeness.now, "the period", &mut caveats);
    if let Some(since) = report.tasks_since {
        let since = since.with_timezone(&zone(report)).format("%-d %b %Y %H:%M");
        caveats.push(format!(
            "Failures by cause and waits are of tasks that ended since {since}: older ones are not kept."
        ));
    }
    match &report.completeness.before {
        Some(before) => told(before, "the period before", &mut caveats),
        None => caveats.push("Nothing is known of the period before.".to_owned()),
    }
    caveats
}

fn body(report: &Report) -> Markup {
    let caveats = caveats(report);
    html! {
        p class="report-when soft" { (subtitle(report)) }
        @if !caveats.is_empty() {
            ul class="report-caveats" { @for caveat in &caveats { li { (caveat) } } }
        }
        dl class="report-glance" {
            @for figure in sheet::glance(report) {
                div { dt { (figure.name) } dd { (figure.text()) (change(&figure)) } }
            }
        }
        @let pictures = chart::pictures(&report.course, zone(report));
        @if !pictures.is_empty() {
            div class="report-pictures" { @for picture in pictures { (drawn(&picture)) } }
        }
        @for section in sheet::sections(report) { (table(&section)) }
    }
}

fn drawn(picture: &Picture) -> Markup {
    html! {
        figure class={ "report-picture" @if picture.is_whole { " report-whole" } } {
            figcaption {
                strong { (picture.title) }
                @for (name, class) in &picture.legend {
                    span { i class=(class) {} (name) }
                }
            }
            div class="report-draw" role="img" aria-label={ (picture.title) " over the period" } tabindex="0" {
                (PreEscaped(&picture.svg))
            }
        }
    }
}

fn table(section: &Section) -> Markup {
    let told = section.columns();
    html! {
        section class="report-section" {
            h2 { (section.title) }
            @if let Some(first) = section.rows.first() {
                div class="report-table" tabindex="0" role="region" aria-label=(section.title) {
                    table {
                        thead { tr {
                            @if section.of.is_empty() { td {} } @else { th scope="col" { (section.of) } }
                            @for place in &told { th scope="col" { (first.figures[*place].name) } }
                        } }
                        tbody {
                            @for row in &section.rows { tr {
                                th scope="row" { (row.name) }
                                @for place in &told {
                                    @let figure = &row.figures[*place];
                                    td { (figure.text()) (change(figure)) }
                                }
                            } }
                        }
                    }
                }
            }
            @if let Some(note) = &section.note { p class="soft" { (note) } }
        }
    }
}

fn change(figure: &Figure) -> Markup {
    let class = match figure.improved() {
        Some(true) => "report-better",
        Some(false) => "report-worse",
        None => "report-other",
    };
    html! {
        @if let Some(change) = figure.change() {
            " " small class=(class) { (change) span class="vh" { " against the period before" } }
        }
    }
}

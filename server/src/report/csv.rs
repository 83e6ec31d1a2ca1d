//! A report as CSV (RFC 4180): a line a figure, in base units.

use super::figure::Figure;
use super::sheet;
use crate::export::cell;
use forewatch::report::Report;

/// The whole sheet.
pub(super) fn write(report: &Report) -> String {
    let mut out = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
    line(&mut out, ["section", "item", "figure", "unit", "value", "before"]);
    line(&mut out, ["period", "", "from", "time", &stamp(report.from), &stamp(report.before_from)]);
    line(&mut out, ["period", "", "to", "time", &stamp(report.to), &stamp(report.from)]);
    let complete = &report.completeness;
    let observed = |c: &forewatch::report::Completeness| c.observed.map(forewatch::Ratio::get);
    let before = complete.before.as_ref();
    line(
        &mut out,
        ["completeness", "", "Observed", "ratio", &number(observed(&complete.now)), &number(before.and_then(observed))],
    );
    line(
        &mut out,
        [
            "completeness",
            "",
            "Lost events",
            "count",
            &number(Some(complete.now.lost_events as f64)),
            &number(before.map(|c| c.lost_events as f64)),
        ],
    );
    for section in sheet::sections(report) {
        for row in &section.rows {
            for Figure { name, of, now, before, .. } in &row.figures {
                line(&mut out, [section.title, &row.name, name, of.unit(), &number(*now), &number(*before)]);
            }
        }
    }
    String::from_utf8(out.into_inner().unwrap_or_default()).unwrap_or_default()
}

fn stamp(at: forewatch::Timestamp) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// What is not known is an empty cell.
fn number(value: Option<f64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

type Table = ::csv::Writer<Vec<u8>>;

/// Names come from outside; the other cells are ours, and numbers keep their sign.
fn line(out: &mut Table, [section, item, figure, unit, value, before]: [&str; 6]) {
    // Writing into memory cannot fail.
    let _ = out.write_record([section, &cell::text(item), figure, unit, value, before]);
}

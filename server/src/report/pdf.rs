//! A report as PDF: A4 pages with the figures at a glance, what ended as bars, and the tables. Western letters are in the
//! viewer's own Helvetica, other Latin, Greek and Cyrillic ones in a font that comes along ([`font`]). What that has not is
//! told as `□`, and the document says so; the letters themselves are kept for who copies or searches.

mod font;
mod page;
mod text;

use super::figure::Figure;
use super::html::{caveats, subtitle, title};
use super::sheet::{self, Section};
use forewatch::report::Report;
use page::{Pages, Tone};
use text::{fit, lines, width};

/// Points between the edges of the paper and what is on it.
const EDGE: f32 = 36.0;
/// Width of what is on a page of A4, lying.
const WIDE: f32 = 842.0 - 2.0 * EDGE;
/// Size of the text of tables.
const SMALL: f32 = 7.5;
/// Height of a line of a table.
const LINE: f32 = 13.0;
/// Share of the width that the names of rows have.
const NAMES: f32 = 0.24;

/// The whole report.
pub(super) fn write(report: &Report) -> Vec<u8> {
    let mut pages = Pages::new(title(report));
    pages.room(40.0);
    pages.text(EDGE, 16.0, Tone::Strong, &title(report));
    pages.down(16.0);
    pages.text(EDGE, 8.5, Tone::Soft, &subtitle(report));
    pages.down(14.0);
    for caveat in caveats(report) {
        pages.text(EDGE, 8.5, Tone::Plain, &caveat);
        pages.down(12.0);
    }
    glance(&mut pages, &sheet::glance(report));
    bars(&mut pages, report);
    for section in sheet::sections(report) {
        table(&mut pages, &section);
    }
    if pages.has_missing() {
        pages.room(LINE * 2.0);
        pages.down(LINE * 2.0);
        let note = "A box stands for a letter that this document cannot draw; copy the text, or take the report as HTML, to read it.";
        pages.text(EDGE, SMALL, Tone::Soft, note);
    }
    pages.finish()
}

fn glance(pages: &mut Pages, figures: &[Figure]) {
    const COLUMNS: usize = 4;
    let cell = WIDE / COLUMNS as f32;
    for row in figures.chunks(COLUMNS) {
        pages.room(46.0);
        pages.down(10.0);
        for (column, figure) in row.iter().enumerate() {
            let left = EDGE + cell * column as f32;
            pages.text(left, 8.0, Tone::Soft, figure.name);
            pages.text_below(left, 18.0, 15.0, Tone::Strong, &figure.text());
            if let Some(change) = figure.change() {
                pages.text_below(left + width(&figure.text(), 15.0) + 6.0, 18.0, 8.0, tone(figure), &change);
            }
        }
        pages.down(30.0);
    }
}

/// What completed and failed over time, as bars.
fn bars(pages: &mut Pages, report: &Report) {
    const HEIGHT: f32 = 70.0;
    let total = |system: &forewatch::SystemMetrics| (system.completed_tasks + system.failed_tasks) as f32;
    let top = report.course.iter().map(total).fold(0.0, f32::max);
    if report.course.len() < 2 || top <= 0.0 {
        return;
    }
    pages.room(HEIGHT + 34.0);
    pages.down(12.0);
    let most = forewatch::format::number(f64::from(top));
    pages.text(EDGE, 9.5, Tone::Strong, "Tasks ended");
    pages.text(EDGE + 70.0, 8.0, Tone::Soft, &format!("completed below, failed on top; the highest bar is {most}"));
    pages.down(8.0);
    let step = WIDE / report.course.len() as f32;
    for (place, system) in report.course.iter().enumerate() {
        let left = EDGE + step * place as f32 + step * 0.1;
        let height = |count: u64| count as f32 / top * HEIGHT;
        let (completed, failed) = (height(system.completed_tasks), height(system.failed_tasks));
        pages.bar(left, HEIGHT, step * 0.8, completed, Tone::Main);
        pages.bar(left, HEIGHT - completed, step * 0.8, failed, Tone::Worse);
    }
    pages.down(HEIGHT + 10.0);
}

fn table(pages: &mut Pages, section: &Section) {
    pages.room(LINE * 4.0);
    pages.down(20.0);
    pages.text(EDGE, 11.0, Tone::Strong, section.title);
    pages.down(5.0);
    let told = section.columns();
    let cell = WIDE * (1.0 - NAMES) / told.len().max(1) as f32;
    let right = |column: usize| EDGE + WIDE * NAMES + cell * (column + 1) as f32;
    if let Some(first) = section.rows.first() {
        pages.down(LINE);
        pages.text(EDGE, SMALL, Tone::Soft, section.of);
        for (column, place) in told.iter().enumerate() {
            let name = fit(first.figures[*place].name, SMALL, cell - 4.0);
            pages.text(right(column) - width(&name, SMALL), SMALL, Tone::Soft, &name);
        }
        pages.line();
    }
    for row in &section.rows {
        pages.room(LINE);
        pages.down(LINE);
        pages.text(EDGE, SMALL, Tone::Plain, &fit(&row.name, SMALL, WIDE * NAMES - 6.0));
        for (column, place) in told.iter().enumerate() {
            let figure = &row.figures[*place];
            let (value, change) = (figure.text(), figure.change());
            let room = change.as_deref().map_or(0.0, |change| width(change, 6.0) + 3.0);
            // Where both have no room, the figure stands alone.
            let both = width(&value, SMALL) + room <= cell - 4.0;
            let end = right(column) - if both { room } else { 0.0 };
            pages.text(end - width(&value, SMALL), SMALL, Tone::Plain, &value);
            if let Some(change) = change.filter(|_| both) {
                pages.text(end + 3.0, 6.0, tone(figure), &change);
            }
        }
    }
    if let Some(note) = &section.note {
        for line in lines(note, SMALL, WIDE) {
            pages.room(LINE);
            pages.down(LINE);
            pages.text(EDGE, SMALL, Tone::Soft, &fit(&line, SMALL, WIDE));
        }
    }
}

fn tone(figure: &Figure) -> Tone {
    match figure.improved() {
        Some(true) => Tone::Better,
        Some(false) => Tone::Worse,
        None => Tone::Soft,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forewatch::TaskGroup;
    use forewatch::report::{Compared, Ranking};

    /// A report in which a task has this name.
    fn with(name: &str) -> Vec<u8> {
        let group = TaskGroup { key: Some(name.to_owned()), total: 1, completed: 1, ..TaskGroup::default() };
        let mut report = crate::report::tests::empty();
        report.names = Ranking { rows: vec![Compared { now: group, before: None }], total: 1 };
        write(&report)
    }

    fn has(pdf: &[u8], part: &[u8]) -> bool {
        pdf.windows(part.len()).any(|window| window == part)
    }

    #[test]
    fn letters_beyond_western_ones_bring_a_part_of_a_font_and_no_others_do() {
        let western = with("Zürich");
        // What is not ASCII is written in hexadecimal digits.
        assert!(!has(&western, b"/FontFile2") && has(&western, b"<5AFC72696368>"));
        let other = with("Обработка Ωμέγα Łódź");
        assert!(has(&other, b"/FontFile2") && has(&other, b"/ToUnicode") && !has(&other, b"/ActualText"));
        assert!(other.len() - western.len() < 30_000, "only the letters that are used: {} bytes", other.len());
    }

    #[test]
    fn letters_that_no_font_has_are_kept_as_text_and_told() {
        let pdf = with("東京");
        assert!(has(&pdf, b"/ActualText") && has(&pdf, b"67714EAC") && has(&pdf, b"A box stands for a letter"));
        assert!(!has(&with("Łódź"), b"A box stands for a letter"));
    }
}

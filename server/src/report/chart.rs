//! The pictures of a report, drawn by plotters as SVG. Colours are the style sheet's: plotters is given marks in their place,
//! which become custom properties, so that a picture follows the theme of the page that it is in.

use chrono::{DateTime, Offset as _, Timelike as _, Utc};
use chrono_tz::Tz;
use forewatch::{Ratio, SystemMetrics, format};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Sizes of a picture, pixels: across the page, and of two side by side.
const WHOLE: (u32, u32) = (1_200, 180);
const HALF: (u32, u32) = (590, 170);
/// Names on the time axis at most.
const NAMES: i64 = 9;

/// Marks that stand for colours of the style sheet, and their properties.
const TEXT: RGBColor = RGBColor(1, 2, 1);
const GRID: RGBColor = RGBColor(1, 2, 2);
const COLOURS: [(RGBColor, &str); 5] = [
    (TEXT, "var(--ink-3)"),
    (GRID, "var(--grid)"),
    (Ink::Main.mark(), "var(--s1)"),
    (Ink::Second.mark(), "var(--s4)"),
    (Ink::Bad.mark(), "var(--critical)"),
];

/// What a line or a bar is drawn with.
#[derive(Clone, Copy)]
enum Ink {
    Main,
    Second,
    Bad,
}

impl Ink {
    const fn mark(self) -> RGBColor {
        match self {
            Self::Main => RGBColor(1, 2, 3),
            Self::Second => RGBColor(1, 2, 4),
            Self::Bad => RGBColor(1, 2, 5),
        }
    }

    /// The class of its mark in the legend.
    fn class(self) -> &'static str {
        match self {
            Self::Main => "report-main",
            Self::Second => "report-second",
            Self::Bad => "report-bad",
        }
    }
}

/// One thing over time.
struct Line {
    name: &'static str,
    ink: Ink,
    read: fn(&SystemMetrics) -> Option<f64>,
}

/// A picture under its title.
pub(super) struct Picture {
    pub(super) title: &'static str,
    /// What its colours stand for: a word, and the class of the colour.
    pub(super) legend: Vec<(&'static str, &'static str)>,
    /// Whether it has the page's whole width.
    pub(super) is_whole: bool,
    pub(super) svg: String,
}

/// What ended, what waited, and how busy the fleet was. Without two periods there is nothing to draw.
pub(super) fn pictures(course: &[SystemMetrics], zone: Tz) -> Vec<Picture> {
    if course.len() < 2 {
        return Vec::new();
    }
    vec![
        picture(
            (course, zone),
            "Tasks ended",
            true,
            number,
            &[
                Line { name: "completed", ink: Ink::Main, read: |s| Some(s.completed_tasks as f64) },
                Line { name: "failed", ink: Ink::Bad, read: |s| Some(s.failed_tasks as f64) },
            ],
        ),
        picture(
            (course, zone),
            "Tasks waiting and running",
            false,
            number,
            &[
                Line { name: "waiting", ink: Ink::Main, read: |s| known(s, s.pending_tasks) },
                Line { name: "running", ink: Ink::Second, read: |s| known(s, s.processing_tasks) },
            ],
        ),
        picture(
            (course, zone),
            "Load",
            false,
            format::ratio,
            &[
                Line { name: "GPU", ink: Ink::Main, read: |s| s.total_gpu_usage.map(Ratio::get) },
                Line { name: "CPU", ink: Ink::Second, read: |s| s.total_cpu_usage.map(Ratio::get) },
            ],
        ),
    ]
}

fn number(value: f64) -> String {
    format::number((value * 10.0).round() / 10.0)
}

/// A gauge of a period in which Forewatch measured.
fn known(system: &SystemMetrics, value: u64) -> Option<f64> {
    system.observed.is_some_and(|share| share.get() > 0.0).then_some(value as f64)
}

fn picture(
    (course, zone): (&[SystemMetrics], Tz),
    title: &'static str,
    bars: bool,
    text: fn(f64) -> String,
    lines: &[Line],
) -> Picture {
    let mut svg = String::new();
    // Drawing into a string cannot fail.
    let _ = draw(&mut svg, (course, zone), bars, text, lines);
    for (mark, property) in COLOURS {
        svg = svg.replace(&format!("#{:02X}{:02X}{:02X}", mark.0, mark.1, mark.2), property);
    }
    Picture { title, is_whole: bars, legend: lines.iter().map(|line| (line.name, line.ink.class())).collect(), svg }
}

type Drawn = Result<(), DrawingAreaErrorKind<<SVGBackend<'static> as DrawingBackend>::ErrorType>>;

fn draw(
    svg: &mut String,
    (course, zone): (&[SystemMetrics], Tz),
    bars: bool,
    text: fn(f64) -> String,
    lines: &[Line],
) -> Drawn {
    let seconds = |at: DateTime<Utc>| at.timestamp() as f64;
    let step =
        course.windows(2).map(|pair| seconds(pair[1].timestamp) - seconds(pair[0].timestamp)).fold(f64::MAX, f64::min);
    let (from, to) = (seconds(course[0].timestamp), seconds(course[course.len() - 1].timestamp) + step);
    let total = |system: &SystemMetrics| lines.iter().filter_map(|line| (line.read)(system)).sum::<f64>();
    let single = |system: &SystemMetrics| lines.iter().filter_map(|line| (line.read)(system)).fold(0.0, f64::max);
    let top = course.iter().map(|system| if bars { total(system) } else { single(system) }).fold(0.0, f64::max);
    let top = if top > 0.0 { top * 1.08 } else { 1.0 };
    let area = SVGBackend::with_string(svg, if bars { WHOLE } else { HALF }).into_drawing_area();
    let mut chart = ChartBuilder::on(&area)
        .margin(6)
        .x_label_area_size(20)
        .y_label_area_size(48)
        .build_cartesian_2d(from..to, 0.0..top)?;
    let label = ("sans-serif", 11).into_font().color(&TEXT);
    chart
        .configure_mesh()
        .disable_x_mesh()
        .disable_x_axis()
        .y_labels(4)
        .y_label_formatter(&|value: &f64| text(*value))
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .axis_style(GRID)
        .y_label_style(label.clone())
        .draw()?;
    let centred = label.pos(Pos::new(HPos::Center, VPos::Top));
    chart.draw_series(
        names(from, to, zone)
            .into_iter()
            .map(|(at, name)| EmptyElement::at((at, 0.0)) + Text::new(name, (0, 5), centred.clone())),
    )?;
    if bars {
        for system in course {
            let begin = seconds(system.timestamp);
            let mut base = 0.0;
            for line in lines {
                let value = (line.read)(system).unwrap_or(0.0);
                let corners = [(begin + step * 0.1, base), (begin + step * 0.9, base + value)];
                chart.draw_series([Rectangle::new(corners, line.ink.mark().filled())])?;
                base += value;
            }
        }
    } else {
        for line in lines {
            let points = course.iter().map(|system| (seconds(system.timestamp) + step / 2.0, (line.read)(system)));
            for run in runs(points, step) {
                // A period alone is a point.
                match run[..] {
                    [alone] => chart.draw_series([Circle::new(alone, 2, line.ink.mark().filled())])?,
                    _ => chart.draw_series([PathElement::new(run, line.ink.mark().stroke_width(2))])?,
                };
            }
        }
    }
    area.present()
}

/// Points without gaps, run by run: what is not known breaks the line.
fn runs(points: impl Iterator<Item = (f64, Option<f64>)>, step: f64) -> Vec<Vec<(f64, f64)>> {
    let mut runs: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut last: Option<f64> = None;
    for (at, value) in points {
        let Some(value) = value else {
            last = None;
            continue;
        };
        match runs.last_mut().filter(|_| last.is_some_and(|last| at - last < step * 1.5)) {
            Some(run) => run.push((at, value)),
            None => runs.push(vec![(at, value)]),
        }
        last = Some(at);
    }
    runs
}

/// Names on the time axis: round times of the zone, as many as have room.
fn names(from: f64, to: f64, zone: Tz) -> Vec<(f64, String)> {
    const HOUR: i64 = 3_600;
    #[expect(clippy::cast_possible_truncation, reason = "times of this world")]
    let (from, to) = (from as i64, to as i64);
    let hours = [1, 2, 3, 6, 12, 24, 48, 7 * 24, 14 * 24, 28 * 24, 91 * 24];
    let every = hours.into_iter().map(|hours| hours * HOUR).find(|every| (to - from) / every < NAMES);
    let every = every.unwrap_or(182 * 24 * HOUR);
    let form = if every < 24 * HOUR { "%H:%M" } else { "%-d %b" };
    let local = |at: i64| DateTime::from_timestamp(at, 0).map(|time| time.with_timezone(&zone));
    // Round by the clocks at the begin; where they change, the times behind are told as they are then.
    let ahead = local(from).map_or(0, |time| i64::from(time.offset().fix().local_minus_utc()));
    let mut at = (from + ahead + every - 1).div_euclid(every) * every - ahead;
    let mut names = Vec::new();
    while at < to {
        if let Some(time) = local(at) {
            // At midnight the day is told.
            let form = if time.num_seconds_from_midnight() == 0 { "%-d %b" } else { form };
            names.push((at as f64, time.format(form).to_string()));
        }
        at += every;
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_breaks_the_line() {
        let points = [(0.0, Some(1.0)), (1.0, Some(2.0)), (2.0, None), (3.0, Some(3.0)), (6.0, Some(4.0))];
        let lengths: Vec<usize> = runs(points.into_iter(), 1.0).iter().map(Vec::len).collect();
        assert_eq!(lengths, [2, 1, 1]);
    }

    #[test]
    fn the_time_axis_has_round_times_and_never_more_than_have_room() {
        let day = 1_763_942_400.0;
        let told = |hours: f64| {
            names(day, day + hours * 3_600.0, Tz::UTC).into_iter().map(|(_, name)| name).collect::<Vec<_>>()
        };
        assert_eq!(told(24.0), ["24 Nov", "03:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00"]);
        let berlin = names(day, day + 86_400.0, Tz::Europe__Berlin);
        assert_eq!(berlin[0], (day + 2.0 * 3_600.0, "03:00".to_owned()), "its clocks are an hour ahead");
        for hours in [1.0, 7.0, 48.0, 168.0, 744.0, 8_760.0, 17_520.0] {
            assert!((1..=9).contains(&told(hours).len()), "{hours}: {:?}", told(hours));
        }
    }
}

//! Lines as SVG paths, for what the server draws and for sparklines.

use forewatch::series::Point;
use std::fmt::Write as _;

/// The width of the box that paths are drawn in; it is stretched to the picture's.
pub const WIDTH: f64 = 1_000.0;
/// The height of the box.
pub const HEIGHT: f64 = 100.0;

/// What a path shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// Unix seconds at the left edge.
    pub from: f64,
    /// Unix seconds at the right edge.
    pub to: f64,
    /// The value at the bottom.
    pub low: f64,
    /// The value at the top.
    pub high: f64,
    /// Points further apart than this are not joined.
    pub gap: f64,
}

impl Window {
    fn x(&self, at: f64) -> f64 {
        (at - self.from) / (self.to - self.from).max(f64::MIN_POSITIVE) * WIDTH
    }

    fn y(&self, value: f64) -> f64 {
        (self.high - value) / (self.high - self.low).max(f64::MIN_POSITIVE) * HEIGHT
    }
}

/// Runs of points without a gap between them.
pub fn runs(points: &[Point], gap: f64) -> impl Iterator<Item = &[Point]> {
    points.chunk_by(move |a, b| a.1.is_some() && b.1.is_some() && b.0 - a.0 <= gap).filter(|run| run[0].1.is_some())
}

/// The line through the points; gaps stay gaps, a point alone is a dot.
pub fn line(points: &[Point], window: &Window) -> String {
    let mut path = String::new();
    for run in runs(points, window.gap) {
        trace(&mut path, run, window);
        if run.len() == 1 {
            path.push_str("h0");
        }
    }
    path
}

/// The area between the line and the bottom.
pub fn area(points: &[Point], window: &Window) -> String {
    let mut path = String::new();
    for run in runs(points, window.gap) {
        trace(&mut path, run, window);
        let (first, last) = (window.x(run[0].0), window.x(run[run.len() - 1].0));
        put(&mut path, format_args!(" {last:.0} {HEIGHT} {first:.0} {HEIGHT}Z"));
    }
    path
}

/// The area between two lines whose points have the same times.
pub fn band(low: &[Point], high: &[Point], window: &Window) -> String {
    let mut path = String::new();
    for run in runs(high, window.gap) {
        trace(&mut path, run, window);
        let (from, to) = (run[0].0, run[run.len() - 1].0);
        for (at, value) in low.iter().rev().filter(|p| p.0 >= from && p.0 <= to) {
            if let Some(value) = value {
                put(&mut path, format_args!(" {:.0} {:.1}", window.x(*at), window.y(*value)));
            }
        }
        path.push('Z');
    }
    path
}

/// Places behind that of a move are lines without a word. Across, a thousandth of the picture is less than its pixels.
fn trace(path: &mut String, run: &[Point], window: &Window) {
    for (n, (at, value)) in run.iter().enumerate() {
        let verb = if n == 0 { 'M' } else { ' ' };
        put(path, format_args!("{verb}{:.0} {:.1}", window.x(*at), window.y(value.unwrap_or(window.low))));
    }
}

fn put(path: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = path.write_fmt(text);
}

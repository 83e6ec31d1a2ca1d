//! A line's thickness: the rows that it passes, widened by a pen.

use super::trace::Rows;
use super::{Field, Trace};
use crate::charts::raster::Raster;
use crate::charts::strip::Stroke;

/// Rows a column from which on a line is steep.
const STEEP: f32 = 1.0;

/// Covers what a pen passes that follows the trace: pixels wholly whose middles are within half the line's width, and not at
/// all a pixel further out.
#[expect(clippy::cast_possible_truncation, reason = "a few pixels")]
pub(super) fn draw(raster: &mut Raster, trace: &Trace, stroke: Stroke, field: &Field<'_>) {
    let half = (stroke.width() * field.density / 2.0) as f32;
    let dashes = Dashes::of(stroke.pattern(), field);
    // The columns beside its own that a line in a column reaches.
    let beside = (half + 1.0).ceil() as isize - 1;
    for (x, rows) in trace.passed() {
        if rows.top > rows.bottom || dashes.are_off(x) {
            continue;
        }
        let Rows { top, bottom, enter, leave } = rows;
        let is_straight = top > enter.min(leave) - 0.5 && bottom < enter.max(leave) + 0.5;
        let cover = match (leave - enter).abs() {
            _ if !is_straight => filled,
            STEEP.. => steep,
            _ => gentle,
        };
        for away in -beside..=beside {
            if let Some(x) = x.checked_add_signed(away) {
                cover(raster, x, away as f32, &rows, half);
            }
        }
    }
}

/// Covers pixels, `away` columns from a line that goes up or down steeply, by how far they are from the line if it went on:
/// it does so for half its width, which is hardly to the side.
fn steep(raster: &mut Raster, x: usize, away: f32, &Rows { top, bottom, enter, leave }: &Rows, half: f32) {
    let (rise, reach) = (leave - enter, half + 0.5);
    let length = rise.hypot(1.0);
    // Where the line lies in these pixels' column, and how far up and down from there it is within reach.
    let (middle, near) = (enter + (away + 0.5) * rise, reach * length);
    let (top, bottom) = ((top - half).max(middle - near), (bottom + half).min(middle + near));
    let (start, each) = (middle / length, 1.0 / length);
    raster.span(x, top, bottom, |row| (reach - (start - row * each).abs()).min(1.0));
}

/// Covers pixels, `away` columns from a line that is nearly level, by how far they are from it: beyond its ends in its
/// column, from those.
fn gentle(raster: &mut Raster, x: usize, away: f32, &Rows { top, bottom, enter, leave }: &Rows, half: f32) {
    let (rise, reach, right) = (leave - enter, half + 0.5, away + 0.5);
    let square = rise * rise + 1.0;
    let length = square.sqrt();
    raster.span(x, (top - reach).floor(), (bottom + reach).ceil(), |row| {
        let below = row - enter;
        let along = right + below * rise;
        let distance = if along < 0.0 {
            right.hypot(below)
        } else if along > square {
            (right - 1.0).hypot(row - leave)
        } else {
            (right * rise - below).abs() / length
        };
        (reach - distance).min(1.0)
    });
}

/// Covers all rows that a line passes that goes up and down within a column, and as many beside it as a round pen reaches.
fn filled(raster: &mut Raster, x: usize, away: f32, rows: &Rows, half: f32) {
    let share = (half + 0.5 - away.abs()).clamp(0.0, 1.0);
    let high = (half * half - away * away).max(0.0).sqrt();
    raster.span(x, rows.top - high, rows.bottom + high, |_| share);
}

/// Where a line is broken: along time, and not along the line, so that it costs nothing and a steep piece is seen.
struct Dashes<'a> {
    /// Lengths of dashes and of the gaps between them, CSS pixels; none for a line without a break.
    pattern: &'a [f64],
    density: f64,
    /// How far the pattern is at the picture's left edge, CSS pixels. It moves with time.
    start: f64,
}

impl<'a> Dashes<'a> {
    fn of(pattern: &'a [f64], field: &Field<'_>) -> Self {
        let (from, to) = field.window;
        Self { pattern, density: field.density, start: from / (to - from) * field.width - field.left }
    }

    fn are_off(&self, x: usize) -> bool {
        let length: f64 = self.pattern.iter().sum();
        if length <= 0.0 {
            return false;
        }
        let mut left = ((x as f64 + 0.5) / self.density + self.start).rem_euclid(length);
        let mut at = 0;
        while at + 1 < self.pattern.len() && left >= self.pattern[at] {
            left -= self.pattern[at];
            at += 1;
        }
        at % 2 == 1
    }
}

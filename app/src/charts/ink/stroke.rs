//! A line's thickness: the rows that it passes, widened by a round pen.

use super::{Field, Trace};
use crate::charts::raster::Raster;
use crate::charts::strip::Stroke;

/// Where a line rises within a column its ends cover their rows in part: so much less is inked at each, pixels.
const ENDS: f32 = 0.25;

/// Covers what a pen passes that follows the trace.
#[expect(clippy::cast_possible_truncation, reason = "a few pixels")]
pub(super) fn draw(raster: &mut Raster, trace: &Trace, stroke: Stroke, field: &Field<'_>) {
    let half = (stroke.width() * field.density / 2.0) as f32;
    let dashes = Dashes::of(stroke.pattern(), field);
    for beside in 0..=(half + 0.5).ceil() as usize {
        // A column so far from the line's own is covered as much as the pen reaches into it, and as high.
        let away = beside as f32;
        let share = (half + 0.5 - away).clamp(0.0, 1.0);
        if share <= 0.0 {
            break;
        }
        let reach = (half * half - away * away).max(0.0).sqrt();
        for (x, rows) in trace.passed() {
            if rows.top > rows.bottom || dashes.are_off(x) {
                continue;
            }
            let less = ENDS.min((rows.bottom - rows.top) / 2.0);
            let (top, bottom) = (rows.top + less - reach, rows.bottom - less + reach);
            raster.span(x + beside, top, bottom, share);
            if beside > 0 && x >= beside {
                raster.span(x - beside, top, bottom, share);
            }
        }
    }
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

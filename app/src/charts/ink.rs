//! Series straight on a canvas: the hot path. Nothing here is allocated a frame but what the browser
//! itself makes; points are thinned out into memory that the caller keeps.

use super::scale::Scale;
use forewatch::series::{Point, decimate};
use web_sys::CanvasRenderingContext2d;

/// Where time and values lie on a canvas, CSS pixels.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    /// Unix seconds at the left and right edge.
    pub window: (f64, f64),
    /// The vertical scale.
    pub scale: &'a Scale,
    /// Left edge of the plot.
    pub left: f64,
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// Points further apart than this are not joined.
    pub gap: f64,
}

impl Field<'_> {
    /// Where a moment lies.
    pub fn x(&self, at: f64) -> f64 {
        self.left + (at - self.window.0) / (self.window.1 - self.window.0) * self.width
    }

    /// Where a value lies.
    pub fn y(&self, value: f64) -> f64 {
        // Half a pixel of air, so that a line at the edge is not cut in two.
        1.0 + self.scale.place(value) * (self.height - 2.0)
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixel columns of a screen")]
    fn columns(&self) -> usize {
        self.width.max(0.0) as usize
    }

    /// Draws the line through `points` with the stroke that the context has. Points alone are dots.
    pub fn line(&self, context: &CanvasRenderingContext2d, points: &[Point], scratch: &mut Vec<Point>) {
        decimate(points, self.window.0, self.window.1, self.columns(), scratch);
        context.begin_path();
        let mut before: Option<f64> = None;
        for &(at, value) in scratch.iter() {
            let Some(value) = value else {
                before = None;
                continue;
            };
            let (x, y) = (self.x(at), self.y(value));
            if before.is_some_and(|before| at - before <= self.gap) {
                context.line_to(x, y);
            } else {
                context.move_to(x, y);
                // A line of no length has round ends: a point alone is seen as a dot.
                context.line_to(x, y);
            }
            before = Some(at);
        }
        context.stroke();
    }

    /// Fills the band between `low` and `high`, whose points have the same times, a run without a gap at a time.
    pub fn band(&self, context: &CanvasRenderingContext2d, low: &[Point], high: &[Point], scratch: &mut Vec<Point>) {
        for run in super::path::runs(high, self.gap) {
            let (from, to) = (run[0].0, run[run.len() - 1].0);
            context.begin_path();
            decimate(run, self.window.0, self.window.1, self.columns(), scratch);
            for (n, (at, value)) in scratch.iter().enumerate() {
                let (x, y) = (self.x(*at), self.y(value.unwrap_or(self.scale.low)));
                if n == 0 { context.move_to(x, y) } else { context.line_to(x, y) }
            }
            let first = low.partition_point(|p| p.0 < from);
            let last = low.partition_point(|p| p.0 <= to);
            decimate(&low[first..last.max(first)], self.window.0, self.window.1, self.columns(), scratch);
            for (at, value) in scratch.iter().rev() {
                if let Some(value) = value {
                    context.line_to(self.x(*at), self.y(*value));
                }
            }
            context.close_path();
            context.fill();
        }
    }
}

//! Series as lines and bands on a [`Raster`]. Nothing here is allocated a frame: what a line passes is gathered in memory
//! that the caller keeps.

mod stroke;
#[cfg(test)]
mod tests;
mod trace;

use super::raster::{Raster, Rgb};
use super::scale::Scale;
use super::strip::Stroke;
use forewatch::series::Point;
pub use trace::Trace;

/// Where time and values lie in a picture, CSS pixels.
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
    /// The picture's pixels a CSS pixel.
    pub density: f64,
    /// Points further apart than this, in seconds, are not joined.
    pub gap: f64,
}

/// What draws: its stroke and its colour.
#[derive(Debug, Clone, Copy)]
pub struct Pen {
    /// How the stroke goes on.
    pub stroke: Stroke,
    /// Its colour.
    pub colour: Rgb,
}

/// The part of time from `from` to `to` as far moved on that its columns of pixels begin at the same moments whenever it is
/// drawn: a line that moves on keeps its shape.
pub fn steady((from, to): (f64, f64), columns: f64) -> (f64, f64) {
    let column = (to - from) / columns.max(1.0);
    let on = (from / column).ceil() * column - from;
    if on.is_finite() { (from + on, to + on) } else { (from, to) }
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

    /// Draws the line through `points`. Points alone are dots.
    pub fn line(&self, raster: &mut Raster, pen: Pen, points: &[Point], trace: &mut Trace) {
        trace.follow(self, raster.columns(), points);
        stroke::draw(raster, trace, pen.stroke, self);
        raster.ink(pen.colour, 1.0);
    }

    /// Fills the band between `low` and `high`, whose points have the same times; so much of the colour is laid on as
    /// `opacity` says.
    pub fn band(&self, raster: &mut Raster, colour: Rgb, opacity: f32, edges: [&[Point]; 2], traces: &mut [Trace; 2]) {
        for (trace, points) in traces.iter_mut().zip(edges) {
            trace.follow(self, raster.columns(), points);
        }
        let [low, high] = traces;
        for ((x, low), (_, high)) in low.passed().zip(high.passed()) {
            // Where one of the two is not known the column stays empty: all that is added to it is nothing.
            raster.span(x, high.top, low.bottom, |_| 1.0);
        }
        raster.ink(colour, opacity);
    }
}

//! Pixels in memory: what the charts draw on. A browser's own strokes are made for any shape; a line over time passes each
//! column of pixels once, and drawn as that it costs a fraction. No browser is needed.
//!
//! What is drawn is first gathered as coverage and then inked in one colour, so that a pixel under two pieces of one line
//! is not darker.

#[cfg(test)]
mod tests;

use std::ops::Range;

/// Red, green and blue.
pub type Rgb = [u8; 3];

/// A picture, as a canvas takes it.
#[derive(Debug, Default)]
pub struct Raster {
    width: usize,
    height: usize,
    /// Four bytes a pixel, row after row: red, green, blue, opacity.
    pixels: Vec<u8>,
    /// How much is covered of each pixel, column after column, by what is not inked yet.
    cover: Vec<u8>,
    /// The rows of each column that may be covered.
    touched: Vec<Range<usize>>,
    /// The columns that can be drawn in.
    open: Range<usize>,
}

/// No rows; whatever is added to it is all of it.
#[expect(clippy::reversed_empty_ranges, reason = "it is empty on purpose")]
const NO_ROWS: Range<usize> = usize::MAX..0;

impl Raster {
    /// Takes a size, empty; memory is kept.
    pub fn fit(&mut self, width: usize, height: usize) {
        (self.width, self.height, self.open) = (width, height, 0..width);
        self.cover.clear();
        self.cover.resize(width * height, 0);
        self.touched.clear();
        self.touched.resize(width, NO_ROWS);
        self.pixels.resize(width * height * 4, 0);
        self.clear();
    }

    /// Empties the picture.
    pub fn clear(&mut self) {
        self.pixels.fill(0);
    }

    /// Columns outside are left as they are from now on.
    pub fn open(&mut self, columns: Range<f64>) {
        self.open = whole(columns.start.round(), self.width)..whole(columns.end.round(), self.width);
    }

    /// The columns that can be drawn in.
    pub fn columns(&self) -> Range<usize> {
        self.open.clone()
    }

    /// Width and height in pixels.
    pub fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// Red, green, blue and opacity of each pixel, row after row.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// Covers one column from `top` to `bottom`, pixels from the top of the picture: of each pixel that lies wholly in
    /// between the share that `share` says of its middle.
    pub fn span(&mut self, x: usize, top: f32, bottom: f32, share: impl Fn(f32) -> f32) {
        let (top, bottom) = (top.max(0.0), bottom.min(self.height as f32));
        let rows = whole(f64::from(top), self.height)..whole(f64::from(bottom.ceil()), self.height);
        if rows.is_empty() || !self.open.contains(&x) {
            return;
        }
        let touched = &mut self.touched[x];
        *touched = touched.start.min(rows.start)..touched.end.max(rows.end);
        let first = rows.start as f32;
        for (n, pixel) in self.cover[x * self.height..][rows].iter_mut().enumerate() {
            let row = first + n as f32;
            let within = bottom.min(row + 1.0) - top.max(row);
            *pixel = (*pixel).max(part(share(row + 0.5) * within));
        }
    }

    /// Covers a block of whole pixels.
    #[expect(clippy::cast_possible_truncation, reason = "pixels of a screen")]
    pub fn block(&mut self, columns: Range<f64>, rows: Range<f64>) {
        for x in whole(columns.start.round(), self.width)..whole(columns.end.round(), self.width) {
            self.span(x, rows.start.round() as f32, rows.end.round() as f32, |_| 1.0);
        }
    }

    /// Lays a colour on what was covered since the last time, `opacity` of it where all of a pixel was.
    pub fn ink(&mut self, colour: Rgb, opacity: f32) {
        let opacity = u32::from(part(opacity));
        for x in self.open.clone() {
            let rows = std::mem::replace(&mut self.touched[x], NO_ROWS);
            if rows.is_empty() {
                continue;
            }
            let cover = &mut self.cover[x * self.height..][rows.clone()];
            let pixels = self.pixels[(rows.start * self.width + x) * 4..].chunks_mut(self.width * 4);
            for (covered, pixel) in cover.iter_mut().zip(pixels) {
                let share = u32::from(std::mem::take(covered)) * opacity / 255;
                if let (Some(pixel), 1..) = (pixel.first_chunk_mut(), share) {
                    lay(pixel, colour, share);
                }
            }
        }
    }
}

/// A colour over what is there, `share` (of 255) of it.
fn lay(pixel: &mut [u8; 4], [red, green, blue]: Rgb, share: u32) {
    // What is seen of the pixel through the colour, of 255.
    let through = u32::from(pixel[3]) * (255 - share) / 255;
    let all = share + through;
    if through == 0 {
        *pixel = [red, green, blue, byte(all)];
        return;
    }
    for (old, new) in pixel.iter_mut().zip([red, green, blue]) {
        *old = byte((u32::from(new) * share + u32::from(*old) * through + all / 2) / all);
    }
    pixel[3] = byte(all);
}

fn byte(value: u32) -> u8 {
    u8::try_from(value).unwrap_or(u8::MAX)
}

/// A share as a part of 255.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float to u8 saturates")]
fn part(share: f32) -> u8 {
    (share * 255.0 + 0.5) as u8
}

/// A place as a count of whole pixels, none and `most` at the ends.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float to usize saturates")]
fn whole(place: f64, most: usize) -> usize {
    (place as usize).min(most)
}

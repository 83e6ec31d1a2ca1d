//! Which rows a line passes in each column of pixels. However many readings fall into a column, its smallest and largest
//! are kept, so no spike is lost; and a column costs the same.

use super::Field;
use forewatch::series::Point;
use std::ops::Range;

/// A place, pixels from the left and from the top.
type Spot = (f32, f32);

/// The rows that a line passes in a column, pixels from the top.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows {
    /// The uppermost.
    pub(super) top: f32,
    /// The lowest; above the uppermost where the line does not pass.
    pub(super) bottom: f32,
    /// Where the line enters the column.
    pub(super) enter: f32,
    /// Where it leaves it.
    pub(super) leave: f32,
}

const NOWHERE: Rows = Rows { top: f32::INFINITY, bottom: f32::NEG_INFINITY, enter: f32::NAN, leave: f32::NAN };

/// What a line passes.
#[derive(Debug, Default)]
pub struct Trace {
    /// The first column.
    first: usize,
    rows: Vec<Rows>,
}

impl Trace {
    /// Follows the line through `points` over some columns of a picture. Points in order of time, a gap where there is no
    /// value or where the next one is too far.
    pub(super) fn follow(&mut self, field: &Field<'_>, columns: Range<usize>, points: &[Point]) {
        self.first = columns.start;
        self.rows.clear();
        self.rows.resize(columns.len(), NOWHERE);
        let place = places(field, self.first);
        let mut before: Option<(f64, Spot)> = None;
        for &(at, value) in points {
            let Some(value) = value else {
                before = None;
                continue;
            };
            let spot = place(at, value);
            match before {
                Some((earlier, from)) if at - earlier <= field.gap => self.piece(from, spot),
                _ => self.pass(column(spot.0), spot.1),
            }
            before = Some((at, spot));
        }
    }

    /// The columns and what is passed in them.
    pub(super) fn passed(&self) -> impl Iterator<Item = (usize, Rows)> {
        self.rows.iter().enumerate().map(|(n, rows)| (self.first + n, *rows))
    }

    /// Goes straight from one place to another, whose column is not before.
    fn piece(&mut self, from: Spot, to: Spot) {
        let (first, last) = (column(from.0), column(to.0));
        if first == last {
            return self.pass(last, to.1);
        }
        let slope = (to.1 - from.1) / (to.0 - from.0);
        for x in first.max(0)..=last.min(self.rows.len().cast_signed() - 1) {
            let (left, right) = (from.0.max(x as f32), to.0.min(x as f32 + 1.0));
            self.pass(x, from.1 + (left - from.0) * slope);
            self.pass(x, from.1 + (right - from.0) * slope);
        }
    }

    fn pass(&mut self, x: isize, y: f32) {
        if let Some(rows) = usize::try_from(x).ok().and_then(|x| self.rows.get_mut(x)) {
            let enter = if rows.top > rows.bottom { y } else { rows.enter };
            *rows = Rows { top: rows.top.min(y), bottom: rows.bottom.max(y), enter, leave: y };
        }
    }
}

/// Where readings lie, from the first column on.
#[expect(clippy::cast_possible_truncation, reason = "pixels of a screen")]
fn places(field: &Field<'_>, first: usize) -> impl Fn(f64, f64) -> Spot {
    // What `Field::x` says, without a division a reading.
    let (from, to) = field.window;
    let (left, right) = (field.x(from) * field.density - first as f64, field.x(to) * field.density - first as f64);
    let each = (right - left) / (to - from);
    move |at, value| ((left + (at - from) * each) as f32, (field.y(value) * field.density) as f32)
}

#[expect(clippy::cast_possible_truncation, reason = "a float to an integer saturates")]
fn column(x: f32) -> isize {
    x.floor() as isize
}

#[cfg(test)]
mod tests {
    #![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels of a small picture")]
    use super::*;
    use crate::charts::scale::Scale;

    const WIDTH: f64 = 100.0;

    /// A field of 100 by 102 pixels, on which a value from 0 to 1 lies at 101 to 1 from the top.
    fn field(scale: &Scale, to: f64, gap: f64) -> Field<'_> {
        Field { window: (0.0, to), scale, left: 0.0, width: WIDTH, height: 102.0, density: 1.0, gap }
    }

    fn followed(points: &[Point], gap: f64) -> Vec<Option<(f64, f64)>> {
        let scale = Scale { low: 0.0, high: 1.0, ticks: Vec::new() };
        let mut trace = Trace::default();
        trace.follow(&field(&scale, points.len() as f64, gap), 0..WIDTH as usize, points);
        let value = |row: f32| 1.0 - (f64::from(row) - 1.0) / 100.0;
        trace
            .passed()
            .map(|(_, Rows { top, bottom, .. })| (top <= bottom).then(|| (value(bottom), value(top))))
            .collect()
    }

    /// Readings a second apart, some missing, that nobody could guess.
    fn readings(count: u32, seed: u32) -> Vec<Point> {
        let mixed =
            |n: u32| n.wrapping_mul(2_654_435_761).wrapping_add(seed.wrapping_mul(40_503)).rotate_left(13) % 1_000;
        (0..count).map(|n| (f64::from(n) + 0.5, (mixed(n) > 100).then(|| f64::from(mixed(n)) / 1_000.0))).collect()
    }

    #[test]
    fn each_column_has_the_smallest_and_the_largest_of_its_readings() {
        for count in [100, 360, 3_600, 150_000] {
            for seed in 0..5 {
                let points = readings(count, seed);
                let columns = followed(&points, 0.5);
                for (x, passed) in columns.iter().enumerate() {
                    let within = |at: f64| (at / f64::from(count) * WIDTH).floor() as usize == x;
                    let here = || points.iter().filter(|p| within(p.0)).filter_map(|p| p.1);
                    let known = (here().fold(f64::INFINITY, f64::min), here().fold(f64::NEG_INFINITY, f64::max));
                    match passed {
                        None => assert_eq!(here().count(), 0, "{count} readings: column {x} is empty"),
                        Some((low, high)) => {
                            assert!((low - known.0).abs() < 1e-4 && (high - known.1).abs() < 1e-4, "{count}: {x}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_line_passes_every_column_between_two_readings_and_none_where_one_is_missing() {
        let points = [(0.5, Some(0.0)), (2.5, Some(1.0)), (3.0, None), (4.0, Some(0.5))];
        let columns = followed(&points, 60.0);
        // A column is a twenty-fifth of a second: from 0.5 to 2.5 are columns 12 to 62.
        assert!(columns[..12].iter().all(Option::is_none) && columns[63..99].iter().all(Option::is_none));
        let mut before = 0.0;
        for column in &columns[13..62] {
            let (low, high) = column.expect("the line passes");
            assert!((low - before).abs() < 0.02 && (high - low - 0.02).abs() < 1e-3, "from {low} to {high}");
            before = high;
        }
        assert_eq!(followed(&[(0.0, None)], 60.0), vec![None; 100]);
    }

    #[test]
    fn times_and_values_that_are_no_numbers_do_no_harm() {
        for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300] {
            followed(&[(odd, Some(0.5)), (1.0, Some(odd)), (odd, Some(odd)), (2.0, Some(0.5))], 60.0);
        }
        let scale = Scale { low: 0.0, high: 0.0, ticks: Vec::new() };
        let field = Field { window: (5.0, 5.0), ..field(&scale, 1.0, 60.0) };
        Trace::default().follow(&field, 0..100, &readings(100, 1));
    }
}

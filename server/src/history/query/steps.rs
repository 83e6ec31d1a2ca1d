//! One value a step.

use super::gather::Gathered;
use crate::history::bucket::Bucket;
use forewatch::series::{Aggregation, Point};

/// The steps of an answer, Unix seconds.
pub(super) struct Steps {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) step: f64,
    /// How much later than they lie the points are told: the period before is drawn over this one.
    pub(super) offset: f64,
}

impl Steps {
    /// How many.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 11,001, see MAX_POINTS")]
    pub(super) fn len(&self) -> usize {
        ((self.to - self.from) / self.step).ceil() as usize
    }

    /// The start of each step, as it is told.
    pub(super) fn starts(&self) -> impl Iterator<Item = f64> {
        (0..self.len()).map(|row| self.from + row as f64 * self.step + self.offset)
    }

    /// The step that a time lies in; `None` before the first, and after the last.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative, and bounded")]
    pub(super) fn row(&self, at: f64) -> Option<usize> {
        let row = ((at - self.from) / self.step).floor();
        (row >= 0.0 && at < self.to).then_some(row as usize).filter(|row| *row < self.len())
    }

    /// One series' points.
    pub(super) fn points(&self, series: Gathered, over: Aggregation) -> Vec<Point> {
        self.starts().zip(self.over_time(series, over)).collect()
    }

    /// One value a step of one series.
    pub(super) fn over_time(&self, series: Gathered, over: Aggregation) -> Vec<Option<f64>> {
        if over.is_percentile() {
            let mut rows: Vec<Vec<f64>> = vec![Vec::new(); self.len()];
            self.samples(&series, |row, value| rows[row].push(value));
            return rows.iter().map(|values| over.apply(values)).collect();
        }
        let mut rows = series.buckets;
        rows.resize(self.len(), None);
        let mut earlier = series.earlier;
        for (at, value) in &series.samples {
            let at = *at as f64 / 1e3;
            match self.row(at) {
                Some(row) => Bucket::add(&mut rows[row], &Bucket::of(*value)),
                None if at < self.from => earlier = Some(*value),
                None => {}
            }
        }
        rows.into_iter()
            .map(|bucket| {
                let value = bucket.and_then(|bucket| bucket.value(over, earlier, self.step));
                earlier = bucket.map(|bucket| bucket.last).or(earlier);
                value
            })
            .collect()
    }

    /// Calls `each` with the row and the value of each sample that lies in a step.
    pub(super) fn samples(&self, series: &Gathered, mut each: impl FnMut(usize, f64)) {
        for (at, value) in &series.samples {
            if let Some(row) = self.row(*at as f64 / 1e3) {
                each(row, *value);
            }
        }
    }
}

//! A sketch of many spans of time: quantiles within 1 %, in little room, and exact under addition and removal.
//!
//! It is a DDSketch (Masson, Rim, Lee, VLDB 2019): values are counted in buckets whose bounds grow by the factor
//! γ = (1 + α) / (1 − α) with α = 0.01. Two sketches are joined by adding their counts, and what was added can be taken
//! out again. A span is a whole number of microseconds, and the bounds are worked out in whole numbers, so the same span
//! lies in the same bucket on every machine, always.

use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// γ, as a fraction.
const GROWTH: (u128, u128) = (101, 99);
/// Binary digits of a bound behind the point.
const FRACTION: u32 = 64;
/// The largest bound, microseconds as a power of two: over 2,000 years. What is longer is counted as this long.
const LARGEST: u32 = 56;

/// Upper bounds of the buckets from 1 µs on, in 2^-64 µs; each is γ times the one before it.
static BOUNDS: LazyLock<Vec<u128>> = LazyLock::new(|| {
    let grown = |bound: &u128| Some(bound * GROWTH.0 / GROWTH.1);
    std::iter::successors(Some(1 << FRACTION), grown).take_while(|bound| bound >> LARGEST < 1 << FRACTION).collect()
});

/// Counts of spans by their length.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sketch {
    /// Bucket and count, in order; no count is zero. Bucket 0 is that of spans under a microsecond.
    buckets: Vec<(u16, u64)>,
}

impl Sketch {
    /// One span, in microseconds.
    pub(crate) fn of(micros: u64) -> Self {
        Self { buckets: vec![(bucket(micros), 1)] }
    }

    /// From buckets and counts in order; `None` when they are not, or a count is zero.
    pub(super) fn from_buckets(buckets: Vec<(u16, u64)>) -> Option<Self> {
        let in_order = buckets.windows(2).all(|pair| pair[0].0 < pair[1].0);
        let in_range = buckets.iter().all(|(bucket, count)| usize::from(*bucket) <= BOUNDS.len() && *count > 0);
        (in_order && in_range).then_some(Self { buckets })
    }

    /// Buckets and counts, in order.
    pub(super) fn buckets(&self) -> &[(u16, u64)] {
        &self.buckets
    }

    /// How many spans are in it.
    pub(crate) fn count(&self) -> u64 {
        self.buckets.iter().fold(0, |sum, (_, count)| sum.saturating_add(*count))
    }

    /// Joins `other` by `with`, which adds counts or takes them away.
    pub(crate) fn combine(&mut self, other: &Self, with: impl Fn(u64, u64) -> u64) {
        // Both are in order: one walk.
        let mut place = 0;
        for (bucket, count) in &other.buckets {
            place += self.buckets[place..].iter().take_while(|(mine, _)| mine < bucket).count();
            let mine = self.buckets.get(place).filter(|(mine, _)| mine == bucket).map(|(_, count)| *count);
            match (mine, with(mine.unwrap_or(0), *count)) {
                (None, 0) => {}
                (None, sum) => self.buckets.insert(place, (*bucket, sum)),
                (Some(_), 0) => drop(self.buckets.remove(place)),
                (Some(_), sum) => self.buckets[place].1 = sum,
            }
        }
    }

    /// The quantile `q` (0..=1) in seconds, within 1 % of that of the spans themselves by linear interpolation between
    /// the closest ranks (as [`forewatch::series::quantile`]); `None` of an empty sketch.
    pub(crate) fn quantile(&self, q: f64) -> Option<f64> {
        let last = self.count().checked_sub(1)?;
        let rank = q.clamp(0.0, 1.0) * last as f64;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 <= rank <= last")]
        let low = (rank.floor() as u64).min(last);
        let (below, above) = (self.at(low)?, self.at((low + 1).min(last))?);
        Some((below + (above - below) * (rank - low as f64)) / 1e6)
    }

    /// The span of a rank, microseconds.
    fn at(&self, rank: u64) -> Option<f64> {
        let mut before = 0_u64;
        let (bucket, _) = self.buckets.iter().find(|(_, count)| {
            before = before.saturating_add(*count);
            before > rank
        })?;
        Some(value(*bucket))
    }
}

/// The bucket of a span, microseconds: that of the first bound it does not lie above.
fn bucket(micros: u64) -> u16 {
    if micros == 0 {
        return 0;
    }
    let exact = u128::from(micros.min(1 << LARGEST)) << FRACTION;
    let place = BOUNDS.partition_point(|bound| *bound < exact).min(BOUNDS.len() - 1);
    u16::try_from(place + 1).expect("there are fewer than 2,000 buckets")
}

/// What stands for all spans of a bucket, microseconds: equally far, in proportion, from both its bounds.
fn value(bucket: u16) -> f64 {
    let Some(place) = usize::from(bucket).checked_sub(1) else { return 0.0 };
    let bound = |place: usize| BOUNDS[place] as f64 / 2_f64.powi(FRACTION.cast_signed());
    match place.checked_sub(1) {
        Some(below) => 2.0 * bound(below) * bound(place) / (bound(below) + bound(place)),
        None => bound(place),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forewatch::series::quantile;
    use proptest::prelude::*;

    fn sketch(spans: &[u64]) -> Sketch {
        let mut all = Sketch::default();
        for span in spans {
            all.combine(&Sketch::of(*span), u64::saturating_add);
        }
        all
    }

    /// Spans of every size, from none to a year.
    fn spans() -> impl Strategy<Value = Vec<u64>> {
        proptest::collection::vec((0_u32..45, any::<u64>()).prop_map(|(bits, n)| n & ((1 << bits) - 1)), 1..200)
    }

    proptest! {
        #[test]
        fn quantiles_are_within_one_percent(spans in spans(), q in 0.0_f64..=1.0) {
            let exact = quantile(&spans.iter().map(|span| *span as f64 / 1e6).collect::<Vec<_>>(), q).expect("there are some");
            let told = sketch(&spans).quantile(q).expect("there are some");
            prop_assert!((told - exact).abs() <= exact * 0.010_001, "{told} for {exact}");
        }

        #[test]
        fn what_is_added_and_taken_out_leaves_no_trace(kept in spans(), gone in spans()) {
            let mut both = sketch(&kept);
            both.combine(&sketch(&gone), u64::saturating_add);
            prop_assert_eq!(both.count(), (kept.len() + gone.len()) as u64);
            both.combine(&sketch(&gone), u64::saturating_sub);
            prop_assert_eq!(both, sketch(&kept));
        }
    }

    #[test]
    fn nothing_has_no_quantile_and_the_longest_span_has_one() {
        assert_eq!(Sketch::default().quantile(0.5), None);
        let longest = Sketch::of(u64::MAX).quantile(1.0).expect("there is one");
        assert!((longest / (2_f64.powi(56) / 1e6) - 1.0).abs() < 0.03, "{longest}");
    }
}

//! What is kept of a distribution: enough to tell every percentile within one percent, whatever was joined before.
//!
//! A DDSketch: Masson, Rim, Lee, "DDSketch: a fast and fully-mergeable quantile sketch with relative-error guarantees",
//! PVLDB 12(12), 2019. A value `x` above zero is counted in bin `⌈log_γ x⌉`, γ = (1 + α) / (1 − α), and told as
//! `2 γ^i / (γ + 1)`, which is within α of every value of the bin. Values below zero have bins of their own. Unlike the sketch of
//! [`crate::stats`], whose spans are whole microseconds and can be taken out again, it holds values of any size and sign.

use std::cmp::Ordering;

/// α: how far a percentile may be off, as a share of the true one.
pub(crate) const ACCURACY: f64 = 0.01;
const GAMMA: f64 = (1.0 + ACCURACY) / (1.0 - ACCURACY);
/// ln γ.
const LN_GAMMA: f64 = 0.020_000_666_706_669_435;
/// Bins of a sign at most (17 powers of ten side by side). What is over is counted in the last one: the smallest.
const MOST_BINS: usize = 2_048;

/// How many values lie in which bin, by bin; none is empty.
pub(crate) type Bins = Vec<(i32, u64)>;

/// A distribution.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sketch {
    /// Values below zero, by their magnitudes.
    pub(super) negative: Bins,
    /// Values that are zero, or too small for a bin.
    pub(super) zeros: u64,
    /// Values above zero.
    pub(super) positive: Bins,
    /// The smallest and the largest value, exactly.
    pub(super) min: f64,
    pub(super) max: f64,
}

impl Default for Sketch {
    /// Of no value.
    fn default() -> Self {
        let (min, max) = (f64::INFINITY, f64::NEG_INFINITY);
        Self { negative: Bins::new(), zeros: 0, positive: Bins::new(), min, max }
    }
}

impl Sketch {
    /// How many values it tells of.
    pub(crate) fn count(&self) -> u64 {
        let all = self.negative.iter().chain(&self.positive).map(|(_, count)| count);
        self.zeros + all.sum::<u64>()
    }

    /// Counts a finite value.
    pub(crate) fn add(&mut self, value: f64) {
        (self.min, self.max) = (self.min.min(value), self.max.max(value));
        let magnitude = value.abs();
        if magnitude < f64::MIN_POSITIVE {
            self.zeros += 1;
            return;
        }
        let bins = if value > 0.0 { &mut self.positive } else { &mut self.negative };
        let bin = bin(magnitude);
        match bins.binary_search_by_key(&bin, |(bin, _)| *bin) {
            Ok(place) => bins[place].1 += 1,
            Err(place) => {
                bins.insert(place, (bin, 1));
                collapse(bins);
            }
        }
    }

    /// Takes in the values of another. The order in which sketches are joined makes no difference.
    pub(crate) fn join(&mut self, other: &Self) {
        (self.min, self.max) = (self.min.min(other.min), self.max.max(other.max));
        self.zeros += other.zeros;
        self.negative = joined(&self.negative, &other.negative);
        self.positive = joined(&self.positive, &other.positive);
    }

    /// The quantile `q` (0..=1) between the closest ranks, as [`forewatch::series::quantile`] tells it of all values.
    /// Each of the two is off by [`ACCURACY`] of itself at most.
    pub(crate) fn quantile(&self, q: f64) -> Option<f64> {
        let last = self.count().checked_sub(1)?;
        let rank = q.clamp(0.0, 1.0) * last as f64;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 <= rank <= last")]
        let low = rank.floor() as u64;
        let (below, above) = (self.at(low), self.at((low + 1).min(last)));
        Some(below + (above - below) * (rank - low as f64))
    }

    /// The value of a rank, from 0 on; of a rank behind the last, the largest.
    fn at(&self, rank: u64) -> f64 {
        let negative = self.negative.iter().rev().map(|(bin, count)| (-told(*bin), *count));
        let positive = self.positive.iter().map(|(bin, count)| (told(*bin), *count));
        let mut rest = rank;
        for (value, count) in negative.chain([(0.0, self.zeros)]).chain(positive) {
            if rest < count {
                return value.clamp(self.min, self.max);
            }
            rest -= count;
        }
        self.max
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a double's logarithm lies between -710 and 710")]
fn bin(magnitude: f64) -> i32 {
    (magnitude.ln() / LN_GAMMA).ceil() as i32
}

fn told(bin: i32) -> f64 {
    (f64::from(bin) * LN_GAMMA).exp() * (2.0 / (GAMMA + 1.0))
}

fn joined(left: &Bins, right: &Bins) -> Bins {
    let mut bins = Bins::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
    while let (Some((a, of_a)), Some((b, of_b))) = (left.peek(), right.peek()) {
        match a.cmp(b) {
            Ordering::Less => bins.extend(left.next()),
            Ordering::Greater => bins.extend(right.next()),
            Ordering::Equal => {
                bins.push((*a, of_a + of_b));
                left.next();
                right.next();
            }
        }
    }
    bins.extend(left.chain(right));
    collapse(&mut bins);
    bins
}

/// Joins the lowest bins, where there are too many, into the lowest that stays.
fn collapse(bins: &mut Bins) {
    if let Some(over) = bins.len().checked_sub(MOST_BINS).filter(|over| *over > 0) {
        let counts: u64 = bins.drain(..over).map(|(_, count)| count).sum();
        bins[0].1 += counts;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forewatch::series::quantile;
    use proptest::prelude::*;

    fn of(values: &[f64]) -> Sketch {
        let mut sketch = Sketch::default();
        for value in values {
            sketch.add(*value);
        }
        sketch
    }

    /// Of every order of magnitude, and zero.
    fn magnitude() -> impl Strategy<Value = f64> {
        prop_oneof![8 => (-30.0..30.0_f64).prop_map(f64::exp), 4 => (0_u32..200).prop_map(f64::from), 1 => Just(0.0)]
    }

    fn anything() -> impl Strategy<Value = f64> {
        (magnitude(), any::<bool>()).prop_map(|(value, is_below)| if is_below { -value } else { value })
    }

    #[test]
    fn the_width_of_a_bin_is_that_of_its_accuracy() {
        assert!((GAMMA.ln() - LN_GAMMA).abs() < 1e-15);
        for magnitude in [f64::MIN_POSITIVE, 1e-9, 0.5, 1.0, 1e15, f64::MAX / 1.1] {
            let told = told(bin(magnitude));
            assert!((told / magnitude - 1.0).abs() <= ACCURACY * 1.000_001, "{magnitude} {told}");
        }
    }

    #[test]
    fn no_values_have_no_percentile_and_equal_ones_have_theirs_exactly() {
        assert_eq!(Sketch::default().quantile(0.5), None);
        for value in [1.0, 0.0, -3.0, 17.25] {
            assert_eq!(of(&[value; 5]).quantile(0.95), Some(value));
        }
    }

    #[test]
    fn too_many_bins_cost_only_the_smallest_values_their_accuracy_in_whatever_order_they_are_joined() {
        let values: Vec<f64> = (0..6_000).map(|n| (f64::from(n * 7_919 % 6_000) * 0.1 - 300.0).exp()).collect();
        let whole = of(&values);
        assert_eq!((whole.positive.len(), whole.count()), (MOST_BINS, 6_000));
        let parts: Vec<Sketch> = values.chunks(1_000).map(of).collect();
        for turn in 0..parts.len() {
            let mut joined = Sketch::default();
            for part in parts.iter().cycle().skip(turn).take(parts.len()) {
                joined.join(part);
            }
            assert_eq!(joined, whole);
        }
        let exact = quantile(&values, 0.99).expect("there are values");
        assert!((whole.quantile(0.99).expect("the same") / exact - 1.0).abs() <= ACCURACY);
    }

    proptest! {
        #[test]
        fn percentiles_are_within_one_percent(
            values in proptest::collection::vec(magnitude(), 1..300), q in 0.0..=1.0_f64,
        ) {
            let (told, exact) = (of(&values).quantile(q).expect("a value"), quantile(&values, q).expect("a value"));
            prop_assert!((told - exact).abs() <= ACCURACY * exact * 1.000_001, "{told} {exact}");
        }

        #[test]
        fn with_values_below_zero_each_rank_is_within_one_percent(
            values in proptest::collection::vec(anything(), 1..300),
        ) {
            let (sketch, mut sorted) = (of(&values), values);
            sorted.sort_by(f64::total_cmp);
            for (rank, exact) in sorted.iter().enumerate() {
                let told = sketch.at(rank as u64);
                prop_assert!((told - exact).abs() <= ACCURACY * exact.abs() * 1.000_001, "{told} {exact}");
            }
        }

        #[test]
        fn however_values_are_cut_and_joined_the_sketch_is_that_of_all_of_them(
            values in proptest::collection::vec(anything(), 0..200), cuts in proptest::collection::vec(0_usize..200, 2),
        ) {
            let (a, b) = (cuts[0].min(cuts[1]).min(values.len()), cuts[0].max(cuts[1]).min(values.len()));
            let [first, second, third] = [&values[..a], &values[a..b], &values[b..]].map(of);
            let join = |left: &Sketch, right: &Sketch| {
                let mut joined = left.clone();
                joined.join(right);
                joined
            };
            let whole = of(&values);
            prop_assert_eq!(&join(&join(&first, &second), &third), &whole);
            prop_assert_eq!(&join(&first, &join(&second, &third)), &whole);
            prop_assert_eq!(&join(&third, &join(&second, &first)), &whole);
        }
    }
}

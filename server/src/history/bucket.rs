//! What is kept of many samples of one series: enough to answer every question but percentiles, and to
//! be joined with its neighbours without an average of averages.

use forewatch::series::Aggregation;

/// The samples of one series in one span of time, oldest first, as seven numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bucket {
    pub(crate) count: f64,
    pub(crate) sum: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
    pub(crate) first: f64,
    pub(crate) last: f64,
    /// How much a counter grew from the first sample to the last; a value below the one before it is a
    /// restart, and counts from zero.
    pub(crate) growth: f64,
}

impl Bucket {
    /// One sample.
    pub(crate) fn of(value: f64) -> Self {
        Self { count: 1.0, sum: value, min: value, max: value, first: value, last: value, growth: 0.0 }
    }

    /// Joins what came after it. In order, the result is the same as that of all the samples at once, but
    /// for the rounding of sums.
    pub(crate) fn join(&mut self, after: &Self) {
        self.growth += grown(self.last, after.first) + after.growth;
        self.count += after.count;
        self.sum += after.sum;
        self.min = self.min.min(after.min);
        self.max = self.max.max(after.max);
        self.last = after.last;
    }

    /// Adds to `bucket` what came after it.
    pub(crate) fn add(bucket: &mut Option<Self>, after: &Self) {
        match bucket {
            Some(bucket) => bucket.join(after),
            None => *bucket = Some(*after),
        }
    }

    /// One value of it. `before` is the value before its first; `seconds` is the width of the step. A percentile
    /// cannot be told from it.
    pub(crate) fn value(&self, over: Aggregation, before: Option<f64>, seconds: f64) -> Option<f64> {
        Some(match over {
            Aggregation::Avg => self.sum / self.count,
            Aggregation::Min => self.min,
            Aggregation::Max => self.max,
            Aggregation::Sum => self.sum,
            Aggregation::Last => self.last,
            Aggregation::First => self.first,
            Aggregation::Count => self.count,
            Aggregation::Increase => self.increase(before)?,
            Aggregation::Rate => self.increase(before)? / seconds,
            Aggregation::P50 | Aggregation::P95 | Aggregation::P99 => return None,
        })
    }

    /// The growth from `before`; of a single sample with nothing before it nothing is known.
    fn increase(&self, before: Option<f64>) -> Option<f64> {
        match before {
            Some(before) => Some(grown(before, self.first) + self.growth),
            None => (self.count > 1.0).then_some(self.growth),
        }
    }
}

fn grown(before: f64, value: f64) -> f64 {
    if value >= before { value - before } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forewatch::series::increase;
    use proptest::prelude::*;

    fn bucket(values: &[f64]) -> Option<Bucket> {
        let mut all = None;
        for value in values {
            Bucket::add(&mut all, &Bucket::of(*value));
        }
        all
    }

    proptest! {
        #[test]
        fn joined_buckets_tell_what_all_their_samples_tell(
            values in proptest::collection::vec(0_u32..1000, 1..60),
            cut in 0_usize..60,
            before in proptest::option::of(0_u32..1000),
        ) {
            // Whole numbers: their sums are exact.
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let before = before.map(f64::from);
            let (left, right) = values.split_at(cut.min(values.len()));
            let mut joined = bucket(left);
            if let Some(right) = bucket(right) {
                Bucket::add(&mut joined, &right);
            }
            let joined = joined.expect("there is a value");
            for over in [Aggregation::Avg, Aggregation::Min, Aggregation::Max, Aggregation::Sum, Aggregation::Last,
                Aggregation::First, Aggregation::Count] {
                prop_assert_eq!(joined.value(over, before, 60.0), over.apply(&values));
            }
            prop_assert_eq!(joined.value(Aggregation::Increase, before, 60.0), increase(before, &values));
            prop_assert_eq!(joined.value(Aggregation::Rate, before, 60.0), increase(before, &values).map(|i| i / 60.0));
        }
    }
}

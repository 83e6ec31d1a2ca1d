//! All values of a step.

use crate::history::sketch::Sketch;
use forewatch::series::Aggregation;

/// The values of a step, each of them; or, where they are too many or only a sketch of them is kept, a sketch.
#[derive(Debug, Clone, Default)]
pub(super) struct Distribution {
    samples: Vec<f64>,
    sketch: Option<Box<Sketch>>,
}

impl Distribution {
    /// Adds a value.
    pub(super) fn add(&mut self, value: f64) {
        self.samples.push(value);
    }

    /// Adds the values that a sketch tells of.
    pub(super) fn join(&mut self, other: &Sketch) {
        self.sketch.get_or_insert_default().join(other);
    }

    /// Adds the values of another.
    pub(super) fn take_in(&mut self, other: Self) {
        self.samples.extend(other.samples);
        if let Some(sketch) = &other.sketch {
            self.join(sketch);
        }
    }

    /// Turns the single values into a sketch.
    pub(super) fn fold(&mut self) {
        if !self.samples.is_empty() {
            let sketch = self.sketch.get_or_insert_default();
            for value in std::mem::take(&mut self.samples) {
                sketch.add(value);
            }
        }
    }

    /// A percentile: exact when every value is here, else within one percent.
    pub(super) fn value(mut self, agg: Aggregation) -> Option<f64> {
        if self.sketch.is_none() {
            return agg.apply(&self.samples);
        }
        self.fold();
        self.sketch?.quantile(match agg {
            Aggregation::P50 => 0.50,
            Aggregation::P95 => 0.95,
            Aggregation::P99 => 0.99,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_values_are_exact_and_with_a_sketch_all_are_within_one_percent() {
        let mut all = Distribution::default();
        let mut sketch = Sketch::default();
        for n in 0..50 {
            all.add(f64::from(n));
            sketch.add(f64::from(n + 50));
        }
        assert_eq!(all.clone().value(Aggregation::P50), Some(24.5));
        assert_eq!(all.clone().value(Aggregation::Avg), Some(24.5), "each is there");
        all.join(&sketch);
        for (agg, exact) in [(Aggregation::P50, 49.5), (Aggregation::P95, 94.05), (Aggregation::P99, 98.01)] {
            let told = all.clone().value(agg).expect("there are values");
            assert!((told / exact - 1.0).abs() <= 0.01, "{agg:?} {told}");
        }
        assert_eq!(Distribution::default().value(Aggregation::P50), None);
    }
}

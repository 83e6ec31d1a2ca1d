//! Joining the series of each group, step by step: percentiles over all samples of the step, everything else
//! over one value a series.

use super::gather::Gathered;
use super::steps::Steps;
use crate::history::bucket::Bucket;
use forewatch::series::{Aggregation, Series};
use std::collections::BTreeMap;

/// What is known of a group so far.
enum Rows {
    /// One value of each series, a step.
    Values(Vec<Option<Bucket>>),
    /// Every sample, a step.
    Samples(Vec<Vec<f64>>),
}

/// The groups of an answer.
pub(super) struct Groups<'a> {
    by: &'a [String],
    agg: Aggregation,
    steps: usize,
    rows: BTreeMap<BTreeMap<String, String>, Rows>,
}

impl<'a> Groups<'a> {
    pub(super) fn new(by: &'a [String], agg: Aggregation, steps: usize) -> Self {
        Self { by, agg, steps, rows: BTreeMap::new() }
    }

    /// Whether it wants the samples, and not one value a series.
    pub(super) fn joins_samples(&self) -> bool {
        self.agg.is_percentile()
    }

    fn group(&mut self, mut labels: BTreeMap<String, String>) -> &mut Rows {
        labels.retain(|label, _| self.by.contains(label));
        let (steps, samples) = (self.steps, self.joins_samples());
        self.rows.entry(labels).or_insert_with(|| match samples {
            true => Rows::Samples(vec![Vec::new(); steps]),
            false => Rows::Values(vec![None; steps]),
        })
    }

    /// Adds a series' value of each step to its group.
    pub(super) fn values(&mut self, labels: BTreeMap<String, String>, values: &[Option<f64>]) {
        if let Rows::Values(rows) = self.group(labels) {
            for (row, value) in rows.iter_mut().zip(values) {
                if let Some(value) = value {
                    Bucket::add(row, &Bucket::of(*value));
                }
            }
        }
    }

    /// Adds a series' samples to its group.
    pub(super) fn samples(&mut self, labels: BTreeMap<String, String>, steps: &Steps, series: &Gathered) {
        if let Rows::Samples(rows) = self.group(labels) {
            steps.samples(series, rows);
        }
    }

    /// One series a group.
    pub(super) fn finish(self, steps: &Steps) -> Vec<Series> {
        let agg = self.agg;
        let points = |rows: Rows| match rows {
            Rows::Values(rows) => {
                let value = |bucket: Option<Bucket>| bucket.and_then(|bucket| bucket.value(agg, None, steps.step));
                steps.starts().zip(rows.into_iter().map(value)).collect()
            }
            Rows::Samples(rows) => steps.starts().zip(rows.iter().map(|values| agg.apply(values))).collect(),
        };
        self.rows.into_iter().map(|(labels, rows)| Series { labels, points: points(rows) }).collect()
    }
}

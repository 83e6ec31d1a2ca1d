//! Joining the series of each group, step by step: percentiles over all samples of the step, everything else
//! over one value a series.

use super::distribution::Distribution;
use super::gather::Gathered;
use super::steps::Steps;
use crate::history::bucket::Bucket;
use crate::history::sketch::Sketch;
use forewatch::series::{Aggregation, Series};
use std::collections::BTreeMap;

/// Samples that are held at once; what is over is told within one percent only.
const MOST_SAMPLES: usize = 4_000_000;

/// What is known of a group so far.
enum Rows {
    /// One value of each series, a step.
    Values(Vec<Option<Bucket>>),
    /// Every sample, a step.
    Distributions(Vec<Distribution>),
}

/// The groups of an answer.
pub(super) struct Groups<'a> {
    by: &'a [String],
    agg: Aggregation,
    steps: usize,
    rows: BTreeMap<BTreeMap<String, String>, Rows>,
    /// Samples that are held.
    samples: usize,
}

impl<'a> Groups<'a> {
    pub(super) fn new(by: &'a [String], agg: Aggregation, steps: usize) -> Self {
        Self { by, agg, steps, rows: BTreeMap::new(), samples: 0 }
    }

    /// The same groups, without any series.
    pub(super) fn empty(&self) -> Self {
        Self::new(self.by, self.agg, self.steps)
    }

    /// Joins what was found of other series.
    pub(super) fn join(&mut self, other: Self) {
        for (labels, more) in other.rows {
            match (self.group(labels), more) {
                (Rows::Values(rows), Rows::Values(more)) => {
                    for (row, more) in rows.iter_mut().zip(more) {
                        if let Some(more) = more {
                            Bucket::add(row, &more);
                        }
                    }
                }
                (Rows::Distributions(rows), Rows::Distributions(more)) => {
                    rows.iter_mut().zip(more).for_each(|(row, more)| row.take_in(more));
                }
                // All groups of a question are of one kind.
                _ => {}
            }
        }
        self.hold(other.samples);
    }

    /// Whether it wants the samples, and not one value a series.
    pub(super) fn joins_samples(&self) -> bool {
        self.agg.is_percentile()
    }

    /// Whether all is in one group.
    pub(super) fn is_one(&self) -> bool {
        self.by.is_empty()
    }

    /// Points of all groups so far.
    pub(super) fn points(&self) -> usize {
        self.rows.len().saturating_mul(self.steps)
    }

    fn group(&mut self, mut labels: BTreeMap<String, String>) -> &mut Rows {
        labels.retain(|label, _| self.by.contains(label));
        let (steps, samples) = (self.steps, self.joins_samples());
        self.rows.entry(labels).or_insert_with(|| match samples {
            true => Rows::Distributions(vec![Distribution::default(); steps]),
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
        if let Rows::Distributions(rows) = self.group(labels) {
            steps.samples(series, |row, value| rows[row].add(value));
        }
        self.hold(series.samples.len());
    }

    /// Counts samples that are held, and holds sketches instead once they are too many.
    fn hold(&mut self, more: usize) {
        self.samples += more;
        if self.samples > MOST_SAMPLES {
            self.samples = 0;
            for rows in self.rows.values_mut() {
                if let Rows::Distributions(rows) = rows {
                    rows.iter_mut().for_each(Distribution::fold);
                }
            }
        }
    }

    /// Adds a sketch over all series to the one group.
    pub(super) fn sketch(&mut self, steps: &Steps, at: i64, sketch: &Sketch) {
        if let Some(row) = steps.row(at as f64)
            && let Rows::Distributions(rows) = self.group(BTreeMap::new())
        {
            rows[row].join(sketch);
        }
    }

    /// One series a group. What begins before `known_from` (Unix seconds) is known in part only, and so not told.
    pub(super) fn finish(self, steps: &Steps, known_from: f64) -> Vec<Series> {
        let agg = self.agg;
        let points = |rows: Rows| match rows {
            Rows::Values(rows) => {
                let value = |bucket: Option<Bucket>| bucket.and_then(|bucket| bucket.value(agg, None, steps.step));
                steps.starts().zip(rows.into_iter().map(value)).collect()
            }
            Rows::Distributions(rows) => {
                let value = |(at, row): (f64, Distribution)| {
                    (at, if at - steps.offset < known_from { None } else { row.value(agg) })
                };
                steps.starts().zip(rows).map(value).collect()
            }
        };
        self.rows.into_iter().map(|(labels, rows)| Series { labels, points: points(rows) }).collect()
    }
}

//! Series: points in time, and how they are joined into steps.

use crate::worker::words;
use crate::{Unit, list::UnknownWord};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Unix seconds and a value; an absent value is a gap.
pub type Point = (f64, Option<f64>);

/// The answer to `GET /query`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueryAnswer {
    /// The metric's name.
    pub metric: String,
    /// What its numbers count.
    pub unit: Unit,
    /// Seconds a step.
    pub step: f64,
    /// Which tier of history answered: `raw`, `1m`, `1h`, `1d` or `mixed`.
    pub source: String,
    /// One entry a series or group.
    pub series: Vec<Series>,
}

/// One series.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Series {
    /// What tells it from the others.
    pub labels: BTreeMap<String, String>,
    /// Its points, oldest first, one a step, at the step's start.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Vec<Option<f64>>>))]
    pub points: Vec<Point>,
}

/// How the values of a step, or of a group, become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Aggregation {
    /// Mean.
    Avg,
    /// Smallest.
    Min,
    /// Largest.
    Max,
    /// Sum.
    Sum,
    /// Newest.
    Last,
    /// Oldest.
    First,
    /// How many.
    Count,
    /// Growth of a counter a second, resets taken out.
    Rate,
    /// Growth of a counter, resets taken out.
    Increase,
    /// Median.
    P50,
    /// 95th percentile.
    P95,
    /// 99th percentile.
    P99,
}

words!(Aggregation {
    Avg => "avg", Min => "min", Max => "max", Sum => "sum", Last => "last", First => "first", Count => "count",
    Rate => "rate", Increase => "increase", P50 => "p50", P95 => "p95", P99 => "p99",
});

impl Aggregation {
    /// Reads what may stand in `agg=` of a query: no `rate` and no `increase`, which are over time.
    pub fn across(word: &str) -> Result<Self, UnknownWord> {
        match word.parse()? {
            Self::Rate | Self::Increase | Self::First => Err(UnknownWord::new(
                word,
                ["avg", "min", "max", "sum", "last", "count", "p50", "p95", "p99"].into_iter(),
            )),
            known => Ok(known),
        }
    }

    /// Whether it needs every value: it cannot be told from sums and extremes.
    pub fn is_percentile(self) -> bool {
        matches!(self, Self::P50 | Self::P95 | Self::P99)
    }

    /// One value of many, given oldest first; `None` of none. `rate` and `increase` need the step's
    /// width and the value before it: see [`increase`].
    pub fn apply(self, values: &[f64]) -> Option<f64> {
        let first = *values.first()?;
        let last = *values.last()?;
        Some(match self {
            Self::Avg => values.iter().sum::<f64>() / values.len() as f64,
            Self::Min => values.iter().copied().fold(first, f64::min),
            Self::Max => values.iter().copied().fold(first, f64::max),
            Self::Sum => values.iter().sum(),
            Self::Last => last,
            Self::First => first,
            Self::Count => values.len() as f64,
            Self::Rate | Self::Increase => increase(None, values)?,
            Self::P50 => quantile(values, 0.50)?,
            Self::P95 => quantile(values, 0.95)?,
            Self::P99 => quantile(values, 0.99)?,
        })
    }
}

/// A value in as many digits as a chart can show: five, and whole numbers whole.
pub fn brief(value: f64) -> f64 {
    const DIGITS: f64 = 4.0;
    #[expect(clippy::cast_possible_truncation, reason = "clamped")]
    let decimals = (DIGITS - value.abs().log10().floor()).clamp(0.0, 12.0) as i32;
    let unit = 10_f64.powi(decimals);
    let rounded = (value * unit).round() / unit;
    if rounded.is_finite() { rounded } else { value }
}

/// The growth of a counter over `values`, from the value `before` them when that is known. A value
/// below the one before is a restart: it counts from zero.
pub fn increase(before: Option<f64>, values: &[f64]) -> Option<f64> {
    let (mut previous, rest) = match before {
        Some(before) => (before, values),
        None => (*values.first()?, &values[1..]),
    };
    if rest.is_empty() {
        return None;
    }
    let mut sum = 0.0;
    for &value in rest {
        sum += if value >= previous { value - previous } else { value };
        previous = value;
    }
    Some(sum)
}

/// The quantile `q` (0..=1) by linear interpolation between the closest ranks (Hyndman and Fan's type 7).
pub fn quantile(values: &[f64], q: f64) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = q.clamp(0.0, 1.0) * (sorted.len() - 1) as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 <= rank < len")]
    let low = rank.floor() as usize;
    let high = (low + 1).min(sorted.len() - 1);
    Some(sorted[low] + (sorted[high] - sorted[low]) * (rank - low as f64))
}

/// The shortest step that is offered (1, 2, 5, 10, 15, 30 s … 1 d) which needs at most `points` points for `width` seconds.
pub fn step_for(width: f64, points: usize) -> f64 {
    const STEPS: [f64; 16] = [
        1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 10_800.0, 21_600.0, 86_400.0,
    ];
    let least = width / points.max(1) as f64;
    STEPS.into_iter().find(|step| *step >= least).unwrap_or_else(|| (least / 86_400.0).ceil() * 86_400.0)
}

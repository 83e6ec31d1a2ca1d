//! What the server answers: the lines of each chart, what happened meanwhile, what changed.

use super::happening::Happening;
use super::span::Span;
use crate::backend::BackendError;
use forewatch::Timestamp;
use forewatch::series::Point;
use serde::{Deserialize, Serialize};

/// Everything that the page shows of one time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trends {
    /// The server's clock when this was put together.
    pub now: Timestamp,
    /// The time that is shown.
    pub shown: Span,
    /// Seconds a step.
    pub step: f64,
    /// A chart a question, or why there is none.
    pub charts: Vec<Result<Chart, BackendError>>,
    /// What happened meanwhile, the oldest first.
    pub happenings: Vec<Happening>,
    /// Happenings that are left out because there are too many.
    pub left_out: usize,
    /// Values of labels that filters may name, by label; not all of them.
    pub values: Vec<(String, Vec<String>)>,
}

/// The lines of one chart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// Unix seconds of the first step.
    pub first: f64,
    /// The lines, the largest by its mean first.
    pub traces: Vec<Trace>,
    /// Lines that there are, shown or not.
    pub total: usize,
}

/// One line: a value a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// What it is the line of; empty for all together.
    pub name: String,
    /// Its values.
    pub values: Vec<Option<f64>>,
    /// Its values at the time that it is compared with; empty when nothing is known of them.
    pub before: Vec<Option<f64>>,
}

impl Chart {
    /// The known values of a line with their times.
    pub fn points(&self, values: &[Option<f64>], step: f64) -> Vec<Point> {
        let times = (0..).map(|n: u32| self.first + f64::from(n) * step);
        times.zip(values).filter(|(_, value)| value.is_some()).map(|(at, value)| (at, *value)).collect()
    }

    /// Whether nothing is known of any line.
    pub fn is_empty(&self) -> bool {
        self.traces.iter().all(|trace| trace.values.iter().all(Option::is_none))
    }
}

/// What differs in a span from what was just before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Changes {
    /// The span; before it lies another of the same length.
    pub span: Span,
    /// Metrics that had enough readings in both.
    pub compared: usize,
    /// Metrics that had too few.
    pub unknown: usize,
    /// Metrics that were not looked at because it took too long.
    pub left_out: usize,
    /// What changed, the most first.
    pub changes: Vec<Change>,
}

/// How one metric differs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Its name.
    pub metric: String,
    /// Its mean before.
    pub before: f64,
    /// Its mean in the span.
    pub within: f64,
    /// By how many times its usual spread the mean moved; negative when it fell.
    pub score: f64,
}

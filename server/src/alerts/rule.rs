//! A rule is data: what it looks at, from where on that is bad, for how long, and what to say.

use chrono::TimeDelta;
use forewatch::catalogue::{self, MetricId};
use forewatch::{AlertSeverity, RuleId, Unit, format};
use std::borrow::Cow;

/// When an alert is raised, how bad it is, and what it says.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) id: RuleId,
    pub(crate) watches: Watches,
    /// How a value is compared with the threshold.
    pub(crate) op: Op,
    /// True from here on.
    pub(crate) threshold: f64,
    /// Once it fires it stays true up to here: not above the threshold.
    pub(crate) clear: f64,
    /// True for this long before it fires.
    pub(crate) lasts: TimeDelta,
    /// False for this long before it is resolved.
    pub(crate) keep_firing: TimeDelta,
    pub(crate) severity: AlertSeverity,
    /// The alerts that say nothing new while one of this rule is active.
    pub(crate) inhibits: Inhibits,
    /// The title, in which `{subject}`, `{value}` and `{threshold}` stand for their values.
    pub(crate) title: Cow<'static, str>,
    /// What it means and what to do, likewise.
    pub(crate) description: Cow<'static, str>,
}

/// How a value is compared with a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    /// `>`
    Above,
    /// `>=`
    AtLeast,
}

impl Op {
    /// Whether the comparison holds.
    pub(crate) fn holds(self, value: f64, bound: f64) -> bool {
        match self {
            Self::Above => value > bound,
            Self::AtLeast => value >= bound,
        }
    }
}

/// What an active alert keeps quiet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inhibits {
    /// Nothing.
    Nothing,
    /// Every other alert of its worker.
    SameWorker,
}

/// What a rule looks at.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Watches {
    /// A metric of the catalogue, of every subject that has it.
    Metric(MetricId),
    /// Seconds since a worker's last sign of life.
    WorkerSilence,
    /// Whether a worker says of itself that something is wrong: 1, else 0.
    WorkerError,
    /// Seconds since a source answered.
    SourceSilence,
    /// The share of failed tasks over the last `seconds`, true only once `min_samples` ended; of the
    /// system and of each queue.
    ErrorRate { seconds: i64, min_samples: u64 },
    /// A device's temperature; the bounds are degrees above its own slowdown temperature.
    GpuHeat,
}

impl Watches {
    /// The metric's name, as an alert records it.
    pub(super) fn metric_name(self, of_queue: bool) -> &'static str {
        match self {
            Self::Metric(id) => id.metric().name,
            Self::WorkerSilence => "worker.silence",
            Self::WorkerError => "worker.error",
            Self::SourceSilence => "source.silence",
            Self::ErrorRate { .. } if of_queue => "queue.error_rate",
            Self::ErrorRate { .. } => "system.error_rate",
            Self::GpuHeat => "gpu.temperature",
        }
    }
}

/// A value as people read it, by the name that an alert records of its metric.
pub(crate) fn write_value(metric_name: &str, value: f64) -> String {
    let unit = match (catalogue::find(metric_name), metric_name) {
        (Some(id), _) => id.metric().unit,
        (None, "worker.silence" | "source.silence") => Unit::Seconds,
        (None, "queue.error_rate") => Unit::Ratio,
        (None, _) => Unit::Count,
    };
    format::value(unit, value)
}

/// Fills a template. It can only insert values.
pub(super) fn fill(template: &str, subject: &str, value: &str, threshold: &str) -> String {
    // The subject last: a name from outside is never taken for a placeholder.
    template.replace("{value}", value).replace("{threshold}", threshold).replace("{subject}", subject)
}

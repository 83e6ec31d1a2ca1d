//! Reports: what was done in a period, how well and at what cost, beside the period of the same length before it.

mod kept;
mod waits;

pub use kept::{Every, KeptFile, KeptReport};
pub use waits::{UserWait, WaitedFor, Waits};

use crate::group::TaskGroup;
use crate::{AlertSeverity, Ratio, RuleId, SystemMetrics};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A report over `from..to`. Figures are absent where nothing tells of them; they are exact but for percentiles (within 1 %)
/// and what comes from measured loads (devices, power), which is as exact as their samples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Report {
    /// What it is called, where somebody gave it a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The time zone that its days and times are told in: an IANA name.
    pub zone: String,
    /// Where the period begins.
    pub from: DateTime<Utc>,
    /// Where it ends: not after the report was made.
    pub to: DateTime<Utc>,
    /// Where the period before begins; it ends at `from`.
    pub before_from: DateTime<Utc>,
    /// When the report was made.
    pub made_at: DateTime<Utc>,
    /// How complete what it is made of is.
    pub completeness: Compared<Completeness>,
    /// All tasks that ended in the period.
    pub work: Compared<TaskGroup>,
    /// By the queue they waited in.
    pub queues: Ranking,
    /// By their name.
    pub names: Ranking,
    /// By the worker that had them last.
    pub workers: Ranking,
    /// By the user they were done for.
    pub users: Ranking,
    /// From when on single tasks are known, where that is later than the period's begin: they are kept less long than sums.
    /// Errors and waits are of that part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tasks_since: Option<DateTime<Utc>>,
    /// Failed ones by their error; absent where single tasks are no longer kept.
    pub errors: Option<Ranking>,
    /// Who waited for whom; absent where single tasks are no longer kept, and where there are too many of them.
    pub waits: Option<Waits>,
    /// What the devices did.
    pub gpus: Compared<GpuUse>,
    /// Alerts raised in the period.
    pub alerts: Compared<AlertFigures>,
    /// The same by rule, the noisiest first.
    pub rules: Vec<RuleFigures>,
    /// The system over each hour, of more than two weeks over each day, of the period.
    pub course: Vec<SystemMetrics>,
}

/// A figure of the period, and of the period before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Compared<T> {
    /// In the period.
    pub now: T,
    /// In the period before; absent where nothing is known of it.
    pub before: Option<T>,
}

/// The largest groups of tasks.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ranking {
    /// The largest, largest first; behind them one row of all others, where there are any.
    pub rows: Vec<Compared<TaskGroup>>,
    /// How many there are in all.
    pub total: u64,
}

/// How complete the data of a period is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Completeness {
    /// The share of the period in which Forewatch measured.
    pub observed: Option<Ratio>,
    /// Task events known to be lost: counts of tasks are lower bounds when it is not zero.
    pub lost_events: u64,
}

/// What the devices did in a period, in seconds of one device. Idle is available less used.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GpuUse {
    /// Devices of online hosts, over time.
    pub available_seconds: Option<f64>,
    /// Those, by how busy they were.
    pub used_seconds: Option<f64>,
    /// GPU time that tasks told of.
    pub task_seconds: Option<f64>,
    /// Of that, what went into tasks that did not complete.
    pub wasted_seconds: Option<f64>,
    /// Energy that the devices drew, joules.
    pub energy_joules: Option<f64>,
}

impl GpuUse {
    /// What was available and not used, seconds of one device.
    pub fn idle_seconds(&self) -> Option<f64> {
        Some((self.available_seconds? - self.used_seconds?).max(0.0))
    }

    /// Used / available.
    pub fn utilization(&self) -> Option<Ratio> {
        let available = self.available_seconds.filter(|available| *available > 0.0)?;
        Ratio::clamped(self.used_seconds? / available)
    }
}

/// Alerts of a period and how they were handled.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AlertFigures {
    /// Raised in the period.
    pub raised: u64,
    /// Of those, acknowledged by somebody.
    pub acknowledged: u64,
    /// Of those, over.
    pub resolved: u64,
    /// Seconds from raised to the first acknowledgement, of those that have one.
    pub time_to_acknowledge: Option<Spread>,
    /// Seconds from raised to over, of those that are.
    pub time_to_resolve: Option<Spread>,
}

/// Times, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Spread {
    /// Their mean.
    pub mean: f64,
    /// The middle one.
    pub median: f64,
    /// The longest.
    pub longest: f64,
}

impl Spread {
    /// Of these times; of none, none.
    pub fn of(mut times: Vec<f64>) -> Option<Self> {
        times.sort_by(f64::total_cmp);
        let longest = *times.last()?;
        let mean = times.iter().sum::<f64>() / times.len() as f64;
        let upper = times.len() / 2;
        let median = if times.len() % 2 == 1 { times[upper] } else { f64::midpoint(times[upper - 1], times[upper]) };
        Some(Self { mean, median, longest })
    }
}

/// The alerts of one rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RuleFigures {
    /// The rule; `manual` for those raised by hand.
    pub rule_id: RuleId,
    /// The worst severity among them.
    pub severity: AlertSeverity,
    /// How many, and how they were handled.
    pub alerts: Compared<AlertFigures>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_spread_around_their_middle() {
        assert_eq!(Spread::of(Vec::new()), None);
        assert_eq!(Spread::of(vec![3.0]), Some(Spread { mean: 3.0, median: 3.0, longest: 3.0 }));
        assert_eq!(Spread::of(vec![9.0, 1.0, 2.0, 4.0]), Some(Spread { mean: 4.0, median: 3.0, longest: 9.0 }));
    }

    #[test]
    fn idle_is_what_was_available_and_not_used() {
        let gpus = GpuUse { available_seconds: Some(100.0), used_seconds: Some(25.0), ..GpuUse::default() };
        assert_eq!((gpus.idle_seconds(), gpus.utilization()), (Some(75.0), Ratio::clamped(0.25)));
        assert_eq!((GpuUse::default().idle_seconds(), GpuUse::default().utilization()), (None, None));
    }
}

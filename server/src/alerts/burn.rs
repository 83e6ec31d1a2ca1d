//! How fast the budget of an objective is used: 1 uses it up in exactly its period.
//!
//! From the chapter "Alerting on SLOs" of Google's Site Reliability Workbook: a budget burns when a long window and a short one
//! say so. The long one tells that it matters, the short one that it goes on.

use crate::collector::{Counted, Verdicts};
use chrono::{DateTime, Utc};
use forewatch::Ratio;
use forewatch::objective::{BurnWindow, ObjectiveStatus};

const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;

/// A fast burn: over an hour, and still over the last five minutes.
pub(super) const FAST: Pair = Pair { long: HOUR, short: 5 * MINUTE };
/// A slow one: over six hours, and still over the last half an hour.
pub(super) const SLOW: Pair = Pair { long: 6 * HOUR, short: 30 * MINUTE };

/// Two windows, seconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    long: i64,
    short: i64,
}

/// What both windows of a pair say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Burn {
    /// The rate that both reach; absent where one of them has no tasks.
    pub(super) rate: Option<f64>,
    /// Tasks of the long window.
    pub(super) tasks: u64,
}

impl Pair {
    pub(super) fn of(self, counted: &Counted, now: DateTime<Utc>) -> Burn {
        let (long, short) = (counted.last(now, self.long), counted.last(now, self.short));
        let budget = counted.objective.budget();
        let rate = rate(long, budget).zip(rate(short, budget)).map(|(long, short)| long.min(short));
        Burn { rate, tasks: long.all() }
    }
}

/// The share that went wrong, in budgets; `None` without tasks: that is not a rate of zero.
fn rate(verdicts: Verdicts, budget: f64) -> Option<f64> {
    Ratio::of(verdicts.bad, verdicts.all()).map(|bad| bad.get() / budget)
}

/// An objective as of `now`.
pub(crate) fn objective_status(counted: &Counted, now: DateTime<Utc>) -> ObjectiveStatus {
    let objective = counted.objective.clone();
    let budget = objective.budget();
    let of_period = counted.of_period(now);
    let windows = [FAST.short, SLOW.short, FAST.long, SLOW.long].map(|seconds| {
        let Verdicts { good, bad } = counted.last(now, seconds);
        BurnWindow { seconds: seconds as f64, good, bad, burn_rate: rate(Verdicts { good, bad }, budget) }
    });
    let budget_left = rate(of_period, budget).map(|used| 1.0 - used);
    let burn_rate = rate(counted.last(now, FAST.long), budget);
    let seconds = |(left, rate): (f64, f64)| left.max(0.0) * objective.period / rate;
    let exhausted_in = budget_left.zip(burn_rate).map(seconds).filter(|seconds| *seconds <= objective.period);
    ObjectiveStatus {
        since: counted.since,
        good: of_period.good,
        bad: of_period.bad,
        achieved: Ratio::of(of_period.good, of_period.all()),
        budget_left,
        burn_rate,
        exhausted_in,
        windows: windows.to_vec(),
        objective,
    }
}

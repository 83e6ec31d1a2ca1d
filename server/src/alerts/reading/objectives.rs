//! What rules look at of objectives: how fast their budgets burn.

use super::Sight;
use crate::alerts::burn::{FAST, SLOW};
use crate::alerts::rule::Rule;
use crate::alerts::subject::{Kind, Reading, Subject};
use crate::collector::Counted;
use chrono::{DateTime, Utc};

/// Of what a budget can burn at most, as when all tasks fail, the farthest bound of a rule lies no farther than this share.
const REACHABLE: f64 = 0.75;

/// The rate at which each budget burns: in the slow pair of windows from the rule's threshold on, in the fast one from the
/// first step of its severities on. Fewer than `min_samples` tasks in a long window say nothing is burning, never that it is.
pub(super) fn burning<'a>(min_samples: u64, rule: &Rule, sight: Sight<'a>, mut each: impl FnMut(Subject<'a>)) {
    let steps = &rule.severities.steps;
    let farthest = steps.last().map_or(rule.threshold, |step| step.at);
    for counted in &sight.fleet.objectives {
        let most = REACHABLE / counted.objective.budget();
        let scale = if farthest > most { most / farthest } else { 1.0 };
        let fast_from = steps.first().map_or(f64::INFINITY, |step| step.at * scale);
        let reading = reading(counted, fast_from, min_samples, sight.now);
        each(Subject { scale, ..Subject::plain(Kind::Objective(counted), reading) });
    }
}

fn reading(counted: &Counted, fast_from: f64, min_samples: u64, now: DateTime<Utc>) -> Reading {
    let (fast, slow) = (FAST.of(counted, now), SLOW.of(counted, now));
    if let Some(rate) = fast.rate
        && rate >= fast_from
        && fast.tasks >= min_samples
    {
        return Reading::Value(rate);
    }
    // However much burned in hours: what does not burn now is no fast burn.
    let rate = slow.rate.map(|rate| rate.min(fast_from.next_down()));
    match (rate, fast.rate) {
        (None, _) => Reading::Unknown,
        (Some(rate), _) if slow.tasks < min_samples => Reading::TooFew(rate),
        // Nothing ended in the last minutes: that is no recovery.
        (Some(rate), None) => Reading::AtLeast(rate),
        (Some(rate), Some(_)) => Reading::Value(rate),
    }
}

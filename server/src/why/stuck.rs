//! How long tasks of a name usually run: what the rule about stuck tasks compares with, and what lists mark by.

use crate::alerts::name_of;
use crate::collector::Fleet;
use forewatch::TaskMetrics;

/// A name's tasks that must have completed before it is said how long they usually run.
const ENOUGH_RUNS: u64 = 20;
/// The share of a name's tasks that is usual.
const USUAL: f64 = 0.95;

/// The time within which tasks of the same name usually end, seconds, once there are enough to tell.
pub(crate) fn usual_run(fleet: &Fleet, task: &TaskMetrics) -> Option<f64> {
    let runs = fleet.names.get(name_of(task)?)?.runs.all();
    (runs.count() >= ENOUGH_RUNS).then(|| runs.quantile(USUAL)).flatten()
}

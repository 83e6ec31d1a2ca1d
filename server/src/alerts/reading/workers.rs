//! What rules look at of workers themselves, and of their devices as wholes.

use super::{Sight, listening, speaks};
use crate::alerts::rule::Rule;
use crate::alerts::subject::{Kind, Reading, Subject};
use crate::collector::Worker;
use forewatch::{WorkerMetrics, time};

pub(super) fn each<'a>(sight: Sight<'a>, each: impl FnMut(&'a WorkerMetrics)) {
    sight.fleet.workers.values().map(|worker| &worker.metrics).for_each(each);
}

/// Seconds since each worker's last sign of life; unknown while its source is down. Of a host that is down the worker
/// that tells so comes before the others.
pub(super) fn silence<'a>(rule: &Rule, sight: Sight<'a>, mut each: impl FnMut(Subject<'a>)) {
    let mut told = |worker: &'a WorkerMetrics| {
        let reading = match crate::collector::silence(sight.fleet, worker, sight.since, sight.now) {
            Some(0.0) => Reading::Value(0.0),
            Some(seconds) if is_early(rule, sight, worker) => Reading::Holds(seconds),
            Some(seconds) => Reading::AtLeast(seconds),
            None => Reading::Unknown,
        };
        each(Subject::plain(Kind::Worker(worker), reading));
    };
    let follows = |worker: &WorkerMetrics| sight.hosts.lead(worker).is_some_and(|lead| *lead != worker.worker_id);
    let mut behind = Vec::new();
    self::each(sight, |worker| if follows(worker) { behind.push(worker) } else { told(worker) });
    behind.into_iter().for_each(told);
}

/// Whether a worker's silence is told before its time; never sooner after a start than it is told otherwise.
fn is_early(rule: &Rule, sight: Sight<'_>, worker: &WorkerMetrics) -> bool {
    let heard = |since| time::seconds_between(since, sight.now) >= rule.threshold;
    sight.early.contains(&worker.worker_id)
        && !rule.inhibits.is_nothing()
        && listening(sight, &worker.source).is_some_and(heard)
}

/// Failures in a row on each worker; of no account where no other worker has completed a task meanwhile.
pub(super) fn streaks<'a>(sight: Sight<'a>, mut each: impl FnMut(Subject<'a>)) {
    // The newest completions on two workers: one of them is on another worker than any.
    let mut newest: [Option<&Worker>; 2] = [None, None];
    for worker in sight.fleet.workers.values().filter(|worker| worker.completed_at.is_some()) {
        let at = |slot: Option<&Worker>| slot.and_then(|worker| worker.completed_at);
        if worker.completed_at > at(newest[0]) {
            newest = [Some(worker), newest[0]];
        } else if worker.completed_at > at(newest[1]) {
            newest[1] = Some(worker);
        }
    }
    for worker in sight.fleet.workers.values() {
        let shown = &worker.metrics;
        let failures = shown.consecutive_failures as f64;
        let other = newest.iter().flatten().find(|other| other.metrics.worker_id != shown.worker_id);
        let succeeded = other.and_then(|other| other.completed_at);
        let alone = worker.failing_since.is_some_and(|since| succeeded.is_none_or(|at| at < since));
        let reading = match (speaks(shown), alone) {
            (false, _) => Reading::Unknown,
            (true, true) => Reading::TooFew(failures),
            (true, false) => Reading::Value(failures),
        };
        each(Subject::plain(Kind::Worker(shown), reading));
    }
}

/// Whether each device has a fault, or is gone.
pub(super) fn faults<'a>(sight: Sight<'a>, mut each: impl FnMut(Subject<'a>)) {
    for worker in sight.fleet.workers.values() {
        let shown = &worker.metrics;
        let speaks = speaks(shown);
        for gpu in shown.gpus.iter().filter(|gpu| !worker.faults.gone().any(|gone| gone == gpu.index)) {
            let reading = Reading::flag(speaks.then(|| gpu.fault()).flatten());
            each(Subject::plain(Kind::Gpu(shown, gpu.index), reading));
        }
        lost(worker, &mut each);
    }
}

/// The devices that are gone. Another one may have the same index by now: then the alert is about the lost one.
fn lost<'a>(worker: &'a Worker, each: &mut impl FnMut(Subject<'a>)) {
    let reading = Reading::flag(speaks(&worker.metrics).then_some(true));
    let mut indexes: Vec<u32> = worker.faults.gone().collect();
    indexes.sort_unstable();
    indexes.dedup();
    for index in indexes {
        each(Subject::plain(Kind::Gpu(&worker.metrics, index), reading));
    }
}

/// Whether each device that was there still is.
pub(super) fn gone<'a>(sight: Sight<'a>, mut each: impl FnMut(Subject<'a>)) {
    for worker in sight.fleet.workers.values() {
        let shown = &worker.metrics;
        let there = Reading::flag(speaks(shown).then_some(false));
        for gpu in shown.gpus.iter().filter(|gpu| !worker.faults.gone().any(|gone| gone == gpu.index)) {
            each(Subject::plain(Kind::Gpu(shown, gpu.index), there));
        }
        lost(worker, &mut each);
    }
}

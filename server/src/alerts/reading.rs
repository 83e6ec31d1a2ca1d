//! Reading a rule's values off the fleet: every subject it has, with its value now. A healthy fleet of
//! thousands of devices is read here at every tick: nothing is copied.

mod backlog;
mod objectives;
mod queues;
mod tasks;
mod workers;

use super::episodes::OfRule;
use super::hosts::Hosts;
use super::rule::Rule;
use super::subject::{Kind, Reading, Subject};
use super::watches::Watches;
use crate::collector::Fleet;
use chrono::{DateTime, Utc};
use forewatch::catalogue::{MetricId, Read};
use forewatch::source::{SourceState, SourceStatus};
use forewatch::{GpuMetrics, SourceName, WorkerId, WorkerMetrics, WorkerStatus, time};
use std::collections::BTreeSet;

/// The fleet, as rules look at it.
#[derive(Clone, Copy)]
pub(super) struct Sight<'a> {
    pub(super) fleet: &'a Fleet,
    /// Which workers are down with their whole host.
    pub(super) hosts: &'a Hosts<'a>,
    /// Since when the server itself has been there.
    pub(super) since: DateTime<Utc>,
    pub(super) now: DateTime<Utc>,
    /// Workers whose silence is told before its time: something is raised that it explains.
    pub(super) early: &'a BTreeSet<WorkerId>,
}

/// Calls `each` with every subject of a rule. A subject that may keep another one of the same rule quiet comes before it.
/// The rule's filter is not asked here. `known` are the rule's episodes.
pub(super) fn each<'a>(rule: &Rule, sight: Sight<'a>, known: Option<&OfRule<'_>>, mut each: impl FnMut(Subject<'a>)) {
    match &rule.watches {
        Watches::Metric(id) => metric(*id, sight, each),
        Watches::Tasks(figure) => tasks::figure(figure, sight, each),
        Watches::WorkerSilence => workers::silence(rule, sight, each),
        Watches::SourceSilence => sight.fleet.sources.values().for_each(|source| {
            each(Subject::plain(Kind::Source(&source.name), unanswered(source, sight)));
        }),
        Watches::Unwritable => each(Subject::plain(Kind::Store(sight.fleet.outage.as_ref()), unwritten(sight))),
        Watches::Absent(id) => absent(*id, sight, each),
        Watches::Status(status) => workers::each(sight, |worker| {
            let reading = Reading::flag(speaks(worker).then_some(worker.status == *status));
            each(Subject::plain(Kind::Worker(worker), reading));
        }),
        Watches::ClockSkew => workers::each(sight, |worker| {
            // A clock that is right is not told of.
            let skew = speaks(worker).then(|| worker.clock_skew.unwrap_or(0.0).abs());
            each(Subject::plain(Kind::Worker(worker), Reading::of(skew)));
        }),
        Watches::Streak => workers::streaks(sight, each),
        Watches::Stalled => queues::stalled(sight, each),
        Watches::Unserved => queues::unserved(sight, each),
        Watches::Stuck { at_least } => tasks::stuck(*at_least, sight, known, each),
        Watches::GpuHeat => devices(sight, heat, each),
        Watches::GpuFault => workers::faults(sight, each),
        Watches::GpuGone => workers::gone(sight, each),
        Watches::GpuIdle => backlog::idle(sight, each),
        Watches::BurnRate { min_samples } => objectives::burning(*min_samples, rule, sight, each),
    }
}

fn metric<'a>(id: MetricId, sight: Sight<'a>, mut each: impl FnMut(Subject<'a>)) {
    match id.metric().read {
        Read::System(read) => each(Subject::plain(Kind::System, Reading::of(read(&sight.fleet.system)))),
        Read::Derived(read) | Read::Worker(read) => workers::each(sight, |worker| {
            let reading = if speaks(worker) { Reading::of(read(worker)) } else { Reading::Unknown };
            each(Subject::plain(Kind::Worker(worker), reading));
        }),
        Read::Gpu(read) => devices(sight, |gpu| (Reading::of(read(gpu)), 0.0), each),
        Read::Queue(read) => sight.fleet.queues.values().for_each(|queue| {
            each(Subject::plain(Kind::Queue(&queue.stats), Reading::of(read(&queue.stats))));
        }),
    }
}

/// Who speaks and does not give a metric.
fn absent<'a>(id: MetricId, sight: Sight<'a>, mut each: impl FnMut(Subject<'a>)) {
    metric(id, sight, |subject| {
        let speaks = match subject.kind {
            Kind::Worker(worker) | Kind::Gpu(worker, _) => speaks(worker),
            _ => true,
        };
        let reading = Reading::flag(speaks.then_some(subject.reading == Reading::Unknown));
        each(Subject { reading, heard_since: Some(sight.since), ..subject });
    });
}

fn devices<'a>(sight: Sight<'a>, read: impl Fn(&GpuMetrics) -> (Reading, f64), mut each: impl FnMut(Subject<'a>)) {
    workers::each(sight, |worker| {
        let speaks = speaks(worker);
        for gpu in &worker.gpus {
            let (reading, base) = if speaks { read(gpu) } else { (Reading::Unknown, 0.0) };
            each(Subject { base, ..Subject::plain(Kind::Gpu(worker, gpu.index), reading) });
        }
    });
}

/// Whether a worker's readings are of now. One in error or in maintenance still speaks.
fn speaks(worker: &WorkerMetrics) -> bool {
    worker.status != WorkerStatus::Offline
}

/// Since when a source would have been heard; `None` while it does not answer.
fn listening(sight: Sight<'_>, source: &SourceName) -> Option<DateTime<Utc>> {
    match sight.fleet.sources.get(source) {
        Some(source) if source.state != SourceState::Up => None,
        Some(source) => Some(source.since.max(sight.since)),
        None => Some(sight.since),
    }
}

/// Seconds since a source last answered; one that was down before the server stopped counts from its start.
fn unanswered(source: &SourceStatus, sight: Sight<'_>) -> Reading {
    match source.state {
        SourceState::Up => Reading::Value(0.0),
        SourceState::Down | SourceState::Connecting => {
            Reading::AtLeast(time::seconds_between(source.since.max(sight.since), sight.now))
        }
    }
}

/// Seconds since the store could last be written.
fn unwritten(sight: Sight<'_>) -> Reading {
    let outage = sight.fleet.outage.as_ref().filter(|outage| outage.is_open());
    Reading::Value(outage.map_or(0.0, |outage| time::seconds_between(outage.since, sight.now)))
}

fn heat(gpu: &GpuMetrics) -> (Reading, f64) {
    match gpu.slowdown_temperature_celsius {
        Some(slowdown) if slowdown.is_finite() => (Reading::of(gpu.temperature_celsius), slowdown),
        _ => (Reading::Unknown, 0.0),
    }
}

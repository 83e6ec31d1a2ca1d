//! Reading a rule's values off the fleet: every subject it has, with its value now. A healthy fleet of
//! thousands of devices is read here at every tick: nothing is copied.

use super::rule::{Rule, Watches};
use super::subject::{Kind, Reading, Subject};
use crate::collector::Fleet;
use crate::collector::outcome::Window;
use chrono::{DateTime, Utc};
use forewatch::catalogue::Read;
use forewatch::source::{SourceState, SourceStatus};
use forewatch::{GpuMetrics, WorkerMetrics, WorkerStatus, time};

/// Calls `each` with every subject of a rule. `since` is since when the server itself has been there.
pub(super) fn each<'a>(
    rule: &Rule,
    fleet: &'a Fleet,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
    mut each: impl FnMut(Subject<'a>),
) {
    let mut plain = |kind, reading| each(Subject { kind, reading, base: 0.0 });
    let workers = || fleet.workers.values().map(|worker| &worker.metrics);
    match rule.watches {
        Watches::Metric(id) => match id.metric().read {
            Read::System(read) => plain(Kind::System, Reading::of(read(&fleet.system))),
            Read::Derived(read) | Read::Worker(read) => workers().for_each(|worker| {
                plain(Kind::Worker(worker), if speaks(worker) { Reading::of(read(worker)) } else { Reading::Unknown });
            }),
            Read::Gpu(read) => devices(workers(), |gpu| (Reading::of(read(gpu)), 0.0), each),
            Read::Queue(read) => fleet.queues.values().for_each(|queue| {
                plain(Kind::Queue(&queue.stats), Reading::of(read(&queue.stats)));
            }),
        },
        Watches::WorkerSilence => {
            workers().for_each(|worker| plain(Kind::Worker(worker), silence(fleet, worker, since, now)));
        }
        Watches::WorkerError => workers().for_each(|worker| {
            let wrong = f64::from(u8::from(worker.status == WorkerStatus::Error));
            plain(Kind::Worker(worker), if speaks(worker) { Reading::Value(wrong) } else { Reading::Unknown });
        }),
        Watches::SourceSilence => fleet.sources.values().for_each(|source| {
            plain(Kind::Source(&source.name), unanswered(source, since, now));
        }),
        Watches::ErrorRate { seconds, min_samples } => {
            let rate = |window: &Window| error_rate(window, now, seconds, min_samples);
            plain(Kind::System, rate(&fleet.window));
            fleet.queues.values().for_each(|queue| plain(Kind::Queue(&queue.stats), rate(&queue.window)));
        }
        Watches::GpuHeat => devices(workers(), heat, each),
    }
}

fn devices<'a>(
    workers: impl Iterator<Item = &'a WorkerMetrics>,
    read: impl Fn(&GpuMetrics) -> (Reading, f64),
    mut each: impl FnMut(Subject<'a>),
) {
    for worker in workers {
        let speaks = speaks(worker);
        for gpu in &worker.gpus {
            let (reading, base) = if speaks { read(gpu) } else { (Reading::Unknown, 0.0) };
            each(Subject { kind: Kind::Gpu(worker, gpu.index), reading, base });
        }
    }
}

/// Whether a worker's readings are of now. One in error or in maintenance still speaks.
fn speaks(worker: &WorkerMetrics) -> bool {
    worker.status != WorkerStatus::Offline
}

/// Seconds since a worker's last sign of life; unknown while its source is down.
fn silence(fleet: &Fleet, worker: &WorkerMetrics, since: DateTime<Utc>, now: DateTime<Utc>) -> Reading {
    match crate::collector::silence(fleet, worker, since, now) {
        Some(0.0) => Reading::Value(0.0),
        Some(seconds) => Reading::AtLeast(seconds),
        None => Reading::Unknown,
    }
}

/// Seconds since a source last answered; one that was down before the server stopped counts from its start.
fn unanswered(source: &SourceStatus, since: DateTime<Utc>, now: DateTime<Utc>) -> Reading {
    match source.state {
        SourceState::Up => Reading::Value(0.0),
        SourceState::Down | SourceState::Connecting => {
            Reading::AtLeast(time::seconds_between(source.since.max(since), now))
        }
    }
}

/// The share of failed tasks. Where nothing ended nothing is known: that work has stopped is no recovery.
fn error_rate(window: &Window, now: DateTime<Utc>, seconds: i64, min_samples: u64) -> Reading {
    let sum = window.last(now, seconds);
    match sum.error_rate() {
        Some(rate) if sum.ended.completed + sum.ended.failed >= min_samples => Reading::Value(rate.get()),
        Some(rate) => Reading::TooFew(rate.get()),
        None => Reading::Unknown,
    }
}

fn heat(gpu: &GpuMetrics) -> (Reading, f64) {
    match gpu.slowdown_temperature_celsius {
        Some(slowdown) if slowdown.is_finite() => (Reading::of(gpu.temperature_celsius), slowdown),
        _ => (Reading::Unknown, 0.0),
    }
}

//! Where the live points of a chart come from: a record of a live topic, read as the catalogue says.

use super::strip::Line;
use forewatch::catalogue::{self, Read as ReadFrom};
use forewatch::series::Point;
use forewatch::{GpuMetrics, QueueStats, SystemMetrics, Timestamp, WorkerMetrics, time};
use leptos::prelude::*;

/// Seconds between two points of a queue that does not change.
const QUEUE_STEP: f64 = 5.0;

/// The live record of a chart.
#[derive(Clone, Copy)]
pub enum Source {
    /// None: the chart shows the past only.
    Past,
    /// The system's.
    System(Signal<SystemMetrics>),
    /// One worker's, with its devices.
    Worker(Signal<WorkerMetrics>),
    /// One queue's, absent when it is gone; and until when it is known. A queue speaks only when something changes, so
    /// that it goes on as it was is a point too.
    Queue(Signal<Option<QueueStats>>, Signal<Timestamp>),
    /// None: what is shown is gone, and has only a past.
    Gone,
}

/// What a line shows at the time of a record.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// The line's point.
    pub point: Point,
    /// The smallest and the largest of the devices, for lines with a band.
    pub band: Option<(f64, f64)>,
}

impl Source {
    /// Hears of the record's changes.
    pub fn track(&self) {
        match self {
            Self::Past => {}
            Self::System(record) => record.track(),
            Self::Worker(record) => record.track(),
            Self::Queue(record, known_until) => {
                record.track();
                known_until.track();
            }
            Self::Gone => {}
        }
    }

    /// Reads a line's point out of the record as it is; `None` when there is no record. Tracks it. What shows it may ask
    /// once more after its page has given way to another: then there is no record either.
    pub fn read(&self, line: &Line) -> Option<Reading> {
        let read = catalogue::find(line.metric)?.metric().read;
        match self {
            Self::Past => None,
            Self::System(record) => Some(of_system(&*record.try_read()?, read)),
            Self::Worker(record) => Some(of_worker(&*record.try_read()?, line, read)),
            Self::Queue(record, known_until) => {
                record.try_read()?.as_ref().map(|queue| of_queue(queue, known_until.get(), read))
            }
            Self::Gone => None,
        }
    }
}

fn of_system(record: &SystemMetrics, read: ReadFrom) -> Reading {
    let value = if let ReadFrom::System(read) = read { read(record) } else { None };
    Reading { point: (time::unix_seconds(record.timestamp), finite(value)), band: None }
}

fn of_queue(record: &QueueStats, known_until: Timestamp, read: ReadFrom) -> Reading {
    let value = if let ReadFrom::Queue(read) = read { read(record) } else { None };
    let whole = (time::unix_seconds(known_until) / QUEUE_STEP).floor() * QUEUE_STEP;
    Reading { point: (time::unix_seconds(record.timestamp).max(whole), finite(value)), band: None }
}

fn of_worker(record: &WorkerMetrics, line: &Line, read: ReadFrom) -> Reading {
    let value = match read {
        ReadFrom::Derived(read) | ReadFrom::Worker(read) => read(record),
        ReadFrom::Gpu(read) => device(record, line).and_then(read),
        ReadFrom::System(_) | ReadFrom::Queue(_) => None,
    };
    let band = line.band.and_then(catalogue::find).and_then(|id| match id.metric().read {
        ReadFrom::Gpu(read) => {
            record.gpus.iter().filter_map(|gpu| finite(read(gpu))).fold(None, |band, value| Some(widen(band, value)))
        }
        _ => None,
    });
    Reading { point: (time::unix_seconds(record.timestamp), finite(value)), band }
}

fn device<'a>(record: &'a WorkerMetrics, line: &Line) -> Option<&'a GpuMetrics> {
    let index: u32 = line.labels.get("gpu")?.parse().ok()?;
    record.gpus.iter().find(|gpu| gpu.index == index)
}

fn widen(band: Option<(f64, f64)>, value: f64) -> (f64, f64) {
    band.map_or((value, value), |(low, high)| (low.min(value), high.max(value)))
}

fn finite(value: Option<f64>) -> Option<f64> {
    value.filter(|v| v.is_finite())
}

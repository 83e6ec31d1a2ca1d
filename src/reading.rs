//! Readings: a record taken apart into the metrics of the catalogue. The server fills its recent
//! past with them and the browser appends them to charts, so both sides agree to the bit.

use crate::catalogue::{self, MetricId, Read};
use crate::{QueueStats, SystemMetrics, WorkerMetrics};

/// Calls `each` with every reading of the system's record.
pub fn of_system(record: &SystemMetrics, mut each: impl FnMut(MetricId, f64)) {
    for (id, metric) in catalogue::all() {
        if let Read::System(read) = metric.read
            && let Some(value) = finite(read(record))
        {
            each(id, value);
        }
    }
}

/// Calls `each` with every reading of a worker and of its devices (then with the device's index).
pub fn of_worker(record: &WorkerMetrics, mut each: impl FnMut(MetricId, Option<u32>, f64)) {
    derived(record, &mut each);
    reported(record, each);
}

/// Calls `each` with what Forewatch itself knows of a worker.
pub fn derived(record: &WorkerMetrics, mut each: impl FnMut(MetricId, Option<u32>, f64)) {
    for (id, metric) in catalogue::all() {
        if let Read::Derived(read) = metric.read
            && let Some(value) = finite(read(record))
        {
            each(id, None, value);
        }
    }
}

/// Calls `each` with what a worker reports of itself and of its devices (then with the device's index).
pub fn reported(record: &WorkerMetrics, mut each: impl FnMut(MetricId, Option<u32>, f64)) {
    for (id, metric) in catalogue::all() {
        match metric.read {
            Read::Worker(read) => {
                if let Some(value) = finite(read(record)) {
                    each(id, None, value);
                }
            }
            Read::Gpu(read) => {
                for gpu in &record.gpus {
                    if let Some(value) = finite(read(gpu)) {
                        each(id, Some(gpu.index), value);
                    }
                }
            }
            Read::System(_) | Read::Derived(_) | Read::Queue(_) => {}
        }
    }
}

/// Calls `each` with every reading of a queue.
pub fn of_queue(record: &QueueStats, mut each: impl FnMut(MetricId, f64)) {
    for (id, metric) in catalogue::all() {
        if let Read::Queue(read) = metric.read
            && let Some(value) = finite(read(record))
        {
            each(id, value);
        }
    }
}

fn finite(value: Option<f64>) -> Option<f64> {
    value.filter(|v| v.is_finite())
}

//! Records with something in every field, from the golden files.
#![allow(dead_code, reason = "each harness uses some of them")]

use forewatch::{GpuMetrics, QueueStats, SystemMetrics, WorkerMetrics};
use serde::de::DeserializeOwned;

/// The text of `tests/golden/NAME.json`.
pub(crate) fn golden(name: &str) -> String {
    let path = format!("{}/tests/golden/{name}.json", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The value in a golden file.
pub(crate) fn read<T: DeserializeOwned>(name: &str) -> T {
    serde_json::from_str(&golden(name)).unwrap_or_else(|error| panic!("{name}.json: {error}"))
}

pub(crate) fn system() -> SystemMetrics {
    read("system_metrics")
}

pub(crate) fn worker() -> WorkerMetrics {
    read("worker_metrics")
}

pub(crate) fn gpu() -> GpuMetrics {
    read("gpu_metrics")
}

pub(crate) fn queue() -> QueueStats {
    read("queue_stats")
}

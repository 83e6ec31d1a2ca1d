//! The readings of a worker over the last hour.

use crate::charts::{Happenings, Line, PALETTE, Source, Strip, StripChart, Tone};
use crate::trends::About;
use forewatch::{Alert, WorkerMetrics};
use leptos::prelude::*;

/// Devices whose temperatures have a line each; of more, the hottest.
const DEVICES: usize = 4;

/// The strips.
#[component]
pub(super) fn Readings(worker: Signal<WorkerMetrics>, alerts: Memo<Vec<Alert>>) -> impl IntoView {
    let strips = strips(&worker.read_untracked());
    let happenings = Happenings { about: About::worker(&worker.read_untracked().worker_id), alerts };
    view! { <StripChart title="Readings" strips source=Source::Worker(worker) happenings/> }.into_any()
}

fn strips(worker: &WorkerMetrics) -> Vec<Strip> {
    let id = worker.worker_id.as_str();
    let line = |name: &str, metric, tone| Line::new(name, metric, tone).of("worker", id);
    let mut strips = Vec::new();
    let has_tasks = worker.active_tasks + worker.completed_tasks + worker.failed_tasks > 0;
    if has_tasks || worker.max_concurrent_tasks.is_some() {
        let running = Strip::new("Tasks", "running", vec![line("running", "worker.active_tasks", Tone::BLUE)]);
        strips.push(match worker.max_concurrent_tasks {
            Some(most) => running.with_limit(f64::from(most), "at once"),
            None => running,
        });
    }
    if !worker.gpus.is_empty() {
        let mut devices: Vec<_> = worker.gpus.iter().filter(|g| g.temperature_celsius.is_some()).collect();
        devices.sort_by(|a, b| {
            b.temperature_celsius.partial_cmp(&a.temperature_celsius).unwrap_or(std::cmp::Ordering::Equal)
        });
        let limit = worker.gpus.iter().filter_map(|g| g.slowdown_temperature_celsius).reduce(f64::min);
        let lines = devices
            .iter()
            .take(DEVICES)
            .zip(PALETTE)
            .map(|(gpu, tone)| line(&format!("GPU {}", gpu.index), "gpu.temperature", tone).of("gpu", gpu.index));
        let heat = Strip::new("GPU temperature", "of the hottest now", lines.collect());
        if !heat.lines.is_empty() {
            strips.push(match limit {
                Some(limit) => heat.with_limit(limit, "slowdown"),
                None => heat,
            });
        }
        strips.push(Strip::new(
            "GPU load",
            "mean, band min to max",
            vec![line("mean", "worker.gpu_usage", Tone::BLUE).with_band("gpu.utilization")],
        ));
    }
    // A Celery worker tells the load only; what runs beside it tells the rest.
    let tells_host = worker.cpu_usage.is_some() || worker.memory_usage.is_some();
    if !tells_host && worker.load_average.is_some() {
        strips.push(Strip::new("Load", "of the host over a minute", vec![line("load", "worker.load_1m", Tone::GREEN)]));
    } else if tells_host || strips.is_empty() {
        strips.push(Strip::new(
            "CPU and memory",
            "of the host",
            vec![line("memory", "worker.memory_usage", Tone::OCHRE), line("CPU", "worker.cpu_usage", Tone::GREEN)],
        ));
    }
    if worker.network_rx_bytes_per_second.is_some() || worker.network_tx_bytes_per_second.is_some() {
        strips.push(Strip::new(
            "Network",
            "of the host",
            vec![line("in", "worker.network_rx", Tone::BLUE), line("out", "worker.network_tx", Tone::GREEN)],
        ));
    }
    strips
}

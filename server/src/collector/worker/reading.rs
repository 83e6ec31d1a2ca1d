//! What a heartbeat tells: readings in base units, rates from counters.

use super::limit;
use crate::collector::fleet::Worker;
use chrono::{DateTime, Utc};
use forewatch::heartbeat::HostReading;
use forewatch::{Heartbeat, Ratio, time};

/// Takes the readings of a heartbeat that was made at `at`.
pub(super) fn read(worker: &mut Worker, at: DateTime<Utc>, beat: &Heartbeat) {
    worker.said = beat.status;
    let shown = &mut worker.metrics;
    shown.timestamp = at;
    if let Some(interval) = beat.interval {
        shown.health_limit = limit(interval);
    }
    if beat.version.is_some() {
        worker.moments.version(at, beat.version.as_ref());
        shown.version.clone_from(&beat.version);
    }
    if beat.host_id.is_some() {
        shown.host_id.clone_from(&beat.host_id);
    }
    let none = HostReading::default();
    let host = beat.host.as_ref().unwrap_or(&none);
    shown.cpu_usage = host.cpu_usage.or(beat.metrics.cpu());
    shown.memory_usage = host.memory_usage().or(beat.metrics.memory());
    shown.disk_usage = host.disk_usage();
    shown.network_latency = host.network_latency.filter(|l| l.is_finite() && *l >= 0.0);
    shown.load_average = host.load_average;
    shown.memory_used_bytes = host.memory_used_bytes;
    shown.memory_total_bytes = host.memory_total_bytes;
    shown.disk_used_bytes = host.disk_used_bytes;
    shown.disk_total_bytes = host.disk_total_bytes;
    shown.pressure = host.pressure;
    shown.uptime = host.uptime;
    shown.gpus.clone_from(&beat.gpus);
    let news = worker.faults.judge(&mut shown.gpus, host.uptime, at);
    worker.moments.news(at, news, host.uptime);
    shown.gpu_usage = mean(beat.gpus.iter().filter_map(|gpu| gpu.utilization)).or(beat.metrics.gpu());
    shown.gpu_memory_usage = device_memory(beat);
    network(worker, at, host);
    let counters = &mut worker.counters;
    counters.active = beat.metrics.active_tasks;
    counters.average_duration = beat.metrics.avg_task_duration_seconds.filter(|d| d.is_finite() && *d >= 0.0);
    if let Some(completed) = beat.metrics.completed_tasks {
        counters.completed.update(completed);
    }
    if let Some(failed) = beat.metrics.failed_tasks {
        counters.failed.update(failed);
    }
}

fn network(worker: &mut Worker, at: DateTime<Utc>, host: &HostReading) {
    let shown = &mut worker.metrics;
    (shown.bytes_transferred, shown.network_rx_bytes_per_second, shown.network_tx_bytes_per_second) =
        (None, None, None);
    let (Some(rx), Some(tx)) = (host.network_rx_bytes, host.network_tx_bytes) else { return };
    shown.bytes_transferred = Some(rx.saturating_add(tx));
    if let Some((before, rx_before, tx_before)) = worker.network {
        let seconds = time::seconds_between(before, at);
        // After a restart of the host the counters begin again: that interval has no rate.
        if seconds > 0.0 && rx >= rx_before && tx >= tx_before {
            shown.network_rx_bytes_per_second = Some((rx - rx_before) as f64 / seconds);
            shown.network_tx_bytes_per_second = Some((tx - tx_before) as f64 / seconds);
        }
    }
    worker.network = Some((at, rx, tx));
}

fn mean(ratios: impl Iterator<Item = Ratio>) -> Option<Ratio> {
    let (sum, n) = ratios.fold((0.0, 0_u32), |(sum, n), ratio| (sum + ratio.get(), n + 1));
    (n > 0).then(|| Ratio::clamped(sum / f64::from(n))).flatten()
}

fn device_memory(beat: &Heartbeat) -> Option<Ratio> {
    let known = beat.gpus.iter().filter_map(|gpu| Some((gpu.memory_used_bytes?, gpu.memory_total_bytes?)));
    let (used, total) =
        known.fold((0_u64, 0_u64), |(u, t), (used, total)| (u.saturating_add(used), t.saturating_add(total)));
    Ratio::of(used, total)
}

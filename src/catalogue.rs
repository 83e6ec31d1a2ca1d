//! The metric catalogue: every metric once, with type, unit, labels, help, and how it is read from a
//! record. The API, the charts, the alert rules and `/metrics` all use it.

mod prometheus;

use crate::worker::words;
use crate::{GpuMetrics, QueueStats, SystemMetrics, Unit, WorkerMetrics};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// What kind of numbers a metric has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MetricType {
    /// Only grows, but for restarts.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts by size class.
    Histogram,
    /// Quantiles.
    Summary,
}

words!(MetricType { Counter => "counter", Gauge => "gauge", Histogram => "histogram", Summary => "summary" });

/// One metric.
#[derive(Debug, Clone, Copy, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Metric {
    /// Its name, `subject.reading`.
    pub name: &'static str,
    /// What kind of numbers it has.
    #[serde(rename = "type")]
    pub kind: MetricType,
    /// What they count.
    pub unit: Unit,
    /// The labels that tell its series apart.
    pub labels: &'static [&'static str],
    /// What it means, in a sentence.
    pub help: &'static str,
    /// How it is read from a record.
    #[serde(skip)]
    pub read: Read,
}

/// How a metric is read.
#[derive(Debug, Clone, Copy)]
pub enum Read {
    /// From the system's record; no label.
    System(fn(&SystemMetrics) -> Option<f64>),
    /// From what Forewatch itself knows of a worker; label `worker`. No sender reports it.
    Derived(fn(&WorkerMetrics) -> Option<f64>),
    /// From a worker's readings of itself; label `worker`.
    Worker(fn(&WorkerMetrics) -> Option<f64>),
    /// From a device's readings; labels `worker` and `gpu` (its index).
    Gpu(fn(&GpuMetrics) -> Option<f64>),
    /// From a queue's record; label `queue`.
    Queue(fn(&QueueStats) -> Option<f64>),
}

impl PartialEq for Metric {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// A metric's place in [`METRICS`]; small, for stores and keys. Valid within one version of the program only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MetricId(u16);

impl MetricId {
    /// The metric.
    pub fn metric(self) -> &'static Metric {
        &METRICS[usize::from(self.0)]
    }

    /// Its place.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// Looks a metric up by its name. Fast and without allocation: it is asked for every series of every heartbeat.
pub fn find(name: &str) -> Option<MetricId> {
    let place = BY_NAME.binary_search_by(|id| id.metric().name.cmp(name)).ok()?;
    Some(BY_NAME[place])
}

/// Every metric, by name.
static BY_NAME: LazyLock<Vec<MetricId>> = LazyLock::new(|| {
    let mut ids: Vec<MetricId> = all().map(|(id, _)| id).collect();
    ids.sort_unstable_by_key(|id| id.metric().name);
    ids
});

/// Every metric with its id.
pub fn all() -> impl Iterator<Item = (MetricId, &'static Metric)> {
    METRICS.iter().enumerate().map(|(index, metric)| (id(index), metric))
}

fn id(index: usize) -> MetricId {
    MetricId(u16::try_from(index).expect("the catalogue has fewer than 65,536 metrics"))
}

#[allow(clippy::unnecessary_wraps, reason = "every reader answers with an option")]
fn n(count: u64) -> Option<f64> {
    Some(count as f64)
}

macro_rules! metrics {
    ($($subject:ident $labels:tt { $($name:literal $kind:ident $unit:ident $help:literal => $read:expr;)+ })+) => {
        /// Every metric, by subject.
        pub static METRICS: &[Metric] = &[$($(Metric {
            name: $name,
            kind: MetricType::$kind,
            unit: Unit::$unit,
            labels: &$labels,
            help: $help,
            read: Read::$subject($read),
        },)+)+];
    };
}

metrics! {
    System [] {
        "system.workers" Gauge Count "Workers registered or seen, online or not." => |s| n(s.total_workers);
        "system.workers_online" Gauge Count "Workers that are online or busy, with a sign of life within their health limit." => |s| n(s.online_workers);
        "system.workers_offline" Gauge Count "Workers that are not online." => |s| n(s.offline_workers);
        "system.workers_unhealthy" Gauge Count "Online workers with a fault of their own or of a device." => |s| n(s.unhealthy_workers);
        "system.workers_gpu" Gauge Count "Workers for GPU tasks, online or not." => |s| n(s.gpu_workers);
        "system.workers_cpu" Gauge Count "Workers for CPU tasks, online or not." => |s| n(s.cpu_workers);
        "system.workers_hybrid" Gauge Count "Workers for both kinds of task, online or not." => |s| n(s.hybrid_workers);
        "system.pending" Gauge Count "Tasks that wait: in queues, reserved by workers or delayed." => |s| n(s.pending_tasks);
        "system.processing" Gauge Count "Tasks started and not ended." => |s| n(s.processing_tasks);
        "system.completed" Gauge Count "Tasks completed within the task retention." => |s| n(s.completed_tasks);
        "system.failed" Gauge Count "Tasks failed within the task retention." => |s| n(s.failed_tasks);
        "system.cancelled" Gauge Count "Tasks cancelled within the task retention." => |s| n(s.cancelled_tasks);
        "system.gpu_queue_size" Gauge Count "Messages waiting in queues of class gpu." => |s| n(s.gpu_queue_size);
        "system.cpu_queue_size" Gauge Count "Messages waiting in queues of class cpu." => |s| n(s.cpu_queue_size);
        "system.fallback_queue_size" Gauge Count "Messages waiting in queues of class fallback." => |s| n(s.fallback_queue_size);
        "system.task_duration" Gauge Seconds "Mean processing time of tasks completed in the window." => |s| s.average_task_duration;
        "system.queue_wait" Gauge Seconds "Mean time from submission to first start, of tasks that ended in the window." => |s| s.average_queue_wait_time;
        "system.throughput" Gauge PerHour "Tasks completed in the window, scaled to an hour." => |s| Some(s.system_throughput);
        "system.cpu_usage" Gauge Ratio "Mean CPU load over online hosts." => |s| s.total_cpu_usage.map(crate::Ratio::get);
        "system.memory_usage" Gauge Ratio "Memory in use over online hosts, weighted by capacity." => |s| s.total_memory_usage.map(crate::Ratio::get);
        "system.gpu_usage" Gauge Ratio "Mean load over the devices of online hosts." => |s| s.total_gpu_usage.map(crate::Ratio::get);
        "system.gpu_memory_usage" Gauge Ratio "Device memory in use over online hosts, weighted by capacity." => |s| s.gpu_memory_usage.map(crate::Ratio::get);
        "system.power_draw" Gauge Watts "Power drawn by all devices of online hosts." => |s| s.power_draw_watts;
        "system.gpus" Gauge Count "Devices of online hosts." => |s| n(s.gpus);
        "system.error_rate" Gauge Ratio "Failed tasks as a share of those completed or failed in the window." => |s| s.error_rate.map(crate::Ratio::get);
        "system.timeout_rate" Gauge Ratio "Tasks failed by a time limit as a share of those completed or failed in the window." => |s| s.timeout_rate.map(crate::Ratio::get);
        "system.retry_rate" Gauge Ratio "Retries as a share of attempts in the window." => |s| s.retry_rate.map(crate::Ratio::get);
        "system.tasks_lost_events" Counter Count "Task events known to be lost on their way." => |s| n(s.tasks_lost_events);
    }
    Derived ["worker"] {
        "worker.online" Gauge Count "1 while the worker is online, else 0." => |w| n(u64::from(w.is_online));
        "worker.active_tasks" Gauge Count "Tasks that the worker runs now." => |w| n(w.active_tasks);
        "worker.completed" Gauge Count "Tasks that the worker completed within the task retention." => |w| n(w.completed_tasks);
        "worker.failed" Gauge Count "Tasks that failed on the worker within the task retention." => |w| n(w.failed_tasks);
        "worker.consecutive_failures" Gauge Count "Failures since the worker's last completed task." => |w| n(w.consecutive_failures);
        "worker.clock_skew" Gauge Seconds "Forewatch's clock minus the worker's." => |w| w.clock_skew;
    }
    Worker ["worker"] {
        "worker.cpu_usage" Gauge Ratio "CPU load of the worker's host." => |w| w.cpu_usage.map(crate::Ratio::get);
        "worker.memory_usage" Gauge Ratio "Memory in use on the worker's host." => |w| w.memory_usage.map(crate::Ratio::get);
        "worker.disk_usage" Gauge Ratio "Disk in use on the worker's host." => |w| w.disk_usage.map(crate::Ratio::get);
        "worker.gpu_usage" Gauge Ratio "Mean load of the worker's devices." => |w| w.gpu_usage.map(crate::Ratio::get);
        "worker.gpu_memory_usage" Gauge Ratio "Used memory of the worker's devices as a share of all their memory." => |w| w.gpu_memory_usage.map(crate::Ratio::get);
        "worker.load_1m" Gauge Count "Load average of the host over one minute." => |w| w.load_average.map(|l| l[0]);
        "worker.network_rx" Gauge BytesPerSecond "Bytes that the host received a second." => |w| w.network_rx_bytes_per_second;
        "worker.network_tx" Gauge BytesPerSecond "Bytes that the host sent a second." => |w| w.network_tx_bytes_per_second;
        "worker.network_latency" Gauge Seconds "The worker's last round trip to Forewatch." => |w| w.network_latency;
        "worker.pressure_cpu" Gauge Ratio "Share of the last 10 s in which some task of the host waited for a CPU." => |w| w.pressure.and_then(|p| p.cpu).map(crate::Ratio::get);
        "worker.pressure_memory" Gauge Ratio "Share of the last 10 s in which some task of the host waited for memory." => |w| w.pressure.and_then(|p| p.memory).map(crate::Ratio::get);
        "worker.pressure_io" Gauge Ratio "Share of the last 10 s in which some task of the host waited for a disk." => |w| w.pressure.and_then(|p| p.io).map(crate::Ratio::get);
    }
    Gpu ["worker", "gpu"] {
        "gpu.utilization" Gauge Ratio "Share of the sample period in which a kernel ran." => |g| g.utilization.map(crate::Ratio::get);
        "gpu.memory_utilization" Gauge Ratio "Share of the sample period in which the memory controller was busy." => |g| g.memory_utilization.map(crate::Ratio::get);
        "gpu.memory_usage" Gauge Ratio "Device memory in use." => |g| g.memory_usage().map(crate::Ratio::get);
        "gpu.memory_used" Gauge Bytes "Device memory in use." => |g| g.memory_used_bytes.map(|b| b as f64);
        "gpu.encoder_utilization" Gauge Ratio "Load of the video encoder." => |g| g.encoder_utilization.map(crate::Ratio::get);
        "gpu.decoder_utilization" Gauge Ratio "Load of the video decoder." => |g| g.decoder_utilization.map(crate::Ratio::get);
        "gpu.temperature" Gauge Celsius "Temperature of the die." => |g| g.temperature_celsius;
        "gpu.memory_temperature" Gauge Celsius "Temperature of the device's memory." => |g| g.memory_temperature_celsius;
        "gpu.fan_speed" Gauge Ratio "Fan speed as a share of its maximum." => |g| g.fan_speed.map(crate::Ratio::get);
        "gpu.power_draw" Gauge Watts "Power drawn by the device." => |g| g.power_draw_watts;
        "gpu.energy" Counter Joules "Energy that the device used since its driver was loaded." => |g| g.energy_joules;
        "gpu.sm_clock" Gauge Hertz "Clock of the streaming multiprocessors." => |g| g.sm_clock_hz;
        "gpu.memory_clock" Gauge Hertz "Clock of the device's memory." => |g| g.memory_clock_hz;
        "gpu.throttled" Gauge Count "1 while heat or a power brake holds the clocks down, else 0." => |g| g.throttle_reasons.as_ref().map(|_| f64::from(u8::from(g.is_throttled())));
        "gpu.pcie_rx" Gauge BytesPerSecond "PCIe traffic into the device, over 20 ms where NVML reports it." => |g| g.pcie_rx_bytes_per_second;
        "gpu.pcie_tx" Gauge BytesPerSecond "PCIe traffic out of the device, over 20 ms where NVML reports it." => |g| g.pcie_tx_bytes_per_second;
        "gpu.pcie_replays" Counter Count "PCIe replays since the driver was loaded." => |g| g.pcie_replay_count.map(|c| c as f64);
        "gpu.ecc_corrected" Counter Count "Corrected memory errors since the driver was loaded." => |g| g.ecc_corrected_errors.map(|c| c as f64);
        "gpu.ecc_uncorrected" Counter Count "Uncorrected memory errors since the driver was loaded." => |g| g.ecc_uncorrected_errors.map(|c| c as f64);
        "gpu.fault" Gauge Count "1 while the device has a fault that needs a person, else 0." => |g| g.fault().map(|fault| f64::from(u8::from(fault)));
    }
    Queue ["queue"] {
        "queue.pending" Gauge Count "Tasks that wait: in the queue, reserved by workers or delayed." => |q| n(q.pending_tasks);
        "queue.length" Gauge Count "Messages in the broker's queue." => |q| q.length.map(|l| l as f64);
        "queue.processing" Gauge Count "Tasks of the queue that are running." => |q| n(q.processing_tasks);
        "queue.delayed" Gauge Count "Tasks of the queue with an ETA in the future." => |q| n(q.delayed_tasks);
        "queue.oldest_age" Gauge Seconds "Age of the oldest task known to wait." => |q| q.oldest_pending_age;
        "queue.arrival_rate" Gauge PerSecond "Tasks that arrived a second, over the last minute." => |q| q.arrival_rate;
        "queue.service_rate" Gauge PerSecond "Tasks that ended a second, over the last minute." => |q| q.service_rate;
        "queue.wait" Gauge Seconds "Mean wait of what ended in the window." => |q| q.average_wait_time;
        "queue.workers" Gauge Count "Online workers that take tasks from the queue." => |q| q.worker_count.map(|c| c as f64);
    }
}

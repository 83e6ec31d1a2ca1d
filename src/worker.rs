//! A worker as the API and the pages show it.

mod moment;

use crate::heartbeat::Pressure;
use crate::queue::HeldBack;
use crate::registration::{HardwareInfo, Location};
use crate::{GpuMetrics, Ratio, SourceName, WorkerId};
use chrono::{DateTime, Utc};
pub use moment::{WorkerMoment, WorkerStep};
use serde::{Deserialize, Serialize};

/// What a worker can run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WorkerCapability {
    /// Tasks for a CPU.
    Cpu,
    /// Tasks for a GPU.
    Gpu,
    /// Both.
    Hybrid,
    /// Not said, and not to be told.
    #[default]
    Unknown,
}

/// How a worker is. What it says of itself, but `offline`, which is Forewatch's own finding too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WorkerStatus {
    /// Alive and ready.
    Online,
    /// Gone: it said so, or it is silent for longer than its health limit.
    Offline,
    /// Alive and working.
    Busy,
    /// Alive, and says that something is wrong with it.
    Error,
    /// Taken out on purpose.
    Maintenance,
}

macro_rules! words {
    ($type:ty { $($variant:ident => $word:literal),+ $(,)? }) => {
        impl $type {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word used in JSON, in queries and on the screen.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::list::UnknownWord;
            fn from_str(word: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|value| value.as_str() == word).ok_or_else(|| {
                    $crate::list::UnknownWord::new(word, Self::ALL.iter().map(|value| value.as_str()))
                })
            }
        }
    };
}
pub(crate) use words;

words!(WorkerCapability { Cpu => "cpu", Gpu => "gpu", Hybrid => "hybrid", Unknown => "unknown" });
words!(WorkerStatus { Online => "online", Offline => "offline", Busy => "busy", Error => "error", Maintenance => "maintenance" });

/// Everything known of one worker now. Times in seconds, sizes in bytes, loads as ratios.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkerMetrics {
    /// The worker.
    pub worker_id: WorkerId,
    /// When the readings were taken.
    pub timestamp: DateTime<Utc>,
    /// Status online or busy, and a sign of life within its health limit.
    pub is_online: bool,
    /// Online, and neither it nor its devices report a fault.
    pub is_healthy: bool,
    /// Its last sign of life, by Forewatch's clock.
    pub last_heartbeat: DateTime<Utc>,
    /// Tasks running now.
    pub active_tasks: u64,
    /// Tasks completed within the retention.
    pub completed_tasks: u64,
    /// Tasks failed within the retention.
    pub failed_tasks: u64,
    /// Sum of the processing times of its completed tasks, seconds.
    pub total_processing_time: f64,
    /// Mean processing time of its completed tasks, seconds.
    pub average_task_duration: Option<f64>,
    /// CPU load.
    pub cpu_usage: Option<Ratio>,
    /// Memory in use.
    pub memory_usage: Option<Ratio>,
    /// Mean load of its devices.
    pub gpu_usage: Option<Ratio>,
    /// Used memory of all devices as a share of all their memory.
    pub gpu_memory_usage: Option<Ratio>,
    /// Disk in use.
    pub disk_usage: Option<Ratio>,
    /// Its last round trip to Forewatch, seconds.
    pub network_latency: Option<f64>,
    /// Bytes received and sent since its host started.
    pub bytes_transferred: Option<u64>,
    /// Failures that were not time-outs, within the retention.
    pub error_count: u64,
    /// Failures by a time limit, within the retention.
    pub timeout_count: u64,
    /// Failures since its last completed task.
    pub consecutive_failures: u64,

    /// What people call it.
    pub name: String,
    /// Its host's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// Joins what reports from one host: machine id, else host name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_id: Option<String>,
    /// What it can run.
    pub capability: WorkerCapability,
    /// How it is.
    pub status: WorkerStatus,
    /// Free labels.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Where it comes from: `http`, `agent`, `celery:NAME`.
    pub source: SourceName,
    /// Version of its software.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// How many tasks it runs at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_concurrent_tasks: Option<u32>,
    /// The content types it takes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub supported_content_types: Vec<String>,
    /// The queues it takes tasks from, where that is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub queues: Vec<String>,
    /// Its host's hardware.
    #[serde(default)]
    pub hardware: HardwareInfo,
    /// Where it runs.
    #[serde(default)]
    pub location: Location,
    /// Load average over 1, 5 and 15 minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load_average: Option<[f64; 3]>,
    /// Memory in use, bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_used_bytes: Option<u64>,
    /// Memory in all, bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_total_bytes: Option<u64>,
    /// Disk in use, bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disk_used_bytes: Option<u64>,
    /// Disk in all, bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disk_total_bytes: Option<u64>,
    /// Bytes received a second since the reading before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network_rx_bytes_per_second: Option<f64>,
    /// Bytes sent a second since the reading before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network_tx_bytes_per_second: Option<f64>,
    /// Pressure stall information.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pressure: Option<Pressure>,
    /// Its devices, with the processes on each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gpus: Vec<GpuMetrics>,
    /// Seconds since its host started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uptime: Option<f64>,
    /// Its clock against ours in seconds, ours minus theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_skew: Option<f64>,
    /// Seconds without a sign of life after which it counts as offline.
    pub health_limit: f64,
    /// When it was first seen.
    pub first_seen: DateTime<Utc>,
    /// Who asked it to take no more tasks, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drained: Option<HeldBack>,
}

/// A worker in one row: what lists, the fleet's overview and the live topic `workers` carry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkerSummary {
    /// The worker.
    pub worker_id: WorkerId,
    /// What people call it.
    pub name: String,
    /// When the readings were taken.
    pub timestamp: DateTime<Utc>,
    /// How it is.
    pub status: WorkerStatus,
    /// See [`WorkerMetrics::is_online`].
    pub is_online: bool,
    /// See [`WorkerMetrics::is_healthy`].
    pub is_healthy: bool,
    /// Its last sign of life, by Forewatch's clock.
    pub last_heartbeat: DateTime<Utc>,
    /// Seconds without a sign of life after which it counts as offline.
    pub health_limit: f64,
    /// What it can run.
    pub capability: WorkerCapability,
    /// Where it comes from.
    pub source: SourceName,
    /// Its host's name.
    pub hostname: Option<String>,
    /// Free labels.
    pub tags: Vec<String>,
    /// Version of its software.
    pub version: Option<String>,
    /// Tasks running now.
    pub active_tasks: u64,
    /// How many tasks it runs at once.
    pub max_concurrent_tasks: Option<u32>,
    /// CPU load.
    pub cpu_usage: Option<Ratio>,
    /// Memory in use.
    pub memory_usage: Option<Ratio>,
    /// Mean load of its devices.
    pub gpu_usage: Option<Ratio>,
    /// Device memory in use.
    pub gpu_memory_usage: Option<Ratio>,
    /// Devices it reports.
    pub gpu_count: u32,
    /// The queues it takes tasks from, where that is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub queues: Vec<String>,
    /// See [`WorkerMetrics::drained`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drained: Option<HeldBack>,
}

impl WorkerSummary {
    /// The row of one worker.
    pub fn of(worker: &WorkerMetrics) -> Self {
        Self {
            worker_id: worker.worker_id.clone(),
            name: worker.name.clone(),
            timestamp: worker.timestamp,
            status: worker.status,
            is_online: worker.is_online,
            is_healthy: worker.is_healthy,
            last_heartbeat: worker.last_heartbeat,
            health_limit: worker.health_limit,
            capability: worker.capability,
            source: worker.source.clone(),
            hostname: worker.hostname.clone(),
            tags: worker.tags.clone(),
            version: worker.version.clone(),
            active_tasks: worker.active_tasks,
            max_concurrent_tasks: worker.max_concurrent_tasks,
            cpu_usage: worker.cpu_usage,
            memory_usage: worker.memory_usage,
            gpu_usage: worker.gpu_usage,
            gpu_memory_usage: worker.gpu_memory_usage,
            gpu_count: u32::try_from(worker.gpus.len()).unwrap_or(u32::MAX),
            queues: worker.queues.clone(),
            drained: worker.drained.clone(),
        }
    }
}

/// One GPU in one compact row: the live topic `fleet`, for the heat map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FleetGpu {
    /// `worker_id/index`: the row's key.
    pub id: String,
    /// The worker that reports the device.
    pub worker_id: WorkerId,
    /// The worker's name.
    pub worker_name: String,
    /// The group it is drawn in: the worker's first `site:` tag, else its first tag; absent without tags.
    pub group: Option<String>,
    /// The device's number on its host.
    pub index: u32,
    /// Product name.
    pub name: Option<String>,
    /// Load; absent when the device or its worker gives no reading now.
    pub utilization: Option<Ratio>,
    /// Memory in use.
    pub memory_usage: Option<Ratio>,
    /// Die temperature, degrees Celsius.
    pub temperature_celsius: Option<f64>,
    /// What is wrong with it, if anything.
    pub mark: GpuMark,
}

/// The mark on a GPU's cell, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum GpuMark {
    /// A fault that needs a person: XID, uncorrected memory errors, failed remapping.
    Fault,
    /// At its slowdown temperature.
    Hot,
    /// Held down by heat or a power brake.
    Throttled,
    /// Its worker is silent.
    Offline,
    /// Its worker is in maintenance.
    Maintenance,
    /// Nothing wrong.
    Ok,
}

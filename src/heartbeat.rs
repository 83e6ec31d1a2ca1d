//! A sign of life with readings: percent fields for compatibility, native fields in base units.

use crate::{GpuMetrics, Percent, Ratio, WorkerId, WorkerStatus};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The body of `POST /workers/{id}/heartbeat`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Heartbeat {
    /// Who beats.
    pub worker_id: WorkerId,
    /// What it says of itself.
    pub status: WorkerStatus,
    /// Its own clock when it sends; the difference to the time of receipt is its skew.
    pub timestamp: DateTime<Utc>,
    /// Load and counters of the worker.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub metrics: HeartbeatMetrics,
    /// Seconds to its next heartbeat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<f64>,
    /// Version of the worker's software.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Machine id of its host, else the host name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_id: Option<String>,
    /// Readings of the host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<HostReading>,
    /// Readings of its GPUs.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub gpus: Vec<GpuMetrics>,
    /// Readings taken between two heartbeats.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<SampleRun>,
}

/// Load and counters. Each load may come in percent or as a ratio; the field's name decides.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct HeartbeatMetrics {
    /// CPU load in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_usage_percent: Option<Percent>,
    /// Memory in use in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_usage_percent: Option<Percent>,
    /// Mean GPU load in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gpu_usage_percent: Option<Percent>,
    /// CPU load as a ratio.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_usage: Option<Ratio>,
    /// Memory in use as a ratio.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_usage: Option<Ratio>,
    /// Mean GPU load as a ratio.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gpu_usage: Option<Ratio>,
    /// Tasks running now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_tasks: Option<u64>,
    /// Tasks completed since the worker started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed_tasks: Option<u64>,
    /// Tasks failed since the worker started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_tasks: Option<u64>,
    /// Mean processing time of its completed tasks, seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avg_task_duration_seconds: Option<f64>,
}

impl HeartbeatMetrics {
    /// CPU load, whichever way it was sent; the native field wins.
    pub fn cpu(&self) -> Option<Ratio> {
        self.cpu_usage.or(self.cpu_usage_percent.map(Into::into))
    }

    /// Memory in use, whichever way it was sent.
    pub fn memory(&self) -> Option<Ratio> {
        self.memory_usage.or(self.memory_usage_percent.map(Into::into))
    }

    /// GPU load, whichever way it was sent.
    pub fn gpu(&self) -> Option<Ratio> {
        self.gpu_usage.or(self.gpu_usage_percent.map(Into::into))
    }
}

/// What the host reports. Counters only grow, except over a restart of the host.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct HostReading {
    /// CPU load over all cores since the last reading.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_usage: Option<Ratio>,
    /// Memory in use, bytes (total minus available).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_used_bytes: Option<u64>,
    /// Memory in all, bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_total_bytes: Option<u64>,
    /// Disk in use over the real file systems, bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disk_used_bytes: Option<u64>,
    /// Disk in all over the real file systems, bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disk_total_bytes: Option<u64>,
    /// Load average over 1, 5 and 15 minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_average: Option<[f64; 3]>,
    /// Bytes received on all real interfaces; a counter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_rx_bytes: Option<u64>,
    /// Bytes sent on all real interfaces; a counter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_tx_bytes: Option<u64>,
    /// The sender's last round trip to Forewatch, seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_latency: Option<f64>,
    /// Seconds since the host started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uptime: Option<f64>,
    /// Pressure stall information: share of the last 10 s in which some task waited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pressure: Option<Pressure>,
}

/// Linux pressure stall information (`some avg10`), as ratios.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Pressure {
    /// Waiting for a CPU.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu: Option<Ratio>,
    /// Waiting for memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<Ratio>,
    /// Waiting for disks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub io: Option<Ratio>,
}

impl HostReading {
    /// Memory in use as a share of all memory.
    pub fn memory_usage(&self) -> Option<Ratio> {
        Ratio::of(self.memory_used_bytes?, self.memory_total_bytes?)
    }

    /// Disk in use as a share of all disk.
    pub fn disk_usage(&self) -> Option<Ratio> {
        Ratio::of(self.disk_used_bytes?, self.disk_total_bytes?)
    }
}

/// Readings of one series between two heartbeats.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SampleRun {
    /// A name from the metric catalogue.
    pub metric: String,
    /// Its labels beside the worker, such as `gpu`.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub labels: BTreeMap<String, String>,
    /// Unix seconds and value, oldest first.
    pub points: Vec<(f64, f64)>,
}

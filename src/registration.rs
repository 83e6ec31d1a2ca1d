//! What a worker says of itself when it registers: the registry types that remote workers already send.

use crate::{WorkerCapability, WorkerId};
use serde::{Deserialize, Serialize};

/// The hardware of a worker's host.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct HardwareInfo {
    /// Logical CPU cores.
    pub cpu_cores: Option<u32>,
    /// Memory in GB (10⁹ bytes), as the registry protocol has it.
    pub memory_gb: Option<f64>,
    /// GPUs.
    pub gpu_count: Option<u32>,
    /// Memory of all GPUs in GB (10⁹ bytes).
    pub gpu_memory_gb: Option<f64>,
    /// Product names, one a GPU.
    #[serde(deserialize_with = "crate::tolerant::null_as_default")]
    pub gpu_models: Vec<String>,
    /// Disk space in GB (10⁹ bytes).
    pub disk_space_gb: Option<f64>,
}

/// Where a worker runs.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Location {
    /// Host name.
    pub hostname: Option<String>,
    /// Address, as the worker knows it.
    pub ip_address: Option<String>,
    /// Port, where it listens on one.
    pub port: Option<u16>,
    /// Whether it runs on another machine than the application.
    pub is_remote: Option<bool>,
    /// Round trip to it in milliseconds, as the registry protocol has it.
    pub network_latency_ms: Option<f64>,
}

/// A worker announces itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Registration {
    /// Its id, which it keeps through restarts.
    pub worker_id: WorkerId,
    /// What people call it; the id when absent.
    #[serde(default)]
    pub name: Option<String>,
    /// What it can run.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub capability: WorkerCapability,
    /// Its host's hardware.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub hardware: HardwareInfo,
    /// Where it runs.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub location: Location,
    /// How many tasks it runs at once.
    #[serde(default)]
    pub max_concurrent_tasks: Option<u32>,
    /// The content types it takes.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub supported_content_types: Vec<String>,
    /// Free labels, such as `site:fra`.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub tags: Vec<String>,
    /// Version of the worker's software.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Machine id of its host, else the host name: joins what reports from one host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_id: Option<String>,
    /// Seconds between its heartbeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<f64>,
    /// What reports.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub reporter: Reporter,
    /// The queues it takes tasks from, where it knows.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub queues: Vec<String>,
}

/// What kind of program registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reporter {
    /// A worker that reports on itself.
    #[default]
    Worker,
    /// `forewatch-agent`, which reports on a host.
    Agent,
}

/// The body of `POST /workers/register`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RegisterRequest {
    /// Who registers.
    pub registration: Registration,
    /// The ingest token, for senders that cannot set a header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_token: Option<String>,
}

/// The answer to `POST /workers/register`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RegisterResponse {
    /// Always true: a refusal is a problem document.
    pub success: bool,
    /// A sentence for a log.
    pub message: String,
    /// The id under which the worker is known.
    pub worker_id: WorkerId,
}

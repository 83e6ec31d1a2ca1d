//! Reads this host: CPU, memory, disks, network, pressure and GPUs.
//!
//! What it owns: the handles of sysinfo and of NVML, and what was learnt about what this host cannot give. What it
//! never does: no HTTP, no async, no guessing; a reading that is not there is `None`. Everything blocks, so it
//! lives on a blocking thread. `host` reads the machine, `gpu` the devices.

mod gpu;
mod host;

use crate::identity;
use chrono::{DateTime, Utc};
use forewatch::heartbeat::{HeartbeatMetrics, HostReading};
use forewatch::registration::{HardwareInfo, Location, Reporter};
use forewatch::{GpuMetrics, Heartbeat, Registration, WorkerCapability, WorkerId, WorkerStatus};
use gpu::GpuProbe;
use host::HostProbe;
use serde::Serialize;
use std::{path::PathBuf, time::Duration};

/// The environment variable that names another NVML library than the system's.
pub const NVML_LIBRARY: &str = "FOREWATCH_NVML_LIB";

/// What a probe needs to know.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The worker's id; the host's name when absent.
    pub id: Option<WorkerId>,
    /// Time between two heartbeats, as it is declared to the server.
    pub interval: Duration,
    /// Labels of the worker, such as `site:fra`.
    pub tags: Vec<String>,
    /// The NVML library to load; the system's when absent.
    pub nvml_library: Option<PathBuf>,
    /// Where the driver lists the devices that it drives, an entry each.
    pub nvidia_devices: PathBuf,
    /// How long a driver or a device that is not there is left alone before it is looked for again.
    pub rescan: Duration,
    /// How long a device's energy, PCIe traffic and the shares of its processes stand before they are read again: they
    /// cost the driver a hundred times what the others do.
    pub seldom: Duration,
}

impl Default for Settings {
    /// Every 10 s, under the host's name, with a rescan every minute and the library that `FOREWATCH_NVML_LIB` names.
    fn default() -> Self {
        Self {
            id: None,
            interval: Duration::from_secs(10),
            tags: Vec::new(),
            nvml_library: std::env::var_os(NVML_LIBRARY).filter(|path| !path.is_empty()).map(PathBuf::from),
            nvidia_devices: "/proc/driver/nvidia/gpus".into(),
            rescan: Duration::from_mins(1),
            seldom: Duration::from_secs(30),
        }
    }
}

/// One look at the host.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Reading {
    /// The machine.
    pub host: HostReading,
    /// Its devices, by index. A device that is lost stays, with what it is and without readings.
    pub gpus: Vec<GpuMetrics>,
}

/// A reading that this host does not give, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// The device; absent when it is about the host or about all devices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gpu: Option<u32>,
    /// The field's name in a heartbeat, such as `memory_temperature_celsius`; `gpus` for the devices as a whole.
    pub reading: &'static str,
    /// Why, and where there is something to do, what.
    pub reason: String,
}

/// Reads this host again and again.
pub struct Probe {
    worker_id: WorkerId,
    host_name: String,
    host_id: String,
    interval: f64,
    tags: Vec<String>,
    host: HostProbe,
    gpus: GpuProbe,
}

impl Probe {
    /// Opens what this host offers. What it does not offer is no error: see [`Self::missing`].
    pub fn start(settings: Settings) -> Self {
        Self {
            worker_id: settings.id.unwrap_or_else(identity::worker_id),
            host_name: identity::host_name(),
            host_id: identity::host_id(),
            interval: settings.interval.as_secs_f64(),
            tags: settings.tags,
            host: HostProbe::start(),
            gpus: GpuProbe::start(settings.nvml_library, settings.nvidia_devices, settings.rescan, settings.seldom),
        }
    }

    /// The worker's id.
    pub fn worker_id(&self) -> &WorkerId {
        &self.worker_id
    }

    /// Who reports, from which hardware. It changes when devices appear.
    pub fn registration(&self) -> Registration {
        let devices = self.gpus.devices();
        let memory: u64 = devices.iter().filter_map(|gpu| gpu.memory_total_bytes).sum();
        Registration {
            worker_id: self.worker_id.clone(),
            name: Some(self.worker_id.to_string()),
            capability: if devices.is_empty() { WorkerCapability::Cpu } else { WorkerCapability::Gpu },
            hardware: HardwareInfo {
                cpu_cores: self.host.cores(),
                memory_gb: self.host.memory_bytes().map(gigabytes),
                gpu_count: u32::try_from(devices.len()).ok(),
                gpu_memory_gb: (memory > 0).then(|| gigabytes(memory)),
                gpu_models: devices.iter().filter_map(|gpu| gpu.name.clone()).collect(),
                disk_space_gb: self.host.disk_bytes().map(gigabytes),
            },
            location: Location { hostname: Some(self.host_name.clone()), ..Location::default() },
            max_concurrent_tasks: None,
            supported_content_types: Vec::new(),
            tags: self.tags.clone(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            host_id: Some(self.host_id.clone()),
            interval: Some(self.interval),
            reporter: Reporter::Agent,
            queues: Vec::new(),
        }
    }

    /// Looks at the host. Loads are those since the look before; the first one may lack them.
    pub fn read(&mut self) -> Reading {
        Reading { host: self.host.read(), gpus: self.gpus.read() }
    }

    /// Puts a reading that was taken at `at` into a heartbeat.
    pub fn heartbeat(&self, reading: Reading, at: DateTime<Utc>) -> Heartbeat {
        Heartbeat {
            worker_id: self.worker_id.clone(),
            status: WorkerStatus::Online,
            timestamp: at,
            metrics: HeartbeatMetrics::default(),
            interval: Some(self.interval),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            host_id: Some(self.host_id.clone()),
            host: Some(reading.host),
            gpus: reading.gpus,
            samples: Vec::new(),
        }
    }

    /// What the last reading lacked, and why.
    pub fn missing(&self) -> Vec<Missing> {
        let mut missing = self.host.missing();
        missing.extend(self.gpus.missing());
        missing
    }
}

/// Bytes in GB (10⁹ bytes), as the registry protocol has it.
fn gigabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e9
}

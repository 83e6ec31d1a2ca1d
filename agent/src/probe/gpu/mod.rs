//! Reads the GPUs through the driver's own library, NVML, which is loaded while running: a host without a driver
//! works and says so.
//!
//! `library` opens NVML, `device` reads one device, `asked` remembers what a device does not give, `process` tells
//! who uses it, `throttle` names what holds its clocks down, `xid` waits for the errors that the driver reports.

mod asked;
mod device;
mod library;
mod process;
mod throttle;
mod xid;

use super::Missing;
use device::DeviceProbe;
use forewatch::GpuMetrics;
use library::Library;
use nvml_wrapper::{Nvml, error::NvmlError};
use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};
use xid::XidWatch;

/// How long a driver that is not there is left alone. One may be loaded after the agent has started.
const RETRY: Duration = Duration::from_mins(1);

/// Owns NVML while there is a driver.
pub(super) struct GpuProbe {
    library: Library,
    state: State,
}

enum State {
    Open(Driver),
    Closed { reason: String, since: Instant },
}

struct Driver {
    nvml: Arc<Nvml>,
    devices: Vec<DeviceProbe>,
    xids: XidWatch,
}

impl GpuProbe {
    pub(super) fn start(path: Option<PathBuf>) -> Self {
        let library = Library::new(path);
        let state = open(&library);
        Self { library, state }
    }

    /// What the devices are, with the memory they have; no readings.
    pub(super) fn devices(&self) -> Vec<GpuMetrics> {
        match &self.state {
            State::Open(driver) => driver.devices.iter().map(DeviceProbe::described).collect(),
            State::Closed { .. } => Vec::new(),
        }
    }

    pub(super) fn read(&mut self) -> Vec<GpuMetrics> {
        if let State::Closed { since, .. } = &self.state
            && since.elapsed() >= RETRY
        {
            self.state = open(&self.library);
        }
        let State::Open(driver) = &mut self.state else { return Vec::new() };
        if let Err(error @ (NvmlError::Uninitialized | NvmlError::DriverNotLoaded)) = driver.nvml.device_count() {
            tracing::warn!(%error, "the NVIDIA driver went away; it is looked for again every minute");
            self.state = State::Closed { reason: library::reason(&error), since: Instant::now() };
            return Vec::new();
        }
        let Driver { nvml, devices, xids } = driver;
        devices.iter_mut().map(|device| device.read(nvml, xids.last(device.index()))).collect()
    }

    pub(super) fn missing(&self) -> Vec<Missing> {
        match &self.state {
            State::Open(driver) => {
                let why_no_xids = driver.xids.why_not().map(|(gpu, reason)| Missing {
                    gpu: Some(gpu),
                    reading: "xid_last",
                    reason: reason.to_owned(),
                });
                driver.devices.iter().flat_map(DeviceProbe::missing).chain(why_no_xids).collect()
            }
            State::Closed { reason, .. } => vec![Missing { gpu: None, reading: "gpus", reason: reason.clone() }],
        }
    }
}

fn open(library: &Library) -> State {
    let opened = library.open().and_then(|nvml| {
        let count = nvml.device_count()?;
        Ok((Arc::new(nvml), count))
    });
    match opened {
        Ok((nvml, count)) => {
            let driver = nvml.sys_driver_version().ok();
            let devices = (0..count).map(|index| DeviceProbe::new(&nvml, index, driver.as_deref())).collect();
            let xids = XidWatch::start(&nvml, count);
            tracing::info!(devices = count, driver, "reads GPUs through NVML");
            State::Open(Driver { nvml, devices, xids })
        }
        Err(error) => State::Closed { reason: library::reason(&error), since: Instant::now() },
    }
}

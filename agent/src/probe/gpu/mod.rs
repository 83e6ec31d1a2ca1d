//! Reads the GPUs through the driver's own library, NVML, which is loaded while running: a host without a driver
//! works and says so.
//!
//! `library` opens NVML, `attached` tells when there are other devices, `device` reads one device, `asked` remembers what
//! a device does not give, `process` tells who uses it, `throttle` names what holds its clocks down, `xid` waits for the
//! errors that the driver reports.

mod asked;
mod attached;
mod device;
mod library;
mod process;
mod throttle;
mod xid;

use super::Missing;
use attached::Attached;
use device::DeviceProbe;
use forewatch::GpuMetrics;
use library::Library;
use nvml_wrapper::{Nvml, error::NvmlError};
use std::{
    ffi::OsString,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};
use xid::XidWatch;

/// Owns NVML while there is a driver with devices.
///
/// NVML knows the devices that were there when it was opened. So it is opened anew when the driver lists another.
pub(super) struct GpuProbe {
    library: Library,
    attached: Attached,
    rescan: Duration,
    seldom: Duration,
    looked: Instant,
    state: State,
}

enum State {
    Open(Driver),
    Closed { reason: String },
}

struct Driver {
    nvml: Arc<Nvml>,
    devices: Vec<DeviceProbe>,
    xids: XidWatch,
    /// What the driver listed at the last look.
    attached: Vec<OsString>,
}

impl GpuProbe {
    pub(super) fn start(library: Option<PathBuf>, attached: PathBuf, rescan: Duration, seldom: Duration) -> Self {
        let (library, attached) = (Library::new(library), Attached::new(attached));
        let state = open(&library, &attached, seldom);
        Self { library, attached, rescan, seldom, looked: Instant::now(), state }
    }

    /// What the devices are, with the memory they have; no readings.
    pub(super) fn devices(&self) -> Vec<GpuMetrics> {
        match &self.state {
            State::Open(driver) => driver.devices.iter().map(DeviceProbe::described).collect(),
            State::Closed { .. } => Vec::new(),
        }
    }

    pub(super) fn read(&mut self) -> Vec<GpuMetrics> {
        if self.looked.elapsed() >= self.rescan {
            self.looked = Instant::now();
            self.look_again();
        }
        let State::Open(driver) = &mut self.state else { return Vec::new() };
        if let Err(error @ (NvmlError::Uninitialized | NvmlError::DriverNotLoaded)) = driver.nvml.device_count() {
            tracing::warn!(%error, "the NVIDIA driver went away; it is looked for again");
            self.state = State::Closed { reason: library::reason(&error) };
            return Vec::new();
        }
        let Driver { nvml, devices, xids, .. } = driver;
        devices.iter_mut().map(|device| device.read(nvml, xids.last(device.index()))).collect()
    }

    /// Looks for a driver or devices that were not there.
    fn look_again(&mut self) {
        if let State::Open(driver) = &mut self.state {
            let before = std::mem::replace(&mut driver.attached, self.attached.list());
            // One that goes stays listed, without readings.
            if driver.attached.iter().all(|device| before.contains(device)) {
                return;
            }
        }
        let before = std::mem::replace(&mut self.state, State::Closed { reason: String::new() });
        if let State::Open(Driver { nvml, xids, .. }) = before {
            tracing::info!("the NVIDIA driver has another device: opens NVML anew");
            // NVML looks for devices only when nobody holds it open, and the listening thread does.
            xids.end();
            drop(nvml);
        }
        self.state = open(&self.library, &self.attached, self.seldom);
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
            State::Closed { reason } => vec![Missing { gpu: None, reading: "gpus", reason: reason.clone() }],
        }
    }
}

fn open(library: &Library, attached: &Attached, seldom: Duration) -> State {
    // Listed first: a device that comes in between is found by the next look.
    let attached = attached.list();
    let opened = library.open().and_then(|nvml| {
        let count = nvml.device_count()?;
        Ok((Arc::new(nvml), count))
    });
    match opened {
        Ok((_, 0)) => State::Closed { reason: "the NVIDIA driver is loaded and finds no device".to_owned() },
        Ok((nvml, count)) => {
            let driver = nvml.sys_driver_version().ok();
            let devices = (0..count).map(|index| DeviceProbe::new(&nvml, index, driver.as_deref(), seldom)).collect();
            let xids = XidWatch::start(&nvml, count);
            tracing::info!(devices = count, driver, "reads GPUs through NVML");
            State::Open(Driver { nvml, devices, xids, attached })
        }
        Err(error) => State::Closed { reason: library::reason(&error) },
    }
}

//! Reads one device.

mod field;
mod seldom;

use super::asked::Asked;
use super::process::{self, Shares};
use super::throttle;
use crate::probe::Missing;
use field::Fields;
use forewatch::gpu::Xid;
use forewatch::{GpuMetrics, Ratio};
use nvml_wrapper::Device;
use nvml_wrapper::Nvml;
use nvml_wrapper::enum_wrappers::device::{
    Clock, EccCounter, MemoryError, PerformanceState, TemperatureSensor, TemperatureThreshold,
};
use std::time::{Duration, Instant};

const MEGAHERTZ: f64 = 1e6;
const KILOBYTE: f64 = 1e3;

/// One device: what it is, and what was learnt about it.
pub(super) struct DeviceProbe {
    identity: GpuMetrics,
    memory_total_bytes: Option<u64>,
    slowdown_celsius: Option<f64>,
    asked: Asked,
    was_lost: bool,
    /// Time between two looks at what is costly to read.
    seldom_every: Duration,
    /// When that was last looked at; `None` when it has to be now.
    seldom_read: Option<Instant>,
    /// What it gave, with what the device is.
    seldom: GpuMetrics,
    shares: Shares,
}

impl DeviceProbe {
    pub(super) fn new(nvml: &Nvml, index: u32, driver: Option<&str>, seldom_every: Duration) -> Self {
        let identity = GpuMetrics { index, driver_version: driver.map(str::to_owned), ..GpuMetrics::default() };
        let mut probe = Self {
            identity,
            memory_total_bytes: None,
            slowdown_celsius: None,
            asked: Asked::default(),
            was_lost: false,
            seldom_every,
            seldom_read: None,
            seldom: GpuMetrics::default(),
            shares: Shares::default(),
        };
        if let Ok(device) = nvml.device_by_index(index) {
            probe.identify(&device);
            probe.memory_total_bytes = device.memory_info().ok().map(|memory| memory.total);
        }
        probe
    }

    pub(super) fn index(&self) -> u32 {
        self.identity.index
    }

    /// What the device is, with the memory it has.
    pub(super) fn described(&self) -> GpuMetrics {
        GpuMetrics { memory_total_bytes: self.memory_total_bytes, ..self.identity.clone() }
    }

    pub(super) fn missing(&self) -> Vec<Missing> {
        self.asked.missing(self.index()).collect()
    }

    /// Reads everything the device gives. A device that is lost keeps its place, with what it is and its last XID.
    pub(super) fn read(&mut self, nvml: &Nvml, xid: Option<Xid>) -> GpuMetrics {
        self.asked.begin();
        let index = self.index();
        let reading = self.asked.ask("gpus", || nvml.device_by_index(index)).map(|device| self.readings(&device));
        self.tell_when_lost();
        let reading = reading.filter(|_| !self.asked.is_lost()).unwrap_or_else(|| self.identity.clone());
        GpuMetrics { xid_last: xid, ..reading }
    }

    fn tell_when_lost(&mut self) {
        let (gpu, is_lost) = (self.index(), self.asked.is_lost());
        match (self.was_lost, is_lost) {
            (false, true) => tracing::error!(gpu, "a GPU is lost: it fell off the bus or needs a reset"),
            (true, false) => tracing::info!(gpu, "a GPU that was lost is back"),
            _ => {}
        }
        self.was_lost = is_lost;
        if is_lost {
            self.seldom_read = None;
        }
    }

    fn identify(&mut self, device: &Device<'_>) {
        let Self { identity, asked, .. } = self;
        identity.uuid = asked.ask("uuid", || device.uuid());
        identity.name = asked.ask("name", || device.name());
        identity.pci_bus_id = asked.ask("pci_bus_id", || device.pci_info()).map(|pci| pci.bus_id);
        if identity.uuid.is_some() {
            self.seldom_read = None;
        }
    }

    fn readings(&mut self, device: &Device<'_>) -> GpuMetrics {
        if self.identity.uuid.is_none() {
            self.identify(device);
        }
        if self.slowdown_celsius.is_none() {
            self.slowdown_celsius = self
                .asked
                .ask("slowdown_temperature_celsius", || device.temperature_threshold(TemperatureThreshold::Slowdown))
                .map(f64::from);
        }
        let is_due = self.seldom_read.is_none_or(|at| at.elapsed() >= self.seldom_every);
        let asked = &mut self.asked;
        if is_due {
            self.seldom_read = Some(Instant::now());
            self.seldom = seldom::read(device, asked, &self.identity);
        }
        let load = asked.ask("utilization", || device.utilization_rates());
        let memory = asked.ask("memory_used_bytes", || device.memory_info());
        self.memory_total_bytes = memory.as_ref().map(|memory| memory.total).or(self.memory_total_bytes);
        let fields = Fields::read(device, asked);
        GpuMetrics {
            utilization: load.as_ref().and_then(|load| percent(load.gpu)),
            memory_utilization: load.as_ref().and_then(|load| percent(load.memory)),
            memory_used_bytes: memory.as_ref().map(|memory| memory.used),
            memory_total_bytes: memory.as_ref().map(|memory| memory.total),
            encoder_utilization: asked
                .ask("encoder_utilization", || device.encoder_utilization())
                .and_then(|load| percent(load.utilization)),
            decoder_utilization: asked
                .ask("decoder_utilization", || device.decoder_utilization())
                .and_then(|load| percent(load.utilization)),
            temperature_celsius: asked
                .ask("temperature_celsius", || device.temperature(TemperatureSensor::Gpu))
                .map(f64::from),
            memory_temperature_celsius: fields.memory_temperature_celsius,
            slowdown_temperature_celsius: self.slowdown_celsius,
            fan_speed: asked.ask("fan_speed", || device.fan_speed(0)).and_then(percent),
            power_draw_watts: asked.ask("power_draw_watts", || device.power_usage()).map(from_thousandths),
            power_limit_watts: asked.ask("power_limit_watts", || device.enforced_power_limit()).map(from_thousandths),
            sm_clock_hz: asked.ask("sm_clock_hz", || device.clock_info(Clock::SM)).map(megahertz),
            memory_clock_hz: asked.ask("memory_clock_hz", || device.clock_info(Clock::Memory)).map(megahertz),
            throttle_reasons: asked.ask("throttle_reasons", || device.current_throttle_reasons()).map(throttle::names),
            performance_state: asked.ask("performance_state", || device.performance_state()).and_then(state_number),
            ecc_corrected_errors: asked
                .ask("ecc_corrected_errors", || device.total_ecc_errors(MemoryError::Corrected, EccCounter::Volatile)),
            ecc_uncorrected_errors: asked.ask("ecc_uncorrected_errors", || {
                device.total_ecc_errors(MemoryError::Uncorrected, EccCounter::Volatile)
            }),
            remapped_rows: fields.remapped_rows,
            processes: process::read(device, asked, &mut self.shares, is_due),
            ..self.seldom.clone()
        }
    }
}

fn percent(percent: u32) -> Option<Ratio> {
    Ratio::clamped(f64::from(percent) / 100.0)
}

fn from_thousandths(thousandths: u32) -> f64 {
    f64::from(thousandths) / 1e3
}

fn megahertz(clock: u32) -> f64 {
    f64::from(clock) * MEGAHERTZ
}

fn kilobytes(rate: u32) -> f64 {
    f64::from(rate) * KILOBYTE
}

fn state_number(state: PerformanceState) -> Option<u8> {
    use PerformanceState as P;
    Some(match state {
        P::Zero => 0,
        P::One => 1,
        P::Two => 2,
        P::Three => 3,
        P::Four => 4,
        P::Five => 5,
        P::Six => 6,
        P::Seven => 7,
        P::Eight => 8,
        P::Nine => 9,
        P::Ten => 10,
        P::Eleven => 11,
        P::Twelve => 12,
        P::Thirteen => 13,
        P::Fourteen => 14,
        P::Fifteen => 15,
        P::Unknown => return None,
    })
}

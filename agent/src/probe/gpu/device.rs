//! Reads one device.

mod field;

use super::asked::Asked;
use super::{process, throttle};
use crate::probe::Missing;
use field::Fields;
use forewatch::gpu::Xid;
use forewatch::{GpuMetrics, Ratio};
use nvml_wrapper::Device;
use nvml_wrapper::Nvml;
use nvml_wrapper::enum_wrappers::device::{
    Clock, EccCounter, MemoryError, PcieUtilCounter, PerformanceState, TemperatureSensor, TemperatureThreshold,
};

const MEGAHERTZ: f64 = 1e6;
const KILOBYTE: f64 = 1e3;

/// One device: what it is, and what was learnt about it.
pub(super) struct DeviceProbe {
    identity: GpuMetrics,
    memory_total_bytes: Option<u64>,
    slowdown_celsius: Option<f64>,
    asked: Asked,
    was_lost: bool,
    /// The driver's time stamp of the newest process utilisation that was read, microseconds.
    processes_seen: u64,
}

impl DeviceProbe {
    pub(super) fn new(nvml: &Nvml, index: u32, driver: Option<&str>) -> Self {
        let identity = GpuMetrics { index, driver_version: driver.map(str::to_owned), ..GpuMetrics::default() };
        let mut probe = Self {
            identity,
            memory_total_bytes: None,
            slowdown_celsius: None,
            asked: Asked::default(),
            was_lost: false,
            processes_seen: 0,
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
    }

    fn identify(&mut self, device: &Device<'_>) {
        let Self { identity, asked, .. } = self;
        identity.uuid = asked.ask("uuid", || device.uuid());
        identity.name = asked.ask("name", || device.name());
        identity.pci_bus_id = asked.ask("pci_bus_id", || device.pci_info()).map(|pci| pci.bus_id);
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
        let asked = &mut self.asked;
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
            energy_joules: asked
                .ask("energy_joules", || device.total_energy_consumption())
                .map(|millijoules| millijoules as f64 / 1e3),
            sm_clock_hz: asked.ask("sm_clock_hz", || device.clock_info(Clock::SM)).map(megahertz),
            memory_clock_hz: asked.ask("memory_clock_hz", || device.clock_info(Clock::Memory)).map(megahertz),
            throttle_reasons: asked.ask("throttle_reasons", || device.current_throttle_reasons()).map(throttle::names),
            performance_state: asked.ask("performance_state", || device.performance_state()).and_then(state_number),
            pcie_generation: asked.ask("pcie_generation", || device.current_pcie_link_gen()),
            pcie_width: asked.ask("pcie_width", || device.current_pcie_link_width()),
            pcie_rx_bytes_per_second: asked
                .ask("pcie_rx_bytes_per_second", || device.pcie_throughput(PcieUtilCounter::Receive))
                .map(kilobytes),
            pcie_tx_bytes_per_second: asked
                .ask("pcie_tx_bytes_per_second", || device.pcie_throughput(PcieUtilCounter::Send))
                .map(kilobytes),
            pcie_replay_count: asked.ask("pcie_replay_count", || device.pcie_replay_counter()).map(u64::from),
            ecc_corrected_errors: asked
                .ask("ecc_corrected_errors", || device.total_ecc_errors(MemoryError::Corrected, EccCounter::Volatile)),
            ecc_uncorrected_errors: asked.ask("ecc_uncorrected_errors", || {
                device.total_ecc_errors(MemoryError::Uncorrected, EccCounter::Volatile)
            }),
            retired_pages_pending: asked.ask("retired_pages_pending", || device.are_pages_pending_retired()),
            remapped_rows: fields.remapped_rows,
            mig_enabled: asked.ask("mig_enabled", || device.mig_mode()).map(|mode| mode.current == 1),
            processes: process::read(device, asked, &mut self.processes_seen),
            ..self.identity.clone()
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

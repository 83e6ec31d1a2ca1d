//! What is known of one GPU. Every reading is optional: cards differ in what they give.

use crate::{Ratio, TaskId};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// The readings of one device. Names and meanings follow NVML.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct GpuMetrics {
    /// The device's number on its host, from 0.
    pub index: u32,
    /// NVML's globally unique id, which stays through restarts and renumbering.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uuid: Option<String>,
    /// Product name, such as `NVIDIA L40S`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// PCI bus id, such as `00000000:3B:00.0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pci_bus_id: Option<String>,
    /// Version of the kernel driver.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub driver_version: Option<String>,
    /// Share of the last sample period in which a kernel ran.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub utilization: Option<Ratio>,
    /// Share of the last sample period in which the memory controller was busy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_utilization: Option<Ratio>,
    /// Memory in use, bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_used_bytes: Option<u64>,
    /// Memory in all, bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_total_bytes: Option<u64>,
    /// Load of the video encoder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoder_utilization: Option<Ratio>,
    /// Load of the video decoder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decoder_utilization: Option<Ratio>,
    /// Temperature of the GPU die, degrees Celsius.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature_celsius: Option<f64>,
    /// Temperature of the memory, degrees Celsius.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_temperature_celsius: Option<f64>,
    /// The die temperature at which the device slows itself down, degrees Celsius.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slowdown_temperature_celsius: Option<f64>,
    /// Fan speed as a share of its maximum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fan_speed: Option<Ratio>,
    /// Power drawn now, watts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub power_draw_watts: Option<f64>,
    /// Enforced power limit, watts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub power_limit_watts: Option<f64>,
    /// Energy since the driver was loaded, joules; only ever grows until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub energy_joules: Option<f64>,
    /// Clock of the streaming multiprocessors, hertz.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sm_clock_hz: Option<f64>,
    /// Clock of the memory, hertz.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_clock_hz: Option<f64>,
    /// Why the clocks are held down now, by NVML's names in snake case (`sw_power_cap`, `hw_thermal_slowdown` …).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub throttle_reasons: Option<Vec<String>>,
    /// Performance state, 0 (fastest) to 15.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub performance_state: Option<u8>,
    /// PCIe link generation in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pcie_generation: Option<u32>,
    /// PCIe lanes in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pcie_width: Option<u32>,
    /// PCIe traffic into the device, bytes a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pcie_rx_bytes_per_second: Option<f64>,
    /// PCIe traffic out of the device, bytes a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pcie_tx_bytes_per_second: Option<f64>,
    /// PCIe replays since the driver was loaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pcie_replay_count: Option<u64>,
    /// Corrected ECC errors since the driver was loaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ecc_corrected_errors: Option<u64>,
    /// Uncorrected ECC errors since the driver was loaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ecc_uncorrected_errors: Option<u64>,
    /// Whether memory pages wait for a reboot to be retired.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retired_pages_pending: Option<bool>,
    /// Memory rows that were remapped, and whether a remapping failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remapped_rows: Option<RemappedRows>,
    /// The newest XID error, when one was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub xid_last: Option<Xid>,
    /// Whether it has a fault that needs a person, as Forewatch finds; what a sender says here is not used. Absent
    /// while nothing is known that would tell of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub faulty: Option<bool>,
    /// Whether the device is cut into MIG instances.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mig_enabled: Option<bool>,
    /// Who uses the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub processes: Option<Vec<GpuProcess>>,
}

/// Row remapping of the device's memory (Ampere and later).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RemappedRows {
    /// Rows remapped because of corrected errors.
    pub corrected: u32,
    /// Rows remapped because of uncorrected errors.
    pub uncorrected: u32,
    /// A remapping waits for a reset.
    pub pending: bool,
    /// A remapping failed: the device should be replaced.
    pub failed: bool,
}

/// An XID error, as the driver logs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Xid {
    /// Its number in NVIDIA's XID catalogue; 79 is "fallen off the bus".
    pub code: u64,
    /// When it was seen.
    pub at: DateTime<Utc>,
}

/// A process on a device.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct GpuProcess {
    /// Process id on its host.
    pub pid: u32,
    /// Its name, as the host tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Device memory it holds, bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_used_bytes: Option<u64>,
    /// Its share of the streaming multiprocessors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sm_utilization: Option<Ratio>,
    /// The task it works on, when that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_id: Option<TaskId>,
}

impl GpuMetrics {
    /// Memory in use as a share of all memory.
    pub fn memory_usage(&self) -> Option<Ratio> {
        Ratio::of(self.memory_used_bytes?, self.memory_total_bytes?)
    }

    /// Whether heat or a power brake holds the clocks down (not the ordinary power cap, not idling).
    pub fn is_throttled(&self) -> bool {
        const HARMFUL: [&str; 4] =
            ["hw_slowdown", "hw_thermal_slowdown", "sw_thermal_slowdown", "hw_power_brake_slowdown"];
        self.throttle_reasons.as_ref().is_some_and(|r| r.iter().any(|r| HARMFUL.contains(&r.as_str())))
    }

    /// Whether the die has reached the temperature at which the device slows down.
    pub fn is_hot(&self) -> bool {
        matches!((self.temperature_celsius, self.slowdown_temperature_celsius), (Some(t), Some(limit)) if t >= limit)
    }

    /// Whether the device has a fault that needs a person; see [`Self::fault`].
    pub fn is_faulty(&self) -> bool {
        self.fault() == Some(true)
    }

    /// Whether the device has a fault that needs a person: as found, else by its readings alone, however old the XID.
    /// `None` where no reading tells of faults: then nobody can say that there is none.
    pub fn fault(&self) -> Option<bool> {
        self.faulty.or_else(|| self.fault_by(self.xid_last))
    }

    /// As [`Self::fault`], by the readings as of `now`: an XID counts for [`XID_COUNTS_FOR`], uncorrected memory
    /// errors and a failed row remapping as long as they are reported.
    pub fn fault_as_of(&self, now: DateTime<Utc>) -> Option<bool> {
        self.fault_by(self.xid_last.filter(|xid| now - xid.at <= XID_COUNTS_FOR))
    }

    fn fault_by(&self, xid: Option<Xid>) -> Option<bool> {
        let known = self.xid_last.is_some()
            || self.ecc_uncorrected_errors.is_some()
            || self.retired_pages_pending.is_some()
            || self.remapped_rows.is_some();
        let faulty = xid.is_some_and(|xid| xid_needs_action(xid.code))
            || self.ecc_uncorrected_errors.is_some_and(|n| n > 0)
            || self.remapped_rows.is_some_and(|rows| rows.failed);
        known.then_some(faulty)
    }
}

/// How long an XID counts as a fault, where nothing that ends it sooner is told. After that it is still shown.
pub const XID_COUNTS_FOR: TimeDelta = TimeDelta::hours(24);

/// Whether NVIDIA's XID catalogue asks for a reset, a restart or a replacement after this error, as
/// opposed to an application's own mistake (13, 31, 43 and the like).
/// Source: <https://docs.nvidia.com/deploy/xid-errors/>.
pub fn xid_needs_action(code: u64) -> bool {
    matches!(code, 46 | 48 | 61 | 62 | 64 | 74 | 79 | 94 | 95 | 109 | 110 | 119 | 120 | 140 | 143)
}

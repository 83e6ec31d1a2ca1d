//! Readings that cost the driver far more than all others: they are asked for seldom, and what they gave stays.
//!
//! CPU of the asking thread on an H100 with driver 580: energy 3.9 ms, PCIe traffic 0.8 ms each way (and 21 ms of
//! waiting), replays, MIG and the link's width 0.1 ms each; the shares of processes, which follow the same pace, 2.0 ms;
//! everything that is read each time 0.1 ms together. The fields that count PCIe bytes (197 and 198) are no way out:
//! they wrap at 4 GiB, which that device moves in 70 ms.

use super::{Asked, kilobytes};
use forewatch::GpuMetrics;
use nvml_wrapper::Device;
use nvml_wrapper::enum_wrappers::device::PcieUtilCounter;

/// Reads them; the rest of the answer is what the device is.
pub(super) fn read(device: &Device<'_>, asked: &mut Asked, identity: &GpuMetrics) -> GpuMetrics {
    GpuMetrics {
        energy_joules: asked
            .ask("energy_joules", || device.total_energy_consumption())
            .map(|millijoules| millijoules as f64 / 1e3),
        pcie_generation: asked.ask("pcie_generation", || device.current_pcie_link_gen()),
        pcie_width: asked.ask("pcie_width", || device.current_pcie_link_width()),
        pcie_rx_bytes_per_second: asked
            .ask("pcie_rx_bytes_per_second", || device.pcie_throughput(PcieUtilCounter::Receive))
            .map(kilobytes),
        pcie_tx_bytes_per_second: asked
            .ask("pcie_tx_bytes_per_second", || device.pcie_throughput(PcieUtilCounter::Send))
            .map(kilobytes),
        pcie_replay_count: asked.ask("pcie_replay_count", || device.pcie_replay_counter()).map(u64::from),
        retired_pages_pending: asked.ask("retired_pages_pending", || device.are_pages_pending_retired()),
        mig_enabled: asked.ask("mig_enabled", || device.mig_mode()).map(|mode| mode.current == 1),
        ..identity.clone()
    }
}

//! What a device tells besides what its panel always shows: what is not known is not listed.

use chrono::SecondsFormat::Secs;
use forewatch::{GpuMetrics, Ratio, format};

/// Names and values.
pub(super) fn more(gpu: &GpuMetrics) -> Vec<(&'static str, String)> {
    let share = |ratio: Option<Ratio>| ratio.map(|ratio| format::ratio(ratio.get()));
    let count = |count: Option<u64>| count.map(format::count);
    let link = match (gpu.pcie_generation, gpu.pcie_width) {
        (Some(generation), Some(width)) => Some(format!("generation {generation}, {width} lanes")),
        (Some(generation), None) => Some(format!("generation {generation}")),
        (None, width) => width.map(|width| format!("{width} lanes")),
    };
    let traffic = match (gpu.pcie_rx_bytes_per_second, gpu.pcie_tx_bytes_per_second) {
        (None, None) => None,
        (rx, tx) => {
            let rate = |r: Option<f64>| r.map_or_else(|| format::UNKNOWN.to_owned(), format::bytes_per_second);
            Some(format!("in {}, out {}", rate(rx), rate(tx)))
        }
    };
    let remapped = gpu.remapped_rows.map(|rows| {
        let state = match (rows.failed, rows.pending) {
            (true, _) => ", and one failed",
            (false, true) => ", and one waits for a reset",
            (false, false) => "",
        };
        format!("{}{state}", format::count(u64::from(rows.corrected) + u64::from(rows.uncorrected)))
    });
    let pages = gpu.retired_pages_pending.map(|waits| if waits { "wait for a reboot" } else { "none waits" });
    let xid = gpu.xid_last.map(|xid| format!("{} at {}", xid.code, xid.at.to_rfc3339_opts(Secs, true)));
    let mig = gpu.mig_enabled.map(|on| if on { "on" } else { "off" });
    let rows = [
        ("Memory controller", share(gpu.memory_utilization)),
        ("Encoder", share(gpu.encoder_utilization)),
        ("Decoder", share(gpu.decoder_utilization)),
        ("Memory temperature", gpu.memory_temperature_celsius.map(format::celsius)),
        ("Fan", share(gpu.fan_speed)),
        ("Performance state", gpu.performance_state.map(|state| format!("P{state}"))),
        ("Energy", gpu.energy_joules.map(format::joules)),
        ("PCIe", link),
        ("PCIe traffic", traffic),
        ("PCIe replays", count(gpu.pcie_replay_count)),
        ("ECC corrected", count(gpu.ecc_corrected_errors)),
        ("ECC uncorrected", count(gpu.ecc_uncorrected_errors)),
        ("Remapped rows", remapped),
        ("Retired pages", pages.map(str::to_owned)),
        ("Last XID", xid),
        ("MIG", mig.map(str::to_owned)),
        ("Driver", gpu.driver_version.clone()),
        ("Bus", gpu.pci_bus_id.clone()),
        ("UUID", gpu.uuid.clone()),
    ];
    rows.into_iter().filter_map(|(name, text)| Some((name, text?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_device_tells_is_listed_and_what_it_does_not_is_not() {
        assert_eq!(more(&GpuMetrics::default()), []);
        let gpu: GpuMetrics =
            serde_json::from_str(include_str!("../../../../../tests/golden/gpu_metrics.json")).expect("a device");
        let told = more(&gpu);
        let of = |name: &str| told.iter().find(|(own, _)| *own == name).map(|(_, text)| text.as_str());
        assert_eq!(of("Performance state"), Some("P0"));
        assert_eq!(of("PCIe"), Some("generation 4, 16 lanes"));
        assert_eq!(told.len(), 19, "{told:?}");
        let failed = forewatch::gpu::RemappedRows { uncorrected: 2, failed: true, ..Default::default() };
        let broken = GpuMetrics { remapped_rows: Some(failed), pcie_width: Some(8), ..GpuMetrics::default() };
        let expected = [("PCIe", "8 lanes"), ("Remapped rows", "2, and one failed")];
        assert_eq!(more(&broken), expected.map(|(name, text)| (name, text.to_owned())));
    }
}

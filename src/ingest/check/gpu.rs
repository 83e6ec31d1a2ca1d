//! Looks over the readings of GPUs.

use super::{Check, limits, shorten, shorten_text};
use crate::GpuMetrics;

/// Degrees Celsius that a device can have: above absolute zero, below where it has long melted.
const TEMPERATURES: std::ops::RangeInclusive<f64> = -273.15..=1_000.0;

pub(super) fn check(gpus: &mut [GpuMetrics], check: &mut Check<'_>) {
    if !check.at_most("/gpus", gpus.len(), limits::GPUS) {
        return;
    }
    for place in 0..gpus.len() {
        let index = gpus[place].index;
        if gpus[..place].iter().any(|other| other.index == index) {
            check.refuse(
                format_args!("/gpus/{place}/index"),
                format_args!("is {index} as another's: number them apart"),
            );
        }
        device(&mut gpus[place], place, check);
    }
}

fn device(gpu: &mut GpuMetrics, place: usize, check: &mut Check<'_>) {
    for text in [&mut gpu.uuid, &mut gpu.name, &mut gpu.pci_bus_id, &mut gpu.driver_version] {
        shorten(text);
    }
    for (name, value) in [
        ("power_draw_watts", gpu.power_draw_watts),
        ("power_limit_watts", gpu.power_limit_watts),
        ("energy_joules", gpu.energy_joules),
        ("sm_clock_hz", gpu.sm_clock_hz),
        ("memory_clock_hz", gpu.memory_clock_hz),
        ("pcie_rx_bytes_per_second", gpu.pcie_rx_bytes_per_second),
        ("pcie_tx_bytes_per_second", gpu.pcie_tx_bytes_per_second),
    ] {
        check.not_negative(format_args!("/gpus/{place}/{name}"), value);
    }
    for (name, count) in [
        ("pcie_replay_count", gpu.pcie_replay_count),
        ("ecc_corrected_errors", gpu.ecc_corrected_errors),
        ("ecc_uncorrected_errors", gpu.ecc_uncorrected_errors),
    ] {
        check.count(format_args!("/gpus/{place}/{name}"), count);
    }
    for (name, value) in [
        ("temperature_celsius", gpu.temperature_celsius),
        ("memory_temperature_celsius", gpu.memory_temperature_celsius),
        ("slowdown_temperature_celsius", gpu.slowdown_temperature_celsius),
    ] {
        if let Some(value) = value.filter(|value| !TEMPERATURES.contains(value)) {
            check.refuse(
                format_args!("/gpus/{place}/{name}"),
                format_args!("is {value}: send degrees Celsius, or leave it out"),
            );
        }
    }
    if let Some(reasons) = &mut gpu.throttle_reasons {
        check.at_most(format_args!("/gpus/{place}/throttle_reasons"), reasons.len(), limits::THROTTLE_REASONS);
        for reason in reasons {
            shorten_text(reason);
        }
    }
    if let Some(processes) = &mut gpu.processes {
        check.at_most(format_args!("/gpus/{place}/processes"), processes.len(), limits::PROCESSES);
        for process in processes {
            shorten(&mut process.name);
        }
    }
}

//! The probe against a stand-in for the driver's library: the real nvml-wrapper calls, with the values of real cards.
#![cfg(target_os = "linux")]
#![allow(missing_docs, clippy::float_cmp)]

mod driver;

use driver::{Card, Driver};
use forewatch::gpu::RemappedRows;
use forewatch::{GpuMetrics, Ratio, WorkerCapability};
use forewatch_agent::probe::{Probe, Settings};
use std::time::{Duration, Instant};

fn missing_of(probe: &Probe, gpu: u32) -> Vec<&'static str> {
    probe.missing().into_iter().filter(|missing| missing.gpu == Some(gpu)).map(|missing| missing.reading).collect()
}

#[test]
fn a_card_that_gives_everything_is_read_in_base_units() {
    let mut card = Card::real("a10g.xml");
    card.set("utilization", 87);
    card.set("memory_temperature", 44);
    card.set("energy", 5_000_000);
    card.set("pcie_rx", 4_000);
    card.set("throttle", 0x4 | 0x40);
    card.set("retired_pending", 0);
    card.set("mig", 0);
    card.set("graphics", "7:23068672:0");
    card.set("compute", format!("{}:1053818880:30", std::process::id()));
    card.set("events", 8);
    let driver = Driver::playing(&[card]);
    let mut probe = driver.probe();
    let gpu = probe.read().gpus.remove(0);
    assert_eq!(gpu.name.as_deref(), Some("NVIDIA A10G"));
    assert_eq!(gpu.uuid.as_deref(), Some("GPU-9a9a6c50-2a47-2f51-a902-b82c3b127e94"));
    assert_eq!(gpu.pci_bus_id.as_deref(), Some("00000000:00:1E.0"));
    assert_eq!(gpu.driver_version.as_deref(), Some("535.54.03"));
    assert_eq!(gpu.utilization, Ratio::clamped(0.87));
    assert_eq!((gpu.memory_used_bytes, gpu.memory_total_bytes), (Some(22 << 20), Some(23_028 << 20)));
    assert_eq!((gpu.temperature_celsius, gpu.slowdown_temperature_celsius), (Some(17.0), Some(95.0)));
    assert_eq!(gpu.memory_temperature_celsius, Some(44.0));
    assert_eq!((gpu.power_draw_watts, gpu.power_limit_watts), (Some(25.58), Some(300.0)));
    assert_eq!(gpu.energy_joules, Some(5_000.0));
    assert_eq!((gpu.sm_clock_hz, gpu.memory_clock_hz), (Some(210e6), Some(405e6)));
    assert_eq!(
        gpu.throttle_reasons.as_deref(),
        Some(&["sw_power_cap".to_owned(), "hw_thermal_slowdown".to_owned()][..])
    );
    assert_eq!((gpu.performance_state, gpu.pcie_generation, gpu.pcie_width), (Some(8), Some(1), Some(8)));
    assert_eq!((gpu.pcie_rx_bytes_per_second, gpu.pcie_tx_bytes_per_second), (Some(4e6), Some(0.0)));
    assert_eq!((gpu.ecc_corrected_errors, gpu.ecc_uncorrected_errors), (Some(0), Some(0)));
    assert_eq!(gpu.remapped_rows, Some(RemappedRows::default()));
    assert_eq!((gpu.retired_pages_pending, gpu.mig_enabled), (Some(false), Some(false)));
    assert_eq!(gpu.fan_speed, Ratio::clamped(0.0));
    let processes = gpu.processes.expect("the card tells its processes");
    assert_eq!(
        processes.iter().map(|p| p.memory_used_bytes).collect::<Vec<_>>(),
        [Some(1_053_818_880), Some(23_068_672)]
    );
    assert_eq!((processes[0].pid, processes[0].sm_utilization), (std::process::id(), Ratio::clamped(0.3)));
    assert!(processes[0].name.is_some(), "a process of this host has a name");
    assert_eq!(missing_of(&probe, 0), [""; 0]);
    let registration = probe.registration();
    assert_eq!(registration.capability, WorkerCapability::Gpu);
    assert_eq!(registration.hardware.gpu_models, ["NVIDIA A10G"]);
}

#[test]
fn what_a_card_does_not_give_is_absent_and_asked_for_once() {
    let driver = Driver::playing(&[Card::real("a100-sxm4-v12.xml")]);
    let mut probe = driver.probe();
    let first = probe.read().gpus.remove(0);
    assert_eq!((first.utilization, first.encoder_utilization, first.fan_speed), (None, None, None));
    assert_eq!((first.remapped_rows, first.retired_pages_pending), (None, None));
    assert_eq!(first.temperature_celsius, Some(27.0));
    assert_eq!((first.memory_temperature_celsius, first.mig_enabled), (Some(44.0), Some(true)));
    assert_eq!(first.power_limit_watts, Some(500.0));
    for _ in 0..3 {
        assert_eq!(probe.read().gpus.remove(0), first);
    }
    assert_eq!((driver.calls("0.utilization"), driver.calls("0.fan")), (1, 1));
    assert_eq!(driver.calls("0.temperature"), 4);
    let missing = missing_of(&probe, 0);
    for reading in ["utilization", "fan_speed", "remapped_rows/failed", "retired_pages_pending", "xid_last"] {
        assert!(missing.contains(&reading), "{reading} is not among {missing:?}");
    }
}

#[test]
fn the_four_real_cards_give_what_nvidia_smi_shows() {
    let names = ["a100-sxm4-v12.xml", "a10g.xml", "rtx-3090-v12.xml", "tesla-t4.xml"];
    let driver = Driver::playing(&names.map(Card::real));
    let gpus = driver.probe().read().gpus;
    let of = |read: fn(&GpuMetrics) -> Option<f64>| gpus.iter().map(read).collect::<Vec<_>>();
    assert_eq!(of(|gpu| gpu.temperature_celsius), [Some(27.0), Some(17.0), Some(37.0), Some(40.0)]);
    assert_eq!(of(|gpu| gpu.power_limit_watts), [Some(500.0), Some(300.0), Some(200.0), Some(70.0)]);
    assert_eq!(of(|gpu| gpu.fan_speed.map(Ratio::get)), [None, Some(0.0), Some(0.0), None]);
    assert_eq!(of(|gpu| gpu.ecc_corrected_errors.map(|n| n as f64)), [Some(0.0), Some(0.0), None, Some(0.0)]);
    assert_eq!(of(|gpu| gpu.pcie_width.map(f64::from)), [Some(16.0), Some(8.0), Some(16.0), Some(8.0)]);
}

/// What the agent read from an H100's own driver is in the fixtures, beside what `nvidia-smi` said in the same second.
#[test]
fn a_real_h100_at_its_power_limit_reads_the_same_from_the_stand_in() {
    let real = include_str!("../fixtures/nvidia-smi/h100-sxm5-probe.json");
    let real: GpuMetrics = serde_json::from_str(real).expect("the agent's own reading");
    assert!(!real.is_throttled(), "a power limit is neither heat nor a fault");
    let mut played = Driver::playing(&[Card::real("h100-sxm5-v13.xml")]).probe().read().gpus.remove(0);
    let near = |a: Option<f64>, b: Option<f64>, by: f64| a.zip(b).is_some_and(|(a, b)| (a - b).abs() < by);
    assert!(near(played.power_draw_watts, real.power_draw_watts, 1.0));
    assert!(near(played.temperature_celsius, real.temperature_celsius, 2.0));
    assert!(near(played.sm_clock_hz, real.sm_clock_hz, 50e6));
    assert!(near(played.memory_used_bytes.map(|b| b as f64), real.memory_used_bytes.map(|b| b as f64), 1_048_576.0));
    // What moves from one moment to the next, and what nvidia-smi does not print.
    played.power_draw_watts = real.power_draw_watts;
    played.temperature_celsius = real.temperature_celsius;
    played.sm_clock_hz = real.sm_clock_hz;
    played.memory_used_bytes = real.memory_used_bytes;
    played.memory_utilization = real.memory_utilization;
    played.pcie_rx_bytes_per_second = real.pcie_rx_bytes_per_second;
    played.pcie_tx_bytes_per_second = real.pcie_tx_bytes_per_second;
    played.slowdown_temperature_celsius = real.slowdown_temperature_celsius;
    played.energy_joules = real.energy_joules;
    played.processes.clone_from(&real.processes);
    played.driver_version.clone_from(&real.driver_version);
    assert_eq!(played, real);
}

#[test]
fn what_is_costly_to_read_is_read_seldom_and_stays() {
    let mut card = Card::real("a10g.xml");
    card.set("energy", 5_000_000);
    card.set("compute", "7:1053818880:30");
    let driver = Driver::playing(&[card.clone()]);
    let mut probe = driver.probe_with_seldom(Duration::from_hours(1));
    let first = probe.read().gpus.remove(0);
    card.set("energy", 6_000_000);
    card.set("temperature", 18);
    driver.play(&[card.clone()]);
    let second = probe.read().gpus.remove(0);
    assert_eq!(second.temperature_celsius, Some(18.0), "what is cheap is read each time");
    assert_eq!(GpuMetrics { temperature_celsius: first.temperature_celsius, ..second }, first);
    assert_eq!((driver.calls("0.energy"), driver.calls("0.pcie_rx")), (1, 1));

    let mut probe = driver.probe_with_seldom(Duration::ZERO);
    probe.read();
    card.set("energy", 7_000_000);
    driver.play(&[card]);
    assert_eq!(probe.read().gpus[0].energy_joules, Some(7_000.0));
}

#[test]
fn a_device_that_comes_back_is_read_whole() {
    let mut card = Card::real("a10g.xml");
    card.set("energy", 5_000_000);
    let driver = Driver::playing(&[card.clone()]);
    let mut probe = driver.probe_with_seldom(Duration::from_hours(1));
    probe.read();
    let mut lost = card.clone();
    lost.set("lost", 1);
    driver.play(&[lost]);
    assert_eq!(probe.read().gpus[0].energy_joules, None);
    card.set("energy", 1_000);
    driver.play(&[card]);
    assert_eq!(probe.read().gpus[0].energy_joules, Some(1.0), "it counts from its reset");
}

#[test]
fn eight_devices_are_eight_records_in_order() {
    let cards: Vec<Card> = (0..8)
        .map(|index| {
            let mut card = Card::real("tesla-t4.xml");
            card.set("temperature", 40 + index);
            card
        })
        .collect();
    let driver = Driver::playing(&cards);
    let mut probe = driver.probe();
    let read: Vec<_> = probe.read().gpus.iter().map(|gpu| (gpu.index, gpu.temperature_celsius)).collect();
    assert_eq!(read, (0..8).map(|index| (index, Some(f64::from(40 + index)))).collect::<Vec<_>>());
    assert_eq!(probe.registration().hardware.gpu_count, Some(8));
}

#[test]
fn a_device_that_falls_off_the_bus_stays_listed_without_readings() {
    let mut cards = vec![Card::real("a10g.xml"), Card::real("a10g.xml")];
    for card in &mut cards {
        card.set("events", 8);
    }
    let driver = Driver::playing(&cards);
    let mut probe = driver.probe();
    assert!(probe.read().gpus.iter().all(|gpu| gpu.temperature_celsius.is_some()));
    cards[1].set("lost", 1);
    cards[1].set("xid", 79);
    driver.play(&cards);
    // The error is reported by a thread of its own, within its round.
    let patience = Instant::now() + Duration::from_secs(30);
    let gpus = loop {
        let gpus = probe.read().gpus;
        if gpus[1].xid_last.is_some() || Instant::now() > patience {
            break gpus;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(gpus.len(), 2);
    assert!(gpus[0].temperature_celsius.is_some() && gpus[0].xid_last.is_none());
    assert_eq!(gpus[1].name.as_deref(), Some("NVIDIA A10G"));
    assert_eq!((gpus[1].temperature_celsius, gpus[1].memory_used_bytes, gpus[1].utilization), (None, None, None));
    assert_eq!(gpus[1].xid_last.map(|xid| xid.code), Some(79));
    assert!(gpus[1].is_faulty());
    assert_eq!(missing_of(&probe, 1), ["gpus"]);
    cards[1].set("lost", 0);
    driver.play(&cards);
    assert!(probe.read().gpus[1].temperature_celsius.is_some(), "it is read again once it is back");
}

#[test]
fn without_a_library_the_host_is_still_read() {
    let nvml_library = Some("/nonexistent/libnvidia-ml.so".into());
    let mut probe = Probe::start(Settings { nvml_library, ..Settings::default() });
    let reading = probe.read();
    assert!(reading.gpus.is_empty() && reading.host.memory_total_bytes.is_some());
    assert_eq!(probe.registration().capability, WorkerCapability::Cpu);
    let missing = probe.missing();
    let why = missing.iter().find(|missing| missing.reading == "gpus").expect("it says why");
    assert!(why.reason.contains("install the driver"), "{}", why.reason);
}

#[test]
fn a_driver_that_is_installed_later_is_found() {
    let driver = Driver::not_yet();
    let mut probe = driver.probe_that_rescans(Duration::ZERO);
    assert!(probe.read().gpus.is_empty());
    driver.install(&[]);
    assert!(probe.read().gpus.is_empty());
    assert!(probe.missing().iter().any(|missing| missing.reason.contains("finds no device")));
    driver.play(&[Card::real("a10g.xml")]);
    assert_eq!(probe.read().gpus.len(), 1);
    assert_eq!(probe.registration().capability, WorkerCapability::Gpu);
}

#[test]
fn a_device_that_is_plugged_in_later_is_read_and_registered() {
    let mut card = Card::real("a10g.xml");
    // Errors are listened for, by a thread that holds the library open.
    card.set("events", 8);
    let driver = Driver::playing(&[card.clone()]);
    let mut probe = driver.probe_that_rescans(Duration::ZERO);
    assert_eq!(probe.read().gpus.len(), 1);
    let mut other = Card::real("tesla-t4.xml");
    other.set("events", 8);
    driver.play(&[card, other]);
    let names: Vec<_> = probe.read().gpus.into_iter().filter_map(|gpu| gpu.name).collect();
    assert_eq!(names, ["NVIDIA A10G", "Tesla T4"]);
    assert_eq!(probe.registration().hardware.gpu_count, Some(2));
    assert_eq!(missing_of(&probe, 1).iter().filter(|reading| **reading == "xid_last").count(), 0);
}

#[test]
fn devices_are_looked_for_at_the_rescan_and_not_before() {
    let driver = Driver::not_yet();
    let mut probe = driver.probe_that_rescans(Duration::from_hours(1));
    driver.install(&[Card::real("a10g.xml")]);
    assert!(probe.read().gpus.is_empty());
}

//! A device that does not exist. Its readings follow its load: power at once, heat after some time, clocks by both.

use super::plan::Plan;
use chrono::{DateTime, Utc};
use forewatch::gpu::{GpuProcess, RemappedRows, Xid};
use forewatch::{GpuMetrics, Ratio, TaskId};
use rand::{Rng, rngs::SmallRng};

/// A kind of card.
struct Model {
    name: &'static str,
    memory_gib: u64,
    power_limit: f64,
    idle_watts: f64,
    slowdown_celsius: f64,
    sm_hz: f64,
    memory_hz: f64,
    pcie_generation: u32,
    has_fan: bool,
}

const MODELS: [Model; 3] = [
    Model {
        name: "NVIDIA L40S",
        memory_gib: 45,
        power_limit: 350.0,
        idle_watts: 35.0,
        slowdown_celsius: 89.0,
        sm_hz: 2.52e9,
        memory_hz: 9.001e9,
        pcie_generation: 4,
        has_fan: false,
    },
    Model {
        name: "NVIDIA A100-SXM4-80GB",
        memory_gib: 80,
        power_limit: 400.0,
        idle_watts: 55.0,
        slowdown_celsius: 89.0,
        sm_hz: 1.41e9,
        memory_hz: 1.593e9,
        pcie_generation: 4,
        has_fan: false,
    },
    Model {
        name: "NVIDIA GeForce RTX 3090",
        memory_gib: 24,
        power_limit: 350.0,
        idle_watts: 25.0,
        slowdown_celsius: 95.0,
        sm_hz: 1.905e9,
        memory_hz: 9.751e9,
        pcie_generation: 4,
        has_fan: true,
    },
];

/// Seconds in which two thirds of the way to a new temperature are gone.
const WARMING: f64 = 45.0;
const ROOM_CELSIUS: f64 = 26.0;
const GIB: u64 = 1 << 30;
/// Readings in which a device that fell off the bus still shows its last error, before it is gone.
const LAST_WORDS: u32 = 2;

/// A process on the device.
pub(super) struct Job<'a> {
    pub(super) task_id: &'a str,
    pub(super) pid: u32,
}

/// One device.
pub(super) struct Device {
    index: u32,
    uuid: String,
    model: &'static Model,
    load: f64,
    celsius: f64,
    energy_joules: f64,
    replays: u64,
    off_since: Option<DateTime<Utc>>,
    last_words: u32,
}

impl Device {
    pub(super) fn new(worker: usize, index: u32, random: &mut SmallRng) -> Self {
        let (a, b) = (random.random::<u64>(), random.random::<u32>());
        Self {
            index,
            uuid: format!(
                "GPU-{b:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
                a & 0xffff,
                (a >> 16) & 0xfff,
                (a >> 28) & 0xfff,
                a >> 16
            ),
            model: &MODELS[worker % MODELS.len()],
            load: 0.0,
            celsius: ROOM_CELSIUS + 8.0,
            energy_joules: random.random_range(1e6..1e9),
            replays: 0,
            off_since: None,
            last_words: 0,
        }
    }

    pub(super) fn name(&self) -> &'static str {
        self.model.name
    }

    pub(super) fn memory_bytes(&self) -> u64 {
        self.model.memory_gib * GIB
    }

    /// The reading at `now`, `seconds` after the one before; `None` when the device is gone.
    pub(super) fn read(
        &mut self,
        plan: &Plan,
        worker: usize,
        (now, at, seconds): (f64, DateTime<Utc>, f64),
        jobs: &[Job<'_>],
        random: &mut SmallRng,
    ) -> Option<GpuMetrics> {
        let watts = self.advance(plan.overheats(worker, self.index, now), seconds, !jobs.is_empty(), random);
        if plan.is_off_the_bus(worker, self.index, now) {
            return self.off_the_bus(at);
        }
        (self.off_since, self.last_words) = (None, 0);
        Some(self.reading(watts, jobs, random))
    }

    /// Moves load, heat and energy on; gives the watts.
    fn advance(&mut self, overheats: bool, seconds: f64, is_busy: bool, random: &mut SmallRng) -> f64 {
        let target = if is_busy { random.random_range(0.72..0.99) } else { random.random_range(0.0..0.02) };
        self.load += (target - self.load) * (1.0 - (-seconds / 4.0).exp());
        let model = self.model;
        let watts = (model.idle_watts
            + self.load * (model.power_limit - model.idle_watts) * 0.93
            + random.random_range(-2.0..2.0))
        .clamp(model.idle_watts * 0.8, model.power_limit);
        let settled = if overheats {
            model.slowdown_celsius + 4.0
        } else {
            ROOM_CELSIUS + 8.0 + 42.0 * watts / model.power_limit
        };
        let pace = if overheats { WARMING / 5.0 } else { WARMING };
        self.celsius += (settled - self.celsius) * (1.0 - (-seconds / pace).exp());
        self.energy_joules += watts * seconds;
        self.replays += u64::from(random.random_bool(0.0005));
        watts
    }

    fn off_the_bus(&mut self, at: DateTime<Utc>) -> Option<GpuMetrics> {
        let since = *self.off_since.get_or_insert(at);
        self.last_words += 1;
        (self.last_words <= LAST_WORDS)
            .then(|| GpuMetrics { xid_last: Some(Xid { code: 79, at: since }), ..self.identity() })
    }

    fn identity(&self) -> GpuMetrics {
        GpuMetrics {
            index: self.index,
            uuid: Some(self.uuid.clone()),
            name: Some(self.model.name.to_owned()),
            pci_bus_id: Some(format!("00000000:{:02X}:00.0", 0x18 + self.index * 3)),
            driver_version: Some("570.86.15".to_owned()),
            ..GpuMetrics::default()
        }
    }

    fn reading(&self, watts: f64, jobs: &[Job<'_>], random: &mut SmallRng) -> GpuMetrics {
        let (model, load) = (self.model, self.load);
        let is_hot = self.celsius >= model.slowdown_celsius;
        let total = self.memory_bytes();
        let used = GIB / 2 + ratio_of(total, if jobs.is_empty() { 0.01 } else { 0.35 + 0.4 * load });
        let clock_share = if is_hot {
            0.55
        } else if load < 0.05 {
            0.15
        } else {
            0.97
        };
        let mut reasons = Vec::new();
        if is_hot {
            reasons.push("hw_thermal_slowdown".to_owned());
        } else if load < 0.03 {
            reasons.push("gpu_idle".to_owned());
        } else if watts > 0.95 * model.power_limit {
            reasons.push("sw_power_cap".to_owned());
        }
        let process = |job: &Job<'_>| GpuProcess {
            pid: job.pid,
            name: Some("python".to_owned()),
            memory_used_bytes: Some((used - GIB / 4) / jobs.len() as u64),
            sm_utilization: Ratio::clamped(load / jobs.len() as f64),
            task_id: TaskId::new(job.task_id).ok(),
        };
        GpuMetrics {
            utilization: Ratio::clamped((load * 100.0).round() / 100.0),
            memory_utilization: Ratio::clamped((load * 62.0).round() / 100.0),
            memory_used_bytes: Some(used.min(total)),
            memory_total_bytes: Some(total),
            encoder_utilization: Ratio::clamped(0.0),
            decoder_utilization: Ratio::clamped((load * 8.0).round() / 100.0),
            temperature_celsius: Some(self.celsius.round()),
            memory_temperature_celsius: (!model.has_fan).then(|| (self.celsius + 6.0).round()),
            slowdown_temperature_celsius: Some(model.slowdown_celsius),
            fan_speed: model.has_fan.then(|| Ratio::clamped(((self.celsius - 30.0) / 60.0).clamp(0.0, 1.0))).flatten(),
            power_draw_watts: Some((watts * 100.0).round() / 100.0),
            power_limit_watts: Some(model.power_limit),
            energy_joules: Some(self.energy_joules.round()),
            sm_clock_hz: Some((model.sm_hz * clock_share / 15e6).round() * 15e6),
            memory_clock_hz: Some(if load < 0.03 { 405e6 } else { model.memory_hz }),
            throttle_reasons: Some(reasons),
            performance_state: Some(if load < 0.03 { 8 } else { 0 }),
            pcie_generation: Some(if load < 0.03 { 1 } else { model.pcie_generation }),
            pcie_width: Some(16),
            pcie_rx_bytes_per_second: Some((load * random.random_range(0.8e9..1.6e9)).round()),
            pcie_tx_bytes_per_second: Some((load * random.random_range(0.2e9..0.5e9)).round()),
            pcie_replay_count: Some(self.replays),
            ecc_corrected_errors: (!model.has_fan).then_some(0),
            ecc_uncorrected_errors: (!model.has_fan).then_some(0),
            remapped_rows: (!model.has_fan).then(RemappedRows::default),
            mig_enabled: (!model.has_fan).then_some(false),
            processes: Some(jobs.iter().map(process).collect()),
            ..self.identity()
        }
    }
}

fn ratio_of(whole: u64, share: f64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a positive size")]
    let part = (whole as f64 * share) as u64;
    part
}

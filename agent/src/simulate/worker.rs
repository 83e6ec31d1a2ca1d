//! A worker that does not exist: its host and its devices. Its random numbers are its own, so what it reads does
//! not depend on the other workers.

use super::device::{Device, Job};
use super::plan::Plan;
use super::task::Running;
use chrono::{DateTime, Utc};
use forewatch::heartbeat::{HeartbeatMetrics, HostReading, Pressure};
use forewatch::registration::{HardwareInfo, Location, Reporter};
use forewatch::{Heartbeat, Ratio, Registration, WorkerCapability, WorkerId, WorkerStatus};
use rand::{Rng, SeedableRng, rngs::SmallRng};

/// Where the workers stand: the airports nearest.
const SITES: [&str; 5] = ["fra", "ams", "iad", "sjc", "sin"];
const CORES: u32 = 64;
const MEMORY: u64 = 512 << 30;
const DISK: u64 = 4 << 40;
const VERSION: &str = "2.4.1";

/// One worker.
pub(super) struct Worker {
    pub(super) id: WorkerId,
    site: &'static str,
    random: SmallRng,
    devices: Vec<Device>,
    last: Option<f64>,
    cpu: f64,
    disk_used: u64,
    received: u64,
    sent: u64,
    up_before: f64,
    pub(super) completed: u64,
    pub(super) failed: u64,
    pub(super) busy_seconds: f64,
}

impl Worker {
    pub(super) fn new(plan: &Plan, number: usize) -> Self {
        let mut random = SmallRng::seed_from_u64(plan.seed ^ (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let site = SITES[number % SITES.len()];
        let devices = (0..plan.gpus).map(|index| Device::new(number, index, &mut random)).collect();
        Self {
            id: WorkerId::new(format!("sim-{:03}.{site}", number + 1)).expect("letters, digits and dots are an id"),
            site,
            devices,
            last: None,
            cpu: 0.05,
            disk_used: random.random_range(DISK / 5..DISK / 2),
            received: random.random_range(1 << 30..1 << 40),
            sent: random.random_range(1 << 30..1 << 38),
            up_before: random.random_range(3600.0..5e6),
            completed: 0,
            failed: 0,
            busy_seconds: 0.0,
            random,
        }
    }

    pub(super) fn registration(&self, plan: &Plan) -> Registration {
        let memory: u64 = self.devices.iter().map(Device::memory_bytes).sum();
        Registration {
            worker_id: self.id.clone(),
            name: Some(self.id.to_string()),
            capability: if self.devices.is_empty() { WorkerCapability::Cpu } else { WorkerCapability::Gpu },
            hardware: HardwareInfo {
                cpu_cores: Some(CORES),
                memory_gb: Some(MEMORY as f64 / 1e9),
                gpu_count: Some(plan.gpus),
                gpu_memory_gb: (memory > 0).then_some(memory as f64 / 1e9),
                gpu_models: self.devices.iter().map(|device| device.name().to_owned()).collect(),
                disk_space_gb: Some(DISK as f64 / 1e9),
            },
            location: Location { hostname: Some(self.id.to_string()), is_remote: Some(true), ..Location::default() },
            max_concurrent_tasks: Some(plan.slots()),
            supported_content_types: vec!["video".to_owned(), "audio".to_owned(), "document".to_owned()],
            tags: vec![format!("site:{}", self.site), "simulated".to_owned()],
            version: Some(VERSION.to_owned()),
            host_id: Some(self.id.to_string()),
            interval: Some(plan.interval.as_secs_f64()),
            reporter: Reporter::Worker,
            queues: super::task::queues_of(plan.gpus).iter().map(|queue| (*queue).to_owned()).collect(),
        }
    }

    /// The heartbeat at `now` seconds after the start, which is `at` by the true clock.
    pub(super) fn beat(
        &mut self,
        plan: &Plan,
        number: usize,
        now: f64,
        at: DateTime<Utc>,
        tasks: &[Running],
    ) -> Heartbeat {
        let seconds = self.last.map_or(plan.interval.as_secs_f64(), |last| now - last).max(0.0);
        self.last = Some(now);
        let at = at + chrono::TimeDelta::milliseconds(millis(plan.clock_offset(number)));
        let random = &mut self.random;
        let mut gpus = Vec::with_capacity(self.devices.len());
        for (place, device) in self.devices.iter_mut().enumerate() {
            // Each task has the device of its slot.
            let jobs: Vec<Job<'_>> = tasks
                .iter()
                .filter(|task| task.slot as usize == place)
                .map(|task| Job { task_id: &task.task_id, pid: 2_000 + task.slot })
                .collect();
            gpus.extend(device.read(plan, number, (now, at, seconds), &jobs, random));
        }
        let share = (tasks.len() as f64 / f64::from(plan.slots())).min(1.0);
        self.cpu +=
            (0.04 + 0.62 * share + random.random_range(-0.04..0.06) - self.cpu) * (1.0 - (-seconds / 8.0).exp());
        self.cpu = self.cpu.clamp(0.0, 1.0);
        self.received += count(seconds * (2e5 + share * random.random_range(2e7..6e7)));
        self.sent += count(seconds * (1e5 + share * random.random_range(4e6..1e7)));
        self.disk_used = (self.disk_used + count(seconds * share * 2e5)).min(DISK * 85 / 100);
        let latency = match self.site {
            "fra" | "ams" => random.random_range(0.004..0.012),
            "iad" => random.random_range(0.085..0.1),
            "sjc" => random.random_range(0.14..0.16),
            _ => random.random_range(0.16..0.19),
        };
        let cores = f64::from(CORES);
        let host = HostReading {
            cpu_usage: Ratio::clamped(self.cpu),
            memory_used_bytes: Some(count(MEMORY as f64 * (0.11 + 0.45 * share + random.random_range(0.0..0.01)))),
            memory_total_bytes: Some(MEMORY),
            disk_used_bytes: Some(self.disk_used),
            disk_total_bytes: Some(DISK),
            load_average: Some([self.cpu * cores, self.cpu * cores * 0.97, self.cpu * cores * 0.94]),
            network_rx_bytes: Some(self.received),
            network_tx_bytes: Some(self.sent),
            network_latency: Some(latency),
            uptime: Some(self.up_before + now),
            pressure: Some(Pressure {
                cpu: Ratio::clamped((self.cpu - 0.6).max(0.0) / 2.0),
                memory: Ratio::clamped(0.0),
                io: Ratio::clamped(share * random.random_range(0.0..0.03)),
            }),
        };
        Heartbeat {
            worker_id: self.id.clone(),
            status: if share >= 1.0 { WorkerStatus::Busy } else { WorkerStatus::Online },
            timestamp: at,
            metrics: HeartbeatMetrics {
                active_tasks: Some(tasks.len() as u64),
                completed_tasks: Some(self.completed),
                failed_tasks: Some(self.failed),
                avg_task_duration_seconds: (self.completed > 0).then(|| self.busy_seconds / self.completed as f64),
                ..HeartbeatMetrics::default()
            },
            interval: Some(plan.interval.as_secs_f64()),
            version: Some(VERSION.to_owned()),
            host_id: Some(self.id.to_string()),
            host: Some(host),
            gpus,
            samples: Vec::new(),
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "cut to 0; sizes here are far below 2^53")]
fn count(amount: f64) -> u64 {
    amount.max(0.0) as u64
}

#[expect(clippy::cast_possible_truncation, reason = "a clock is off by hours, not by ages")]
fn millis(seconds: f64) -> i64 {
    (seconds * 1e3) as i64
}

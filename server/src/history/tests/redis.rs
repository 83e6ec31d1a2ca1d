//! What samples take in Redis.
#![allow(clippy::print_stdout, reason = "the figure is what the test is asked for")]

use super::world::{DAY, World};
use crate::history::key::Tier;
use crate::store::conformance::places::{Kind, Redis};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

/// Workers, with eight devices each.
const WORKERS: usize = 32;
const DEVICES: u32 = 8;
/// Bytes that a sample may take once its part is merged.
const BUDGET: f64 = 4.0;

/// A device whose load comes in tasks, and whose heat and power follow it.
struct Device {
    load: f64,
    celsius: f64,
    joules: f64,
}

fn rounded(value: f64, to: f64) -> f64 {
    (value / to).round() * to
}

impl Device {
    /// Puts ten seconds of it into the head, rounded as NVML rounds; answers with how many samples these are.
    fn read(&mut self, world: &World, worker: &str, index: u32, at: i64, random: &mut SmallRng) -> u64 {
        if random.random_bool(0.1) {
            self.load = f64::from(random.random_range(0_u32..=1)) * random.random_range(0.4..1.0);
        }
        let busy = (self.load + random.random_range(-0.03..0.03)).clamp(0.0, 1.0);
        let watts = rounded(55.0 + 345.0 * busy + random.random_range(-5.0..5.0), 0.001);
        self.celsius += (28.0 + 50.0 * busy - self.celsius) * 0.2;
        self.joules += watts * 10.0;
        let memory = rounded(80.0 * self.load, 1.0 / 1_024.0);
        let readings = [
            ("gpu.utilization", rounded(busy, 0.01)),
            ("gpu.memory_utilization", rounded(busy * 0.6, 0.01)),
            ("gpu.memory_usage", memory / 80.0),
            ("gpu.memory_used", memory * 1_073_741_824.0),
            ("gpu.temperature", self.celsius.round()),
            ("gpu.power_draw", watts),
            ("gpu.energy", rounded(self.joules, 0.001)),
            ("gpu.sm_clock", if self.load > 0.0 { 1.41e9 } else { 2.1e8 }),
            ("gpu.memory_clock", 1.593e9),
            ("gpu.throttled", 0.0),
            ("gpu.pcie_rx", rounded(busy * 9e8, 1_024.0)),
            ("gpu.pcie_tx", rounded(busy * 3e8, 1_024.0)),
            ("gpu.pcie_replays", 0.0),
            ("gpu.ecc_corrected", 0.0),
            ("gpu.fault", 0.0),
        ];
        for (metric, value) in readings {
            world.put(worker, metric, Some(index), at * 1_000, value);
        }
        readings.len() as u64
    }
}

#[test]
fn a_sample_takes_four_bytes_at_most_once_its_hour_is_over() {
    let redis = Redis::start(&[]);
    let used = || -> f64 {
        let info = redis.run(&["INFO", "memory"]);
        let used = info.lines().find_map(|line| line.strip_prefix("used_memory_dataset:"));
        used.and_then(|used| used.trim().parse().ok()).expect("Redis tells it")
    };
    let mut world = World::on(&Kind::Redis(redis.url(0)));
    let before = used();
    let mut random = SmallRng::seed_from_u64(7);
    let device = |_| Device { load: 0.0, celsius: 30.0, joules: 0.0 };
    let mut devices: Vec<Vec<Device>> = (0..WORKERS).map(|_| (0..DEVICES).map(device).collect()).collect();
    let mut samples = 0;
    for minute in 0..60 {
        for at in (0..60).step_by(10).map(|second| DAY + minute * 60 + second) {
            for (number, devices) in devices.iter_mut().enumerate() {
                let worker = format!("gpu-{number}");
                for (index, device) in (0..).zip(devices) {
                    samples += device.read(&world, &worker, index, at, &mut random);
                }
            }
        }
        assert!(world.keeper.flush());
    }
    let each = |bytes: f64| bytes / samples as f64;
    let open = each(used() - before);
    world.now = DAY + 3_600 + 120;
    world.work();
    assert_eq!(world.parts(Tier::Raw.slot(DAY)), 1);
    let sealed = each(used() - before);
    println!("{samples} samples: {open:.2} bytes each in open parts, {sealed:.2} merged and with their buckets");
    assert!(sealed <= BUDGET, "{sealed}");
}

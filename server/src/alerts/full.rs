//! For measurements: a whole fleet, healthy or in a storm, and how long one evaluation of all rules takes.

use super::{Engine, rule_book};
use crate::collector::{Changes, Fleet, Settings, apply};
use crate::config::Config;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::heartbeat::{Heartbeat, HeartbeatMetrics, HostReading};
use forewatch::{Event, EventBody, GpuMetrics, Ratio, SourceName, WorkerId, WorkerStatus};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long evaluations took.
#[derive(Debug, Clone, Copy)]
pub struct Evaluated {
    /// Rules that were evaluated.
    pub rules: usize,
    /// The median, and the longest, of a healthy fleet.
    pub healthy: [Duration; 2],
    /// Likewise, while every device and every host has an alert.
    pub storm: [Duration; 2],
    /// Alerts in that storm.
    pub alerts: usize,
}

/// Evaluates the rules that come with Forewatch over a fleet of so many workers and devices, `rounds` times.
pub fn evaluate(workers: u32, gpus: u32, rounds: usize) -> anyhow::Result<Evaluated> {
    let config = Config::default();
    let book = rule_book(&config).map_err(|_| anyhow::anyhow!("the rules cannot be read"))?;
    let (rules, settings) = (book.rules.len(), Settings::of(&config));
    let begin = DateTime::from_timestamp(1_800_000_000, 0).unwrap_or_default();
    let engine = Engine::new(Arc::new(book.rules), book.windows, begin);
    let mut fleet = Fleet::empty(begin);
    let mut sequence = 0;
    let mut report = |fleet: &mut Fleet, at: DateTime<Utc>, load: f64| -> anyhow::Result<()> {
        let mut changes = Changes::default();
        for n in 0..workers {
            sequence += 1;
            apply(fleet, &settings, sequence, &beat(n, gpus, at, load)?, &mut changes);
        }
        crate::collector::tick(fleet, &settings, at, &mut changes);
        Ok(())
    };
    report(&mut fleet, begin, 0.5)?;
    let healthy = timed(rounds, || engine.evaluate(&fleet, begin + TimeDelta::seconds(1)));
    for (after, load) in [(1, 0.99), (700, 0.99)] {
        let at = begin + TimeDelta::seconds(after);
        report(&mut fleet, at, load)?;
        for decision in engine.evaluate(&fleet, at) {
            crate::collector::alert::apply_transition(&mut fleet, &decision, at, &mut Changes::default());
        }
    }
    let storm = timed(rounds, || engine.evaluate(&fleet, begin + TimeDelta::seconds(701)));
    Ok(Evaluated { rules, healthy, storm, alerts: fleet.alerts.len() })
}

fn timed<T>(rounds: usize, once: impl Fn() -> T) -> [Duration; 2] {
    let mut took: Vec<Duration> = (0..rounds.max(1))
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box(once());
            start.elapsed()
        })
        .collect();
    took.sort_unstable();
    [took[took.len() / 2], took[took.len() - 1]]
}

fn beat(n: u32, gpus: u32, at: DateTime<Utc>, load: f64) -> anyhow::Result<Event> {
    let load = Ratio::new(load)?;
    let gpu = |index| GpuMetrics {
        index,
        uuid: Some(format!("GPU-{n}-{index}")),
        utilization: Some(load),
        memory_used_bytes: Some(40),
        memory_total_bytes: Some(80),
        temperature_celsius: Some(60.0),
        slowdown_temperature_celsius: Some(90.0),
        throttle_reasons: Some(vec!["sw_power_cap".to_owned()]),
        ecc_uncorrected_errors: Some(0),
        ..GpuMetrics::default()
    };
    let beat = Heartbeat {
        worker_id: WorkerId::new(format!("gpu-{n}"))?,
        status: WorkerStatus::Busy,
        timestamp: at,
        metrics: HeartbeatMetrics::default(),
        interval: Some(10_000.0),
        version: None,
        host_id: Some(format!("host-{n}")),
        host: Some(HostReading { cpu_usage: Some(load), ..HostReading::default() }),
        gpus: (0..gpus).map(gpu).collect(),
        samples: Vec::new(),
    };
    let source = SourceName::new("agent")?;
    let body = EventBody::WorkerHeartbeat(Box::new(beat));
    Ok(Event { event_id: None, source, at, received_at: at, body })
}

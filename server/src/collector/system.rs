//! The whole system in numbers, from the state. The meaning of each is in MODEL.md and beside the
//! fields of [`SystemMetrics`].

use super::fleet::{Fleet, Queue, States};
use super::queue::current;
use super::settings::Settings;
use super::source::is_broker;
use crate::store::notice;
use chrono::{DateTime, Timelike, Utc};
use forewatch::{QueueClass, Ratio, SourceName, SystemMetrics, WorkerCapability, WorkerMetrics, WorkerStatus, time};
use std::collections::{BTreeMap, HashSet};

/// The system before anything is known.
pub(crate) fn empty(now: DateTime<Utc>) -> SystemMetrics {
    SystemMetrics {
        timestamp: now,
        total_workers: 0,
        online_workers: 0,
        gpu_workers: 0,
        cpu_workers: 0,
        hybrid_workers: 0,
        total_tasks: 0,
        pending_tasks: 0,
        processing_tasks: 0,
        completed_tasks: 0,
        failed_tasks: 0,
        gpu_queue_size: 0,
        cpu_queue_size: 0,
        fallback_queue_size: 0,
        average_task_duration: None,
        average_queue_wait_time: None,
        system_throughput: 0.0,
        total_cpu_usage: None,
        total_memory_usage: None,
        total_gpu_usage: None,
        error_rate: None,
        timeout_rate: None,
        retry_rate: None,
        cancelled_tasks: 0,
        unknown_tasks: 0,
        offline_workers: 0,
        unhealthy_workers: 0,
        gpu_memory_usage: None,
        power_draw_watts: None,
        gpus: 0,
        tasks_lost_events: 0,
        queues: BTreeMap::new(),
        observed: None,
        notice: None,
    }
}

/// The system as of the fleet's `now`.
pub(super) fn compute(fleet: &Fleet, settings: &Settings) -> SystemMetrics {
    // To the second: the chart's points are keyed by it, and within a second only real changes are told.
    let mut system = empty(fleet.now.with_nanosecond(0).unwrap_or(fleet.now));
    workers(fleet, &mut system);
    tasks(fleet, &mut system);
    rates(fleet, settings, &mut system);
    loads(fleet, &mut system);
    system.tasks_lost_events = sum(fleet.sources.values().map(|source| source.lost_events));
    system.notice = fleet.outage.as_ref().filter(|outage| outage.is_open()).map(notice);
    system
}

fn workers(fleet: &Fleet, system: &mut SystemMetrics) {
    for worker in fleet.workers.values().map(|worker| &worker.metrics) {
        system.total_workers += 1;
        system.online_workers += u64::from(worker.is_online);
        system.unhealthy_workers += u64::from(worker.is_online && !worker.is_healthy);
        match worker.capability {
            WorkerCapability::Gpu => system.gpu_workers += 1,
            WorkerCapability::Cpu => system.cpu_workers += 1,
            WorkerCapability::Hybrid => system.hybrid_workers += 1,
            WorkerCapability::Unknown => {}
        }
    }
    system.offline_workers = system.total_workers - system.online_workers;
}

fn tasks(fleet: &Fleet, system: &mut SystemMetrics) {
    let ended = fleet.tally.sum();
    for (source, states) in &fleet.without_queue {
        add(&mut system.pending_tasks, unmeasured(fleet, source, *states));
        add(&mut system.processing_tasks, states.running);
    }
    for queue in fleet.queues.values() {
        add(&mut system.pending_tasks, queue.stats.pending_tasks);
        add(&mut system.processing_tasks, queue.states.running);
        let waiting = waiting(queue);
        let of_class = match queue.class {
            QueueClass::Gpu => &mut system.gpu_queue_size,
            QueueClass::Cpu => &mut system.cpu_queue_size,
            QueueClass::Fallback => &mut system.fallback_queue_size,
        };
        add(of_class, waiting);
        add(system.queues.entry(queue.id.to_string()).or_default(), waiting);
    }
    (system.completed_tasks, system.failed_tasks) = (ended.completed, ended.failed);
    // Workers that tell of their tasks by counters only. What one that is offline ran is not known.
    for worker in fleet.workers.values().filter(|worker| !worker.has_task_events) {
        add(&mut system.completed_tasks, worker.counters.completed.total());
        add(&mut system.failed_tasks, worker.counters.failed.total());
        if worker.metrics.status != WorkerStatus::Offline {
            add(&mut system.processing_tasks, worker.counters.active.unwrap_or(0));
        }
    }
    (system.cancelled_tasks, system.unknown_tasks) = (ended.cancelled, ended.unknown);
    system.total_tasks = sum([
        system.pending_tasks,
        system.processing_tasks,
        system.completed_tasks,
        system.failed_tasks,
        system.cancelled_tasks,
        system.unknown_tasks,
    ]);
}

/// Counts come from outside: a sum of absurd ones is the largest number, never a small one.
fn add(total: &mut u64, count: u64) {
    *total = total.saturating_add(count);
}

fn sum(counts: impl IntoIterator<Item = u64>) -> u64 {
    counts.into_iter().fold(0, u64::saturating_add)
}

/// Messages waiting in a queue: its measured length, else its known tasks that no worker has taken.
fn waiting(queue: &Queue) -> u64 {
    queue.stats.length.unwrap_or(queue.states.sent + queue.states.retrying)
}

/// Waiting tasks of a source whose queue is not known, and which no measurement counts. Stock Celery does not say
/// from which queue a worker took a task; but the measurements of a broker's queues together hold all its messages.
fn unmeasured(fleet: &Fleet, source: &SourceName, states: States) -> u64 {
    if !is_broker(source) {
        return states.waiting();
    }
    let of_source = || fleet.queues.values().filter(|queue| queue.source == *source);
    let measured = || of_source().filter_map(|queue| current(fleet, queue));
    let lying = if measured().next().is_some() { 0 } else { states.sent + states.retrying };
    let reserved = if measured().any(|sample| sample.reserved.is_some()) { 0 } else { states.received };
    let delayed = if measured().any(|sample| sample.delayed.is_some()) { 0 } else { states.scheduled };
    sum([lying, reserved, delayed])
}

fn rates(fleet: &Fleet, settings: &Settings, system: &mut SystemMetrics) {
    let window = fleet.window.last(fleet.now, settings.window.num_seconds());
    system.average_task_duration = window.ended.mean_processing();
    system.average_queue_wait_time = window.mean_wait();
    system.error_rate = window.error_rate();
    system.timeout_rate = window.timeout_rate();
    system.retry_rate = window.retry_rate();
    let observed = time::seconds_between(fleet.observed_since, fleet.now);
    let span = observed.clamp(60.0, settings.window.num_seconds().max(60) as f64);
    system.system_throughput = window.ended.completed as f64 * 3600.0 / span;
}

/// Loads: a host counts once, however many workers report from it; a device once by its id.
fn loads(fleet: &Fleet, system: &mut SystemMetrics) {
    let (mut hosts, mut devices) = (HashSet::new(), HashSet::new());
    let (mut cpu, mut memory, mut memory_plain, mut gpu, mut vram) =
        (Mean::default(), Mean::default(), Mean::default(), Mean::default(), Mean::default());
    let mut power = None;
    for worker in fleet.workers.values().map(|worker| &worker.metrics).filter(|worker| worker.is_online) {
        if (worker.cpu_usage.is_some() || worker.memory_usage.is_some()) && hosts.insert(host_of(worker)) {
            cpu.add(worker.cpu_usage, 1.0);
            match worker.memory_total_bytes {
                Some(total) => memory.add(worker.memory_usage, total as f64),
                None => memory_plain.add(worker.memory_usage, 1.0),
            }
        }
        for device in &worker.gpus {
            let place = (host_of(worker), Some(device.index));
            if !devices.insert(device.uuid.as_deref().map_or(place, |uuid| (uuid, None))) {
                continue;
            }
            gpu.add(device.utilization, 1.0);
            vram.add(device.memory_usage(), device.memory_total_bytes.unwrap_or(0) as f64);
            if let Some(watts) = device.power_draw_watts {
                *power.get_or_insert(0.0) += watts;
            }
        }
        if worker.gpus.is_empty() {
            gpu.add(worker.gpu_usage, 1.0);
        }
    }
    system.gpus = devices.len() as u64;
    system.total_cpu_usage = cpu.get();
    // Capacities are the weight where they are known; hosts without count only when none has one.
    system.total_memory_usage = memory.get().or(memory_plain.get());
    system.total_gpu_usage = gpu.get();
    system.gpu_memory_usage = vram.get();
    system.power_draw_watts = power;
}

fn host_of(worker: &WorkerMetrics) -> &str {
    worker.host_id.as_deref().or(worker.hostname.as_deref()).unwrap_or(&worker.worker_id)
}

/// A weighted mean of ratios.
#[derive(Default)]
struct Mean {
    sum: f64,
    weight: f64,
}

impl Mean {
    fn add(&mut self, value: Option<Ratio>, weight: f64) {
        if let Some(value) = value {
            self.sum += value.get() * weight;
            self.weight += weight;
        }
    }

    fn get(&self) -> Option<Ratio> {
        (self.weight > 0.0).then(|| Ratio::clamped(self.sum / self.weight)).flatten()
    }
}

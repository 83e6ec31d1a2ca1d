//! A worker of which nothing is known yet.

use super::{Faults, Moments};
use crate::collector::fleet::{Counters, Worker};
use crate::collector::outcome::Tally;
use chrono::{DateTime, Utc};
use forewatch::registration::{HardwareInfo, Location};
use forewatch::{SourceName, WorkerCapability, WorkerId, WorkerMetrics, WorkerStatus};
use std::collections::BTreeSet;

/// A worker that was first heard of at `at`.
pub(super) fn fresh(id: &WorkerId, source: &SourceName, at: DateTime<Utc>, health_limit: f64) -> Worker {
    Worker {
        metrics: WorkerMetrics {
            worker_id: id.clone(),
            timestamp: at,
            is_online: false,
            is_healthy: false,
            last_heartbeat: at,
            active_tasks: 0,
            completed_tasks: 0,
            failed_tasks: 0,
            total_processing_time: 0.0,
            average_task_duration: None,
            cpu_usage: None,
            memory_usage: None,
            gpu_usage: None,
            gpu_memory_usage: None,
            disk_usage: None,
            network_latency: None,
            bytes_transferred: None,
            error_count: 0,
            timeout_count: 0,
            consecutive_failures: 0,
            name: id.to_string(),
            hostname: None,
            host_id: None,
            capability: WorkerCapability::Unknown,
            status: WorkerStatus::Online,
            tags: Vec::new(),
            source: source.clone(),
            version: None,
            max_concurrent_tasks: None,
            supported_content_types: Vec::new(),
            queues: Vec::new(),
            hardware: HardwareInfo::default(),
            location: Location::default(),
            load_average: None,
            memory_used_bytes: None,
            memory_total_bytes: None,
            disk_used_bytes: None,
            disk_total_bytes: None,
            network_rx_bytes_per_second: None,
            network_tx_bytes_per_second: None,
            pressure: None,
            gpus: Vec::new(),
            uptime: None,
            clock_skew: None,
            health_limit,
            first_seen: at,
            drained: None,
        },
        said: WorkerStatus::Online,
        newest_reading: None,
        registered_capability: WorkerCapability::Unknown,
        has_task_events: false,
        running: 0,
        tally: Tally::default(),
        counters: Counters::default(),
        network: None,
        faults: Faults::default(),
        completed_at: None,
        failing_since: None,
        kept_from: BTreeSet::new(),
        moments: Moments::default(),
    }
}

//! Thresholds of the rules that come with Forewatch, and bounds on what comes in.

use super::duration::duration;
use serde::Deserialize;
use std::time::Duration;

/// The thresholds of the rules that come with Forewatch.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Thresholds {
    #[serde(deserialize_with = "duration")]
    pub(crate) worker_offline: Duration,
    pub(crate) queue_size: u64,
    pub(crate) error_rate: f64,
    pub(crate) cpu_usage: f64,
    pub(crate) memory_usage: f64,
    pub(crate) gpu_usage: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            worker_offline: Duration::from_mins(5),
            queue_size: 100,
            error_rate: 0.10,
            cpu_usage: 0.90,
            memory_usage: 0.90,
            gpu_usage: 0.95,
        }
    }
}

macro_rules! limits {
    ($($(#[$doc:meta])* $field:ident = $default:expr),+ $(,)?) => {
        /// Bounds on what comes in. What is over one is refused and counted.
        #[derive(Debug, Clone, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub(crate) struct Limits {
            $($(#[$doc])* pub(crate) $field: usize,)+
        }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($field: $default,)+ }
            }
        }
    };
}

limits! {
    /// Bytes of one request.
    body_bytes = 8 * 1024 * 1024,
    /// Events of one request.
    events = 10_000,
    /// Workers in all.
    workers = 10_000,
    /// GPUs a worker.
    gpus_per_worker = 128,
    /// Series a worker.
    series_per_worker = 4_096,
    /// Series in all.
    series = 1_000_000,
    /// Queues in all.
    queues = 10_000,
    /// Different task names.
    task_names = 10_000,
    /// Ended tasks kept in memory; all are in the store.
    tasks_in_memory = 10_000,
    /// Tasks that have not ended and are kept in memory; those heard of longest ago are given up.
    open_tasks = 200_000,
    /// Live sockets in all.
    sockets = 10_000,
    /// Topics a live socket follows.
    subscriptions = 64,
}

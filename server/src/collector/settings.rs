//! What the state needs to know of the configuration. Replaying a log with other settings gives
//! another state, never a wrong one.

use crate::alerts;
use crate::config::{Classes, Config};
use chrono::TimeDelta;
use forewatch::objective::Objective;
use forewatch::{QueueClass, WorkerCapability};

/// Settings of the fleet's state.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// What averages and rates are over.
    pub(crate) window: TimeDelta,
    /// How old a sample may be when it comes in.
    pub(crate) sample_retention: TimeDelta,
    /// How long an ended task counts.
    pub(crate) task_retention: TimeDelta,
    /// Silence after which a worker that declares no interval counts as offline, seconds.
    pub(crate) health_limit: f64,
    /// Ended tasks kept in memory.
    pub(crate) tasks_in_memory: usize,
    /// Tasks that have not ended and are kept in memory.
    pub(crate) open_tasks: usize,
    pub(crate) max_workers: usize,
    pub(crate) max_queues: usize,
    /// Names by which tasks are told apart.
    pub(crate) max_names: usize,
    pub(crate) objectives: Vec<Objective>,
    queue_class: Classes<QueueClass>,
    worker_class: Classes<WorkerCapability>,
}

impl Settings {
    /// The settings in a checked configuration.
    pub(crate) fn of(config: &Config) -> Self {
        let delta = |d: std::time::Duration| TimeDelta::from_std(d).unwrap_or(TimeDelta::MAX);
        Self {
            window: delta(config.collector.window),
            sample_retention: delta(config.retention.samples),
            task_retention: delta(config.retention.tasks),
            health_limit: config.collector.health_limit.as_secs_f64(),
            tasks_in_memory: config.limits.tasks_in_memory,
            open_tasks: config.limits.open_tasks,
            max_workers: config.limits.workers,
            max_queues: config.limits.queues,
            max_names: config.limits.task_names,
            objectives: alerts::objectives(config),
            queue_class: config.queue_class.clone(),
            worker_class: config.worker_class.clone(),
        }
    }

    /// The class of a queue: configured, else by its name.
    pub(crate) fn class_of_queue(&self, queue: &str) -> QueueClass {
        self.queue_class.of(queue).unwrap_or_else(|| QueueClass::by_name(queue))
    }

    /// The configured capability of a worker by its name.
    pub(crate) fn class_of_worker(&self, name: &str) -> Option<WorkerCapability> {
        self.worker_class.of(name)
    }
}

//! What a rule's values are of: a worker, a device, a queue, a source, the system.

use forewatch::alert::{Alert, AlertComponent};
use forewatch::{QueueStats, WorkerMetrics};
use std::collections::BTreeMap;

/// What is known of a condition now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Reading {
    /// The value that the rule compares.
    Value(f64),
    /// It is at least this: enough to say that the condition is true, never that it is false.
    AtLeast(f64),
    /// It is this, of too little to raise an alert on: enough to say that the condition is false, never that it is true.
    TooFew(f64),
    /// Nothing can be said: the alert, if there is one, stays as it is.
    Unknown,
}

impl Reading {
    /// A reading that may be missing, or not be a number.
    pub(super) fn of(value: Option<f64>) -> Self {
        value.filter(|v| v.is_finite()).map_or(Self::Unknown, Self::Value)
    }

    /// The number, where there is one.
    pub(super) fn value(self) -> Option<f64> {
        match self {
            Self::Value(value) | Self::AtLeast(value) | Self::TooFew(value) => Some(value),
            Self::Unknown => None,
        }
    }
}

/// One subject of a rule with its value. Names are made only when they are needed: most subjects are healthy.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) kind: Kind<'a>,
    pub(super) reading: Reading,
    /// Added to the rule's bounds for this subject.
    pub(super) base: f64,
}

#[derive(Clone, Copy)]
pub(super) enum Kind<'a> {
    System,
    Worker(&'a WorkerMetrics),
    Gpu(&'a WorkerMetrics, u32),
    Queue(&'a QueueStats),
    Source(&'a str),
}

/// What tells a rule's subjects apart, without a copy of any name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key<'a> {
    name: &'a str,
    device: Option<u32>,
}

impl<'a> Key<'a> {
    /// The subject that an alert is about.
    pub(super) fn of(alert: &'a Alert) -> Self {
        let label = |name: &str| alert.metadata.get(name).map(String::as_str);
        Self {
            name: label("worker").or_else(|| label("queue")).or_else(|| label("source")).unwrap_or(""),
            device: label("gpu").and_then(|index| index.parse().ok()),
        }
    }
}

impl<'a> Kind<'a> {
    pub(super) fn key(self) -> Key<'a> {
        let (name, device) = match self {
            Self::System => ("", None),
            Self::Worker(worker) => (worker.worker_id.as_str(), None),
            Self::Gpu(worker, index) => (worker.worker_id.as_str(), Some(index)),
            Self::Queue(queue) => (queue.id.as_str(), None),
            Self::Source(name) => (name, None),
        };
        Key { name, device }
    }

    pub(super) fn component(self) -> AlertComponent {
        match self {
            Self::System => AlertComponent::System,
            Self::Worker(_) => AlertComponent::Worker,
            Self::Gpu(..) => AlertComponent::Gpu,
            Self::Queue(_) => AlertComponent::Queue,
            Self::Source(_) => AlertComponent::Source,
        }
    }

    /// Which one, as `component_id` has it.
    pub(super) fn component_id(self) -> String {
        match self {
            Self::System => "system".to_owned(),
            Self::Gpu(worker, index) => format!("{}/{index}", worker.worker_id),
            _ => self.key().name.to_owned(),
        }
    }

    /// What people call it.
    pub(super) fn name(self) -> String {
        match self {
            Self::System => "the system".to_owned(),
            Self::Worker(worker) => worker.name.clone(),
            Self::Gpu(worker, index) => format!("GPU {index} of {}", worker.name),
            Self::Queue(queue) => queue.queue_type.clone(),
            Self::Source(name) => name.to_owned(),
        }
    }

    /// What tells it from the rule's other subjects.
    pub(super) fn labels(self) -> BTreeMap<String, String> {
        let label = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        match self {
            Self::System => BTreeMap::new(),
            Self::Worker(worker) => [label("worker", &worker.worker_id)].into(),
            Self::Gpu(worker, index) => [label("worker", &worker.worker_id), label("gpu", &index.to_string())].into(),
            Self::Queue(queue) => [label("queue", &queue.id)].into(),
            Self::Source(name) => [label("source", name)].into(),
        }
    }

    /// Its worker's labels that people search by.
    pub(super) fn tags(self) -> Vec<String> {
        match self {
            Self::Worker(worker) | Self::Gpu(worker, _) => worker.tags.clone(),
            Self::System | Self::Queue(_) | Self::Source(_) => Vec::new(),
        }
    }
}

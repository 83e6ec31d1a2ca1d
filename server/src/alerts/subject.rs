//! What a rule's values are of: a worker, a device, a queue, a source, tasks, the system.

use super::label::Label;
use crate::collector::Counted;
use chrono::{DateTime, Utc};
use forewatch::alert::{Alert, AlertComponent};
use forewatch::store::StoreOutage;
use forewatch::{QueueStats, TaskMetrics, WorkerMetrics};
use std::collections::BTreeMap;

/// What the store goes by among the sources.
const STORE: &str = "store";

/// What is known of a condition now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Reading {
    /// The value that the rule compares.
    Value(f64),
    /// It is at least this: enough to say that the condition is true, never that it is false.
    AtLeast(f64),
    /// It is this, of too little to raise an alert on: enough to say that the condition is false, never that it is true.
    TooFew(f64),
    /// The condition is false, whatever the value.
    Clear(f64),
    /// The condition is true, whatever the value.
    Holds(f64),
    /// Nothing can be said: the alert, if there is one, stays as it is.
    Unknown,
}

impl Reading {
    /// A reading that may be missing, or not be a number.
    pub(super) fn of(value: Option<f64>) -> Self {
        value.filter(|v| v.is_finite()).map_or(Self::Unknown, Self::Value)
    }

    /// Whether something is so: 1, else 0.
    pub(super) fn flag(is_so: Option<bool>) -> Self {
        Self::of(is_so.map(|is_so| f64::from(u8::from(is_so))))
    }

    /// The number, where there is one.
    pub(super) fn value(self) -> Option<f64> {
        match self {
            Self::Value(value)
            | Self::AtLeast(value)
            | Self::TooFew(value)
            | Self::Clear(value)
            | Self::Holds(value) => Some(value),
            Self::Unknown => None,
        }
    }
}

/// One subject of a rule with its value. Names are made only when they are needed: most subjects are healthy.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) kind: Kind<'a>,
    pub(super) reading: Reading,
    /// A bound of the rule, times `scale` and plus `base`, is that of this subject.
    pub(super) base: f64,
    pub(super) scale: f64,
    /// Since when somebody was there to hear of it; absent where that makes no difference.
    pub(super) heard_since: Option<DateTime<Utc>>,
}

impl<'a> Subject<'a> {
    pub(super) fn plain(kind: Kind<'a>, reading: Reading) -> Self {
        Self { kind, reading, base: 0.0, scale: 1.0, heard_since: None }
    }

    /// One of the rule's bounds, as it is for this subject.
    pub(super) fn bound(&self, bound: f64) -> f64 {
        self.base + bound * self.scale
    }
}

#[derive(Clone, Copy)]
pub(super) enum Kind<'a> {
    System,
    Worker(&'a WorkerMetrics),
    Gpu(&'a WorkerMetrics, u32),
    Queue(&'a QueueStats),
    Source(&'a str),
    /// Forewatch's own store, and why it could not be written last.
    Store(Option<&'a StoreOutage>),
    /// All tasks of a name.
    Name(&'a str),
    Task(&'a TaskMetrics),
    Objective(&'a Counted),
}

/// What tells a rule's subjects apart, without a copy of any name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key<'a> {
    component: AlertComponent,
    name: &'a str,
    device: Option<u32>,
}

impl<'a> Key<'a> {
    /// The subject that an alert is about.
    pub(super) fn of(alert: &'a Alert) -> Self {
        let label = |name: &str| alert.metadata.get(name).map(String::as_str);
        let name = ["worker", "queue", "source", "task", "name", "objective"].into_iter().find_map(label).unwrap_or("");
        Self { component: alert.component, name, device: label("gpu").and_then(|index| index.parse().ok()) }
    }
}

impl<'a> Kind<'a> {
    pub(super) fn key(self) -> Key<'a> {
        let (name, device) = match self {
            Self::System => ("", None),
            Self::Worker(worker) => (worker.worker_id.as_str(), None),
            Self::Gpu(worker, index) => (worker.worker_id.as_str(), Some(index)),
            Self::Queue(queue) => (queue.id.as_str(), None),
            Self::Source(name) | Self::Name(name) => (name, None),
            Self::Store(_) => (STORE, None),
            Self::Task(task) => (task.task_id.as_str(), None),
            Self::Objective(counted) => (counted.objective.objective_id.as_str(), None),
        };
        Key { component: self.component(), name, device }
    }

    pub(super) fn component(self) -> AlertComponent {
        match self {
            Self::System => AlertComponent::System,
            Self::Worker(_) => AlertComponent::Worker,
            Self::Gpu(..) => AlertComponent::Gpu,
            Self::Queue(_) => AlertComponent::Queue,
            Self::Source(_) | Self::Store(_) => AlertComponent::Source,
            Self::Name(_) | Self::Task(_) | Self::Objective(_) => AlertComponent::Task,
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
            Self::Queue(queue) => queue.id.to_string(),
            Self::Source(name) | Self::Name(name) => name.to_owned(),
            Self::Store(_) => STORE.to_owned(),
            Self::Task(task) => name_of(task).unwrap_or(&task.task_id).to_owned(),
            Self::Objective(counted) => counted.objective.title.clone(),
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
            Self::Store(_) => [label("source", STORE)].into(),
            Self::Name(name) => [label("name", name)].into(),
            Self::Task(task) => [label("task", &task.task_id)].into(),
            Self::Objective(counted) => [label("objective", &counted.objective.objective_id)].into(),
        }
    }

    /// Its worker's labels that people search by.
    pub(super) fn tags(self) -> Vec<String> {
        match self {
            Self::Worker(worker) | Self::Gpu(worker, _) => worker.tags.clone(),
            _ => Vec::new(),
        }
    }

    /// Calls `each` with every value that it has of a label. Ids and names are both taken for who it is.
    pub(super) fn values(self, label: Label, each: &mut dyn FnMut(&str)) {
        match (self, label) {
            (Self::Worker(worker) | Self::Gpu(worker, _), label) => self.of_worker(worker, label, each),
            (Self::Queue(queue), Label::Queue) => {
                each(&queue.id);
                each(&queue.queue_type);
            }
            (Self::Queue(queue), Label::Source) => each(&queue.source),
            (Self::Queue(queue), Label::Class) => each(queue.class.as_str()),
            (Self::Source(name), Label::Source) | (Self::Name(name), Label::Name) => each(name),
            (Self::Store(_), Label::Source) => each(STORE),
            (Self::Store(outage), Label::Reason) => outage.iter().for_each(|outage| each(&outage.reason)),
            (Self::Task(task), Label::Task) => each(&task.task_id),
            (Self::Task(task), Label::Name) => name_of(task).into_iter().for_each(each),
            (Self::Task(task), Label::Queue) => {
                task.queue_id().as_deref().into_iter().for_each(&mut *each);
                task.queue.as_deref().into_iter().for_each(each);
            }
            (Self::Task(task), Label::Worker) => task.worker_id.as_deref().into_iter().for_each(each),
            (Self::Task(task), Label::Source) => each(&task.source),
            (Self::Objective(counted), Label::Objective) => each(&counted.objective.objective_id),
            _ => {}
        }
    }

    fn device(self) -> Option<u32> {
        self.key().device
    }

    fn of_worker(self, worker: &WorkerMetrics, label: Label, each: &mut dyn FnMut(&str)) {
        match label {
            Label::Worker => {
                each(&worker.worker_id);
                each(&worker.name);
            }
            Label::Hostname => worker.hostname.as_deref().into_iter().for_each(each),
            Label::Source => each(&worker.source),
            Label::Capability => each(worker.capability.as_str()),
            Label::Tag => worker.tags.iter().for_each(|tag| each(tag)),
            Label::Gpu => self.device().map(|index| index.to_string()).iter().for_each(|index| each(index)),
            Label::Model => {
                let device = worker.gpus.iter().find(|gpu| Some(gpu.index) == self.device());
                device.and_then(|gpu| gpu.name.as_deref()).into_iter().for_each(each);
            }
            _ => {}
        }
    }

    /// A label as a text shows it: the first value, or a dash.
    pub(super) fn shown(self, label: Label) -> String {
        let mut shown = None;
        self.values(label, &mut |value| {
            shown.get_or_insert_with(|| value.to_owned());
        });
        shown.unwrap_or_else(|| "–".to_owned())
    }
}

/// By which name a task is counted: its own, or its content type.
pub(crate) fn name_of(task: &TaskMetrics) -> Option<&str> {
    task.name.as_deref().or(task.content_type.as_deref())
}

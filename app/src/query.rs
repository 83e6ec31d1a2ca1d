//! What lists and charts can be asked: the same filters in the address of a page, in a server
//! function and in the REST API.

use forewatch::alert::{AlertComponent, AlertSeverity};
use forewatch::series::Aggregation;
use forewatch::{RuleId, TaskId, TaskMetrics, TaskState, TaskStatus, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which tasks, in which order.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TaskFilter {
    /// Only these statuses; all when empty.
    pub status: Vec<TaskStatus>,
    /// Only these states; all when empty.
    pub state: Vec<TaskState>,
    /// Only this queue: its own name or, where a colon is in it, its id; `*` stands for any text. With `=` before it exactly
    /// the queue with this id.
    pub queue: Option<String>,
    /// Only this worker; `*` stands for any text.
    pub worker_id: Option<String>,
    /// Only this task name; `*` stands for any text.
    pub name: Option<String>,
    /// Only this content type; `*` stands for any text.
    pub content_type: Option<String>,
    /// Only those that this task submitted.
    pub parent_id: Option<TaskId>,
    /// Only this task and all that came of it: the first task of a chain.
    pub root_id: Option<TaskId>,
    /// Text in the error message.
    pub error: Option<String>,
    /// Text in the id, name, arguments or error.
    pub q: Option<String>,
    /// Last heard of at or after.
    pub from: Option<Timestamp>,
    /// Last heard of before.
    pub to: Option<Timestamp>,
    /// Ran for at least these seconds.
    pub took_at_least: Option<f64>,
    /// The order.
    pub sort: TaskSort,
    /// Where the last page ended.
    pub cursor: Option<String>,
    /// Rows; 0 means the default.
    pub limit: usize,
}

impl TaskFilter {
    /// Whether it finds a task, by what every list has of one; not known where it looks into texts that lists leave out.
    pub fn finds(&self, task: &TaskMetrics) -> Option<bool> {
        if self.q.is_some() {
            return None;
        }
        let fits = |pattern: &Option<String>, text: Option<&str>| {
            pattern.as_ref().is_none_or(|pattern| text.is_some_and(|text| forewatch::pattern::fits(pattern, text)))
        };
        let error = task.error_message.as_deref().unwrap_or_default().to_lowercase();
        let ran = task.processing_time.unwrap_or(0.0);
        Some(
            (self.status.is_empty() || self.status.contains(&task.status))
                && (self.state.is_empty() || self.state.contains(&task.state))
                && self.queue.as_ref().is_none_or(|queue| is_in(task, QueueAsked::of(queue)))
                && fits(&self.worker_id, task.worker_id.as_deref())
                && fits(&self.name, task.name.as_deref())
                && fits(&self.content_type, task.content_type.as_deref())
                && self.parent_id.as_ref().is_none_or(|id| task.parent_id.as_ref() == Some(id))
                && self.root_id.as_ref().is_none_or(|id| task.root_id.as_ref() == Some(id))
                && self.error.as_ref().is_none_or(|text| error.contains(&text.to_lowercase()))
                && self.took_at_least.is_none_or(|least| ran >= least)
                && self.from.is_none_or(|from| task.timestamp >= from)
                && self.to.is_none_or(|to| task.timestamp < to),
        )
    }
}

/// What a filter says of queues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueAsked<'a> {
    /// The queue with this id.
    Is(&'a str),
    /// Ids; `*` stands for any text.
    Ids(&'a str),
    /// Own names; `*` stands for any text.
    Names(&'a str),
}

impl<'a> QueueAsked<'a> {
    /// Reads [`TaskFilter::queue`].
    pub fn of(text: &'a str) -> Self {
        match text.strip_prefix('=') {
            Some(id) => Self::Is(id),
            // A queue's own name may have a colon in it, too: then it is the id, or the source's name stands before it.
            None if text.contains(':') => Self::Ids(text),
            None => Self::Names(text),
        }
    }
}

fn is_in(task: &TaskMetrics, asked: QueueAsked<'_>) -> bool {
    let id = || task.queue_id();
    match asked {
        QueueAsked::Is(is) => id().is_some_and(|id| *id == *is),
        QueueAsked::Ids(ids) => id().is_some_and(|id| forewatch::pattern::fits(ids, &id)),
        QueueAsked::Names(names) => task.queue.as_ref().is_some_and(|name| forewatch::pattern::fits(names, name)),
    }
}

/// The order of a task list; each is newest or largest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskSort {
    /// When something was last heard of it.
    #[default]
    Newest,
    /// The other way round.
    Oldest,
    /// How long it ran.
    ProcessingTime,
    /// How long it waited.
    QueueWaitTime,
}

/// Which alerts, newest first.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AlertFilter {
    /// `active` (the default), `acknowledged`, `suppressed`, `pending`, `resolved` or `all`.
    pub state: Option<String>,
    /// Only these severities; all when empty.
    pub severity: Vec<AlertSeverity>,
    /// Only this component.
    pub component: Option<AlertComponent>,
    /// Only this one of the component: a worker's or a queue's id.
    pub component_id: Option<String>,
    /// Only this rule.
    pub rule: Option<RuleId>,
    /// Text in the title or description.
    pub q: Option<String>,
    /// Raised at or after.
    pub from: Option<Timestamp>,
    /// Raised before.
    pub to: Option<Timestamp>,
    /// Where the last page ended.
    pub cursor: Option<String>,
    /// Rows; 0 means the default.
    pub limit: usize,
}

/// Which past of which metric: `GET /query`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeriesQuery {
    /// A name of the metric catalogue.
    pub metric: String,
    /// Only series with these labels; `*` in a value stands for any text.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// From then on.
    pub from: Timestamp,
    /// Until then.
    pub to: Timestamp,
    /// Seconds a step; chosen from the width when absent.
    #[serde(default)]
    pub step: Option<f64>,
    /// How the values of a step become one; by default `avg`, for counters `increase`.
    #[serde(default)]
    pub over: Option<Aggregation>,
    /// How the series of a group become one; without `by` it is taken as `over`.
    #[serde(default)]
    pub agg: Option<Aggregation>,
    /// Labels to group by; an empty list joins all into one; absent leaves series apart.
    #[serde(default)]
    pub by: Option<Vec<String>>,
    /// Seconds that the answer lies in the past of what is asked (the period before).
    #[serde(default)]
    pub offset: Option<f64>,
}

impl SeriesQuery {
    /// The series of a metric with these labels, apart, in steps of so many seconds, each joined as is usual.
    pub fn of(metric: &str, labels: BTreeMap<String, String>, (from, to): (Timestamp, Timestamp), step: f64) -> Self {
        let metric = metric.to_owned();
        Self { metric, labels, from, to, step: Some(step), over: None, agg: None, by: None, offset: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_finds_what_it_says_and_does_not_know_of_texts() {
        let golden: TaskMetrics =
            serde_json::from_str(include_str!("../../tests/golden/task_metrics.json")).expect("a task");
        let task =
            TaskMetrics { status: TaskStatus::Failed, error_message: Some("CUDA Out Of Memory".to_owned()), ..golden };
        let of = |filter: TaskFilter| filter.finds(&task);
        assert_eq!(of(TaskFilter::default()), Some(true));
        assert_eq!(of(TaskFilter { status: vec![TaskStatus::Failed], ..Default::default() }), Some(true));
        assert_eq!(of(TaskFilter { status: vec![TaskStatus::Pending], ..Default::default() }), Some(false));
        assert_eq!(of(TaskFilter { error: Some("out of".to_owned()), ..Default::default() }), Some(true));
        assert_eq!(of(TaskFilter { to: Some(task.timestamp), ..Default::default() }), Some(false));
        assert_eq!(of(TaskFilter { q: Some("cuda".to_owned()), ..Default::default() }), None);
    }
}

//! What lists and charts can be asked: the same filters in the address of a page, in a server
//! function and in the REST API.

use forewatch::alert::{AlertComponent, AlertSeverity};
use forewatch::series::Aggregation;
use forewatch::{RuleId, TaskState, TaskStatus, Timestamp};
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
    /// Only this queue; `*` stands for any text.
    pub queue: Option<String>,
    /// Only this worker; `*` stands for any text.
    pub worker_id: Option<String>,
    /// Only this task name; `*` stands for any text.
    pub name: Option<String>,
    /// Only this content type; `*` stands for any text.
    pub content_type: Option<String>,
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

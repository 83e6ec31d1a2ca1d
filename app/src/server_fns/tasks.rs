//! Tasks: the list and one.

use super::codec::Json;
use crate::backend::{BackendError, Link, Snapshot};
use forewatch::limit::Limit;
use forewatch::list::Page;
use forewatch::stuck::Usual;
use forewatch::{Alert, SourceName, TaskId, TaskMetrics, Timestamp, WorkerMetrics};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A page of tasks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TasksData {
    /// The server's clock when this was put together.
    pub now: Timestamp,
    /// The rows.
    pub page: Page<TaskMetrics>,
    /// The newest tasks, for what comes after.
    pub live: Snapshot<Vec<TaskMetrics>>,
    /// What of the search was not understood, in a sentence each.
    pub remarks: Vec<String>,
    /// From when on each that runs is stuck, where that can be told.
    pub stuck_from: Vec<(TaskId, Timestamp)>,
    /// Whether any task is known at all: an empty list then means that nothing matches.
    pub any: bool,
    /// Sources that take commands.
    pub commanded: Vec<SourceName>,
}

/// The tasks that `search` asks for, newest first, from `cursor` on.
#[server(name = LoadTasks, prefix = "/api/ui", endpoint = "tasks", output = Json)]
pub async fn load_tasks(search: String, cursor: Option<String>) -> Result<TasksData, BackendError> {
    let backend = super::backend()?;
    let crate::task_search::TaskSearch { mut filter, remarks } = crate::task_search::TaskSearch::parse(&search);
    filter.cursor = cursor;
    filter.limit = super::FIRST_ROWS;
    let page = backend.tasks(filter).await?;
    let stuck_from = backend.stuck_from(&page.items).await?;
    let mut live = backend.live_tasks().await?;
    let any = !page.items.is_empty() || !live.data.is_empty();
    // The page counts what comes from now on; what is there already need not travel twice.
    live.data = Vec::new();
    let frame = backend.frame().await?;
    let commanded = super::commanded(&frame);
    Ok(TasksData { now: frame.now, page, live, remarks, stuck_from, any, commanded })
}

/// One task with its surroundings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskData {
    /// The server's clock when this was put together.
    pub now: Timestamp,
    /// The task.
    pub task: TaskMetrics,
    /// The worker that runs or ran it, when it is still known.
    pub worker: Option<Snapshot<WorkerMetrics>>,
    /// The first task of its chain, and the one that submitted it, when they are known and not itself.
    pub forebears: Vec<TaskMetrics>,
    /// Why it waits, while it waits.
    pub limit: Option<Limit>,
    /// How long tasks of its name usually run, where enough have ended to tell.
    pub usual: Option<Usual>,
    /// Alerts that are not resolved.
    pub alerts: Snapshot<Vec<Alert>>,
    /// Ways to other tools.
    pub links: Vec<Link>,
    /// Whether its source takes commands.
    pub takes_commands: bool,
}

/// One task with its surroundings.
#[server(name = LoadTask, prefix = "/api/ui", endpoint = "task", output = Json)]
pub async fn load_task(id: String) -> Result<TaskData, BackendError> {
    let backend = super::backend()?;
    let id = forewatch::TaskId::new(&id).map_err(|e| BackendError::NotFound(format!("No task: its id {e}.")))?;
    let task = backend.task(id).await?;
    let mut forebears = Vec::new();
    let mut seen = vec![task.task_id.clone()];
    for id in [&task.root_id, &task.parent_id].into_iter().flatten() {
        if !seen.contains(id) {
            seen.push(id.clone());
            forebears.extend(backend.task(id.clone()).await);
        }
    }
    let worker = match &task.worker_id {
        Some(id) => backend.worker(id.clone()).await.ok(),
        None => None,
    };
    let links = backend.links(crate::backend::Linked::Task(&task));
    let (limit, usual) = (backend.task_limit(task.task_id.clone()).await?, backend.usual_run(&task).await?);
    let (frame, alerts) = (backend.frame().await?, super::live_alerts(&*backend).await?);
    let takes_commands = super::commanded(&frame).contains(&task.source);
    Ok(TaskData { now: frame.now, task, worker, forebears, limit, usual, alerts, links, takes_commands })
}

/// Why a task waits; none of one that does not.
#[server(name = LoadTaskLimit, prefix = "/api/ui", endpoint = "task-limit", output = Json)]
pub async fn load_task_limit(id: String) -> Result<Option<Limit>, BackendError> {
    let id = forewatch::TaskId::new(&id).map_err(|e| BackendError::NotFound(format!("No task: its id {e}.")))?;
    super::backend()?.task_limit(id).await
}

//! Tasks: the list and one.

use super::codec::Json;
use super::workers::WorkerTasks;
use crate::backend::{BackendError, Link, Snapshot};
use crate::family::Family;
use crate::task_words::TaskWords;
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
    let frame = backend.frame().await?;
    let crate::task_search::TaskSearch { mut filter, remarks } =
        crate::task_search::TaskSearch::parse(&search, frame.now);
    filter.cursor = cursor;
    filter.limit = super::FIRST_ROWS;
    let page = backend.tasks(filter).await?;
    let stuck_from = backend.stuck_from(&page.items).await?;
    let mut live = backend.live_tasks().await?;
    let any = !page.items.is_empty() || !live.data.is_empty();
    // The page counts what comes from now on; what is there already need not travel twice.
    live.data = Vec::new();
    let commanded = super::commanded(&frame);
    Ok(TasksData { now: frame.now, page, live, remarks, stuck_from, any, commanded })
}

/// The names that tasks can be searched by.
#[server(name = LoadTaskWords, prefix = "/api/ui", endpoint = "task-words", output = Json)]
pub async fn load_task_words() -> Result<TaskWords, BackendError> {
    /// How far back a task's name is known, and how many names of a kind are told.
    const BACK: chrono::TimeDelta = chrono::TimeDelta::hours(24);
    const MOST: usize = 500;

    let backend = super::backend()?;
    let since = backend.frame().await?.now - BACK;
    let ended = crate::query::TaskFilter { from: Some(since), ..Default::default() };
    let names = backend.groups("name".to_owned(), ended).await?;
    let (queues, workers) = (backend.queues().await?.data, backend.workers().await?.data);
    Ok(TaskWords {
        queues: queues.into_iter().map(|queue| queue.id.to_string()).take(MOST).collect(),
        names: names.into_iter().filter_map(|group| group.key).take(MOST).collect(),
        workers: workers.into_iter().map(|worker| worker.worker_id.to_string()).take(MOST).collect(),
    })
}

/// The tasks behind an alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TasksBehind {
    /// The search that finds them all; none where it is about this one.
    pub search: Option<String>,
    /// How many there are.
    pub total: u64,
    /// The newest ones.
    pub tasks: WorkerTasks,
}

/// The tasks behind an alert; none where tasks do not explain it.
#[server(name = LoadTasksBehind, prefix = "/api/ui", endpoint = "tasks-behind", output = Json)]
pub async fn load_tasks_behind(id: String) -> Result<Option<TasksBehind>, BackendError> {
    let backend = super::backend()?;
    let id = forewatch::AlertId::new(&id).map_err(|e| BackendError::NotFound(format!("No alert: its id {e}.")))?;
    tasks_behind(&*backend, &backend.alert(id).await?).await
}

/// The same of an alert that is at hand.
#[cfg(feature = "ssr")]
pub(super) async fn tasks_behind(
    backend: &dyn crate::backend::Backend,
    alert: &Alert,
) -> Result<Option<TasksBehind>, BackendError> {
    use crate::behind::Behind;
    use crate::task_search::{TaskSearch, write};

    /// Tasks that the page of the alert shows.
    const SHOWN: usize = 5;
    let (search, total, tasks) = match Behind::of(alert) {
        None => return Ok(None),
        Some(Behind::One(id)) => (None, 1, vec![backend.task(id).await?]),
        Some(Behind::Found(terms)) => {
            let search = write(&terms);
            let TaskSearch { filter, .. } = TaskSearch::parse(&search, backend.frame().await?.now);
            let page = backend.tasks(crate::query::TaskFilter { limit: SHOWN, ..filter }).await?;
            (Some(search), page.total, page.items)
        }
    };
    let stuck_from = backend.stuck_from(&tasks).await?;
    Ok(Some(TasksBehind { search, total, tasks: WorkerTasks { tasks, stuck_from } }))
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
    /// Its family.
    pub family: Family,
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
    /// Own names of the queues that it can have been in, where its own is not known and its source takes commands.
    pub queues: Vec<String>,
}

/// One task with its surroundings.
#[server(name = LoadTask, prefix = "/api/ui", endpoint = "task", output = Json)]
pub async fn load_task(id: String) -> Result<TaskData, BackendError> {
    let backend = super::backend()?;
    let id = forewatch::TaskId::new(&id).map_err(|e| BackendError::NotFound(format!("No task: its id {e}.")))?;
    let task = backend.task(id).await?;
    // A store that does not answer takes the page of a task that is live not down.
    let family = crate::family::family(&*backend, &task).await.unwrap_or_default();
    let worker = match &task.worker_id {
        Some(id) => backend.worker(id.clone()).await.ok(),
        None => None,
    };
    let links = backend.links(crate::backend::Linked::Task(&task));
    let (limit, usual) = (backend.task_limit(task.task_id.clone()).await?, backend.usual_run(&task).await?);
    let (frame, alerts) = (backend.frame().await?, super::live_alerts(&*backend).await?);
    let takes_commands = super::commanded(&frame).contains(&task.source);
    let queues = match takes_commands && task.queue.is_none() {
        true => queues_of(&task.source, worker.as_ref().map(|worker| &worker.data), backend.queues().await?.data),
        false => Vec::new(),
    };
    Ok(TaskData { now: frame.now, task, worker, family, limit, usual, alerts, links, takes_commands, queues })
}

/// The queues that a worker takes from, else all of a source, of which Forewatch knows.
#[cfg(feature = "ssr")]
fn queues_of(
    source: &forewatch::SourceName,
    worker: Option<&WorkerMetrics>,
    all: Vec<forewatch::QueueStats>,
) -> Vec<String> {
    let mut names: Vec<_> =
        all.into_iter().filter(|queue| queue.source == *source).map(|queue| queue.queue_type).collect();
    let taken =
        worker.map(|worker| names.iter().filter(|name| worker.queues.contains(name)).cloned().collect::<Vec<_>>());
    if let Some(taken) = taken.filter(|taken| !taken.is_empty()) {
        names = taken;
    }
    names
}

/// The family of a task.
#[server(name = LoadFamily, prefix = "/api/ui", endpoint = "task-family", output = Json)]
pub async fn load_family(id: String) -> Result<Family, BackendError> {
    let backend = super::backend()?;
    let id = forewatch::TaskId::new(&id).map_err(|e| BackendError::NotFound(format!("No task: its id {e}.")))?;
    crate::family::family(&*backend, &backend.task(id).await?).await
}

/// Why a task waits; none of one that does not.
#[server(name = LoadTaskLimit, prefix = "/api/ui", endpoint = "task-limit", output = Json)]
pub async fn load_task_limit(id: String) -> Result<Option<Limit>, BackendError> {
    let id = forewatch::TaskId::new(&id).map_err(|e| BackendError::NotFound(format!("No task: its id {e}.")))?;
    super::backend()?.task_limit(id).await
}

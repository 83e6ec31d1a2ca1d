//! Workers and queues.

use super::codec::Json;
use crate::backend::{BackendError, Link, Snapshot};
use crate::roster::{Grouping, RosterCounts};
use forewatch::limit::Limit;
use forewatch::objective::Objective;
use forewatch::series::Point;
use forewatch::{
    Alert, QueueName, QueueStats, SourceName, TaskId, TaskMetrics, Timestamp, WorkerMetrics, WorkerSummary,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Rows of a table that the first page carries at most.
pub const FIRST_ROWS: usize = 50;

/// The list of workers as the first page has it. The rest arrives over the live socket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkersData {
    /// The server's clock when this was put together.
    pub now: Timestamp,
    /// At most [`FIRST_ROWS`] of the matching workers, in the order of the groups.
    pub workers: Snapshot<Vec<WorkerSummary>>,
    /// Workers that match, on all pages.
    pub matching: usize,
    /// Every worker, counted.
    pub counts: RosterCounts,
    /// The address under which workers reach the server, for the first steps.
    pub public_url: String,
}

/// Workers that match `search`, grouped, the page `page` (from 0) of them.
#[server(name = LoadWorkers, prefix = "/api/ui", endpoint = "workers", output = Json)]
pub async fn load_workers(search: String, group: Grouping, page: usize) -> Result<WorkersData, BackendError> {
    let backend = super::backend()?;
    let frame = backend.frame().await?;
    let mut workers = backend.workers().await?;
    let counts = RosterCounts::of(&workers.data, frame.now);
    let mut rows = crate::roster::matching(&workers.data, &search);
    crate::roster::sort(&mut rows, group);
    let matching = rows.len();
    workers.data = rows.into_iter().skip(page.saturating_mul(FIRST_ROWS)).take(FIRST_ROWS).cloned().collect();
    Ok(WorkersData { now: frame.now, workers, matching, counts, public_url: frame.public_url })
}

/// One worker with what happened on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkerData {
    /// The server's clock when this was put together.
    pub now: Timestamp,
    /// The worker.
    pub worker: Snapshot<WorkerMetrics>,
    /// Alerts that are not resolved.
    pub alerts: Snapshot<Vec<Alert>>,
    /// Its newest tasks.
    pub tasks: WorkerTasks,
    /// The last hour of each device's load, by its number.
    pub gpu_loads: Vec<(u32, Vec<Point>)>,
    /// Ways to other tools.
    pub links: Vec<Link>,
    /// Whether its source takes commands.
    pub takes_commands: bool,
    /// Tasks that it has and that have not ended; only of one that is drained.
    pub left: Option<u64>,
}

/// The newest tasks of a worker.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct WorkerTasks {
    /// The tasks, newest first.
    pub tasks: Vec<TaskMetrics>,
    /// From when on each that runs is stuck, where that can be told.
    pub stuck_from: Vec<(TaskId, Timestamp)>,
}

/// One worker by its id, or by its name when only one has it.
#[server(name = LoadWorker, prefix = "/api/ui", endpoint = "worker", output = Json)]
pub async fn load_worker(id: String) -> Result<WorkerData, BackendError> {
    let backend = super::backend()?;
    let id = forewatch::WorkerId::new(&id).map_err(|e| BackendError::NotFound(format!("No worker: its id {e}.")))?;
    let frame = backend.frame().await?;
    let worker = backend.worker(id).await?;
    let id = worker.data.worker_id.clone();
    let tasks = newest_tasks(&*backend, &id).await.unwrap_or_default();
    let gpu_loads = match worker.data.gpus.is_empty() {
        true => Vec::new(),
        false => device_loads(&*backend, &id, frame.now).await,
    };
    let links = backend.links(crate::backend::Linked::Worker(&worker.data));
    let takes_commands = super::commanded(&frame).contains(&worker.data.source);
    let left = match worker.data.drained {
        Some(_) => Some(open_tasks(&*backend, &id).await?),
        None => None,
    };
    let alerts = super::live_alerts(&*backend).await?;
    Ok(WorkerData { now: frame.now, worker, alerts, tasks, gpu_loads, links, takes_commands, left })
}

/// Tasks that a worker has and that have not ended.
#[server(name = CountWorkerTasks, prefix = "/api/ui", endpoint = "worker-left", output = Json)]
pub async fn count_worker_tasks(id: String) -> Result<u64, BackendError> {
    let backend = super::backend()?;
    let id = forewatch::WorkerId::new(&id).map_err(|e| BackendError::NotFound(format!("No worker: its id {e}.")))?;
    open_tasks(&*backend, &id).await
}

#[cfg(feature = "ssr")]
async fn open_tasks(backend: &dyn crate::backend::Backend, id: &forewatch::WorkerId) -> Result<u64, BackendError> {
    let status = vec![forewatch::TaskStatus::Pending, forewatch::TaskStatus::Processing];
    let filter = crate::query::TaskFilter { worker_id: Some(id.to_string()), status, limit: 1, ..Default::default() };
    Ok(backend.tasks(filter).await?.total)
}

/// The newest tasks of a worker.
#[server(name = LoadWorkerTasks, prefix = "/api/ui", endpoint = "worker-tasks", output = Json)]
pub async fn load_worker_tasks(id: String) -> Result<WorkerTasks, BackendError> {
    let backend = super::backend()?;
    let id = forewatch::WorkerId::new(&id).map_err(|e| BackendError::NotFound(format!("No worker: its id {e}.")))?;
    newest_tasks(&*backend, &id).await
}

#[cfg(feature = "ssr")]
async fn newest_tasks(
    backend: &dyn crate::backend::Backend,
    id: &forewatch::WorkerId,
) -> Result<WorkerTasks, BackendError> {
    let filter = crate::query::TaskFilter { worker_id: Some(id.to_string()), limit: 12, ..Default::default() };
    let tasks = backend.tasks(filter).await?.items;
    Ok(WorkerTasks { stuck_from: backend.stuck_from(&tasks).await?, tasks })
}

/// The last hour of the load of each of a worker's devices.
#[cfg(feature = "ssr")]
async fn device_loads(
    backend: &dyn crate::backend::Backend,
    worker: &forewatch::WorkerId,
    now: Timestamp,
) -> Vec<(u32, Vec<Point>)> {
    let query = crate::query::SeriesQuery {
        metric: "gpu.utilization".to_owned(),
        labels: [("worker".to_owned(), worker.to_string())].into(),
        from: now - chrono::TimeDelta::hours(1),
        to: now,
        step: Some(60.0),
        over: None,
        agg: None,
        by: None,
        offset: None,
    };
    let answer = backend.series(query).await.map(|a| a.series).unwrap_or_default();
    answer.into_iter().filter_map(|s| Some((s.labels.get("gpu")?.parse().ok()?, s.points))).collect()
}

/// Every queue with its last hour.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QueuesData {
    /// The server's clock when this was put together.
    pub now: Timestamp,
    /// The queues.
    pub queues: Snapshot<Vec<QueueStats>>,
    /// What holds back the tasks of each.
    pub limits: Vec<(QueueName, Limit)>,
    /// Alerts that are not resolved.
    pub alerts: Snapshot<Vec<Alert>>,
    /// The last hour of what waits in each queue, by its id.
    pub depths: Vec<(String, Vec<Point>)>,
    /// Ways to other tools, of each queue that has some, by its id.
    pub links: Vec<(String, Vec<Link>)>,
    /// The objectives that name queues, each with its line: HTML made by the server.
    pub objectives: Vec<(Objective, String)>,
    /// Sources that take commands.
    pub commanded: Vec<SourceName>,
}

/// Every queue with its last hour.
#[server(name = LoadQueues, prefix = "/api/ui", endpoint = "queues", output = Json)]
pub async fn load_queues() -> Result<QueuesData, BackendError> {
    let backend = super::backend()?;
    let frame = backend.frame().await?;
    let depths = queue_depths(&*backend, frame.now).await;
    let queues = backend.queues().await?;
    let of = |queue: &QueueStats| (queue.id.to_string(), backend.links(crate::backend::Linked::Queue(queue)));
    let links = queues.data.iter().map(of).filter(|(_, links)| !links.is_empty()).collect();
    let mut objectives = backend.objectives().await?;
    objectives.retain(|status| status.objective.names_queues());
    let line = |status| crate::components::objectives::line(&status, frame.now);
    let objectives = objectives.into_iter().map(|status| (status.objective.clone(), line(status))).collect();
    let (limits, alerts) = (backend.limits().await?, super::live_alerts(&*backend).await?);
    let commanded = super::commanded(&frame);
    Ok(QueuesData { now: frame.now, queues, limits, alerts, depths, links, objectives, commanded })
}

/// What holds back the tasks of each queue.
#[server(name = LoadLimits, prefix = "/api/ui", endpoint = "limits", output = Json)]
pub async fn load_limits() -> Result<Vec<(QueueName, Limit)>, BackendError> {
    super::backend()?.limits().await
}

/// The last hour of what waits in each queue, by the queue's id. A history that does not answer leaves
/// the sparklines out; it never takes the page down.
#[cfg(feature = "ssr")]
pub(super) async fn queue_depths(backend: &dyn crate::backend::Backend, now: Timestamp) -> Vec<(String, Vec<Point>)> {
    let query = crate::query::SeriesQuery {
        metric: "queue.pending".to_owned(),
        labels: std::collections::BTreeMap::new(),
        from: now - chrono::TimeDelta::hours(1),
        to: now,
        step: Some(60.0),
        over: None,
        agg: None,
        by: None,
        offset: None,
    };
    let answer = backend.series(query).await.map(|a| a.series).unwrap_or_default();
    answer.into_iter().filter_map(|s| Some((s.labels.get("queue")?.clone(), super::brief(s.points)))).collect()
}

//! Workers.

use super::codec::Json;
use crate::backend::{BackendError, Link, Snapshot};
use crate::happened::Happened;
use crate::roster::{RosterAsk, RosterCounts, RosterRow};
use forewatch::series::Point;
use forewatch::{Alert, TaskId, TaskMetrics, Timestamp, WorkerMetrics, WorkerSummary};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Rows of a table that the first page carries at most.
pub const FIRST_ROWS: usize = 50;

/// The list of workers as the first page has it. The rest arrives over the live socket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkersData {
    /// The server's clock when this was put together.
    pub now: Timestamp,
    /// The workers of the first page, or of the page that is asked for.
    pub workers: Snapshot<Vec<WorkerSummary>>,
    /// The rows of that page, where there are more than it has room for.
    pub listed: Option<Vec<RosterRow>>,
    /// Workers on the pages before it.
    pub before: usize,
    /// Workers on all pages.
    pub matching: usize,
    /// Rows on all pages.
    pub rows: usize,
    /// Every worker, counted.
    pub counts: RosterCounts,
    /// The address under which workers reach the server, for the first steps.
    pub public_url: String,
}

/// Workers as they are asked for, the page `page` (from 0) of them.
#[server(name = LoadWorkers, prefix = "/api/ui", endpoint = "workers", input = Json, output = Json)]
pub async fn load_workers(asked: RosterAsk, page: usize) -> Result<WorkersData, BackendError> {
    let backend = super::backend()?;
    let frame = backend.frame().await?;
    let mut workers = backend.workers().await?;
    let counts = RosterCounts::of(&workers.data, frame.now);
    let rows = asked.rows(&workers.data);
    let matching = crate::roster::matching(&workers.data, &asked.search);
    let listed = (matching.len() > FIRST_ROWS).then(|| crate::roster::page(&rows, page, FIRST_ROWS));
    let is_worker = |row: &&RosterRow| matches!(row, RosterRow::Worker(_));
    let first = listed.as_ref().and_then(|rows| rows.iter().find(is_worker));
    let before = first.map_or(0, |first| rows.iter().take_while(|row| *row != first).filter(is_worker).count());
    let is_shown = |worker: &WorkerSummary| {
        let is_it = |row: &RosterRow| matches!(row, RosterRow::Worker(id) if *id == worker.worker_id);
        listed.as_ref().is_none_or(|rows| rows.iter().any(is_it))
    };
    let all = matching.len();
    workers.data = matching.into_iter().filter(|worker| is_shown(worker)).cloned().collect();
    let (rows, public_url) = (rows.len(), frame.public_url);
    Ok(WorkersData { now: frame.now, workers, listed, before, matching: all, rows, counts, public_url })
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
    /// What happened to it.
    pub happened: Happened,
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
    let happened = what_happened(&*backend, &worker.data, frame.now).await.unwrap_or_default();
    Ok(WorkerData { now: frame.now, worker, alerts, tasks, gpu_loads, links, takes_commands, left, happened })
}

/// What happened to a worker.
#[server(name = LoadHappened, prefix = "/api/ui", endpoint = "worker-happened", output = Json)]
pub async fn load_happened(id: String) -> Result<Happened, BackendError> {
    let backend = super::backend()?;
    let id = forewatch::WorkerId::new(&id).map_err(|e| BackendError::NotFound(format!("No worker: its id {e}.")))?;
    let worker = backend.worker(id).await?;
    what_happened(&*backend, &worker.data, worker.at).await
}

/// What happened to a worker: what is kept with it, its newest alerts and those of its devices, and notes about it.
#[cfg(feature = "ssr")]
async fn what_happened(
    backend: &dyn crate::backend::Backend,
    worker: &WorkerMetrics,
    now: Timestamp,
) -> Result<Happened, BackendError> {
    use crate::happened::{MOST, about, tell};
    use crate::query::AlertFilter;

    let of = |component, component_id| AlertFilter {
        state: Some("all".to_owned()),
        component: Some(component),
        component_id: Some(component_id),
        limit: MOST,
        ..AlertFilter::default()
    };
    let id = worker.worker_id.as_str();
    let mut alerts = backend.alerts(of(forewatch::alert::AlertComponent::Worker, id.to_owned())).await?.items;
    alerts.extend(backend.alerts(of(forewatch::alert::AlertComponent::Gpu, [id, "/*"].concat())).await?.items);
    let mut notes = backend.annotations(worker.first_seen, now).await?;
    notes.retain(|note| about(note, worker));
    let past = backend.worker_past(worker.worker_id.clone()).await?;
    Ok(tell(worker, past, &alerts, notes))
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
    let hour = (now - chrono::TimeDelta::hours(1), now);
    let labels = [("worker".to_owned(), worker.to_string())].into();
    let query = crate::query::SeriesQuery::of("gpu.utilization", labels, hour, 60.0);
    let answer = backend.series(query).await.map(|a| a.series).unwrap_or_default();
    answer.into_iter().filter_map(|s| Some((s.labels.get("gpu")?.parse().ok()?, s.points))).collect()
}

//! Queues.

use super::codec::Json;
use crate::backend::{BackendError, Link, Snapshot};
use forewatch::limit::Limit;
use forewatch::objective::Objective;
use forewatch::series::Point;
use forewatch::{Alert, QueueName, QueueStats, SourceName, Timestamp, WorkerSummary};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

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
    /// Who takes from the queue that was asked for.
    pub serving: Serving,
    /// How many of the newest tasks of its source ended without a word of which queue they were in.
    pub untold: u64,
}

/// Workers that the page of a queue lists at most.
#[cfg(feature = "ssr")]
const SERVING: usize = 12;

/// Who takes from a queue, as far as workers tell.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Serving {
    /// The first of them: those that can take tasks before the others.
    pub workers: Vec<WorkerSummary>,
    /// All of them.
    pub total: usize,
    /// Those that are online and not drained.
    pub able: usize,
    /// Whether any worker of the queue's source tells from what it takes.
    pub is_told: bool,
}

/// Who takes from a queue.
#[server(name = LoadServing, prefix = "/api/ui", endpoint = "serving", output = Json)]
pub async fn load_serving(id: String) -> Result<Serving, BackendError> {
    let backend = super::backend()?;
    let queues = backend.queues().await?.data;
    let queue = crate::components::queue_table::find_queue(&queues, &id);
    let queue = queue.ok_or_else(|| BackendError::NotFound(format!("No queue is called \"{id}\".")))?;
    Ok(serving(queue, backend.workers().await?.data))
}

#[cfg(feature = "ssr")]
fn serving(queue: &QueueStats, mut workers: Vec<WorkerSummary>) -> Serving {
    workers.retain(|worker| worker.source == queue.source && !worker.queues.is_empty());
    let is_told = !workers.is_empty();
    workers.retain(|worker| worker.queues.contains(&queue.queue_type));
    let is_able = |worker: &WorkerSummary| worker.is_online && worker.drained.is_none();
    let (total, able) = (workers.len(), workers.iter().filter(|worker| is_able(worker)).count());
    // They come by name.
    workers.sort_by_key(|worker| !is_able(worker));
    workers.truncate(SERVING);
    Serving { workers, total, able, is_told }
}

/// Every queue with its last hour; of one of them, who takes from it.
#[server(name = LoadQueues, prefix = "/api/ui", endpoint = "queues", output = Json)]
pub async fn load_queues(#[server(default)] queue: Option<String>) -> Result<QueuesData, BackendError> {
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
    let own = queue.and_then(|id| crate::components::queue_table::find_queue(&queues.data, &id));
    let (serving, untold) = match own {
        Some(queue) => (serving(queue, backend.workers().await?.data), backend.ended_untold(&queue.source).await?),
        None => (Serving::default(), 0),
    };
    Ok(QueuesData { now: frame.now, queues, limits, alerts, depths, links, objectives, commanded, serving, untold })
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
    let hour = (now - chrono::TimeDelta::hours(1), now);
    let query = crate::query::SeriesQuery::of("queue.pending", [].into(), hour, 60.0);
    let answer = backend.series(query).await.map(|a| a.series).unwrap_or_default();
    answer.into_iter().filter_map(|s| Some((s.labels.get("queue")?.clone(), super::brief(s.points)))).collect()
}

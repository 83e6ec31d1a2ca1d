//! Workers as they are now.

use super::listing::{self, Direction, Place, Row, Wanted};
use super::params::{Ask, Asked, Nothing, Params};
use super::path::Named;
use crate::backend::{BackendFor, worker};
use crate::error::ApiError;
use crate::state::AppState;
use axum::routing::get;
use axum::{Json, Router};
use forewatch::list::{Page, UnknownWord};
use forewatch::{WorkerCapability, WorkerId, WorkerMetrics, WorkerStatus};
use serde::Serialize;
use utoipa::ToSchema;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/workers", get(list))
        .route("/api/v1/workers/stats", get(stats))
        .route("/api/v1/workers/{id}", get(one))
}

/// Which workers, in which order.
pub(super) struct Filter {
    status: Vec<WorkerStatus>,
    capability: Vec<WorkerCapability>,
    source: Option<String>,
    tag: Option<String>,
    q: Option<String>,
    sort: Sort,
    wanted: Wanted,
}

#[derive(Clone, Copy)]
enum Sort {
    Name,
    Status,
    LastHeartbeat,
    Cpu,
    Memory,
    Gpu,
    ActiveTasks,
}

impl std::str::FromStr for Sort {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Ok(match word {
            "name" => Self::Name,
            "status" => Self::Status,
            "last_heartbeat" => Self::LastHeartbeat,
            "cpu_usage" => Self::Cpu,
            "memory_usage" => Self::Memory,
            "gpu_usage" => Self::Gpu,
            "active_tasks" => Self::ActiveTasks,
            _ => {
                let known =
                    ["name", "status", "last_heartbeat", "cpu_usage", "memory_usage", "gpu_usage", "active_tasks"];
                return Err(UnknownWord::new(word, known.into_iter()));
            }
        })
    }
}

impl Sort {
    fn place(self, worker: &WorkerMetrics) -> Place {
        match self {
            Self::Name => Place::Text(worker.name.clone()),
            Self::Status => Place::Text(worker.status.as_str().to_owned()),
            Self::LastHeartbeat => Place::Number(worker.last_heartbeat.timestamp_micros() as f64),
            Self::Cpu => Place::number(worker.cpu_usage.map(forewatch::Ratio::get)),
            Self::Memory => Place::number(worker.memory_usage.map(forewatch::Ratio::get)),
            Self::Gpu => Place::number(worker.gpu_usage.map(forewatch::Ratio::get)),
            Self::ActiveTasks => Place::Number(worker.active_tasks as f64),
        }
    }

    /// Names and words rise, the rest begins with the largest.
    fn direction(self) -> Direction {
        match self {
            Self::Name | Self::Status => Direction::Rising,
            Self::LastHeartbeat | Self::Cpu | Self::Memory | Self::Gpu | Self::ActiveTasks => Direction::Falling,
        }
    }
}

impl Ask for Filter {
    fn ask(params: &mut Params) -> Self {
        let sort = params.parsed("sort").unwrap_or(Sort::Name);
        Self {
            status: params.list("status"),
            capability: params.list("capability"),
            source: params.text("source"),
            tag: params.text("tag"),
            q: params.text("q").map(|q| q.to_lowercase()),
            sort,
            wanted: Wanted { direction: sort.direction(), cursor: params.text("cursor"), limit: params.limit() },
        }
    }
}

impl Filter {
    fn fits(&self, worker: &WorkerMetrics) -> bool {
        let has = |text: &str, q: &str| text.to_lowercase().contains(q);
        (self.status.is_empty() || self.status.contains(&worker.status))
            && (self.capability.is_empty() || self.capability.contains(&worker.capability))
            && self.source.as_ref().is_none_or(|source| **source == *worker.source)
            && self.tag.as_ref().is_none_or(|tag| worker.tags.contains(tag))
            && self.q.as_ref().is_none_or(|q| {
                has(&worker.name, q)
                    || has(&worker.worker_id, q)
                    || worker.hostname.as_ref().is_some_and(|host| has(host, q))
            })
    }
}

/// Workers that match, a page of them.
#[utoipa::path(get, path = "/api/v1/workers", tag = "workers", params(
    ("status" = Option<String>, Query, description = "Only these statuses, with commas: online, offline, busy, error, maintenance"),
    ("capability" = Option<String>, Query, description = "Only these capabilities, with commas: cpu, gpu, hybrid, unknown"),
    ("source" = Option<String>, Query, description = "Only this source: http, agent, celery:NAME"),
    ("tag" = Option<String>, Query, description = "Only workers with this tag"),
    ("q" = Option<String>, Query, description = "Text in name, id or host name"),
    ("sort" = Option<String>, Query, description = "name (default), status, last_heartbeat, cpu_usage, memory_usage, gpu_usage, active_tasks; numbers begin with the largest"),
    ("limit" = Option<u32>, Query, description = "Rows, 1 to 1,000; 50 by default"),
    ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
), responses((status = 200, body = Page<WorkerMetrics>)))]
pub(super) async fn list(
    backend: BackendFor,
    Asked(filter): Asked<Filter>,
) -> Result<Json<Page<WorkerMetrics>>, ApiError> {
    let fleet = backend.published()?.fleet;
    let rows = fleet.workers.values().map(|worker| &worker.metrics).filter(|worker| filter.fits(worker));
    let rows =
        rows.map(|worker| Row { place: filter.sort.place(worker), id: worker.worker_id.to_string(), record: worker });
    let page = listing::page(rows.collect(), &filter.wanted)?;
    let items = page.items.into_iter().cloned().collect();
    Ok(Json(Page { items, next_cursor: page.next_cursor, total: page.total, total_exact: page.total_exact }))
}

/// How many workers there are of each kind.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct WorkerStats {
    total: u64,
    online: u64,
    offline: u64,
    /// Online, with a fault of their own or of a device.
    unhealthy: u64,
    gpu_workers: u64,
    cpu_workers: u64,
    hybrid_workers: u64,
}

/// How many workers there are of each kind.
#[utoipa::path(get, path = "/api/v1/workers/stats", tag = "workers", responses((status = 200, body = WorkerStats)))]
pub(super) async fn stats(backend: BackendFor, _: Asked<Nothing>) -> Result<Json<WorkerStats>, ApiError> {
    let system = &backend.published()?.fleet.system;
    Ok(Json(WorkerStats {
        total: system.total_workers,
        online: system.online_workers,
        offline: system.offline_workers,
        unhealthy: system.unhealthy_workers,
        gpu_workers: system.gpu_workers,
        cpu_workers: system.cpu_workers,
        hybrid_workers: system.hybrid_workers,
    }))
}

/// One worker, by its id, or by its name when only one has it.
#[utoipa::path(get, path = "/api/v1/workers/{id}", tag = "workers",
    params(("id" = String, Path, description = "The worker's id or name")),
    responses((status = 200, body = WorkerMetrics), (status = 404, description = "There is no such worker")))]
pub(super) async fn one(
    backend: BackendFor,
    Named(id): Named,
    _: Asked<Nothing>,
) -> Result<Json<WorkerMetrics>, ApiError> {
    let fleet = backend.published()?.fleet;
    let id =
        WorkerId::new(&id).map_err(|error| ApiError::not_found(format!("there is no such worker: the id {error}")))?;
    Ok(Json(worker(&fleet, &id)?.metrics.clone()))
}

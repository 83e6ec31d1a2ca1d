//! Queues as they are now.

use super::listing::{self, Direction, Place, Row, Wanted};
use super::params::{Ask, Asked, Nothing, Params};
use super::path::Named;
use crate::backend::{BackendFor, queue};
use crate::error::ApiError;
use crate::state::AppState;
use crate::why;
use axum::routing::get;
use axum::{Json, Router};
use forewatch::limit::LimitedQueue;
use forewatch::list::{Page, UnknownWord};
use forewatch::{QueueClass, QueueName, QueueStats};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/api/v1/queues", get(list)).route("/api/v1/queues/{name}", get(one))
}

/// Which queues, in which order.
pub(super) struct Filter {
    class: Vec<QueueClass>,
    source: Option<String>,
    q: Option<String>,
    sort: Sort,
    wanted: Wanted,
}

#[derive(Clone, Copy)]
enum Sort {
    Name,
    Pending,
    Processing,
}

impl std::str::FromStr for Sort {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        match word {
            "name" => Ok(Self::Name),
            "pending_tasks" => Ok(Self::Pending),
            "processing_tasks" => Ok(Self::Processing),
            _ => Err(UnknownWord::new(word, ["name", "pending_tasks", "processing_tasks"].into_iter())),
        }
    }
}

impl Ask for Filter {
    fn ask(params: &mut Params) -> Self {
        let sort = params.parsed("sort").unwrap_or(Sort::Name);
        let direction = if matches!(sort, Sort::Name) { Direction::Rising } else { Direction::Falling };
        Self {
            class: params.list("class"),
            source: params.text("source"),
            q: params.text("q").map(|q| q.to_lowercase()),
            sort,
            wanted: Wanted { direction, cursor: params.text("cursor"), limit: params.limit() },
        }
    }
}

impl Filter {
    fn fits(&self, queue: &QueueStats) -> bool {
        (self.class.is_empty() || self.class.contains(&queue.class))
            && self.source.as_ref().is_none_or(|source| **source == *queue.source)
            && self.q.as_ref().is_none_or(|q| queue.id.to_lowercase().contains(q))
    }

    fn place(&self, queue: &QueueStats) -> Place {
        match self.sort {
            Sort::Name => Place::Text(queue.queue_type.clone()),
            Sort::Pending => Place::Number(queue.pending_tasks as f64),
            Sort::Processing => Place::Number(queue.processing_tasks as f64),
        }
    }
}

/// Queues that match, a page of them.
#[utoipa::path(get, path = "/api/v1/queues", tag = "queues", params(
    ("class" = Option<String>, Query, description = "Only these classes, with commas: gpu, cpu, fallback"),
    ("source" = Option<String>, Query, description = "Only this source: http, celery:NAME"),
    ("q" = Option<String>, Query, description = "Text in the id"),
    ("sort" = Option<String>, Query, description = "name (default), pending_tasks, processing_tasks; numbers begin with the largest"),
    ("limit" = Option<u32>, Query, description = "Rows, 1 to 1,000; 50 by default"),
    ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
), responses((status = 200, body = Page<QueueStats>)))]
pub(super) async fn list(
    backend: BackendFor,
    Asked(filter): Asked<Filter>,
) -> Result<Json<Page<QueueStats>>, ApiError> {
    let fleet = backend.published()?.fleet;
    let queues = fleet.queues.values().map(|queue| &queue.stats).filter(|queue| filter.fits(queue));
    let rows = queues.map(|queue| Row { place: filter.place(queue), id: queue.id.to_string(), record: queue.clone() });
    listing::page(rows.collect(), &filter.wanted).map(Json)
}

/// One queue, by its id, or by its own name when only one has it; and what holds its tasks back.
#[utoipa::path(get, path = "/api/v1/queues/{name}", tag = "queues",
    params(("name" = String, Path, description = "The queue's id, such as celery:gpu_priority, or its own name")),
    responses((status = 200, body = LimitedQueue), (status = 404, description = "There is no such queue")))]
pub(super) async fn one(
    backend: BackendFor,
    Named(name): Named,
    _: Asked<Nothing>,
) -> Result<Json<LimitedQueue>, ApiError> {
    let fleet = backend.published()?.fleet;
    let name = QueueName::new(&name)
        .map_err(|error| ApiError::not_found(format!("there is no such queue: the name {error}")))?;
    let queue = queue(&fleet, &name)?;
    Ok(Json(LimitedQueue { queue: queue.stats.clone(), limit: why::limit(&fleet, queue) }))
}

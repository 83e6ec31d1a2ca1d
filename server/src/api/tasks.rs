//! Tasks of any age.

use super::listing;
use super::params::{Ask, Asked, Nothing, Params};
use super::path::Named;
use crate::backend::BackendFor;
use crate::error::ApiError;
use crate::state::AppState;
use app::backend::Backend;
use app::query::{TaskFilter, TaskSort};
use axum::routing::get;
use axum::{Json, Router};
use forewatch::limit::ExplainedTask;
use forewatch::list::{Page, UnknownWord};
use forewatch::{TaskId, TaskMetrics};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/api/v1/tasks", get(list)).route("/api/v1/tasks/{id}", get(one))
}

struct Sort(TaskSort);

impl std::str::FromStr for Sort {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Ok(Self(match word {
            "newest" => TaskSort::Newest,
            "oldest" => TaskSort::Oldest,
            "processing_time" => TaskSort::ProcessingTime,
            "queue_wait_time" => TaskSort::QueueWaitTime,
            _ => {
                let known = ["newest", "oldest", "processing_time", "queue_wait_time"];
                return Err(UnknownWord::new(word, known.into_iter()));
            }
        }))
    }
}

impl Ask for TaskFilter {
    fn ask(params: &mut Params) -> Self {
        Self {
            sort: params.parsed::<Sort>("sort").map_or(TaskSort::Newest, |sort| sort.0),
            cursor: params.text("cursor"),
            limit: params.limit(),
            ..filter(params)
        }
    }
}

/// Which tasks, in no order.
pub(super) fn filter(params: &mut Params) -> TaskFilter {
    let (from, to) = params.period();
    let took_at_least = params.parsed::<f64>("took_at_least");
    if took_at_least.is_some_and(|seconds| !seconds.is_finite() || seconds < 0.0) {
        params.refuse("took_at_least", "must be seconds, zero or more");
    }
    TaskFilter {
        status: params.list("status"),
        state: params.list("state"),
        queue: params.text("queue"),
        worker_id: params.text("worker_id"),
        name: params.text("name"),
        content_type: params.text("content_type"),
        parent_id: params.parsed("parent_id"),
        root_id: params.parsed("root_id"),
        error: params.text("error"),
        q: params.text("q"),
        from,
        to,
        took_at_least,
        ..TaskFilter::default()
    }
}

/// Tasks that match, a page of them, without their timelines.
#[utoipa::path(get, path = "/api/v1/tasks", tag = "tasks", params(
    ("status" = Option<String>, Query, description = "Only these statuses, with commas: pending, processing, completed, failed, cancelled, unknown"),
    ("state" = Option<String>, Query, description = "Only these finer states, with commas, such as retrying or revoked"),
    ("queue" = Option<String>, Query, description = "Only this queue: its own name or, with a colon in it, its id; * stands for any text. =ID: exactly the queue with this id"),
    ("worker_id" = Option<String>, Query, description = "Only this worker; * stands for any text"),
    ("name" = Option<String>, Query, description = "Only this task name; * stands for any text"),
    ("content_type" = Option<String>, Query, description = "Only this content type; * stands for any text"),
    ("parent_id" = Option<String>, Query, description = "Only those that this task submitted"),
    ("root_id" = Option<String>, Query, description = "Only this first task of a chain, and all that came of it"),
    ("error" = Option<String>, Query, description = "Text in the error message"),
    ("q" = Option<String>, Query, description = "Text in the id, name, arguments or error"),
    ("from" = Option<String>, Query, description = "Last heard of at or after: RFC 3339, now-1h or Unix seconds"),
    ("to" = Option<String>, Query, description = "Last heard of before"),
    ("took_at_least" = Option<f64>, Query, description = "Ran for at least these seconds"),
    ("sort" = Option<String>, Query, description = "newest (default), oldest, processing_time, queue_wait_time"),
    ("limit" = Option<u32>, Query, description = "Rows, 1 to 1,000; 50 by default"),
    ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
), responses((status = 200, body = Page<TaskMetrics>)))]
pub(super) async fn list(
    backend: BackendFor,
    Asked(filter): Asked<TaskFilter>,
) -> Result<Json<Page<TaskMetrics>>, ApiError> {
    Ok(Json(backend.tasks(filter).await.map_err(listing::refused)?))
}

/// One task with its timeline, and what its time went into; why it waits while it waits, and whether it is stuck while it runs.
#[utoipa::path(get, path = "/api/v1/tasks/{id}", tag = "tasks",
    params(("id" = String, Path, description = "The task's id")),
    responses((status = 200, body = ExplainedTask), (status = 404, description = "There is no such task, or it has expired")))]
pub(super) async fn one(
    backend: BackendFor,
    Named(id): Named,
    _: Asked<Nothing>,
) -> Result<Json<ExplainedTask>, ApiError> {
    let id = TaskId::new(&id).map_err(|error| ApiError::not_found(format!("there is no such task: the id {error}")))?;
    Ok(Json(backend.explained(id).await?))
}

//! Calling tasks off, and sending them again: one, or all of a filter.

use super::{Command, Told};
use crate::api::alerts::IdempotencyKey;
use crate::api::body::Body;
use crate::api::params::{Ask, Asked, Params};
use crate::api::tasks::filter;
use crate::backend::BackendFor;
use crate::error::ApiError;
use crate::state::AppState;
use app::query::TaskFilter;
use axum::routing::post;
use axum::{Json, Router};
use forewatch::TaskId;
use forewatch::control::{BulkDeed, BulkOutcome, ControlCommand, ControlOutcome};
use serde::Deserialize;
use utoipa::ToSchema;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/tasks/{id}/revoke", post(revoke))
        .route("/api/v1/tasks/{id}/retry", post(retry))
        .route("/api/v1/tasks/revoke", post(revoke_all))
        .route("/api/v1/tasks/retry", post(retry_all))
}

/// The body of `POST /tasks/{id}/revoke`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Revoke {
    /// Also stops it where it runs, by SIGTERM to the worker's child.
    #[serde(default)]
    terminate: bool,
}

/// Calls a task off: one that waits is skipped when a worker takes it up.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/revoke", tag = "tasks", request_body = Revoke,
    params(("id" = String, Path, description = "The task's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same command with the same key does nothing twice")),
    responses((status = 200, body = ControlOutcome), (status = 404, description = "There is no such task"),
        (status = 409, description = "It has ended, or is of no Celery application"),
        (status = 504, description = "No worker answered; it may still happen")))]
pub(in crate::api) async fn revoke(command: Command<Revoke>) -> Told {
    let (task_ids, terminate) = (vec![task_id(&command)?], command.body.terminate);
    let deed = if terminate { "terminate" } else { "revoke" };
    command.ask(deed, ControlCommand::Revoke { task_ids, terminate }).await
}

/// The body of `POST /tasks/{id}/retry`; it may be left out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Again {
    /// Where the new task goes when the old one's queue is not known: the own name of a queue of its application.
    #[serde(default)]
    queue: Option<String>,
}

/// Sends an ended task again, as a new one with the same name, arguments and queue.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/retry", tag = "tasks", request_body = Again,
    params(("id" = String, Path, description = "The task's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same command with the same key does nothing twice")),
    responses((status = 200, body = ControlOutcome), (status = 404, description = "There is no such task"),
        (status = 409, description = "It has not ended, or is of no Celery application"),
        (status = 422, description = "Its arguments, name or queue are not known"),
        (status = 504, description = "The broker did not take it")))]
pub(in crate::api) async fn retry(command: Command<Again>) -> Told {
    let retry = ControlCommand::Retry { task_id: task_id(&command)?, queue: command.body.queue.clone() };
    command.ask("retry", retry).await
}

/// Which tasks are meant.
pub(in crate::api) struct Meant(TaskFilter);

impl Ask for Meant {
    fn ask(params: &mut Params) -> Self {
        Self(filter(params))
    }
}

/// The body of `POST /tasks/revoke`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct RevokeAll {
    /// How many tasks are meant, as a request without this told; absent: they are only counted.
    #[serde(default)]
    expected: Option<u64>,
    /// Also stops those that run.
    #[serde(default)]
    terminate: bool,
}

/// Calls off all tasks of a filter that wait, at most 10,000; only counts them without `expected`.
#[utoipa::path(post, path = "/api/v1/tasks/revoke", tag = "tasks", request_body = RevokeAll, params(
    ("status" = Option<String>, Query, description = "This and the other conditions are those of GET /tasks"),
    ("state" = Option<String>, Query), ("queue" = Option<String>, Query), ("worker_id" = Option<String>, Query),
    ("name" = Option<String>, Query), ("content_type" = Option<String>, Query), ("error" = Option<String>, Query),
    ("q" = Option<String>, Query), ("from" = Option<String>, Query), ("to" = Option<String>, Query),
    ("took_at_least" = Option<f64>, Query), ("parent_id" = Option<String>, Query), ("root_id" = Option<String>, Query),
    ("Idempotency-Key" = Option<String>, Header, description = "The same command with the same key does nothing twice")),
    responses((status = 200, body = BulkOutcome), (status = 409, description = "More are meant now than were expected")))]
pub(in crate::api) async fn revoke_all(
    backend: BackendFor,
    key: IdempotencyKey,
    Asked(Meant(filter)): Asked<Meant>,
    Body(RevokeAll { expected, terminate }): Body<RevokeAll>,
) -> Result<Json<BulkOutcome>, ApiError> {
    let deed = if terminate { BulkDeed::Terminate } else { BulkDeed::Revoke };
    all(&backend, filter, deed, expected, &key).await
}

/// The body of `POST /tasks/retry`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct RetryAll {
    /// How many tasks are meant, as a request without this told; absent: they are only counted.
    #[serde(default)]
    expected: Option<u64>,
}

/// Sends all tasks of a filter again that failed, at most 10,000; only counts them without `expected`.
#[utoipa::path(post, path = "/api/v1/tasks/retry", tag = "tasks", request_body = RetryAll, params(
    ("status" = Option<String>, Query, description = "This and the other conditions are those of GET /tasks"),
    ("state" = Option<String>, Query), ("queue" = Option<String>, Query), ("worker_id" = Option<String>, Query),
    ("name" = Option<String>, Query), ("content_type" = Option<String>, Query), ("error" = Option<String>, Query),
    ("q" = Option<String>, Query), ("from" = Option<String>, Query), ("to" = Option<String>, Query),
    ("took_at_least" = Option<f64>, Query), ("parent_id" = Option<String>, Query), ("root_id" = Option<String>, Query),
    ("Idempotency-Key" = Option<String>, Header, description = "The same command with the same key does nothing twice")),
    responses((status = 200, body = BulkOutcome), (status = 409, description = "More are meant now than were expected")))]
pub(in crate::api) async fn retry_all(
    backend: BackendFor,
    key: IdempotencyKey,
    Asked(Meant(filter)): Asked<Meant>,
    Body(RetryAll { expected }): Body<RetryAll>,
) -> Result<Json<BulkOutcome>, ApiError> {
    all(&backend, filter, BulkDeed::Retry, expected, &key).await
}

async fn all(
    backend: &BackendFor,
    filter: TaskFilter,
    deed: BulkDeed,
    expected: Option<u64>,
    key: &IdempotencyKey,
) -> Result<Json<BulkOutcome>, ApiError> {
    let verb = match deed {
        BulkDeed::Revoke => "revoke all",
        BulkDeed::Terminate => "terminate all",
        BulkDeed::Retry => "retry all",
    };
    let meant = serde_json::to_string(&filter).map_err(|_| ApiError::internal())?;
    // Counting does nothing that could be done twice.
    let key = expected.and_then(|_| key.for_command(verb, &meant));
    Ok(Json(backend.ask_for_all(filter, deed, expected, key).await?))
}

fn task_id<B>(command: &Command<B>) -> Result<TaskId, ApiError> {
    TaskId::new(&command.named).map_err(|error| ApiError::not_found(format!("there is no such task: the id {error}")))
}

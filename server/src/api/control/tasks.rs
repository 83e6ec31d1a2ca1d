//! Calling tasks off.

use super::ask;
use crate::api::alerts::IdempotencyKey;
use crate::api::body::Body;
use crate::api::params::{Asked, Nothing};
use crate::api::path::Named;
use crate::backend::BackendFor;
use crate::error::ApiError;
use crate::state::AppState;
use axum::routing::post;
use axum::{Json, Router};
use forewatch::TaskId;
use forewatch::control::{ControlCommand, ControlOutcome};
use serde::Deserialize;
use utoipa::ToSchema;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/api/v1/tasks/{id}/revoke", post(revoke))
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
pub(in crate::api) async fn revoke(
    backend: BackendFor,
    Named(id): Named,
    key: IdempotencyKey,
    _: Asked<Nothing>,
    Body(Revoke { terminate }): Body<Revoke>,
) -> Result<Json<ControlOutcome>, ApiError> {
    let task_id = task_id(&id)?;
    let key = key.for_command(if terminate { "terminate" } else { "revoke" }, &id);
    ask(&backend, ControlCommand::Revoke { task_ids: vec![task_id], terminate }, key).await
}

fn task_id(id: &str) -> Result<TaskId, ApiError> {
    TaskId::new(id).map_err(|error| ApiError::not_found(format!("there is no such task: the id {error}")))
}

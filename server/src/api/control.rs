//! What people ask of a Celery application's workers. It is recorded with who asked.

pub(super) mod queues;
pub(super) mod tasks;
pub(super) mod workers;

use crate::backend::BackendFor;
use crate::error::ApiError;
use crate::state::AppState;
use axum::http::StatusCode;
use axum::{Json, Router};
use forewatch::EventId;
use forewatch::control::{ControlCommand, ControlOutcome};

pub(super) fn routes() -> Router<AppState> {
    Router::new().merge(tasks::routes()).merge(queues::routes()).merge(workers::routes())
}

/// Carries a command out. Workers that were asked and are silent make it a time-out: it may still happen.
async fn ask(
    backend: &BackendFor,
    command: ControlCommand,
    key: Option<EventId>,
) -> Result<Json<ControlOutcome>, ApiError> {
    let done = backend.ask_of_workers(command, key).await?;
    if done.is_unanswered {
        return Err(ApiError::new(StatusCode::GATEWAY_TIMEOUT, done.outcome.summary));
    }
    Ok(Json(done.outcome))
}

//! What one worker is asked.

use super::{Command, NoBody, Told};
use crate::error::ApiError;
use crate::state::AppState;
use axum::Router;
use axum::routing::post;
use forewatch::WorkerId;
use forewatch::control::{ControlCommand, ControlOutcome};
use serde::Deserialize;
use utoipa::ToSchema;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/workers/{id}/drain", post(drain))
        .route("/api/v1/workers/{id}/undrain", post(undrain))
        .route("/api/v1/workers/{id}/ping", post(ping))
        .route("/api/v1/workers/{id}/shutdown", post(shutdown))
        .route("/api/v1/workers/{id}/pool", post(pool))
        .route("/api/v1/workers/{id}/rate-limit", post(rate_limit))
}

fn worker_id<B>(command: &Command<B>) -> Result<WorkerId, ApiError> {
    WorkerId::new(&command.named)
        .map_err(|error| ApiError::not_found(format!("there is no such worker: the id {error}")))
}

/// A worker takes no more tasks, also after it restarts, and finishes what it has.
#[utoipa::path(post, path = "/api/v1/workers/{id}/drain", tag = "workers", request_body = NoBody,
    params(("id" = String, Path, description = "The worker's id, or its name when only one has it"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same command with the same key does nothing twice")),
    responses((status = 200, body = ControlOutcome), (status = 404, description = "There is no such worker"),
        (status = 409, description = "It is drained already, or of no Celery application")))]
pub(in crate::api) async fn drain(command: Command) -> Told {
    command.ask("drain", ControlCommand::Drain { worker_id: worker_id(&command)? }).await
}

/// A drained worker takes tasks from its queues again.
#[utoipa::path(post, path = "/api/v1/workers/{id}/undrain", tag = "workers", request_body = NoBody,
    params(("id" = String, Path, description = "The worker's id, or its name when only one has it"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same command with the same key does nothing twice")),
    responses((status = 200, body = ControlOutcome), (status = 404, description = "There is no such worker"),
        (status = 409, description = "It is not drained, or of no Celery application")))]
pub(in crate::api) async fn undrain(command: Command) -> Told {
    command.ask("undrain", ControlCommand::Undrain { worker_id: worker_id(&command)? }).await
}

/// Asks a worker for a sign of life.
#[utoipa::path(post, path = "/api/v1/workers/{id}/ping", tag = "workers", request_body = NoBody,
    params(("id" = String, Path, description = "The worker's id, or its name when only one has it"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same command with the same key does nothing twice")),
    responses((status = 200, body = ControlOutcome), (status = 404, description = "There is no such worker"),
        (status = 409, description = "It is offline, or of no Celery application"),
        (status = 504, description = "It did not answer")))]
pub(in crate::api) async fn ping(command: Command) -> Told {
    command.ask("ping", ControlCommand::Ping { worker_id: worker_id(&command)? }).await
}

/// A worker finishes what it runs, gives back what it has not started, and ends.
#[utoipa::path(post, path = "/api/v1/workers/{id}/shutdown", tag = "workers", request_body = NoBody,
    params(("id" = String, Path, description = "The worker's id, or its name when only one has it"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same command with the same key does nothing twice")),
    responses((status = 200, body = ControlOutcome), (status = 404, description = "There is no such worker"),
        (status = 409, description = "It is offline, or of no Celery application"),
        (status = 504, description = "It did not answer; it may still happen")))]
pub(in crate::api) async fn shutdown(command: Command) -> Told {
    command.ask("shutdown", ControlCommand::ShutDown { worker_id: worker_id(&command)? }).await
}

/// The body of `POST /workers/{id}/pool`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Pool {
    /// How many processes more (1 to 100) or fewer (-1 to -100).
    by: i32,
}

/// More or fewer processes in a worker's pool, until it restarts.
#[utoipa::path(post, path = "/api/v1/workers/{id}/pool", tag = "workers", request_body = Pool,
    params(("id" = String, Path, description = "The worker's id, or its name when only one has it"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same command with the same key does nothing twice")),
    responses((status = 200, body = ControlOutcome), (status = 404, description = "There is no such worker"),
        (status = 409, description = "It is offline, or of no Celery application"),
        (status = 504, description = "It did not answer; it may still happen")))]
pub(in crate::api) async fn pool(command: Command<Pool>) -> Told {
    let (worker_id, by) = (worker_id(&command)?, command.body.by);
    command.ask(&format!("pool {by}"), ControlCommand::Resize { worker_id, by }).await
}

/// The body of `POST /workers/{id}/rate-limit`.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct RateLimit {
    /// The tasks' name, 1 to 255 characters.
    name: String,
    /// `10/s`, `10/m` or `10/h`; `0` for no limit.
    rate: String,
}

/// How often a worker may start tasks of a name, until it restarts.
#[utoipa::path(post, path = "/api/v1/workers/{id}/rate-limit", tag = "workers", request_body = RateLimit,
    params(("id" = String, Path, description = "The worker's id, or its name when only one has it"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same command with the same key does nothing twice")),
    responses((status = 200, body = ControlOutcome), (status = 404, description = "There is no such worker"),
        (status = 409, description = "It is offline, or of no Celery application"),
        (status = 504, description = "It did not answer; it may still happen")))]
pub(in crate::api) async fn rate_limit(command: Command<RateLimit>) -> Told {
    let worker_id = worker_id(&command)?;
    let RateLimit { name, rate } = command.body.clone();
    command.ask(&format!("rate-limit {rate} {name}"), ControlCommand::LimitRate { worker_id, name, rate }).await
}

//! Pausing queues.

use super::{Command, NoBody, Told};
use crate::error::ApiError;
use crate::state::AppState;
use axum::Router;
use axum::routing::post;
use forewatch::QueueName;
use forewatch::control::{ControlCommand, ControlOutcome};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/api/v1/queues/{name}/pause", post(pause)).route("/api/v1/queues/{name}/resume", post(resume))
}

fn queue(command: &Command) -> Result<QueueName, ApiError> {
    QueueName::new(&command.named)
        .map_err(|error| ApiError::not_found(format!("there is no such queue: the name {error}")))
}

/// Workers no longer take from a queue, also those that come up later; what they have taken is still worked on.
#[utoipa::path(post, path = "/api/v1/queues/{name}/pause", tag = "queues", request_body = NoBody,
    params(("name" = String, Path, description = "The queue's id, or its own name when only one has it"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same command with the same key does nothing twice")),
    responses((status = 200, body = ControlOutcome), (status = 404, description = "There is no such queue"),
        (status = 409, description = "It is paused already, or of no Celery application")))]
pub(in crate::api) async fn pause(command: Command) -> Told {
    command.ask("pause", ControlCommand::PauseQueue { queue: queue(&command)? }).await
}

/// Workers that a pause took off a queue take from it again.
#[utoipa::path(post, path = "/api/v1/queues/{name}/resume", tag = "queues", request_body = NoBody,
    params(("name" = String, Path, description = "The queue's id, or its own name when only one has it"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same command with the same key does nothing twice")),
    responses((status = 200, body = ControlOutcome), (status = 404, description = "There is no such queue"),
        (status = 409, description = "It is not paused, or of no Celery application")))]
pub(in crate::api) async fn resume(command: Command) -> Told {
    command.ask("resume", ControlCommand::ResumeQueue { queue: queue(&command)? }).await
}

//! What people ask of a Celery application's workers. It is recorded with who asked.

pub(super) mod queues;
pub(super) mod tasks;
pub(super) mod workers;

use super::alerts::IdempotencyKey;
use super::body::Body;
use super::params::{Asked, Nothing};
use super::path::Named;
use crate::backend::BackendFor;
use crate::error::ApiError;
use crate::state::AppState;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::{Json, Router};
use forewatch::control::{ControlCommand, ControlOutcome};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

pub(super) fn routes() -> Router<AppState> {
    Router::new().merge(tasks::routes()).merge(queues::routes()).merge(workers::routes())
}

/// The body of commands that say all in their path.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NoBody {}

/// What became of a command.
type Told = Result<Json<ControlOutcome>, ApiError>;

/// A command about what its path names.
pub(super) struct Command<B = NoBody> {
    backend: BackendFor,
    named: String,
    key: IdempotencyKey,
    body: B,
}

impl<B: DeserializeOwned> FromRequest<AppState> for Command<B> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        let (mut parts, body) = request.into_parts();
        let backend = BackendFor::from_request_parts(&mut parts, state).await?;
        let Named(named) = Named::from_request_parts(&mut parts, state).await?;
        let key = IdempotencyKey::from_request_parts(&mut parts, state).await?;
        let Asked(Nothing) = Asked::from_request_parts(&mut parts, state).await?;
        let Body(body) = Body::from_request(Request::from_parts(parts, body), state).await?;
        Ok(Self { backend, named, key, body })
    }
}

impl<B> Command<B> {
    /// Carries it out; `deed` is what is done to what is named, as one idempotency key tells it from others. Workers that
    /// were asked and are silent make it a time-out: it may still happen.
    async fn ask(&self, deed: &str, command: ControlCommand) -> Told {
        let done = self.backend.ask_of_workers(command, self.key.for_command(deed, &self.named)).await?;
        if done.is_unanswered {
            return Err(ApiError::new(StatusCode::GATEWAY_TIMEOUT, done.outcome.summary));
        }
        Ok(Json(done.outcome))
    }
}

//! From the errors of other rooms to HTTP, and to what the dashboard is told.

use super::ApiError;
use crate::collector::{CommandError, IntakeError};
use crate::history::QueryError;
use crate::stats::StatsError;
use crate::store::StoreError;
use app::backend::BackendError;
use axum::extract::path::ErrorKind;
use axum::extract::rejection::PathRejection;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::response::IntoResponse;

/// Seconds a restart takes at most.
const AFTER_RESTART: u64 = 5;

impl From<PathRejection> for ApiError {
    fn from(rejection: PathRejection) -> Self {
        if let PathRejection::FailedToDeserializePathParams(error) = &rejection
            && let ErrorKind::InvalidUtf8InPathParam { key } = error.kind()
        {
            return Self::field(key, "is not UTF-8: encode the name as UTF-8, and that with % where it needs it");
        }
        Self::malformed(rejection.body_text())
    }
}

impl From<WebSocketUpgradeRejection> for ApiError {
    fn from(rejection: WebSocketUpgradeRejection) -> Self {
        let detail = format!("this is a WebSocket (RFC 6455), and this request opens none: {rejection}");
        Self::new(rejection.into_response().status(), detail)
    }
}

impl From<IntakeError> for ApiError {
    fn from(error: IntakeError) -> Self {
        let refusal = Self::unavailable(error.to_string());
        match error {
            IntakeError::Full => refusal,
            IntakeError::Journal(_) | IntakeError::Stopped => refusal.retry_after(AFTER_RESTART),
        }
    }
}

impl From<CommandError> for ApiError {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::NotFound(_) | CommandError::Repeated(_) => Self::not_found(error.to_string()),
            CommandError::Conflict { reason, alert } => Self::conflict(reason, Some(alert)),
            CommandError::Invalid(reason) => Self::unprocessable(reason),
            CommandError::Intake(error) => error.into(),
        }
    }
}

impl From<BackendError> for ApiError {
    fn from(error: BackendError) -> Self {
        match error {
            BackendError::NotFound(text) => Self::not_found(text),
            BackendError::Conflict(text) => Self::conflict(text, None),
            BackendError::Invalid(text) => Self::unprocessable(text),
            BackendError::SignedOut => Self::signed_out(error.to_string()),
            BackendError::Unavailable(text) => Self::unavailable(text),
        }
    }
}

impl From<QueryError> for ApiError {
    fn from(error: QueryError) -> Self {
        let detail = error.to_string();
        match error {
            QueryError::Store(error) => BackendError::from(error).into(),
            QueryError::Metric(_) => Self::field("metric", detail),
            QueryError::Label { label, .. } => Self::field(label, detail),
            QueryError::Range => Self::field("from", detail),
            QueryError::Pattern(_) => Self::malformed(detail),
            QueryError::Step { .. } | QueryError::Large => Self::unprocessable(detail),
        }
    }
}

impl From<StatsError> for ApiError {
    fn from(error: StatsError) -> Self {
        match error {
            StatsError::Store(error) => BackendError::from(error).into(),
            StatsError::Query(error) => error.into(),
            error => Self::unprocessable(error.to_string()),
        }
    }
}

impl From<QueryError> for BackendError {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Store(error) => error.into(),
            error => Self::Invalid(error.to_string()),
        }
    }
}

impl From<CommandError> for BackendError {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::NotFound(_) | CommandError::Repeated(_) => Self::NotFound(error.to_string()),
            CommandError::Conflict { reason, .. } => Self::Conflict(reason),
            CommandError::Invalid(reason) => Self::Invalid(reason),
            CommandError::Intake(error) => Self::Unavailable(error.to_string()),
        }
    }
}

/// What the database said goes into the log; the reader learns only that it did not work.
impl From<StoreError> for BackendError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Invalid(reason) => Self::Invalid(reason),
            StoreError::Unusable(_)
            | StoreError::TakenOver(_)
            | StoreError::Database { .. }
            | StoreError::Redis { .. }
            | StoreError::Changed
            | StoreError::Damaged(_) => {
                tracing::error!(%error, "the store could not be read");
                Self::Unavailable("the store does not answer: try again, and see Forewatch's log".to_owned())
            }
        }
    }
}

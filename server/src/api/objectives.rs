//! Objectives, and what is left of their budgets.

use super::params::{Asked, Nothing};
use crate::backend::BackendFor;
use crate::error::ApiError;
use crate::state::AppState;
use app::backend::Backend as _;
use axum::routing::get;
use axum::{Json, Router};
use forewatch::list::Page;
use forewatch::objective::ObjectiveStatus;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/api/v1/objectives", get(list))
}

/// Every objective of the configuration, in its order: what is left of its budget, and how fast that is used.
#[utoipa::path(get, path = "/api/v1/objectives", tag = "alerts", responses((status = 200, body = Page<ObjectiveStatus>)))]
pub(super) async fn list(backend: BackendFor, _: Asked<Nothing>) -> Result<Json<Page<ObjectiveStatus>>, ApiError> {
    let items = backend.objectives().await?;
    Ok(Json(Page { total: items.len() as u64, items, next_cursor: None, total_exact: true }))
}

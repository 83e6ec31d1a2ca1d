//! Where events come from, and how those sources are.

use super::params::{Asked, Nothing};
use crate::backend::BackendFor;
use crate::error::ApiError;
use crate::state::AppState;
use axum::routing::get;
use axum::{Json, Router};
use forewatch::list::Page;
use forewatch::source::SourceStatus;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/api/v1/sources", get(list))
}

/// Every source, with what is known to be missing from it.
#[utoipa::path(get, path = "/api/v1/sources", tag = "system", responses((status = 200, body = Page<SourceStatus>)))]
pub(super) async fn list(backend: BackendFor, _: Asked<Nothing>) -> Result<Json<Page<SourceStatus>>, ApiError> {
    let fleet = backend.published()?.fleet;
    let items: Vec<_> = fleet.sources.values().map(|source| (**source).clone()).collect();
    let total = items.len() as u64;
    Ok(Json(Page { items, next_cursor: None, total, total_exact: true }))
}

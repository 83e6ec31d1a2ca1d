//! Notes on the time line.

use super::params::{Ask, Asked, Params};
use crate::backend::BackendFor;
use crate::error::ApiError;
use crate::state::AppState;
use app::backend::Backend;
use axum::routing::get;
use axum::{Json, Router};
use chrono::TimeDelta;
use forewatch::Timestamp;
use forewatch::event::Annotation;
use forewatch::list::Page;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/api/v1/annotations", get(list))
}

/// From when until when.
pub(super) struct Period(Timestamp, Timestamp);

impl Ask for Period {
    fn ask(params: &mut Params) -> Self {
        let (from, to) = params.period();
        let to = to.unwrap_or(params.now());
        Self(from.unwrap_or(to - TimeDelta::days(1)), to)
    }
}

/// Notes on the time line, oldest first: a deployment, an experiment. The newest 1,000 are kept.
#[utoipa::path(get, path = "/api/v1/annotations", tag = "metrics", params(
    ("from" = Option<String>, Query, description = "From then on: RFC 3339, or now-7d; a day before `to` by default"),
    ("to" = Option<String>, Query, description = "Before then; now by default"),
), responses((status = 200, body = Page<Annotation>)))]
pub(super) async fn list(
    backend: BackendFor,
    Asked(Period(from, to)): Asked<Period>,
) -> Result<Json<Page<Annotation>>, ApiError> {
    let items = backend.annotations(from, to).await?;
    let total = items.len() as u64;
    Ok(Json(Page { items, next_cursor: None, total, total_exact: true }))
}

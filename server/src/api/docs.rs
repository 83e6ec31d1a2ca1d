//! The description of the API for programs (`/api/v1/openapi.json`) and for people (`/api/docs`).

mod page;

use super::openapi::OPENAPI;
use super::params::{Asked, Nothing};
use crate::auth::CspNonce;
use crate::auth::access::Person;
use crate::state::AppState;
use axum::response::Html;
use axum::routing::get;
use axum::{Extension, Json, Router};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/api/v1/openapi.json", get(description)).route("/api/docs", get(docs))
}

/// This description.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "operations", responses((status = 200, description = "OpenAPI 3.1")))]
pub(super) async fn description(_: Person, _: Asked<Nothing>) -> Json<&'static utoipa::openapi::OpenApi> {
    Json(&*OPENAPI)
}

async fn docs(_: Person, Extension(nonce): Extension<CspNonce>, _: Asked<Nothing>) -> Html<String> {
    Html(page::page(&nonce.0))
}

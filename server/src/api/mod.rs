//! The HTTP API: thin handlers that read, ask and answer. What they ask lies in [`crate::backend`];
//! what may be refused, and how that looks, in [`crate::error`]; who may ask, in [`crate::auth`].
//!
//! Every path, parameter and answer is described where its handler is, and published as OpenAPI.

mod alerts;
pub(crate) mod body;
mod dashboard;
mod docs;
mod layers;
mod listing;
mod metrics;
mod openapi;
mod operations;
pub(crate) mod params;
mod query;
mod queues;
mod sources;
mod tasks;
mod unknown;
mod workers;

use crate::state::AppState;
use crate::{auth, ingest};
use axum::Router;
use axum::extract::DefaultBodyLimit;
pub(crate) use layers::guard;

/// Everything but the pages and the live socket. The caller mounts those, and puts [`guard`] around all.
pub(crate) fn router(state: AppState) -> Router {
    let v1 = Router::new()
        .merge(alerts::routes())
        .merge(dashboard::routes())
        .merge(docs::routes())
        .merge(metrics::routes())
        .merge(operations::routes())
        .merge(query::routes())
        .merge(queues::routes())
        .merge(sources::routes())
        .merge(tasks::routes())
        .merge(workers::routes())
        .merge(ingest::http::routes(&state))
        .route("/api", axum::routing::any(unknown::path))
        .route("/api/{*rest}", axum::routing::any(unknown::path))
        .method_not_allowed_fallback(unknown::method)
        .layer(DefaultBodyLimit::max(state.config.limits.body_bytes));
    Router::new().merge(v1).merge(auth::sign_in::router()).merge(crate::site::routes(&state.site)).with_state(state)
}

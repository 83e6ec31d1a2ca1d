//! The HTTP API: thin handlers that read, ask and answer. What they ask lies in [`crate::backend`];
//! what may be refused, and how that looks, in [`crate::error`]; who may ask, in [`crate::auth`].
//!
//! Every path, parameter and answer is described where its handler is, and published as OpenAPI.

mod alerts;
mod annotations;
pub(crate) mod body;
mod control;
mod dashboard;
mod docs;
mod groups;
mod layers;
mod listing;
mod live;
mod metrics;
mod notifications;
mod objectives;
mod openapi;
mod operations;
pub(crate) mod params;
pub(crate) mod path;
mod query;
mod queues;
mod reports;
mod rules;
mod silences;
mod sources;
mod stats;
mod tasks;
mod unknown;
mod workers;

use crate::config::Config;
use crate::state::AppState;
use crate::{auth, download, ingest};
use axum::Router;
use axum::extract::DefaultBodyLimit;
pub(crate) use layers::guard;
use tokio_util::sync::CancellationToken;

/// Everything but the pages. The caller mounts those, and puts [`guard`] around all; `stop` ends live sockets.
pub(crate) fn router(state: AppState, stop: &CancellationToken) -> Router {
    let api = endpoints(&state.config, stop)
        .route("/api", axum::routing::any(unknown::path))
        .route("/api/{*rest}", axum::routing::any(unknown::path))
        .method_not_allowed_fallback(unknown::method)
        .layer(DefaultBodyLimit::max(state.config.limits.body_bytes));
    Router::new()
        .merge(api)
        .merge(auth::sign_in::router())
        .merge(download::routes())
        .merge(crate::handle::routes())
        .merge(crate::site::routes(&state.site))
        .with_state(state)
}

/// What is described as OpenAPI, and the description.
fn endpoints(config: &Config, stop: &CancellationToken) -> Router<AppState> {
    Router::new()
        .merge(alerts::routes())
        .merge(annotations::routes())
        .merge(control::routes())
        .merge(dashboard::routes())
        .merge(docs::routes())
        .merge(groups::routes())
        .merge(live::routes(stop))
        .merge(metrics::routes())
        .merge(notifications::routes())
        .merge(objectives::routes())
        .merge(operations::routes())
        .merge(query::routes())
        .merge(queues::routes())
        .merge(reports::routes())
        .merge(rules::routes())
        .merge(silences::routes())
        .merge(sources::routes())
        .merge(stats::routes())
        .merge(tasks::routes())
        .merge(workers::routes())
        .merge(ingest::http::routes(config))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_path_that_is_answered_is_described_and_none_besides() {
        let router = endpoints(&Config::default(), &CancellationToken::new());
        // The only way in which axum tells its routes.
        let told = format!("{router:?}");
        let mut answered: BTreeSet<&str> = told.split('"').filter(|text| text.starts_with('/')).collect();
        answered.retain(|path| *path != "/" && !path.contains("axum_fallback"));
        let mut described: BTreeSet<&str> = openapi::OPENAPI.paths.paths.keys().map(String::as_str).collect();
        // The description for people is no endpoint of the API.
        described.insert("/api/docs");
        assert_eq!(answered, described);
    }
}

//! The routes of the site's files. What lies under `pkg/` has the hash of its content in its name and
//! is kept by browsers for ever; everything else is asked for again with its ETag.

use super::Site;
use crate::error::ApiError;
use crate::state::AppState;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

const FOR_EVER: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "public, no-cache";

/// A route for each file outside `pkg/`, and one for all within.
pub(crate) fn routes(site: &Site) -> Router<AppState> {
    let single = site.files.keys().filter(|path| !path.starts_with("pkg/") && is_plain(path));
    single.fold(Router::new().route("/pkg/{*path}", get(hashed)), |router, path| {
        let name = path.clone();
        router.route(
            &format!("/{path}"),
            get(move |State(state): State<AppState>, headers: HeaderMap| async move {
                answer(&state.site, &name, &headers, ASK_AGAIN)
            }),
        )
    })
}

/// Whether a path has no sign that means something in a route.
fn is_plain(path: &str) -> bool {
    !path.contains(['{', '}', '*'])
}

async fn hashed(State(state): State<AppState>, Path(path): Path<String>, headers: HeaderMap) -> Response {
    answer(&state.site, &format!("pkg/{path}"), &headers, FOR_EVER)
}

fn answer(site: &Site, path: &str, headers: &HeaderMap, cache: &'static str) -> Response {
    match site.files.get(path) {
        Some(file) => file.answer(headers, cache),
        None => ApiError::not_found("there is no such file: reload the page, a newer version may be running")
            .into_response(),
    }
}

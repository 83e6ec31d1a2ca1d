//! The dashboard's pages, beside the API.

use crate::api;
use crate::auth::access::show_strangers_to_sign_in;
use crate::backend;
use crate::state::AppState;
use app::backend::BackendError;
use app::{App, shell};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use leptos::config::LeptosOptions;
use leptos::server_fn::error::SERVER_FN_ERROR_HEADER;
use leptos_axum::{LeptosRoutes, generate_route_list, render_app_async_with_context};

/// Puts the pages beside the API, and the guards around everything.
pub(crate) fn mount(api: Router, state: &AppState) -> Router {
    api::guard(api.merge(pages(state)), state)
}

fn pages(state: &AppState) -> Router {
    let options = LeptosOptions::builder().output_name("forewatch").build();
    let provide = {
        let state = state.clone();
        move || backend::provide(&state)
    };
    let document = {
        let files = state.site.files().clone();
        move || shell(files.clone())
    };
    let not_found = {
        let render = render_app_async_with_context(provide.clone(), document.clone());
        move |request: Request| {
            let answer = render(request);
            async move {
                let mut response = answer.await.into_response();
                *response.status_mut() = StatusCode::NOT_FOUND;
                response
            }
        }
    };
    let router = Router::new();
    #[cfg(debug_assertions)]
    let router = {
        let files = state.site.files().clone();
        let design = render_app_async_with_context(provide.clone(), move || app::design(files.clone()));
        router.route("/design", axum::routing::get(move |request: Request| design(request)))
    };
    router
        .leptos_routes_with_context(&options, generate_route_list(App), provide, document)
        .fallback(not_found)
        .layer(map_response(with_status_of_error))
        .layer(from_fn_with_state(state.clone(), show_strangers_to_sign_in))
        .with_state(options)
}

/// Bytes of an error's text at most.
const ERROR: usize = 64 * 1024;

/// Leptos answers 500 to every server function that fails. What failed for a reason of the person's own is no fault of the
/// server, and is told by its status, too.
async fn with_status_of_error(response: Response) -> Response {
    let is_error = response.headers().contains_key(SERVER_FN_ERROR_HEADER);
    if !is_error || response.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(text) = to_bytes(body, ERROR).await else { return parts.into_response() };
    let status = serde_json::from_slice(&text).ok().map(|error: BackendError| error.status());
    parts.status = status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(parts.status);
    Response::from_parts(parts, Body::from(text))
}

//! The dashboard's pages and the live socket, beside the API.

use crate::api;
use crate::auth::Identity;
use crate::auth::access::{Person, show_strangers_to_sign_in};
use crate::backend;
use crate::live;
use crate::state::AppState;
use app::{App, shell};
use axum::Router;
use axum::extract::{Request, State, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use leptos::config::LeptosOptions;
use leptos_axum::{LeptosRoutes, generate_route_list, render_app_async_with_context};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Puts the pages and the live socket beside the API, and the guards around everything.
pub(crate) fn mount(api: Router, state: &AppState, stop: &CancellationToken) -> Router {
    let stop = stop.clone();
    let live = Router::new()
        .route(
            forewatch::live::PATH,
            get(async move |State(state): State<AppState>, identity: Identity, _: Person, socket: WebSocketUpgrade| {
                follow(&state, &identity, socket, stop.clone())
            }),
        )
        .with_state(state.clone());
    api::guard(api.merge(live).merge(pages(state)), state)
}

/// Opens a live socket for a person, until their session ends. Where the request comes from is checked
/// by [`crate::auth::check_origin`] before.
fn follow(state: &AppState, identity: &Identity, socket: WebSocketUpgrade, stop: CancellationToken) -> Response {
    let ends = identity.expires().map(|expires| {
        let left = (expires - crate::collector::clock()).to_std().unwrap_or(Duration::ZERO);
        Instant::now() + left
    });
    live::upgrade(state, socket, ends, stop)
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
    Router::new()
        .leptos_routes_with_context(&options, generate_route_list(App), provide, document)
        .fallback(not_found)
        .layer(from_fn_with_state(state.clone(), show_strangers_to_sign_in))
        .with_state(options)
}

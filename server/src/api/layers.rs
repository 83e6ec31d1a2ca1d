//! What every request passes on its way in, and every answer on its way out.

use crate::auth;
use crate::error::ApiError;
use crate::state::AppState;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use std::any::Any;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::trace::TraceLayer;

/// Answers below this many bytes are not worth compressing.
const SMALL: u16 = 860;

/// How well pages are compressed: a visitor waits for them first, and they are small. Of 0 to 11, as Brotli counts.
const PAGE_QUALITY: i32 = 7;

/// Puts the guards around all routes. From the outside in: a span for the log; panics become a problem
/// document; the headers that browsers guard with; compression; and the checks of [`auth`].
pub(crate) fn guard(router: Router, state: &AppState) -> Router {
    // axum runs the layer that is added last first.
    router
        .layer(from_fn_with_state(state.clone(), auth::check_origin))
        .layer(from_fn_with_state(state.clone(), auth::identify))
        .layer(from_fn_with_state(state.clone(), auth::check_host))
        .layer(CompressionLayer::new().quality(CompressionLevel::Precise(PAGE_QUALITY)).compress_when(is_page()))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(worth_compressing()))
        .layer(from_fn(auth::headers::protect))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(TraceLayer::new_for_http().make_span_with(span))
}

/// What a request's log lines are under.
fn span(request: &Request<Body>) -> tracing::Span {
    tracing::debug_span!("request", method = %request.method(), path = crate::handle::shown(request.uri().path()))
}

/// Compresses text; the site's files come compressed already, and carry `Content-Encoding` or are pictures.
fn worth_compressing() -> impl Predicate {
    SizeAbove::new(SMALL)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::const_new("font/"))
        .and(NotForContentType::SSE)
        .and(
            |_: axum::http::StatusCode,
             _: axum::http::Version,
             headers: &header::HeaderMap,
             _: &axum::http::Extensions| { !headers.contains_key(header::CONTENT_ENCODING) },
        )
}

/// A page, and worth it.
fn is_page() -> impl Predicate {
    worth_compressing().and(
        |_: axum::http::StatusCode, _: axum::http::Version, headers: &header::HeaderMap, _: &axum::http::Extensions| {
            headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
        },
    )
}

/// A panic in a handler is our fault; its text goes into the log only.
fn panicked(panic: Box<dyn Any + Send>) -> Response<Body> {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(panic = text.unwrap_or("of unknown kind"), "a request handler panicked");
    ApiError::internal().into_response()
}

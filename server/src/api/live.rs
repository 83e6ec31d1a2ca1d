//! The live socket: who may open it. How it goes on from there is told in [`crate::live`].

use super::params::{Asked, Nothing};
use crate::auth::Identity;
use crate::auth::access::Person;
use crate::error::ApiError;
use crate::live;
use crate::state::AppState;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{State, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use tokio_util::sync::CancellationToken;

/// `stop` ends every socket.
pub(super) fn routes(stop: &CancellationToken) -> Router<AppState> {
    Router::new().route(forewatch::live::PATH, get(follow)).layer(Extension(stop.clone()))
}

/// Follows what changes, over a WebSocket with the subprotocol `forewatch.v1.json`. A text message
/// `{"subscribe": [...], "unsubscribe": [...], "resync": [...]}` says what to follow: `system`, `workers`, `worker:ID`,
/// `fleet`, `tasks`, `task:ID`, `queues`, `alerts`, `sources`. The server answers with
/// `{"topic", "epoch", "seq", "prev", "kind", "at", "data"}`: first a `snapshot` (`prev` is null, `data` holds every
/// record), then `delta`s, whose `data` is `{"upsert": [whole records], "remove": [ids]}` and whose `prev` is the `seq`
/// before; with another `epoch`, or a hole, `resync` gets a new snapshot. Close codes: 1012 the server restarts, 4401 the
/// session has ended, 4429 too many messages or topics. `Origin` must be the server's own; a program that sends
/// `Authorization` needs none.
#[utoipa::path(get, path = "/api/v1/live", tag = "live", params(
    ("Origin" = Option<String>, Header, description = "The page's origin; may be absent beside Authorization"),
    ("Sec-WebSocket-Protocol" = Option<String>, Header, description = "forewatch.v1.json"),
), responses((status = 101, description = "The connection is a WebSocket from here on"),
    (status = 426, description = "The connection cannot become a WebSocket")))]
pub(super) async fn follow(
    State(state): State<AppState>,
    identity: Identity,
    _: Person,
    Extension(stop): Extension<CancellationToken>,
    _: Asked<Nothing>,
    socket: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    Ok(live::upgrade(&state, socket?, state.auth.session_end(&identity), stop))
}

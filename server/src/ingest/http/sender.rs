//! Who may report, asked before a body is read: a stranger makes nobody hold megabytes.

use crate::api::body::Raw;
use crate::auth::access;
use crate::error::ApiError;
use crate::state::AppState;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use bytes::Bytes;
use serde::Deserialize;

/// Bytes that are read of a body whose sender no header has made known; its token may stand in it.
const UNKNOWN_SENDERS_BYTES: usize = 64 * 1024;

/// A sender that may report, by the headers of its request.
pub(crate) struct Sender;

impl FromRequestParts<AppState> for Sender {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        access::may_report(&state.auth, &access::of(parts), None).map(|()| Self)
    }
}

/// The body of a sender that may report: by its headers, or by the `auth_token` in this body.
pub(crate) struct Reported(pub(crate) Bytes);

impl FromRequest<AppState> for Reported {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let identity = access::of(&parts);
        let request = Request::from_parts(parts, body);
        if access::may_report(&state.auth, &identity, None).is_ok() {
            return Raw::from_request(request, state).await.map(|Raw(body)| Self(body));
        }
        let most = state.config.limits.body_bytes.min(UNKNOWN_SENDERS_BYTES);
        let too_large = format!("a body over {most} bytes needs the ingest token as Authorization: Bearer");
        let Raw(body) = Raw::at_most(most, request, &too_large).await?;
        access::may_report(&state.auth, &identity, token_in(&body).as_deref()).map(|()| Self(body))
    }
}

/// The token in a body, for senders that cannot set a header.
fn token_in(body: &Bytes) -> Option<String> {
    #[derive(Deserialize)]
    struct Token {
        auth_token: Option<String>,
    }
    serde_json::from_slice::<Token>(body).ok()?.auth_token
}

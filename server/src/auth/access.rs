//! What a route may demand of whoever asks: a person, or somebody who may report.

use super::{Auth, Identity};
use crate::error::ApiError;
use crate::state::AppState;
use app::backend::BackendError;
use axum::Json;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use forewatch::event::Actor;
use std::convert::Infallible;

/// Whoever it is.
impl<S: Sync> FromRequestParts<S> for Identity {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(of(parts))
    }
}

/// The identity that [`super::identify`] found.
pub(crate) fn of(parts: &Parts) -> Identity {
    parts.extensions.get::<Identity>().cloned().unwrap_or(Identity::Stranger)
}

/// A person, who may see and do everything.
pub(crate) struct Person(pub(crate) Actor);

impl<S: Sync> FromRequestParts<S> for Person {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        match of(parts) {
            Identity::Worker => {
                Err(ApiError::forbidden("the ingest token is for reporting only: sign in to see or change things"))
            }
            identity => identity.person().cloned().map(Self).ok_or_else(|| {
                ApiError::signed_out("sign in under /sign-in, or send a name and the password (HTTP Basic)")
            }),
        }
    }
}

/// Whether whoever asks may report. `auth_token` is what stands in the body, for senders that cannot set a header.
pub(crate) fn may_report(auth: &Auth, identity: &Identity, auth_token: Option<&str>) -> Result<(), ApiError> {
    match identity {
        Identity::Operator(_) | Identity::Worker => Ok(()),
        _ if auth_token.is_some_and(|token| auth.is_ingest_token(token)) => Ok(()),
        Identity::Session { .. } | Identity::Basic(_) => {
            Err(ApiError::forbidden("reporting needs the ingest token, as Authorization: Bearer"))
        }
        Identity::Stranger => Err(ApiError::signed_out(
            "reporting needs the ingest token, as Authorization: Bearer; the one sent, if any, is not right",
        )),
    }
}

/// The middleware of pages: shows strangers the way to sign in, and back to what they wanted to see.
pub(crate) async fn show_strangers_to_sign_in(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let known = request.extensions().get::<Identity>().is_some_and(|identity| identity.person().is_some());
    if known || !state.auth.has_sessions() {
        return next.run(request).await;
    }
    match *request.method() {
        Method::GET | Method::HEAD => Redirect::to(&sign_in_address(request.uri())).into_response(),
        // A plain form: the way back leads to the page that it stood on.
        _ if has(request.headers(), header::ACCEPT, "text/html") => {
            let page = request.headers().get(header::REFERER).and_then(|page| page.to_str().ok()?.parse().ok());
            Redirect::to(&sign_in_address(&page.unwrap_or_default())).into_response()
        }
        // A server function: its caller reads the error that it declares.
        _ => (StatusCode::UNAUTHORIZED, Json(BackendError::SignedOut)).into_response(),
    }
}

fn has(headers: &HeaderMap, name: HeaderName, word: &str) -> bool {
    headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains(word))
}

fn sign_in_address(wanted: &Uri) -> String {
    let wanted = wanted.path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str);
    match wanted {
        "/" => "/sign-in".to_owned(),
        _ => {
            format!("/sign-in?{}", form_urlencoded::Serializer::new(String::new()).append_pair("next", wanted).finish())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_sign_in_leads_back() {
        assert_eq!(sign_in_address(&Uri::from_static("/")), "/sign-in");
        assert_eq!(
            sign_in_address(&Uri::from_static("/tasks?status=failed")),
            "/sign-in?next=%2Ftasks%3Fstatus%3Dfailed"
        );
    }
}

//! Refuses changes, and live sockets, that a page of another origin asks for. A browser sends a
//! session's cookie, or reaches a loopback address, on behalf of any page; but it says which.

use super::{Auth, Identity, host};
use crate::error::ApiError;
use crate::state::AppState;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::atomic::Ordering;

/// The middleware; it comes after [`super::identify`].
pub(crate) async fn check(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let identity = request.extensions().get::<Identity>().unwrap_or(&Identity::Stranger);
    match verdict(&state.auth, identity, request.method(), request.headers(), request.uri()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => {
            state.counters.requests_refused.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(
                path = crate::handle::shown(request.uri().path()),
                reason = refusal.detail(),
                "a request was refused"
            );
            refusal.into_response()
        }
    }
}

fn verdict(auth: &Auth, identity: &Identity, method: &Method, headers: &HeaderMap, uri: &Uri) -> Result<(), ApiError> {
    let is_socket =
        headers.get(header::UPGRADE).is_some_and(|upgrade| upgrade.as_bytes().eq_ignore_ascii_case(b"websocket"));
    // A token is sent on purpose, never by a browser on its own.
    if (method.is_safe() && !is_socket) || *identity == Identity::Worker {
        return Ok(());
    }
    let refused = |why: &str| {
        Err(ApiError::forbidden(format!(
            "{why}: open the dashboard under its own address, and set server.public_url to the one in people's browsers"
        )))
    };
    if let Some(origin) = headers.get(header::ORIGIN) {
        let own = origin.to_str().ok().zip(host::asked_for(headers, uri));
        return match own {
            Some((origin, host)) if auth.hosts.is_own_origin(origin, host) => Ok(()),
            _ => refused("the request comes from a page of another origin"),
        };
    }
    match headers.get("sec-fetch-site").map(axum::http::HeaderValue::as_bytes) {
        // Browsers name the origin of every socket, and cannot be made to send this header with one.
        _ if is_socket && !headers.contains_key(header::AUTHORIZATION) => {
            refused("the live socket needs an Origin, or credentials in Authorization")
        }
        Some(b"same-origin" | b"none") => Ok(()),
        Some(_) => refused("the request comes from a page of another site"),
        None if matches!(identity, Identity::Session { .. }) => refused("a change needs an Origin"),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use axum::http::{HeaderName, HeaderValue};
    use chrono::DateTime;
    use forewatch::event::Actor;

    fn session() -> Identity {
        let id = serde_json::from_value(1.into()).expect("an id is a number");
        Identity::Session { actor: Actor { name: "mara".to_owned() }, id, expires: DateTime::UNIX_EPOCH }
    }

    fn is_allowed(identity: &Identity, method: &Method, headers: &[(&'static str, &'static str)]) -> bool {
        let auth = Auth::open(&Config::default()).expect("the default needs nothing");
        let mut map = HeaderMap::new();
        map.insert(header::HOST, HeaderValue::from_static("127.0.0.1:8790"));
        for (name, value) in headers {
            map.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        verdict(&auth, identity, method, &map, &Uri::from_static("/")).is_ok()
    }

    const OWN: (&str, &str) = ("origin", "http://127.0.0.1:8790");
    const FOREIGN: (&str, &str) = ("origin", "https://evil.example");

    #[test]
    fn a_page_of_another_origin_can_change_nothing() {
        let operator = Identity::Operator(Actor { name: "local operator".to_owned() });
        for identity in [session(), operator, Identity::Stranger] {
            assert!(is_allowed(&identity, &Method::POST, &[OWN]));
            for method in [Method::POST, Method::DELETE, Method::PUT, Method::PATCH] {
                assert!(!is_allowed(&identity, &method, &[FOREIGN]));
                assert!(!is_allowed(&identity, &method, &[("origin", "null")]));
                assert!(!is_allowed(&identity, &method, &[("sec-fetch-site", "cross-site")]));
                assert!(!is_allowed(&identity, &method, &[("sec-fetch-site", "same-site")]));
            }
        }
    }

    #[test]
    fn programs_without_a_cookie_need_no_origin() {
        let operator = Identity::Operator(Actor { name: "local operator".to_owned() });
        assert!(is_allowed(&operator, &Method::POST, &[]));
        assert!(is_allowed(&Identity::Worker, &Method::POST, &[]));
        assert!(!is_allowed(&session(), &Method::POST, &[]));
    }

    #[test]
    fn the_live_socket_needs_our_own_origin_or_credentials_that_no_page_can_send() {
        const UPGRADE: (&str, &str) = ("upgrade", "WebSocket");
        assert!(is_allowed(&session(), &Method::GET, &[UPGRADE, OWN]));
        assert!(!is_allowed(&session(), &Method::GET, &[UPGRADE, FOREIGN]));
        assert!(!is_allowed(&session(), &Method::GET, &[UPGRADE]));
        let program = Identity::Basic(Actor { name: "script".to_owned() });
        assert!(is_allowed(&program, &Method::GET, &[UPGRADE, ("authorization", "Basic bTpw")]));
        assert!(!is_allowed(&program, &Method::GET, &[UPGRADE, ("authorization", "Basic bTpw"), FOREIGN]));
        assert!(is_allowed(&session(), &Method::GET, &[FOREIGN]), "reading is guarded by the browser");
    }
}

//! Who sent a request, found once and kept with it.

use super::session::SessionId;
use super::{Guard, Shared, attempts::network};
use crate::error::ApiError;
use crate::state::AppState;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use forewatch::event::Actor;
use std::net::IpAddr;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// Who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Identity {
    /// The local operator: there are no accounts.
    Operator(Actor),
    /// Somebody signed in, with a cookie that a browser sends by itself.
    Session {
        /// Who.
        actor: Actor,
        /// Which of their sessions.
        id: SessionId,
        /// Until when.
        expires: DateTime<Utc>,
    },
    /// A program that sent a name and the password with this request (HTTP Basic): Prometheus, curl.
    Basic(Actor),
    /// A worker with the ingest token.
    Worker,
    /// Nobody we know.
    Stranger,
}

impl Identity {
    /// The person, if it is one.
    pub(crate) fn person(&self) -> Option<&Actor> {
        match self {
            Self::Operator(actor) | Self::Session { actor, .. } | Self::Basic(actor) => Some(actor),
            Self::Worker | Self::Stranger => None,
        }
    }
}

/// The middleware: finds out who it is, and prolongs a session that is used.
pub(crate) async fn identify(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let now = Utc::now();
    let (identity, renewed) = match &state.auth.guard {
        Guard::Open(actor) => (Identity::Operator(actor.clone()), None),
        Guard::Shared(shared) => match shared.identity(request.headers(), state.auth.client(&request), now) {
            Ok(found) => found,
            Err(refusal) => {
                state.counters.sign_ins_failed.fetch_add(1, Ordering::Relaxed);
                return refusal.into_response();
            }
        },
    };
    request.extensions_mut().insert(identity);
    let mut response = next.run(request).await;
    if let Some(cookie) = renewed.and_then(|cookie| HeaderValue::from_str(&cookie).ok()) {
        prolong(response.headers_mut(), cookie);
    }
    response
}

/// Puts a renewed session into an answer: not where one is set already, and not where the answer is
/// public. A shared cache keeps that with its cookie, and would hand the session to whoever asks next.
fn prolong(headers: &mut HeaderMap, cookie: HeaderValue) {
    if !headers.contains_key(header::SET_COOKIE) && !is_public(headers) {
        headers.append(header::SET_COOKIE, cookie);
    }
}

/// Whether `Cache-Control` lets shared caches keep the answer.
fn is_public(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|directive| directive.trim().eq_ignore_ascii_case("public"))
}

impl Shared {
    fn identity(
        &self,
        headers: &HeaderMap,
        peer: IpAddr,
        now: DateTime<Utc>,
    ) -> Result<(Identity, Option<String>), ApiError> {
        if let Some(token) = bearer(headers) {
            let worker = self.ingest_token.matches(token);
            return Ok((if worker { Identity::Worker } else { Identity::Stranger }, None));
        }
        if let Some((name, password)) = basic(headers) {
            return self.check_password(&name, &password, peer).map(|actor| (Identity::Basic(actor), None));
        }
        let mut cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let Some(session) = cookies.find_map(|cookies| self.sessions.read(cookies, now)) else {
            return Ok((Identity::Stranger, None));
        };
        if self.ended.has(session.id) {
            return Ok((Identity::Stranger, None));
        }
        let renewed = session.is_due(now).then(|| self.sessions.give(&session.clone().prolonged(now)));
        let expires = session.expires();
        Ok((Identity::Session { actor: Actor { name: session.name }, id: session.id, expires }, renewed))
    }

    /// Checks a name and password, unless the address or the name has to wait.
    pub(super) fn check_password(&self, name: &str, password: &str, client: IpAddr) -> Result<Actor, ApiError> {
        let (client, name) = (network(client), super::sign_in::name(name));
        let now = Instant::now();
        let by_name = name.as_deref().ok().and_then(|name| self.by_name.wait(&name.to_lowercase(), now));
        if let Some(wait) = self.by_address.wait(&client, now).max(by_name) {
            let seconds = wait.as_secs() + 1;
            return Err(ApiError::too_often(format!("Too many wrong passwords: try again in {seconds} s."))
                .retry_after(seconds));
        }
        let name = name.map_err(|reason| ApiError::field("/name", reason))?;
        if !self.password.matches(password) {
            self.by_address.failed(client, now);
            self.by_name.failed(name.to_lowercase(), now);
            tracing::warn!(%client, "a wrong password was given");
            return Err(ApiError::signed_out("The password is not right."));
        }
        self.by_address.succeeded(&client);
        self.by_name.succeeded(&name.to_lowercase());
        Ok(Actor { name })
    }
}

/// The token of `Authorization: Bearer`.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    credentials(headers, "bearer")
}

/// Name and password of `Authorization: Basic` (RFC 7617).
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let pair = STANDARD.decode(credentials(headers, "basic")?).ok()?;
    let (name, password) = std::str::from_utf8(&pair).ok()?.split_once(':')?;
    Some((name.to_owned(), password.to_owned()))
}

fn credentials<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
    let (given, rest) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    given.eq_ignore_ascii_case(scheme).then(|| rest.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_renewed_session_is_in_no_answer_that_a_shared_cache_may_keep() {
        let given = |cache: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            if let Some(cache) = cache {
                headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
            }
            prolong(&mut headers, HeaderValue::from_static("forewatch_session=new"));
            headers.contains_key(header::SET_COOKIE)
        };
        for public in ["public, max-age=31536000, immutable", "public, no-cache", "max-age=60,Public"] {
            assert!(!given(Some(public)), "{public}");
        }
        assert!(given(None) && given(Some("no-store")) && given(Some("private, max-age=60")));
    }

    #[test]
    fn a_cookie_that_the_answer_sets_itself_is_left_alone() {
        let mut headers = HeaderMap::new();
        headers.insert(header::SET_COOKIE, HeaderValue::from_static("forewatch_session=; Max-Age=0"));
        prolong(&mut headers, HeaderValue::from_static("forewatch_session=new"));
        assert_eq!(headers.get_all(header::SET_COOKIE).iter().count(), 1);
    }
}

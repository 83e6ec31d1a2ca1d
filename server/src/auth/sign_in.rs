//! Signing in and out, with plain forms that need no script.

mod page;

pub(crate) use page::escape;

use super::session::{MAX_NAME, Session};
use super::{Guard, Identity};
use crate::auth::headers::CspNonce;
use crate::error::ApiError;
use crate::state::AppState;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Form, RequestExt, Router};
use chrono::Utc;
use page::Page;
use serde::Deserialize;
use std::sync::atomic::Ordering;

/// The routes `/sign-in` and `/sign-out`.
pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/sign-in", get(show).post(sign_in)).route("/sign-out", post(sign_out))
}

#[derive(Deserialize)]
struct Wanted {
    next: Option<String>,
}

#[derive(Deserialize)]
struct Credentials {
    name: String,
    password: String,
    #[serde(default)]
    next: String,
}

async fn show(
    State(state): State<AppState>,
    Extension(nonce): Extension<CspNonce>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Response {
    let next = wanted.ok().and_then(|Query(wanted)| wanted.next);
    let next = own_path(next.as_deref().unwrap_or_default());
    if !state.auth.has_sessions() {
        return Redirect::to(next).into_response();
    }
    Page { nonce: &nonce, next, name: "", problem: None }.into_response()
}

async fn sign_in(State(state): State<AppState>, request: Request) -> Response {
    let client = state.auth.client(&request);
    let nonce = request.extensions().get::<CspNonce>().cloned();
    let (Guard::Shared(shared), Some(nonce)) = (&state.auth.guard, nonce) else {
        return Redirect::to("/").into_response();
    };
    let Ok(Form(form)) = request.extract::<Form<Credentials>, _>().await else {
        return ApiError::malformed("signing in needs name and password as a form").into_response();
    };
    let next = own_path(&form.next);
    match shared.check_password(&form.name, &form.password, client) {
        Ok(actor) => {
            let cookie = shared.sessions.give(&Session::begin(actor.name, Utc::now()));
            with_cookie(Redirect::to(next), &cookie)
        }
        Err(refusal) => {
            state.counters.sign_ins_failed.fetch_add(1, Ordering::Relaxed);
            let problem = refusal.detail().trim_start_matches("/name: ").to_owned();
            let mut answer = Page { nonce: &nonce, next, name: &form.name, problem: Some(&problem) }.into_response();
            let refused = refusal.into_response();
            *answer.status_mut() = match refused.status() {
                StatusCode::UNAUTHORIZED => StatusCode::FORBIDDEN, // 401 would make the browser ask in its own words
                other => other,
            };
            if let Some(after) = refused.headers().get(header::RETRY_AFTER) {
                answer.headers_mut().insert(header::RETRY_AFTER, after.clone());
            }
            answer
        }
    }
}

async fn sign_out(State(state): State<AppState>, identity: Identity) -> Response {
    let Guard::Shared(shared) = &state.auth.guard else { return Redirect::to("/").into_response() };
    if let Identity::Session { id, .. } = identity {
        shared.ended.end(id);
    }
    with_cookie(Redirect::to("/sign-in"), &shared.sessions.end())
}

fn with_cookie(redirect: Redirect, cookie: &str) -> Response {
    let mut response = redirect.into_response();
    match HeaderValue::from_str(cookie) {
        Ok(value) => {
            response.headers_mut().insert(header::SET_COOKIE, value);
            response
        }
        Err(_) => ApiError::internal().into_response(),
    }
}

/// A person's name as it is recorded: without spaces around it, 1 to 60 characters, none of them a control character.
pub(super) fn name(text: &str) -> Result<String, String> {
    let name = text.trim();
    match name.chars().count() {
        0 => Err("Say who you are: your name is recorded with what you do.".to_owned()),
        n if n > MAX_NAME => Err(format!("The name is too long: at most {MAX_NAME} characters.")),
        _ if name.chars().any(char::is_control) => Err("The name has a control character: remove it.".to_owned()),
        _ => Ok(name.to_owned()),
    }
}

/// `next` when it is a path of our own, else the front page: signing in never leads elsewhere.
fn own_path(next: &str) -> &str {
    let bytes = next.as_bytes();
    let own = bytes.first() == Some(&b'/')
        && !matches!(bytes.get(1), Some(b'/' | b'\\'))
        && next.len() <= 2_000
        && bytes.iter().all(u8::is_ascii_graphic)
        && !next.contains('\\');
    if own { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_only_to_our_own_pages() {
        assert_eq!(own_path("/tasks?status=failed"), "/tasks?status=failed");
        for foreign in [
            "",
            "tasks",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/\r\nSet-Cookie: a=b",
            "/a\\b",
            "/\t/evil.example",
        ] {
            assert_eq!(own_path(foreign), "/", "{foreign:?}");
        }
    }

    #[test]
    fn a_name_is_needed_and_bounded() {
        assert_eq!(name("  Mara Öztürk "), Ok("Mara Öztürk".to_owned()));
        for wrong in ["", "   ", "a\u{0}b", &"x".repeat(61)] {
            assert!(name(wrong).is_err(), "{wrong:?}");
        }
    }
}

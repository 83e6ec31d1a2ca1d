//! Handling an alert from a message: the page behind a signed link, on which a click acknowledges or resolves.
//!
//! A link is for whoever has the message, signed in or not, and for one alert. Looking at it changes nothing: chat
//! programs do, for a preview. A click uses it up; what is done is done in the channel's name.

mod page;

use crate::api::path::Named;
use crate::auth::CspNonce;
use crate::collector::{Command, CommandError, clock};
use crate::notify::Handle;
use crate::state::AppState;
use axum::extract::rejection::FormRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderName, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Form, Router};
use forewatch::alert::AlertCommand;
use forewatch::event::Actor;
use forewatch::{Alert, AlertState};
use page::{Offer, Page};
use serde::Deserialize;

/// Bytes of the form.
const FORM: usize = 1_000;

/// The page and its form.
pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/handle/{token}", get(show).post(act).layer(DefaultBodyLimit::max(FORM)))
}

/// A path as it may be logged: who reads the log must not be able to use a link.
pub(crate) fn shown(path: &str) -> &str {
    if path.starts_with(PATH) { PATH } else { path }
}

const PATH: &str = "/handle/";

#[derive(Debug, Deserialize)]
struct Wanted {
    #[serde(rename = "do")]
    what: What,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum What {
    Acknowledge,
    Resolve,
}

async fn show(State(state): State<AppState>, Extension(nonce): Extension<CspNonce>, Named(token): Named) -> Response {
    match read(&state, &token) {
        Ok(handle) => {
            let alert = find(&state, &handle).await;
            let offer = match &alert {
                None => Offer::Nothing,
                Some(alert) if alert.state == AlertState::Resolved => Offer::Nothing,
                Some(alert) if alert.acknowledged => Offer::Resolve,
                Some(_) => Offer::Both,
            };
            let problem = alert.is_none().then_some("This alert has been over for long. It is in the list of alerts.");
            answer(StatusCode::OK, &Page { nonce: &nonce, alert: alert.as_ref(), told: None, problem, offer })
        }
        Err(problem) => refused(&nonce, problem),
    }
}

async fn act(
    State(state): State<AppState>,
    Extension(nonce): Extension<CspNonce>,
    Named(token): Named,
    form: Result<Form<Wanted>, FormRejection>,
) -> Response {
    let handle = match read(&state, &token) {
        Ok(handle) => handle,
        Err(problem) => return refused(&nonce, problem),
    };
    let Ok(Form(wanted)) = form else {
        return refused(&nonce, (StatusCode::BAD_REQUEST, "Say what to do: acknowledge or resolve."));
    };
    let (id, expires) = (handle.id.clone(), handle.expires);
    match state.notifier.ask(move |outbox| outbox.use_up(&id, expires)).await {
        Ok(true) => {}
        Ok(false) => {
            let alert = find(&state, &handle).await;
            let problem = Some("This link has been used. To change it again, sign in and open the alert.");
            let page = Page { nonce: &nonce, alert: alert.as_ref(), told: None, problem, offer: Offer::Nothing };
            return answer(StatusCode::CONFLICT, &page);
        }
        Err(error) => {
            tracing::error!(%error, "a link could not be used");
            return refused(&nonce, (StatusCode::SERVICE_UNAVAILABLE, "The store does not answer. Try again."));
        }
    }
    let (command, told) = match wanted.what {
        What::Acknowledge => (AlertCommand::Acknowledge { note: None, until: None }, "Acknowledged."),
        What::Resolve => (AlertCommand::Resolve { note: None }, "Resolved."),
    };
    let actor = Actor { name: handle.channel.clone() };
    let command = Command::Handle { alert_id: handle.alert.clone(), actor, command };
    let (status, alert, told, problem) = match state.intake.command(command, None).await {
        Ok(alert) => (StatusCode::OK, Some(alert), Some(told), None),
        Err(error) => {
            // Nothing was done: the link can be used for something else, or again.
            let id = handle.id.clone();
            let given_back = state.notifier.ask(move |outbox| outbox.give_back(&id)).await;
            if let Err(error) = given_back {
                tracing::error!(%error, "a link that did nothing could not be given back");
            }
            let problem = Some(error.to_string());
            match error {
                CommandError::Conflict { alert, .. } => (StatusCode::CONFLICT, Some(*alert), None, problem),
                CommandError::NotFound(_) | CommandError::Repeated(_) => (StatusCode::NOT_FOUND, None, None, problem),
                CommandError::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, None, None, problem),
                CommandError::Intake(_) => (StatusCode::SERVICE_UNAVAILABLE, None, None, problem),
            }
        }
    };
    let page = Page { nonce: &nonce, alert: alert.as_ref(), told, problem: problem.as_deref(), offer: Offer::Nothing };
    answer(status, &page)
}

/// What the link is for; or why it is for nothing.
fn read(state: &AppState, token: &str) -> Result<Handle, (StatusCode, &'static str)> {
    let handle = state.notifier.links().read(token).filter(|handle| state.notifier.channel(&handle.channel).is_some());
    let handle = handle.ok_or((StatusCode::NOT_FOUND, "This link is not one of ours. Open the alert in Forewatch."))?;
    if handle.expires <= clock() {
        return Err((StatusCode::GONE, "This link holds no more. Open the alert in Forewatch."));
    }
    Ok(handle)
}

/// The alert, live or from the records.
async fn find(state: &AppState, handle: &Handle) -> Option<Alert> {
    let live = state.fleet.load().alerts.get(&handle.alert).map(|alert| Alert::clone(alert));
    if live.is_some() {
        return live;
    }
    let (records, id) = (state.records.clone(), handle.alert.clone());
    tokio::task::spawn_blocking(move || records.alert(&id)).await.ok()?.ok()?
}

fn refused(nonce: &CspNonce, (status, problem): (StatusCode, &str)) -> Response {
    answer(status, &Page { nonce, alert: None, told: None, problem: Some(problem), offer: Offer::Nothing })
}

fn answer(status: StatusCode, page: &Page<'_>) -> Response {
    // Nobody lists what only those who were told may see.
    let robots = [(HeaderName::from_static("x-robots-tag"), "noindex")];
    (status, robots, Html(page.html())).into_response()
}

//! Workers announce themselves, beat and say good-bye.

use super::admit::{Admission, Refusal};
use super::clock::Clock;
use super::names::TaskNames;
use super::sender::{Reported, Sender};
use super::{AGENT, SOURCE, submit};
use crate::api::body::object;
use crate::api::params::{Asked, Nothing};
use crate::api::path::Named;
use crate::error::ApiError;
use crate::state::AppState;
use axum::extract::State;
use axum::{Extension, Json};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use forewatch::ingest::{Ignored, IncomingEvent, parse_heartbeat, parse_registration};
use forewatch::problem::FieldError;
use forewatch::registration::{RegisterRequest, RegisterResponse, Reporter};
use forewatch::{EventBody, Heartbeat, SourceName, WorkerId};
use serde::Serialize;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use utoipa::ToSchema;

/// What became of it. A refusal is a problem document.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Done {
    /// Always true.
    success: bool,
}

/// A worker announces itself, and may do so as often as it likes.
#[utoipa::path(post, path = "/api/v1/workers/register", tag = "ingest", request_body = RegisterRequest,
    responses((status = 200, body = RegisterResponse), (status = 422, description = "A limit is reached; the detail names it")))]
pub(crate) async fn register(
    State(state): State<AppState>,
    Clock { received_at, .. }: Clock,
    Extension(names): Extension<Arc<TaskNames>>,
    _: Asked<Nothing>,
    Reported(body): Reported,
) -> Result<Json<RegisterResponse>, ApiError> {
    let (request, ignored) = parse(&state, &body, parse_registration)?;
    let RegisterRequest { registration, .. } = request;
    let (worker_id, source) =
        (registration.worker_id.clone(), if registration.reporter == Reporter::Agent { AGENT } else { SOURCE });
    let body = EventBody::WorkerRegistered(Box::new(registration));
    // It says nothing of the past: it happens when it is received, whatever its sender's clock says.
    let event = IncomingEvent { event_id: None, at: received_at, body, ignored };
    admit(&state, &names, &event)?;
    take(&state, event, source, received_at).await?;
    state.until_published(|fleet| fleet.workers.contains_key(&worker_id)).await;
    let message = format!("{worker_id} is registered");
    Ok(Json(RegisterResponse { success: true, message, worker_id }))
}

/// A worker is alive, and how it is. Without the header `Forewatch-Sent-At` its own `timestamp` tells its clock.
#[utoipa::path(post, path = "/api/v1/workers/{id}/heartbeat", tag = "ingest", request_body = Heartbeat,
    params(("id" = String, Path, description = "The worker's id, the same as in the body"),
        ("Forewatch-Sent-At" = Option<String>, Header, description = "The sender's clock when it sends, RFC 3339")),
    responses((status = 200, body = Done), (status = 404, description = "The worker is not known: register it again")))]
pub(crate) async fn heartbeat(
    State(state): State<AppState>,
    Named(id): Named,
    clock: Clock,
    Extension(names): Extension<Arc<TaskNames>>,
    _: Asked<Nothing>,
    Reported(body): Reported,
) -> Result<Json<Done>, ApiError> {
    let (beat, ignored) = parse(&state, &body, parse_heartbeat)?;
    if *beat.worker_id != *id {
        return Err(ApiError::field(
            "/worker_id",
            format!("is {}, and the path says {id}: send one id", beat.worker_id),
        ));
    }
    let at = beat.timestamp;
    let source = state.fleet.load().workers.get(&beat.worker_id).map(|worker| worker.metrics.source.clone());
    let body = EventBody::WorkerHeartbeat(Box::new(beat));
    let event = IncomingEvent { event_id: None, at, body, ignored };
    admit(&state, &names, &event)?;
    let event = clock.of_one(at).set_right(event).map_err(|error| rejected(&state, vec![error]))?;
    take(&state, event, source.as_deref().unwrap_or(SOURCE), clock.received_at).await?;
    Ok(Json(Done { success: true }))
}

/// A worker says good-bye for good: it is forgotten.
#[utoipa::path(delete, path = "/api/v1/workers/{id}", tag = "ingest",
    params(("id" = String, Path, description = "The worker's id")),
    responses((status = 200, body = Done), (status = 404, description = "There is no such worker")))]
pub(crate) async fn deregister(
    State(state): State<AppState>,
    Named(id): Named,
    _: Sender,
    Clock { received_at, .. }: Clock,
    Extension(names): Extension<Arc<TaskNames>>,
    _: Asked<Nothing>,
) -> Result<Json<Done>, ApiError> {
    let worker_id =
        WorkerId::new(&id).map_err(|error| ApiError::not_found(format!("there is no such worker: the id {error}")))?;
    let body = EventBody::WorkerDeregistered { worker_id: worker_id.clone() };
    let event = IncomingEvent { event_id: None, at: received_at, body, ignored: Ignored::default() };
    admit(&state, &names, &event)?;
    take(&state, event, SOURCE, received_at).await?;
    state.until_published(|fleet| !fleet.workers.contains_key(&worker_id)).await;
    Ok(Json(Done { success: true }))
}

/// Whether an event may come in.
fn admit(state: &AppState, names: &TaskNames, event: &IncomingEvent) -> Result<(), ApiError> {
    let admitted = Admission::new(&state.config, &state.fleet.load(), names).check(&event.body);
    admitted.map_err(|refusal| refused(state, refusal))
}

/// Lets one event in that may come in and whose times are right.
async fn take(
    state: &AppState,
    event: IncomingEvent,
    source: &str,
    received_at: DateTime<Utc>,
) -> Result<(), ApiError> {
    state.counters.fields_ignored.fetch_add(event.ignored.count as u64, Ordering::Relaxed);
    let source = SourceName::new(source).map_err(|_| ApiError::internal())?;
    submit(state, vec![event.into_event(source, received_at)]).await
}

fn refused(state: &AppState, refusal: Refusal) -> ApiError {
    match refusal {
        Refusal::Wrong(error) => rejected(state, vec![error]),
        Refusal::Unknown(id) => ApiError::not_found(format!("there is no worker {id}: register it first")),
        Refusal::Limit(text) => {
            state.counters.events_refused.fetch_add(1, Ordering::Relaxed);
            ApiError::over_limit(text)
        }
    }
}

fn rejected(state: &AppState, errors: Vec<FieldError>) -> ApiError {
    state.counters.events_rejected.fetch_add(1, Ordering::Relaxed);
    ApiError::fields(errors)
}

/// Reads a body. What is not JSON at all is told as such; single bad fields with pointers.
fn parse<T>(
    state: &AppState,
    body: &Bytes,
    read: fn(&str) -> Result<(T, Ignored), Vec<FieldError>>,
) -> Result<(T, Ignored), ApiError> {
    object(body)?;
    let text =
        std::str::from_utf8(body).map_err(|error| ApiError::malformed(format!("the body is not UTF-8: {error}")))?;
    read(text).map_err(|mut errors| match errors.as_mut_slice() {
        [only] if only.pointer.is_empty() => {
            state.counters.events_rejected.fetch_add(1, Ordering::Relaxed);
            ApiError::malformed(format!("the body {}", only.detail))
        }
        _ => rejected(state, errors),
    })
}

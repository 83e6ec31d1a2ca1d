//! `POST /events`: many events at once.

use super::admit::{Admission, Refusal};
use super::batch::split;
use super::clock::Clock;
use super::names::TaskNames;
use super::sender::Sender;
use super::{SOURCE, submit};
use crate::api::body::Raw;
use crate::api::params::{Asked, Nothing};
use crate::error::ApiError;
use crate::state::AppState;
use axum::extract::State;
use axum::{Extension, Json};
use bytes::Bytes;
use forewatch::ingest::{ReportedEvent, parse_event};
use forewatch::problem::FieldError;
use forewatch::{Event, SourceName, WorkerId};
use serde::Serialize;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use utoipa::ToSchema;

/// The answer to a batch.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct BatchAnswer {
    /// Events that were taken.
    accepted: usize,
    /// Events that were not; the others are.
    rejected: Vec<Rejected>,
}

/// An event that was not taken.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Rejected {
    /// Its place in the batch, from 0.
    index: usize,
    /// What is wrong with it: a pointer to each bad field, and what to change.
    error: String,
}

/// A batch that was read.
#[derive(Default)]
struct Read {
    events: Vec<Event>,
    rejected: Vec<Rejected>,
    new_workers: HashSet<WorkerId>,
    ignored_fields: u64,
    over_limit: u64,
}

/// Reports many events at once: a JSON array or NDJSON, at most 10,000 events or 8 MiB. A bad event never
/// spoils its batch; sending a batch again changes nothing. With the header `Forewatch-Sent-At` (the
/// sender's clock when it sends) the times are set right when that clock is over 2 s off.
#[utoipa::path(post, path = "/api/v1/events", tag = "ingest",
    request_body(description = "An array of events as application/json, or one event a line as application/x-ndjson",
        content((Vec<ReportedEvent> = "application/json"), (ReportedEvent = "application/x-ndjson"))),
    params(("Forewatch-Sent-At" = Option<String>, Header, description = "The sender's clock when it sends, RFC 3339")),
    responses((status = 200, body = BatchAnswer), (status = 413, description = "Too many events or bytes: send them in several requests")))]
pub(crate) async fn events(
    State(state): State<AppState>,
    _: Sender,
    clock: Clock,
    Extension(names): Extension<Arc<TaskNames>>,
    _: Asked<Nothing>,
    Raw(body): Raw,
) -> Result<Json<BatchAnswer>, ApiError> {
    let reader = state.clone();
    // Megabytes of JSON take long enough to hold other requests up.
    let read = tokio::task::spawn_blocking(move || read(&reader, &names, clock, &body)).await;
    let Read { events, rejected, new_workers, ignored_fields, over_limit } =
        read.map_err(|_| ApiError::internal())??;
    let counters = &state.counters;
    counters.fields_ignored.fetch_add(ignored_fields, Ordering::Relaxed);
    counters.events_refused.fetch_add(over_limit, Ordering::Relaxed);
    counters.events_rejected.fetch_add(rejected.len() as u64 - over_limit, Ordering::Relaxed);
    let accepted = events.len();
    if accepted > 0 {
        submit(&state, events).await?;
    }
    if !new_workers.is_empty() {
        state.until_published(|fleet| new_workers.iter().all(|id| fleet.workers.contains_key(id))).await;
    }
    Ok(Json(BatchAnswer { accepted, rejected }))
}

fn read(state: &AppState, names: &TaskNames, clock: Clock, body: &Bytes) -> Result<Read, ApiError> {
    let source = SourceName::new(SOURCE).map_err(|_| ApiError::internal())?;
    let fleet = state.fleet.load_full();
    let mut admission = Admission::new(&state.config, &fleet, names);
    let mut read = Read::default();
    for (index, text) in split(body, state.config.limits.events)?.into_iter().enumerate() {
        let parsed = parse_event(text, clock.received_at).map_err(|errors| in_words(&errors));
        let event = parsed.and_then(|event| clock.set_right(event).map_err(|error| in_words(&[error])));
        let admitted = event.and_then(|event| match admission.check(&event.body) {
            Ok(()) => Ok(event),
            Err(refusal) => {
                read.over_limit += u64::from(matches!(refusal, Refusal::Limit(_)));
                Err(refusal.text())
            }
        });
        match admitted {
            Ok(event) => {
                read.ignored_fields += event.ignored.count as u64;
                read.events.push(event.into_event(source.clone(), clock.received_at));
            }
            Err(error) => read.rejected.push(Rejected { index, error }),
        }
    }
    read.new_workers = admission.into_new_workers();
    Ok(read)
}

fn in_words(errors: &[FieldError]) -> String {
    let word = |error: &FieldError| match error.pointer.as_str() {
        "" => error.detail.clone(),
        pointer => format!("{pointer}: {}", error.detail),
    };
    errors.iter().map(word).collect::<Vec<_>>().join("; ")
}

//! What workers send over HTTP: registrations, heartbeats, farewells and batches of events.
//!
//! Every event passes [`admit`] (may it come in), its times are set right by [`clock`], and it is
//! acknowledged only once the journal has it. A queue that is full is told with 503 and nothing is
//! taken; a bad event is told with its index and never spoils its batch.

mod admit;
mod batch;
mod clock;
pub(crate) mod events;
mod names;
mod sender;
pub(crate) mod workers;

use crate::collector::IntakeError;
use crate::config::Config;
use crate::error::ApiError;
use crate::state::AppState;
use axum::routing::{delete, post};
use axum::{Extension, Router};
use forewatch::Event;
use names::TaskNames;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The source of what workers and programs report.
const SOURCE: &str = "http";
/// The source of what `forewatch-agent` reports.
const AGENT: &str = "agent";

/// The routes of ingest.
pub(crate) fn routes(config: &Config) -> Router<AppState> {
    let names = Arc::new(TaskNames::at_most(config.limits.task_names));
    Router::new()
        .route("/api/v1/workers/register", post(workers::register))
        .route("/api/v1/workers/{id}/heartbeat", post(workers::heartbeat))
        .route("/api/v1/workers/{id}", delete(workers::deregister))
        .route("/api/v1/events", post(events::events))
        .layer(Extension(names))
}

/// Hands events over and waits until the journal has them.
async fn submit(state: &AppState, events: Vec<Event>) -> Result<(), ApiError> {
    let count = events.len() as u64;
    state.intake.submit(events).await.map_err(|error| {
        match error {
            IntakeError::Journal(_) => state.health.refused(count),
            _ => drop(state.counters.events_refused.fetch_add(count, Ordering::Relaxed)),
        }
        error.into()
    })
}

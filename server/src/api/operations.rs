//! Whether the process is up, and whether it can do its work. Open to all, so they tell no names to strangers.

use super::params::{Asked, Nothing};
use crate::auth::Identity;
use crate::error::ApiError;
use crate::state::AppState;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use chrono::{TimeDelta, Utc};
use forewatch::source::SourceState;
use forewatch::store::{StoreOutage, StorePart};
use std::time::Duration;

/// The store answers within this, or counts as silent.
const PATIENCE: Duration = Duration::from_secs(2);
/// The collector publishes several times a second; this long without is a standstill.
const STANDSTILL: TimeDelta = TimeDelta::seconds(15);

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/healthz", get(health)).route("/readyz", get(ready))
}

/// The process is up.
#[utoipa::path(get, path = "/healthz", tag = "operations", responses((status = 200, body = String, content_type = "text/plain")))]
pub(super) async fn health(_: Asked<Nothing>) -> &'static str {
    "ok\n"
}

/// The store, the collector and the sources answer.
#[utoipa::path(get, path = "/readyz", tag = "operations", responses(
    (status = 200, body = String, content_type = "text/plain"),
    (status = 503, description = "Something does not answer; the detail says what")))]
pub(super) async fn ready(
    State(state): State<AppState>,
    identity: Identity,
    _: Asked<Nothing>,
) -> Result<&'static str, ApiError> {
    let mut silent = Vec::new();
    let (records, history) = (state.records.clone(), state.history.clone());
    let ping = tokio::task::spawn_blocking(move || records.ping().and_then(|()| history.ping()));
    let answers = matches!(tokio::time::timeout(PATIENCE, ping).await, Ok(Ok(Ok(()))));
    // That records can be read does not tell whether the log can be written: its newest commit does.
    if state.health.fails(StorePart::Log) {
        let outage = state.health.outage().filter(StoreOutage::is_open);
        silent.push(outage.map_or_else(|| "store".to_owned(), |outage| format!("store ({})", outage.reason)));
    } else if !answers {
        silent.push("store".to_owned());
    }
    let fleet = state.fleet.load();
    if Utc::now() - fleet.now > STANDSTILL {
        silent.push("collector".to_owned());
    }
    // Only what is configured counts: a broker of an earlier run may be in the recovered state, and one
    // that has not said anything yet is not there.
    for broker in &state.config.celery {
        let name = broker.source_name();
        if fleet.sources.get(name.as_str()).is_none_or(|source| source.state != SourceState::Up) {
            silent.push(if identity.person().is_some() { name } else { "a broker".to_owned() });
        }
    }
    if silent.is_empty() {
        Ok("ready\n")
    } else {
        Err(ApiError::unavailable(format!("no answer from: {}", silent.join(", "))))
    }
}

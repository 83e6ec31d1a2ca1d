//! Silences: of which alerts nobody is told, until when, and who said so.

use super::alerts::IdempotencyKey;
use super::body::Body;
use super::listing::{self, Direction, Place, Row, Wanted};
use super::params::{Ask, Asked, Nothing, Params};
use super::path::Named;
use crate::backend::BackendFor;
use crate::error::ApiError;
use crate::state::AppState;
use axum::routing::{delete, get};
use axum::{Json, Router};
use chrono::Utc;
use forewatch::list::Page;
use forewatch::silence::{Matcher, NewSilence, Silence, SilenceState};
use forewatch::{SilenceId, Timestamp, time};
use serde::Deserialize;
use utoipa::ToSchema;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/api/v1/silences", get(list).post(make)).route("/api/v1/silences/{id}", delete(end))
}

/// Which silences.
pub(super) struct Filter {
    state: Vec<SilenceState>,
    wanted: Wanted,
}

impl Ask for Filter {
    fn ask(params: &mut Params) -> Self {
        let wanted = Wanted { direction: Direction::Rising, cursor: params.text("cursor"), limit: params.limit() };
        Self { state: params.list("state"), wanted }
    }
}

/// Silences that match, those first that end first. One that is over is listed for a day.
#[utoipa::path(get, path = "/api/v1/silences", tag = "alerts", params(
    ("state" = Option<String>, Query, description = "Only these, with commas: active, pending, expired; active and pending by default"),
    ("limit" = Option<u32>, Query, description = "Rows, 1 to 1,000; 50 by default"),
    ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
), responses((status = 200, body = Page<Silence>)))]
pub(super) async fn list(backend: BackendFor, Asked(filter): Asked<Filter>) -> Result<Json<Page<Silence>>, ApiError> {
    let (fleet, now) = (backend.published()?.fleet, Utc::now());
    let is_meant = |silence: &Silence| match SilenceState::of(silence, now) {
        state if filter.state.is_empty() => state != SilenceState::Expired,
        state => filter.state.contains(&state),
    };
    let silences = fleet.silences.values().map(|silence| Silence::clone(silence)).filter(is_meant);
    let rows = silences.map(|silence| Row {
        place: Place::Number(time::unix_seconds(silence.ends_at)),
        id: silence.silence_id.to_string(),
        record: silence,
    });
    listing::page(rows.collect(), &filter.wanted).map(Json)
}

/// The body of `POST /silences`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Make {
    /// 1 to 20, at least one of which is `=` or `~`; all must fit.
    matchers: Vec<Matcher>,
    /// From then on: RFC 3339, or `now+1h`; at once when absent.
    #[serde(default)]
    starts_at: Option<String>,
    /// Until then, at most a year from now.
    ends_at: String,
    /// Why, 1 to 2,000 characters.
    comment: String,
}

/// Silences alerts.
#[utoipa::path(post, path = "/api/v1/silences", tag = "alerts", request_body = Make,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same request with the same key makes no other one")),
    responses((status = 200, body = Silence)))]
pub(super) async fn make(
    backend: BackendFor,
    key: IdempotencyKey,
    _: Asked<Nothing>,
    Body(body): Body<Make>,
) -> Result<Json<Silence>, ApiError> {
    let starts_at = body.starts_at.as_deref().map(|text| at("/starts_at", text)).transpose()?;
    let ends_at = at("/ends_at", &body.ends_at)?;
    let silence = NewSilence { matchers: body.matchers, starts_at, ends_at, comment: body.comment };
    Ok(Json(backend.make_silence(silence, key.for_command("silence", "")).await?))
}

fn at(pointer: &str, text: &str) -> Result<Timestamp, ApiError> {
    time::parse(text, Utc::now()).map_err(|error| ApiError::field(pointer, error.to_string()))
}

/// Ends a silence before its time.
#[utoipa::path(delete, path = "/api/v1/silences/{id}", tag = "alerts",
    params(("id" = String, Path, description = "The silence's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same command with the same key changes nothing")),
    responses((status = 200, body = Silence), (status = 404, description = "There is no such silence"),
        (status = 409, description = "It is over already")))]
pub(super) async fn end(
    backend: BackendFor,
    Named(id): Named,
    key: IdempotencyKey,
    _: Asked<Nothing>,
) -> Result<Json<Silence>, ApiError> {
    let id = SilenceId::new(&id)
        .map_err(|error| ApiError::not_found(format!("there is no such silence: the id {error}")))?;
    let key = key.for_command("unsilence", &id);
    Ok(Json(backend.end_silence(id, key).await?))
}

//! What people were told: every delivery with its attempts, how the channels fare, trying one out, sending again.

use super::params::{Ask, Asked, Nothing, Params};
use super::path::Named;
use crate::auth::access::Person;
use crate::collector::clock;
use crate::error::ApiError;
use crate::notify::{Delivery, GIVE_UP_AFTER, Status, Wanted};
use crate::state::AppState;
use crate::store::sqlite::SqliteOutbox;
use app::backend::BackendError;
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use forewatch::list::Page;
use serde::Serialize;
use utoipa::ToSchema;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/notifications", get(list))
        .route("/api/v1/notifications/channels", get(channels))
        .route("/api/v1/notifications/{id}/test", post(test))
        .route("/api/v1/notifications/{id}/send-again", post(send_again))
}

impl Ask for Wanted {
    fn ask(params: &mut Params) -> Self {
        Self {
            channel: params.text("channel"),
            status: params.list("status"),
            alert: params.parsed("alert"),
            cursor: params.text("cursor"),
            limit: params.limit(),
        }
    }
}

/// What was told and what waits to be told, newest first, a page of it, each with every attempt and its answer.
#[utoipa::path(get, path = "/api/v1/notifications", tag = "notifications", params(
    ("channel" = Option<String>, Query, description = "Only this channel"),
    ("status" = Option<String>, Query, description = "Only these, with commas: waiting, sent, dead"),
    ("alert" = Option<String>, Query, description = "Only what is about this alert"),
    ("limit" = Option<u32>, Query, description = "Rows, 1 to 1,000; 50 by default"),
    ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
), responses((status = 200, body = Page<Delivery>)))]
pub(super) async fn list(
    _: Person,
    State(state): State<AppState>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Json<Page<Delivery>>, ApiError> {
    let page = state.notifier.ask(move |outbox| outbox.deliveries(&wanted)).await;
    Ok(Json(page.map_err(BackendError::from).map_err(super::listing::refused)?))
}

/// A channel and how it fares.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChannelStatus {
    /// Its name.
    name: String,
    /// Its type, as in the configuration.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Messages that wait to be taken.
    waiting: u64,
    /// When the one that waits longest was decided.
    oldest_waiting_at: Option<DateTime<Utc>>,
    /// Messages that were given up and are kept.
    dead: u64,
    /// Attempts that succeeded since the server started.
    sent: u64,
    /// Attempts that failed since the server started.
    failed: u64,
    /// Since when every attempt has failed; absent while it works.
    failing_since: Option<DateTime<Utc>>,
    /// Why the newest attempt failed, while it fails.
    last_error: Option<String>,
    /// When something was last taken since the server started.
    last_sent_at: Option<DateTime<Utc>>,
}

/// The channels, in the order of the configuration.
#[utoipa::path(get, path = "/api/v1/notifications/channels", tag = "notifications",
    responses((status = 200, body = Vec<ChannelStatus>)))]
pub(super) async fn channels(
    _: Person,
    State(state): State<AppState>,
    _: Asked<Nothing>,
) -> Result<Json<Vec<ChannelStatus>>, ApiError> {
    let mut counted = state.notifier.ask(SqliteOutbox::counted).await.map_err(BackendError::from)?;
    let status = state.notifier.channels().iter().map(|wired| {
        let name = wired.channel.name().to_owned();
        let (counted, health) = (counted.remove(&name).unwrap_or_default(), wired.health.state());
        let [sent, failed, _] = wired.health.counts();
        ChannelStatus {
            name,
            kind: wired.channel.kind.word(),
            waiting: counted.waiting,
            oldest_waiting_at: counted.oldest,
            dead: counted.dead,
            sent,
            failed,
            failing_since: health.failing_since,
            last_error: health.error,
            last_sent_at: health.sent_at,
        }
    });
    Ok(Json(status.collect()))
}

/// Sends a test by a channel, once, and answers with what came of it.
#[utoipa::path(post, path = "/api/v1/notifications/{id}/test", tag = "notifications",
    params(("id" = String, Path, description = "The channel's name")),
    responses((status = 200, body = Delivery), (status = 404, description = "There is no such channel")))]
pub(super) async fn test(
    Person(actor): Person,
    State(state): State<AppState>,
    Named(name): Named,
    _: Asked<Nothing>,
) -> Result<Json<Delivery>, ApiError> {
    let no_such = || ApiError::not_found(format!("there is no channel {name}: see GET /api/v1/notifications/channels"));
    let wired = state.notifier.channel(&name).ok_or_else(no_such)?;
    let tried = state.notifier.test(wired, &actor).await.map_err(BackendError::from)?;
    tried.map(Json).ok_or_else(ApiError::internal)
}

/// Lets a message that was given up wait again, for a day.
#[utoipa::path(post, path = "/api/v1/notifications/{id}/send-again", tag = "notifications",
    params(("id" = String, Path, description = "The delivery's id")),
    responses((status = 200, body = Delivery), (status = 404, description = "There is no such delivery"),
        (status = 409, description = "It was not given up, or its channel is no longer configured")))]
pub(super) async fn send_again(
    _: Person,
    State(state): State<AppState>,
    Named(id): Named,
    _: Asked<Nothing>,
) -> Result<Json<Delivery>, ApiError> {
    let find = || {
        let id = id.clone();
        state.notifier.ask(move |outbox| outbox.delivery(&id))
    };
    let no_such = || ApiError::not_found(format!("there is no delivery {id}: it may have expired"));
    let delivery = find().await.map_err(BackendError::from)?.ok_or_else(no_such)?;
    if state.notifier.channel(&delivery.channel).is_none() {
        return Err(ApiError::conflict(format!("the channel {} is no longer configured", delivery.channel), None));
    }
    let (now, of) = (clock(), id.clone());
    let changed = state.notifier.ask(move |outbox| outbox.send_again(&of, now, now + GIVE_UP_AFTER)).await;
    if delivery.status != Status::Dead || !changed.map_err(BackendError::from)? {
        return Err(ApiError::conflict(format!("it is {}, not given up", delivery.status), None));
    }
    state.notifier.wake(&delivery.channel);
    find().await.map_err(BackendError::from)?.map(Json).ok_or_else(no_such)
}

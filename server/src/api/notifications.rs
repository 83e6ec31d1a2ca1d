//! What people were told: every delivery with its attempts, how the channels fare, trying one out, sending again.

use super::params::{Ask, Asked, Nothing, Params};
use super::path::Named;
use crate::backend::BackendFor;
use crate::error::ApiError;
use crate::notify::Wanted;
use crate::state::AppState;
use axum::routing::{get, post};
use axum::{Json, Router};
use forewatch::list::Page;
use forewatch::notification::{ChannelStatus, Delivery};

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
pub(super) async fn list(backend: BackendFor, Asked(wanted): Asked<Wanted>) -> Result<Json<Page<Delivery>>, ApiError> {
    Ok(Json(backend.told(wanted).await.map_err(super::listing::refused)?))
}

/// The channels, in the order of the configuration.
#[utoipa::path(get, path = "/api/v1/notifications/channels", tag = "notifications",
    responses((status = 200, body = Vec<ChannelStatus>)))]
pub(super) async fn channels(backend: BackendFor, _: Asked<Nothing>) -> Result<Json<Vec<ChannelStatus>>, ApiError> {
    Ok(Json(backend.channel_statuses().await?))
}

/// Sends a test by a channel, once, and answers with what came of it.
#[utoipa::path(post, path = "/api/v1/notifications/{id}/test", tag = "notifications",
    params(("id" = String, Path, description = "The channel's name")),
    responses((status = 200, body = Delivery), (status = 404, description = "There is no such channel")))]
pub(super) async fn test(
    backend: BackendFor,
    Named(name): Named,
    _: Asked<Nothing>,
) -> Result<Json<Delivery>, ApiError> {
    Ok(Json(backend.try_channel(&name).await?))
}

/// Lets a message that was given up wait again, for a day.
#[utoipa::path(post, path = "/api/v1/notifications/{id}/send-again", tag = "notifications",
    params(("id" = String, Path, description = "The delivery's id")),
    responses((status = 200, body = Delivery), (status = 404, description = "There is no such delivery"),
        (status = 409, description = "It was not given up, or its channel is no longer configured")))]
pub(super) async fn send_again(
    backend: BackendFor,
    Named(id): Named,
    _: Asked<Nothing>,
) -> Result<Json<Delivery>, ApiError> {
    Ok(Json(backend.tell_again(&id).await?))
}

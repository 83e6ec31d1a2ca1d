//! Alerts of any age, and what people do with them.

mod check;
mod key;

use super::body::Body;
use super::listing;
use super::params::{Ask, Asked, Nothing, Params};
use super::path::Named;
use crate::backend::BackendFor;
use crate::error::ApiError;
use crate::state::AppState;
use app::backend::Backend;
use app::query::AlertFilter;
use axum::routing::{get, post};
use axum::{Json, Router};
use check::{alert_id, until};
use forewatch::alert::{AlertCommand, ManualAlert};
use forewatch::list::Page;
use forewatch::{Alert, AlertId};
pub(super) use key::IdempotencyKey;
use serde::Deserialize;
use utoipa::ToSchema;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/alerts", get(list).post(raise))
        .route("/api/v1/alerts/{id}", get(one))
        .route("/api/v1/alerts/{id}/acknowledge", post(acknowledge))
        .route("/api/v1/alerts/{id}/unacknowledge", post(unacknowledge))
        .route("/api/v1/alerts/{id}/resolve", post(resolve))
        .route("/api/v1/alerts/{id}/reopen", post(reopen))
        .route("/api/v1/alerts/{id}/comment", post(comment))
}

impl Ask for AlertFilter {
    fn ask(params: &mut Params) -> Self {
        let (from, to) = params.period();
        Self {
            state: params.parsed::<check::StateWord>("state").map(|word| word.0.to_owned()),
            severity: params.list("severity"),
            component: params.parsed("component"),
            component_id: params.text("component_id"),
            rule: params.parsed("rule"),
            q: params.text("q"),
            from,
            to,
            cursor: params.text("cursor"),
            limit: params.limit(),
        }
    }
}

/// Alerts that match, newest first, a page of them.
#[utoipa::path(get, path = "/api/v1/alerts", tag = "alerts", params(
    ("state" = Option<String>, Query, description = "active (default: firing or recovering), acknowledged, suppressed, pending, firing, recovering, resolved or all"),
    ("severity" = Option<String>, Query, description = "Only these severities, with commas: info, warning, error, critical"),
    ("component" = Option<String>, Query, description = "Only this component: worker, queue, task, gpu, system, source"),
    ("component_id" = Option<String>, Query, description = "Only this one of the component"),
    ("rule" = Option<String>, Query, description = "Only this rule"),
    ("q" = Option<String>, Query, description = "Text in the title or description"),
    ("from" = Option<String>, Query, description = "Raised at or after: RFC 3339, now-1h or Unix seconds"),
    ("to" = Option<String>, Query, description = "Raised before"),
    ("limit" = Option<u32>, Query, description = "Rows, 1 to 1,000; 50 by default"),
    ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
), responses((status = 200, body = Page<Alert>)))]
pub(super) async fn list(
    backend: BackendFor,
    Asked(filter): Asked<AlertFilter>,
) -> Result<Json<Page<Alert>>, ApiError> {
    Ok(Json(backend.alerts(filter).await.map_err(listing::refused)?))
}

/// One alert.
#[utoipa::path(get, path = "/api/v1/alerts/{id}", tag = "alerts", params(("id" = String, Path, description = "The alert's id")),
    responses((status = 200, body = Alert), (status = 404, description = "There is no such alert, or it has expired")))]
pub(super) async fn one(backend: BackendFor, Named(id): Named, _: Asked<Nothing>) -> Result<Json<Alert>, ApiError> {
    Ok(Json(backend.alert(alert_id(&id)?).await?))
}

/// Raises an alert by hand.
#[utoipa::path(post, path = "/api/v1/alerts", tag = "alerts", request_body = ManualAlert,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same request with the same key raises nothing again")),
    responses((status = 200, body = Alert)))]
pub(super) async fn raise(
    backend: BackendFor,
    key: IdempotencyKey,
    _: Asked<Nothing>,
    Body(alert): Body<ManualAlert>,
) -> Result<Json<Alert>, ApiError> {
    check::manual(&alert)?;
    let key = key.for_command("raise", &alert.component_id);
    Ok(Json(backend.raise(alert, key).await?))
}

/// The body of `acknowledge`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Acknowledge {
    /// A remark, at most 2,000 characters.
    #[serde(default)]
    note: Option<String>,
    /// Until when somebody has it: RFC 3339, or `now+1h`; absent: until it is resolved.
    #[serde(default)]
    until: Option<String>,
}

/// "I have it."
#[utoipa::path(post, path = "/api/v1/alerts/{id}/acknowledge", tag = "alerts", request_body = Acknowledge,
    params(("id" = String, Path, description = "The alert's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same command with the same key changes nothing")),
    responses((status = 200, body = Alert), (status = 404, description = "There is no such alert"),
        (status = 409, description = "It is resolved; the member alert holds it as it is")))]
pub(super) async fn acknowledge(
    backend: BackendFor,
    Named(id): Named,
    key: IdempotencyKey,
    _: Asked<Nothing>,
    Body(body): Body<Acknowledge>,
) -> Result<Json<Alert>, ApiError> {
    let until = body.until.as_deref().map(until).transpose()?;
    command(&backend, alert_id(&id)?, AlertCommand::Acknowledge { note: body.note, until }, &key).await
}

/// A command without content.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Empty {}

/// "I do not have it any more."
#[utoipa::path(post, path = "/api/v1/alerts/{id}/unacknowledge", tag = "alerts",
    params(("id" = String, Path, description = "The alert's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same command with the same key changes nothing")),
    responses((status = 200, body = Alert), (status = 404, description = "There is no such alert"),
        (status = 409, description = "Nobody has it; the member alert holds it as it is")))]
pub(super) async fn unacknowledge(
    backend: BackendFor,
    Named(id): Named,
    key: IdempotencyKey,
    _: Asked<Nothing>,
    _: Body<Empty>,
) -> Result<Json<Alert>, ApiError> {
    command(&backend, alert_id(&id)?, AlertCommand::Unacknowledge, &key).await
}

/// The body of `resolve`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Resolve {
    /// A remark, at most 2,000 characters.
    #[serde(default)]
    note: Option<String>,
}

/// "It is over."
#[utoipa::path(post, path = "/api/v1/alerts/{id}/resolve", tag = "alerts", request_body = Resolve,
    params(("id" = String, Path, description = "The alert's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same command with the same key changes nothing")),
    responses((status = 200, body = Alert), (status = 404, description = "There is no such alert"),
        (status = 409, description = "It is resolved already; the member alert holds it as it is")))]
pub(super) async fn resolve(
    backend: BackendFor,
    Named(id): Named,
    key: IdempotencyKey,
    _: Asked<Nothing>,
    Body(body): Body<Resolve>,
) -> Result<Json<Alert>, ApiError> {
    command(&backend, alert_id(&id)?, AlertCommand::Resolve { note: body.note }, &key).await
}

/// "It is not over."
#[utoipa::path(post, path = "/api/v1/alerts/{id}/reopen", tag = "alerts",
    params(("id" = String, Path, description = "The alert's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same command with the same key changes nothing")),
    responses((status = 200, body = Alert), (status = 404, description = "There is no such alert"),
        (status = 409, description = "It is not resolved, or another episode is open; the member alert holds it as it is")))]
pub(super) async fn reopen(
    backend: BackendFor,
    Named(id): Named,
    key: IdempotencyKey,
    _: Asked<Nothing>,
    _: Body<Empty>,
) -> Result<Json<Alert>, ApiError> {
    command(&backend, alert_id(&id)?, AlertCommand::Reopen, &key).await
}

/// The body of `comment`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Comment {
    /// The remark, 1 to 2,000 characters.
    text: String,
}

/// A remark.
#[utoipa::path(post, path = "/api/v1/alerts/{id}/comment", tag = "alerts", request_body = Comment,
    params(("id" = String, Path, description = "The alert's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same command with the same key changes nothing")),
    responses((status = 200, body = Alert), (status = 404, description = "There is no such alert"),
        (status = 422, description = "The remark is empty or too long")))]
pub(super) async fn comment(
    backend: BackendFor,
    Named(id): Named,
    key: IdempotencyKey,
    _: Asked<Nothing>,
    Body(body): Body<Comment>,
) -> Result<Json<Alert>, ApiError> {
    command(&backend, alert_id(&id)?, AlertCommand::Comment { text: body.text }, &key).await
}

async fn command(
    backend: &BackendFor,
    id: AlertId,
    command: AlertCommand,
    key: &IdempotencyKey,
) -> Result<Json<Alert>, ApiError> {
    let key = key.for_command(command.verb(), &id);
    Ok(Json(backend.handle(id, command, key).await?))
}

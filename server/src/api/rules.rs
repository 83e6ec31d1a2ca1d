//! The alert rules.

use super::body::{Raw, object, read};
use super::params::{Asked, Nothing};
use crate::backend::BackendFor;
use crate::config::RuleText;
use crate::error::ApiError;
use crate::state::AppState;
use axum::extract::Request;
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::Utc;
use forewatch::list::Page;
use forewatch::rule::{RuleStatus, RuleTrial};
use forewatch::time;
use serde::Deserialize;
use utoipa::ToSchema;

/// Rules that are tried at once.
const MOST: usize = 20;
/// Bytes of a body: more than so many rules take.
const BYTES: usize = 256 * 1024;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/api/v1/rules", get(list)).route("/api/v1/rules/test", post(test))
}

/// Every rule, causes before symptoms, with how close it is to firing now.
#[utoipa::path(get, path = "/api/v1/rules", tag = "alerts", responses((status = 200, body = Page<RuleStatus>)))]
pub(super) async fn list(backend: BackendFor, _: Asked<Nothing>) -> Result<Json<Page<RuleStatus>>, ApiError> {
    Ok(Json(whole(backend.rule_statuses()?)))
}

/// The body of `POST /rules/test`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Test {
    /// 1 to 20 rules, with the keys of `[[rule]]`; one with the id of a rule that comes along changes that.
    #[schema(value_type = Vec<Object>)]
    rules: Vec<RuleText>,
    /// From then on: RFC 3339, or `now-1d`; the last 7 days when absent, which is also the most.
    #[serde(default)]
    from: Option<String>,
    /// Until then; now when absent.
    #[serde(default)]
    to: Option<String>,
}

/// Would these rules have fired? How often, when and for how long, by the history of metrics and the tasks in the records.
/// Two such questions are answered at a time; a third is answered 429, to be asked again in a second.
#[utoipa::path(post, path = "/api/v1/rules/test", tag = "alerts", request_body = Test,
    responses((status = 200, body = Page<RuleTrial>)))]
pub(super) async fn test(
    backend: BackendFor,
    _: Asked<Nothing>,
    request: Request,
) -> Result<Json<Page<RuleTrial>>, ApiError> {
    let Raw(bytes) = Raw::at_most(BYTES, request, "rules to be tried take 256 KiB at most: try fewer at once").await?;
    object(&bytes)?;
    let body: Test = read(&bytes)?;
    if !(1..=MOST).contains(&body.rules.len()) {
        return Err(ApiError::field("/rules", format!("must be 1 to {MOST}")));
    }
    let now = Utc::now();
    let at =
        |pointer: &str, text: &str| time::parse(text, now).map_err(|error| ApiError::field(pointer, error.to_string()));
    let from = at("/from", body.from.as_deref().unwrap_or("now-7d"))?;
    let to = at("/to", body.to.as_deref().unwrap_or("now"))?;
    Ok(Json(whole(backend.try_rules(body.rules, (from, to)).await?)))
}

fn whole<T>(items: Vec<T>) -> Page<T> {
    Page { total: items.len() as u64, items, next_cursor: None, total_exact: true }
}

//! The shorter tables of the pages as files: the fleet's devices, what is set up and how it fares, what people were told.
//! Nothing secret is in them: they have what their pages show.

use super::tables::{PAGE, paged, whole, words};
use crate::backend::BackendFor;
use crate::error::ApiError;
use crate::notify::Wanted;
use crate::state::AppState;
use app::backend::Backend;
use axum::Router;
use axum::extract::RawQuery;
use axum::response::Response;
use axum::routing::get;
use forewatch::AlertId;
use forewatch::list::Page;
use forewatch::notification::Delivery;
use forewatch::report::KeptReport;
use forewatch::rule::RuleStatus;
use forewatch::silence::Silence;
use serde_json::{Value, json};

const GPUS: &[&str] = &[
    "id",
    "worker_id",
    "worker_name",
    "group",
    "index",
    "name",
    "utilization",
    "memory_usage",
    "temperature_celsius",
    "mark",
];
const RULES: &[&str] = &[
    "rule_id",
    "origin",
    "severity",
    "condition",
    "watches",
    "unit",
    "op",
    "threshold",
    "clear",
    "for_seconds",
    "keep_firing_seconds",
    "subjects",
    "active",
    "pending",
    "nearest",
    "nearest_value",
    "nearest_share",
];
const SILENCES: &[&str] = &["silence_id", "matchers", "starts_at", "ends_at", "created_by", "created_at", "comment"];
const CHANNELS: &[&str] = &[
    "name",
    "type",
    "sent",
    "failed",
    "waiting",
    "oldest_waiting_at",
    "dead",
    "failing_since",
    "last_error",
    "last_sent_at",
];
const DELIVERIES: &[&str] = &[
    "id",
    "created_at",
    "channel",
    "severity",
    "title",
    "status",
    "alerts",
    "attempts",
    "last_attempt_at",
    "last_answer",
    "next_attempt_at",
    "ended_at",
];
const SOURCES: &[&str] = &[
    "name",
    "state",
    "since",
    "last_event_at",
    "url",
    "error",
    "events",
    "rejected",
    "lost_events",
    "disconnects",
    "gap_seconds",
    "takes_commands",
];
const RETENTION: &[&str] = &["what", "key", "seconds", "bytes"];
const KEPT_REPORTS: &[&str] = &["id", "name", "title", "every", "zone", "first_day", "last_day", "made_at", "files"];

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/gpus.csv", get(gpus))
        .route("/rules.csv", get(rules))
        .route("/silences.csv", get(silences))
        .route("/channels.csv", get(channels))
        .route("/deliveries.csv", get(deliveries))
        .route("/sources.csv", get(sources))
        .route("/retention.csv", get(retention))
        .route("/kept-reports.csv", get(kept_reports))
}

/// Every GPU.
async fn gpus(backend: BackendFor) -> Result<Response, ApiError> {
    whole("gpus", GPUS, &backend.fleet().await?.data)
}

/// Every alert rule, and how close it is to firing.
async fn rules(backend: BackendFor) -> Result<Response, ApiError> {
    let rows: Vec<Value> = backend.rule_book().await?.iter().map(rule).collect();
    whole("rules", RULES, &rows)
}

fn rule(rule: &RuleStatus) -> Value {
    let mut row = json!(rule);
    let nearest = rule.nearest.as_ref();
    row["nearest"] = json!(nearest.map(|nearest| &nearest.name));
    row["nearest_value"] = json!(nearest.map(|nearest| nearest.value));
    row["nearest_share"] = json!(nearest.and_then(|nearest| nearest.share));
    row
}

/// The silences that hold or will hold.
async fn silences(backend: BackendFor) -> Result<Response, ApiError> {
    let rows: Vec<Value> = backend.silences().await?.iter().map(silence).collect();
    whole("silences", SILENCES, &rows)
}

fn silence(silence: &Silence) -> Value {
    let mut row = json!(silence);
    let matcher =
        |matcher: &forewatch::silence::Matcher| [matcher.label.as_str(), matcher.op.as_str(), &matcher.value].concat();
    row["matchers"] = json!(silence.matchers.iter().map(matcher).collect::<Vec<_>>().join(", "));
    row
}

/// The channels, and how each fares.
async fn channels(backend: BackendFor) -> Result<Response, ApiError> {
    whole("channels", CHANNELS, &backend.channels().await?)
}

/// What people were told, newest first: of one alert where the address names one.
async fn deliveries(backend: BackendFor, RawQuery(query): RawQuery) -> Result<Response, ApiError> {
    let alert = words(query).remove("alert").map(|id| AlertId::new(&id)).transpose();
    let alert = alert.map_err(|error| ApiError::field("alert", error.to_string()))?;
    paged("deliveries", DELIVERIES, move |cursor| {
        let (backend, alert) = (backend.clone(), alert.clone());
        async move {
            let page = backend.told(Wanted { alert, cursor, limit: PAGE, ..Wanted::default() }).await?;
            let Page { items, next_cursor, total, total_exact } = page;
            Ok(Page { items: items.iter().map(delivery).collect::<Vec<_>>(), next_cursor, total, total_exact })
        }
    })
}

fn delivery(delivery: &Delivery) -> Value {
    let mut row = json!(delivery);
    let last = delivery.attempts.last();
    row["attempts"] = json!(delivery.attempts.len());
    row["last_attempt_at"] = json!(last.map(|attempt| attempt.at));
    row["last_answer"] = json!(last.map(|attempt| &attempt.answer));
    row
}

/// Every source.
async fn sources(backend: BackendFor) -> Result<Response, ApiError> {
    whole("sources", SOURCES, &backend.sources().await?.data)
}

/// What is kept, for how long, and what it takes.
async fn retention(backend: BackendFor) -> Result<Response, ApiError> {
    whole("retention", RETENTION, &backend.storage().await?.kept)
}

/// The newest reports that the schedule made.
async fn kept_reports(backend: BackendFor) -> Result<Response, ApiError> {
    let rows: Vec<Value> = Backend::kept_reports(&backend).await?.iter().map(kept_report).collect();
    whole("kept-reports", KEPT_REPORTS, &rows)
}

fn kept_report(kept: &KeptReport) -> Value {
    let mut row = json!(kept);
    row["files"] = json!(kept.files.iter().map(|file| &file.name).collect::<Vec<_>>());
    row
}

//! The tables of the pages as files (RFC 4180): the page's own address with `.csv` behind its name, its filters and all
//! that they find, whatever a page of it shows. Long ones are sent as they are read, a page at a time.

use super::headers;
use crate::backend::BackendFor;
use crate::error::ApiError;
use crate::export::{cell, tasks};
use crate::state::AppState;
use app::alert_search::AlertSearch;
use app::backend::{Backend, BackendError};
use app::query::{AlertFilter, TaskFilter};
use app::roster;
use app::task_groups::GroupsAsk;
use app::task_search::TaskSearch;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::Utc;
use forewatch::list::Page;
use futures_util::stream::try_unfold;
use serde::Serialize;
use std::collections::BTreeMap;
use std::future::Future;
use std::io;

/// Rows that are read at once.
pub(super) const PAGE: usize = 500;

const WORKERS: &[&str] = &[
    "worker_id",
    "name",
    "status",
    "is_online",
    "last_heartbeat",
    "capability",
    "source",
    "hostname",
    "tags",
    "version",
    "queues",
    "active_tasks",
    "max_concurrent_tasks",
    "cpu_usage",
    "memory_usage",
    "gpu_count",
    "gpu_usage",
    "gpu_memory_usage",
];
const QUEUES: &[&str] = &[
    "id",
    "class",
    "source",
    "timestamp",
    "pending_tasks",
    "processing_tasks",
    "completed_tasks",
    "failed_tasks",
    "delayed_tasks",
    "oldest_pending_age",
    "arrival_rate",
    "service_rate",
    "drain_time",
    "average_wait_time",
    "average_processing_time",
    "worker_count",
];
const GROUPS: &[&str] = &[
    "key",
    "is_other",
    "total",
    "completed",
    "failed",
    "cancelled",
    "unknown",
    "timed_out",
    "error_rate",
    "retries",
    "average_queue_wait_time",
    "average_task_duration",
    "gpu_time",
    "wasted_gpu_time",
    "first_seen",
    "last_seen",
    "is_new",
];
const ALERTS: &[&str] = &[
    "alert_id",
    "timestamp",
    "severity",
    "title",
    "description",
    "component",
    "component_id",
    "rule_id",
    "state",
    "metric_name",
    "metric_value",
    "threshold",
    "occurrences",
    "acknowledged",
    "acknowledged_by",
    "acknowledged_at",
    "acknowledged_until",
    "note",
    "suppressed_by",
    "resolved_at",
    "resolved_by",
    "tags",
];

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/workers.csv", get(workers))
        .route("/queues.csv", get(queues))
        .route("/tasks.csv", get(all_tasks))
        .route("/task-groups.csv", get(groups))
        .route("/alerts.csv", get(alerts))
}

pub(super) fn words(query: Option<String>) -> BTreeMap<String, String> {
    form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect()
}

/// The workers that a search finds.
async fn workers(backend: BackendFor, RawQuery(query): RawQuery) -> Result<Response, ApiError> {
    let search = words(query).remove("q").unwrap_or_default();
    let all = backend.workers().await?.data;
    whole("workers", WORKERS, &roster::matching(&all, &search))
}

/// Every queue.
async fn queues(backend: BackendFor) -> Result<Response, ApiError> {
    whole("queues", QUEUES, &backend.queues().await?.data)
}

/// The tasks that a search finds, newest first.
async fn all_tasks(backend: BackendFor, RawQuery(query): RawQuery) -> Result<Response, ApiError> {
    let TaskSearch { mut filter, remarks } =
        TaskSearch::parse(&words(query).remove("q").unwrap_or_default(), Utc::now());
    if let Some(remark) = remarks.into_iter().next() {
        return Err(ApiError::field("q", remark));
    }
    filter.limit = PAGE;
    paged("tasks", &tasks::COLUMNS, move |cursor| {
        let (backend, filter) = (backend.clone(), TaskFilter { cursor, ..filter.clone() });
        async move { backend.tasks(filter).await }
    })
}

/// The groups that the page's address asks for, largest first.
async fn groups(backend: BackendFor, RawQuery(query): RawQuery) -> Result<Response, ApiError> {
    let words = words(query);
    let Some(ask) = GroupsAsk::of(|key| words.get(key).cloned()) else {
        return Err(ApiError::field("by", "is missing: use name, queue, worker, user or error"));
    };
    let TaskSearch { filter, remarks } = ask.search(Utc::now());
    if let Some(remark) = remarks.into_iter().next() {
        return Err(ApiError::field("q", remark));
    }
    let groups = Backend::groups(&backend, ask.by, filter).await?;
    whole("task-groups", GROUPS, &groups)
}

/// The alerts that a search finds, newest first.
async fn alerts(backend: BackendFor, RawQuery(query): RawQuery) -> Result<Response, ApiError> {
    let words = words(query);
    let filter = AlertSearch::of(|key| words.get(key).filter(|word| !word.is_empty()).cloned()).filter(Utc::now());
    paged("alerts", ALERTS, move |cursor| {
        let (backend, filter) = (backend.clone(), AlertFilter { cursor, limit: PAGE, ..filter.clone() });
        async move { backend.alerts(filter).await }
    })
}

/// A table that is at hand.
pub(super) fn whole(name: &str, columns: &[&str], rows: &[impl Serialize]) -> Result<Response, ApiError> {
    let header = written([columns]).map_err(unwritten)?;
    let body = [header, lines(columns, rows).map_err(unwritten)?].concat();
    Ok((headers(name), body).into_response())
}

/// A table that is read page by page while it is sent. When reading fails the connection ends early, so that what came
/// is not taken for all.
pub(super) fn paged<T, F>(
    name: &str,
    columns: &'static [&'static str],
    read: impl Fn(Option<String>) -> F + Send + 'static,
) -> Result<Response, ApiError>
where
    T: Serialize + Send + 'static,
    F: Future<Output = Result<Page<T>, BackendError>> + Send,
{
    let header = written([columns]).map_err(unwritten)?;
    let rows = try_unfold((Some(None), read, header), move |(next, read, header)| async move {
        let Some(cursor) = next else { return Ok(None) };
        let page: Page<T> = read(cursor).await.map_err(io::Error::other)?;
        let bytes = [header, lines(columns, &page.items)?].concat();
        Ok::<_, io::Error>(Some((Bytes::from(bytes), (page.next_cursor.map(Some), read, Vec::new()))))
    });
    Ok((headers(name), Body::from_stream(rows)).into_response())
}

/// A line a row, with the members of these names.
fn lines(columns: &[&str], rows: &[impl Serialize]) -> io::Result<Vec<u8>> {
    let cells = rows.iter().map(|row| {
        let row = serde_json::to_value(row)?;
        Ok(columns.iter().map(|name| cell::value(row.get(name)).into_owned()).collect::<Vec<_>>())
    });
    written(cells.collect::<Result<Vec<_>, serde_json::Error>>()?)
}

fn written<R: AsRef<[C]>, C: AsRef<[u8]>>(records: impl IntoIterator<Item = R>) -> io::Result<Vec<u8>> {
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for record in records {
        table.write_record(record.as_ref())?;
    }
    table.into_inner().map_err(|error| io::Error::other(error.to_string()))
}

fn unwritten(error: io::Error) -> ApiError {
    BackendError::Unavailable(format!("the table could not be written: {error}")).into()
}

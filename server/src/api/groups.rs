//! Groups of tasks that ended.

use super::listing::{self, Direction, Place, Row, Wanted};
use super::params::{Ask, Asked, Params};
use super::tasks::filter;
use crate::backend::BackendFor;
use crate::error::ApiError;
use crate::state::AppState;
use crate::stats::By;
use app::query::TaskFilter;
use axum::routing::get;
use axum::{Json, Router};
use forewatch::TaskGroup;
use forewatch::list::Page;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/api/v1/tasks/groups", get(groups))
}

/// Which groups, and which page of them.
pub(super) struct Question {
    by: By,
    filter: TaskFilter,
    wanted: Wanted,
}

impl Ask for Question {
    fn ask(params: &mut Params) -> Self {
        let by = params.parsed("by");
        if by.is_none() {
            params.missing("by", "is missing: use name, queue, worker, user or error");
        }
        Self {
            by: by.unwrap_or(By::Name),
            filter: filter(params),
            wanted: Wanted { direction: Direction::Falling, cursor: params.text("cursor"), limit: params.limit() },
        }
    }
}

/// Tasks that ended, by what they have in common: how many, how well, how fast; largest group first. By error, also
/// when each was first and last seen, and those that are new before all others. Percentiles are within 1 %.
#[utoipa::path(get, path = "/api/v1/tasks/groups", tag = "tasks", params(
    ("by" = String, Query, description = "name (the content type where a task has none), queue, worker (that had it last), user, or error \
        (of failed tasks: without numbers, ids and paths)"),
    ("from" = Option<String>, Query, description = "Ended at or after: RFC 3339, now-1h or Unix seconds; by default as far back as single tasks are kept. \
        Before that (retention.tasks) whole hours count, and before retention.hours whole days (UTC)"),
    ("to" = Option<String>, Query, description = "Ended before; now by default"),
    ("status" = Option<String>, Query, description = "Only these statuses, with commas. With this or another filter, and by error, \
        single tasks are read: they reach back as far as retention.tasks says"),
    ("state" = Option<String>, Query, description = "Only these finer states, with commas"),
    ("queue" = Option<String>, Query, description = "Only this queue: its own name or, with a colon in it, its id; * stands for any text. =ID: exactly the queue with this id"),
    ("worker_id" = Option<String>, Query, description = "Only this worker; * stands for any text"),
    ("name" = Option<String>, Query, description = "Only this task name; * stands for any text"),
    ("content_type" = Option<String>, Query, description = "Only this content type; * stands for any text"),
    ("parent_id" = Option<String>, Query, description = "Only those that this task submitted"),
    ("root_id" = Option<String>, Query, description = "Only this first task of a chain, and all that came of it"),
    ("error" = Option<String>, Query, description = "Text in the error message"),
    ("q" = Option<String>, Query, description = "Text in the id, name, arguments or error"),
    ("took_at_least" = Option<f64>, Query, description = "Ran for at least these seconds"),
    ("limit" = Option<u32>, Query, description = "Rows, 1 to 1,000; 50 by default"),
    ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
), responses(
    (status = 200, body = Page<TaskGroup>),
    (status = 422, description = "The range reaches back further than what is kept, or too many tasks match; the detail says what would do"),
))]
pub(super) async fn groups(
    backend: BackendFor,
    Asked(question): Asked<Question>,
) -> Result<Json<Page<TaskGroup>>, ApiError> {
    let groups = backend.groups(question.by, question.filter).await??;
    let rows = groups.into_iter().map(|record| Row {
        place: Place::Pair(f64::from(u8::from(record.is_new == Some(true))), record.total as f64),
        id: id(&record),
        record,
    });
    Ok(Json(listing::page(rows.collect(), &question.wanted)?))
}

/// What tells a group from the others.
fn id(group: &TaskGroup) -> String {
    match (&group.key, group.is_other) {
        (Some(key), false) => format!("={key}"),
        (None, false) => String::new(),
        (_, true) => "*".to_owned(),
    }
}

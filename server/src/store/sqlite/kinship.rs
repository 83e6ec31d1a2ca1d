//! By which other tasks a task is found: the one that submitted it, and the first of its chain.
//!
//! Celery says of every task that stands alone that it is its own first, and of one that is tried again that it submitted
//! itself. Neither tells of another task: the columns are null then, and so such a task is in none of their indexes.

use super::filter::Filter;
use super::{failed, record};
use crate::store::StoreError;
use app::query::TaskFilter;
use forewatch::TaskId;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::Deserialize;

/// The step that makes the columns. Rows from before it get theirs from their records, the newest first: [`fill`].
pub(super) const SCHEMA: &str = "
ALTER TABLE tasks ADD COLUMN parent TEXT; -- the task that submitted it, where that is another
ALTER TABLE tasks ADD COLUMN root TEXT;   -- the first task of its chain, where that is another
CREATE INDEX tasks_parent ON tasks (parent, at, status) WHERE parent IS NOT NULL;
CREATE INDEX tasks_root ON tasks (root, at, status) WHERE root IS NOT NULL;
CREATE TABLE unrelated (
    below INTEGER NOT NULL,         -- rows with numbers below this have not got theirs yet; no row: all that get them have
    down_to INTEGER NOT NULL        -- those with numbers below this never get them: reading all would take too long
) STRICT;
INSERT INTO unrelated SELECT number + 1, number - 200000 FROM tasks ORDER BY number DESC LIMIT 1;
";

/// Rows that get their columns in one transaction.
const PAGE: i64 = 1_000;

/// A first task, and all that came of it: each part in the order of its index, so that a page of very many is read alone.
const FAMILY: &str = "(SELECT * FROM tasks WHERE root = ? UNION ALL \
                      SELECT * FROM tasks WHERE task_id = ? AND root IS NULL)";

/// What a task's columns hold.
pub(super) fn told<'a>(
    task: &TaskId,
    parent: Option<&'a TaskId>,
    root: Option<&'a TaskId>,
) -> (Option<&'a str>, Option<&'a str>) {
    let other = |id: Option<&'a TaskId>| id.filter(|id| *id != task).map(TaskId::as_str);
    (other(parent), other(root))
}

/// Adds what a filter says of relatives, before anything else; answers whether it says any.
pub(super) fn related(sql: &mut Filter, filter: &TaskFilter) -> bool {
    if let Some(root) = &filter.root_id {
        sql.among(FAMILY, [Value::from(root.to_string()), Value::from(root.to_string())]);
    }
    if let Some(parent) = &filter.parent_id {
        sql.and("parent = ?", parent.to_string());
    }
    filter.root_id.is_some() || filter.parent_id.is_some()
}

/// Gives rows from before there were columns theirs.
pub(super) fn fill(records: &mut Connection) -> Result<(), StoreError> {
    let doing = "relating tasks to each other";
    loop {
        let transaction = records.transaction().map_err(failed(doing))?;
        let more = page(&transaction)?;
        transaction.commit().map_err(failed(doing))?;
        if !more {
            return Ok(());
        }
    }
}

/// What a record says of relatives.
#[derive(Deserialize)]
struct Told {
    task_id: TaskId,
    parent_id: Option<TaskId>,
    root_id: Option<TaskId>,
}

/// Relates the next rows; answers whether more are left.
fn page(transaction: &Transaction<'_>) -> Result<bool, StoreError> {
    let doing = "relating tasks to each other";
    let left: Option<(i64, i64)> = transaction
        .query_row("SELECT below, down_to FROM unrelated", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
        .map_err(failed(doing))?;
    let Some((below, down_to)) = left else { return Ok(false) };
    let page: Vec<(i64, Value)> = transaction
        .prepare_cached(
            "SELECT number, record FROM tasks WHERE number < ? AND number >= ? ORDER BY number DESC LIMIT ?",
        )
        .and_then(|mut select| {
            select.query_map(params![below, down_to, PAGE], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        })
        .map_err(failed(doing))?;
    for (number, record) in &page {
        let Told { task_id, parent_id, root_id } = serde_json::from_str(&record::json(record.into())?)
            .map_err(|error| StoreError::Damaged(format!("a task's record cannot be read: {error}")))?;
        let (parent, root) = told(&task_id, parent_id.as_ref(), root_id.as_ref());
        if parent.is_some() || root.is_some() {
            transaction
                .prepare_cached("UPDATE tasks SET parent = ?, root = ? WHERE number = ?")
                .and_then(|mut update| update.execute(params![parent, root, number]))
                .map_err(failed(doing))?;
        }
    }
    match page.last() {
        Some((number, _)) => transaction.execute("UPDATE unrelated SET below = ?", [number]),
        None => transaction.execute("DELETE FROM unrelated", []),
    }
    .map_err(failed(doing))?;
    Ok(!page.is_empty())
}

#[cfg(test)]
mod tests;

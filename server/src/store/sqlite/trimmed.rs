//! Trimming tasks, and up to when they are trimmed: of what ended before that and is told only then it is not known whether
//! it was counted (see `tallies.rs`).

use super::failed;
use super::log::sql;
use crate::store::StoreError;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

/// The step that makes the table.
pub(super) const SCHEMA: &str = "
CREATE TABLE trimmed (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    before INTEGER NOT NULL         -- tasks last heard of before this may be gone, microseconds since the epoch
) STRICT;
";

/// Deletes tasks last heard of before a time, `most` of them at most; answers how many.
pub(super) fn trim(records: &mut Connection, before: DateTime<Utc>, most: usize) -> Result<usize, StoreError> {
    let doing = "trimming tasks";
    let before = before.timestamp_micros();
    let transaction = records.transaction().map_err(failed(doing))?;
    let deleted = transaction
        .execute(
            "DELETE FROM tasks WHERE task_id IN (SELECT task_id FROM tasks WHERE at < ? ORDER BY at LIMIT ?)",
            params![before, sql(most as u64)],
        )
        .map_err(failed(doing))?;
    transaction
        .execute(
            "INSERT INTO trimmed (only, before) VALUES (1, ?1) \
             ON CONFLICT (only) DO UPDATE SET before = max(before, ?1)",
            [before],
        )
        .map_err(failed(doing))?;
    transaction.commit().map_err(failed(doing))?;
    Ok(deleted)
}

/// Up to when tasks were trimmed, microseconds since the epoch; `None` when none ever were.
pub(super) fn before(transaction: &Transaction<'_>) -> Result<Option<i64>, StoreError> {
    transaction
        .prepare_cached("SELECT before FROM trimmed")
        .and_then(|mut select| select.query_row([], |row| row.get(0)).optional())
        .map_err(failed("reading how far tasks are trimmed"))
}

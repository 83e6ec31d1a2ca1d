//! The tables of tallies, and how a store from before there were any gets them from its tasks.

use super::tallies::{Tallies, read};
use super::{failed, record};
use crate::stats::MAX_KEYS;
use crate::store::StoreError;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

/// The step that makes the tables.
pub(super) const SCHEMA: &str = "
ALTER TABLE tasks ADD COLUMN ended INTEGER; -- when it ended, microseconds since the epoch; null while it does not count
CREATE INDEX tasks_ended ON tasks (ended) WHERE ended IS NOT NULL;
CREATE TABLE tally (
    grain INTEGER NOT NULL,         -- 0: the dimension's own spans, 1: days (UTC)
    dimension INTEGER NOT NULL,     -- see stats/dimension.rs
    begin INTEGER NOT NULL,         -- of the span, seconds since the epoch
    key TEXT NOT NULL,              -- '=' and a name; '': not known; '*': all for which there was no room
    body BLOB NOT NULL,             -- see stats/bytes.rs
    PRIMARY KEY (grain, dimension, begin, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE tally_rolled (
    dimension INTEGER PRIMARY KEY,
    until INTEGER NOT NULL          -- days before this are made
) STRICT;
CREATE TABLE uncounted (
    after TEXT NOT NULL             -- tasks with ids above this are in no tally yet; no row: all are
) STRICT;
INSERT INTO uncounted SELECT '' WHERE EXISTS (SELECT 1 FROM tasks);
";

/// Tasks that are counted in one transaction.
const PAGE: i64 = 1_000;

/// Counts the tasks that are in no tally yet.
pub(super) fn fill(records: &mut Connection) -> Result<(), StoreError> {
    let mut tallies = Tallies::new(MAX_KEYS);
    loop {
        let transaction = records.transaction().map_err(failed("counting tasks"))?;
        let more = page(&transaction, &mut tallies)?;
        transaction.commit().map_err(failed("counting tasks"))?;
        tallies.committed();
        if !more {
            return Ok(());
        }
    }
}

/// Counts the next tasks; answers whether more are left.
fn page(transaction: &Transaction<'_>, tallies: &mut Tallies) -> Result<bool, StoreError> {
    let doing = "counting tasks";
    let after: Option<String> =
        transaction.query_row("SELECT after FROM uncounted", [], |row| row.get(0)).optional().map_err(failed(doing))?;
    let Some(after) = after else { return Ok(false) };
    let page: Vec<(String, Value)> = transaction
        .prepare_cached("SELECT task_id, record FROM tasks WHERE task_id > ? ORDER BY task_id LIMIT ?")
        .and_then(|mut select| select.query_map(params![after, PAGE], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
        .map_err(failed(doing))?;
    tallies.begin(transaction)?;
    for (id, record) in &page {
        let Some(task) = read(&record::json(record.into())?)? else { continue };
        tallies.add(transaction, &task)?;
        transaction
            .prepare_cached("UPDATE tasks SET ended = ? WHERE task_id = ?")
            .and_then(|mut update| update.execute(params![task.at.timestamp_micros(), id]))
            .map_err(failed(doing))?;
    }
    tallies.write(transaction)?;
    match page.last() {
        Some((id, _)) => transaction.execute("UPDATE uncounted SET after = ?", [id]),
        None => transaction.execute("DELETE FROM uncounted", []),
    }
    .map_err(failed(doing))?;
    Ok(!page.is_empty())
}

//! The table of tasks: its columns, what it is searched by, and how a row is written.
//!
//! Rows lie in the order in which tasks were first heard of, so that new ones fill pages one after the other, and every index
//! but that of the ids grows at its ends. The columns of an index are those by which tasks are filtered, then ordered; with the
//! status in it, tasks of a name, queue or worker are counted by their status without their rows.

use super::{kinship, record};
use chrono::{DateTime, Utc};
use forewatch::TaskMetrics;
use rusqlite::{Transaction, params};

/// The step that makes the table, from the one before, whose rows lay in the order of their ids.
pub(super) const SCHEMA: &str = "
ALTER TABLE tasks RENAME TO tasks_by_id;
DROP INDEX tasks_at;
DROP INDEX tasks_status;
DROP INDEX tasks_queue;
DROP INDEX tasks_worker;
DROP INDEX tasks_name;
DROP INDEX tasks_ended;
CREATE TABLE tasks (
    number INTEGER PRIMARY KEY,
    task_id TEXT NOT NULL UNIQUE,
    at INTEGER NOT NULL,            -- last heard of, microseconds since the epoch
    status TEXT NOT NULL,
    state TEXT NOT NULL,
    queue TEXT,
    worker TEXT,
    name TEXT,
    content_type TEXT,
    processing_time REAL,
    queue_wait_time REAL,
    error TEXT,
    ended INTEGER,                  -- when it ended, microseconds since the epoch; null while it does not count
    text TEXT NOT NULL,             -- what a search looks through, in lower case
    record ANY NOT NULL             -- the whole record: see record.rs
) STRICT;
INSERT INTO tasks (task_id, at, status, state, queue, worker, name, content_type, processing_time, queue_wait_time, error,
    ended, text, record)
SELECT task_id, at, status, state, queue, worker, name, content_type, processing_time, queue_wait_time, error, ended, text,
    record FROM tasks_by_id ORDER BY at;
DROP TABLE tasks_by_id;
CREATE INDEX tasks_at ON tasks (at);
CREATE INDEX tasks_status ON tasks (status, at);
CREATE INDEX tasks_queue ON tasks (queue, at, status);
CREATE INDEX tasks_worker ON tasks (worker, at, status);
CREATE INDEX tasks_name ON tasks (name, at, status);
CREATE INDEX tasks_ended ON tasks (ended) WHERE ended IS NOT NULL;
";

/// Characters of a task's text that a search looks through.
const SEARCHED: usize = 2_000;

/// Room for a record's JSON that most need no more than, in bytes.
const USUAL: usize = 2_048;

/// Writes a task's record in the place of what is stored of it; `end` is that which counts.
pub(super) fn write(
    transaction: &Transaction<'_>,
    task: &TaskMetrics,
    end: Option<DateTime<Utc>>,
) -> rusqlite::Result<()> {
    let mut json = Vec::with_capacity(USUAL);
    serde_json::to_writer(&mut json, task).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    let (parent, root) = kinship::told(&task.task_id, task.parent_id.as_ref(), task.root_id.as_ref());
    let mut insert = transaction.prepare_cached(
        "INSERT INTO tasks (task_id, at, status, state, queue, worker, name, content_type, processing_time, \
         queue_wait_time, error, ended, text, record, parent, root, queue_id) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
         ON CONFLICT (task_id) DO UPDATE SET at = excluded.at, status = excluded.status, state = excluded.state, \
         queue = excluded.queue, worker = excluded.worker, name = excluded.name, content_type = excluded.content_type, \
         processing_time = excluded.processing_time, queue_wait_time = excluded.queue_wait_time, \
         error = excluded.error, ended = excluded.ended, text = excluded.text, record = excluded.record, \
         parent = excluded.parent, root = excluded.root, queue_id = excluded.queue_id",
    )?;
    insert.execute(params![
        &*task.task_id,
        task.timestamp.timestamp_micros(),
        task.status.as_str(),
        task.state.as_str(),
        task.queue,
        task.worker_id.as_deref(),
        task.name,
        task.content_type,
        task.processing_time,
        task.queue_wait_time,
        task.error_message,
        end.map(|at| at.timestamp_micros()),
        searched(task),
        record::pack(&json),
        parent,
        root,
        task.queue_id().as_deref(),
    ])?;
    Ok(())
}

fn searched(task: &TaskMetrics) -> String {
    let parts = [
        Some(&*task.task_id),
        task.name.as_deref(),
        task.content_type.as_deref(),
        task.user_id.as_deref(),
        task.error_message.as_deref(),
        task.args.as_deref(),
        task.kwargs.as_deref(),
    ];
    let text = parts.into_iter().flatten().collect::<Vec<_>>().join("\n").to_lowercase();
    match text.char_indices().nth(SEARCHED) {
        Some((end, _)) => text[..end].to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::super::version::APPLICATION_ID;
    use super::super::{Part, Place, open};
    use crate::store::{Projection, Records};
    use app::query::TaskFilter;
    use forewatch::TaskMetrics;
    use rusqlite::{Connection, params};
    use std::sync::Arc;

    fn task(id: &str, at: &str) -> TaskMetrics {
        let text = include_str!("../../../../tests/golden/task_metrics.json");
        let mut record: serde_json::Value = serde_json::from_str(text).expect("JSON");
        record["task_id"] = id.into();
        record["timestamp"] = at.into();
        serde_json::from_value(record).expect("a task")
    }

    #[test]
    fn a_table_in_the_order_of_ids_loses_no_task_when_it_becomes_one_in_the_order_of_time() {
        let place = Place::temporary().expect("a folder");
        let older = Connection::open(place.path(Part::Records)).expect("a file");
        for step in &Part::Records.steps()[..4] {
            older.execute_batch(step).expect("it is as it was");
        }
        older
            .execute_batch(&format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = 4;"))
            .expect("it is as it was");
        let tasks = [task("b", "2026-11-24T10:00:00Z"), task("a", "2026-11-24T12:00:00Z")];
        for task in &tasks {
            let json = serde_json::to_string(task).expect("JSON");
            let values = params![&*task.task_id, task.timestamp.timestamp_micros(), task.status.as_str(), json];
            older
                .execute(
                    "INSERT INTO tasks (task_id, at, status, state, text, record) VALUES (?, ?, ?, 'failed', '', ?)",
                    values,
                )
                .expect("it can be written");
        }
        drop(older);

        let mut parts = open(&place).expect("it is brought up");
        let listed = |parts: &super::super::Parts| parts.records.tasks(&TaskFilter::default()).expect("a page").items;
        assert_eq!(listed(&parts), [tasks[1].clone(), tasks[0].clone()]);
        let newer = task("b", "2026-11-24T14:00:00Z");
        parts.projection.write(&[Arc::new(newer.clone())], &[], &[], 0).expect("it can be written");
        assert_eq!(listed(&parts), [newer, tasks[1].clone()]);
        let mut ids = Vec::new();
        parts.records.task_ids(&mut |id| ids.push(id.to_owned())).expect("they can be read");
        ids.sort();
        assert_eq!(ids, ["a", "b"]);
    }
}

//! By which queue a task is found: its id tells queues of one name in two sources apart.

use super::{failed, record};
use crate::store::StoreError;
use forewatch::{QueueName, SourceName};
use rusqlite::types::Value;
use rusqlite::{Connection, Transaction, params};
use serde::Deserialize;

/// The step that makes the column. Rows from before it get theirs from their records, the newest first: [`fill`].
pub(super) const SCHEMA: &str = "
ALTER TABLE tasks ADD COLUMN queue_id TEXT; -- the own name, with the source before it where that is Celery
CREATE INDEX tasks_queue_id ON tasks (queue_id, at, status);
CREATE INDEX tasks_unplaced ON tasks (number) WHERE queue IS NOT NULL AND queue_id IS NULL;
";

/// Rows that get theirs in one transaction.
const PAGE: i64 = 1_000;
/// Pages that get theirs at one start: more would take too long. Until then a row is found by its queue's own name.
const PAGES: usize = 200;

/// What a record says of its queue.
#[derive(Deserialize)]
struct Told {
    source: SourceName,
    queue: Option<String>,
}

/// Gives rows from before there was a column theirs.
pub(super) fn fill(records: &mut Connection) -> Result<(), StoreError> {
    let doing = "telling queues apart";
    let mut below = i64::MAX;
    for _ in 0..PAGES {
        let transaction = records.transaction().map_err(failed(doing))?;
        let last = page(&transaction, below)?;
        transaction.commit().map_err(failed(doing))?;
        match last {
            Some(last) => below = last,
            None => break,
        }
    }
    Ok(())
}

/// Fills the next rows with numbers below one; answers with the last of them.
fn page(transaction: &Transaction<'_>, below: i64) -> Result<Option<i64>, StoreError> {
    let doing = "telling queues apart";
    let page: Vec<(i64, Value)> = transaction
        .prepare_cached(
            "SELECT number, record FROM tasks WHERE queue IS NOT NULL AND queue_id IS NULL AND number < ? \
             ORDER BY number DESC LIMIT ?",
        )
        .and_then(|mut select| select.query_map(params![below, PAGE], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
        .map_err(failed(doing))?;
    for (number, record) in &page {
        let Told { source, queue } = serde_json::from_str(&record::json(record.into())?)
            .map_err(|error| StoreError::Damaged(format!("a task's record cannot be read: {error}")))?;
        let id = queue.and_then(|queue| QueueName::of(&source, &queue));
        transaction
            .prepare_cached("UPDATE tasks SET queue_id = ? WHERE number = ?")
            .and_then(|mut update| update.execute(params![id.as_deref(), number]))
            .map_err(failed(doing))?;
    }
    Ok(page.last().map(|(number, _)| *number))
}

#[cfg(test)]
mod tests {
    use super::super::{Part, Place, open};
    use crate::store::{Projection, Records};
    use app::query::TaskFilter;
    use forewatch::TaskMetrics;
    use rusqlite::Connection;
    use std::sync::Arc;

    fn task(id: &str, source: &str) -> TaskMetrics {
        let text = include_str!("../../../../tests/golden/task_metrics.json");
        let mut record: serde_json::Value = serde_json::from_str(text).expect("JSON");
        (record["task_id"], record["source"], record["queue"]) = (id.into(), source.into(), "gpu".into());
        serde_json::from_value(record).expect("a task")
    }

    #[test]
    fn queues_of_one_name_in_two_sources_are_told_apart_by_their_ids() {
        let place = Place::temporary().expect("a folder");
        let mut parts = open(&place).expect("it is made");
        let tasks = [task("a", "http"), task("b", "celery"), task("c", "celery:eu")];
        parts.projection.write(&tasks.clone().map(Arc::new), &[], &[], 0).expect("they can be written");
        for (asked, expected) in [
            ("gpu", "abc"),
            ("=gpu", "a"),
            ("=celery:gpu", "b"),
            ("celery:gpu", "b"),
            ("*:gp*", "bc"),
            ("=eu:gpu", "c"),
            ("=gp*", ""),
        ] {
            let filter = TaskFilter { queue: Some(asked.to_owned()), ..TaskFilter::default() };
            let mut found: Vec<_> = parts
                .records
                .tasks(&filter)
                .expect("a page")
                .items
                .iter()
                .map(|task| task.task_id.to_string())
                .collect();
            found.sort();
            assert_eq!(found.concat(), expected, "{asked}");
            let live: Vec<_> =
                tasks.iter().filter(|task| filter.finds(task) == Some(true)).map(|t| &*t.task_id).collect();
            assert_eq!(live.concat(), expected, "{asked}, as the browser tells it");
        }
    }

    #[test]
    fn rows_from_before_there_was_a_column_get_theirs_from_their_records() {
        let place = Place::temporary().expect("a folder");
        let mut parts = open(&place).expect("it is made");
        let tasks = [task("a", "http"), task("b", "celery")].map(Arc::new);
        parts.projection.write(&tasks, &[], &[], 0).expect("they can be written");
        let mut older = Connection::open(place.path(Part::Records)).expect("a file");
        older.execute_batch("UPDATE tasks SET queue_id = NULL").expect("as they were");
        super::fill(&mut older).expect("they can be read");
        let filter = TaskFilter { queue: Some("=celery:gpu".to_owned()), ..TaskFilter::default() };
        let found = parts.records.tasks(&filter).expect("a page").items;
        assert_eq!(found.iter().map(|task| &*task.task_id).collect::<Vec<_>>(), ["b"]);
    }
}

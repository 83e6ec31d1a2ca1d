//! How many rows match a filter.

use super::filter::Filter;
use super::{StoreError, failed};
use rusqlite::{Connection, params_from_iter};
use std::time::{Duration, Instant};

/// A total above this is told as a lower bound.
const COUNTED: u64 = 100_000;
/// How long is counted for a list where every row must be read for it.
pub(super) const PATIENCE: Duration = Duration::from_millis(50);
const DOING: &str = "counting records";

/// How many match, up to [`COUNTED`] and, where each row is read for that, as many as are found within `patience`; and
/// whether these are all.
pub(super) fn some(
    connection: &Connection,
    table: &str,
    filter: &Filter,
    patience: Duration,
) -> Result<(u64, bool), StoreError> {
    let matching = format!("SELECT 1 FROM {} LIMIT {}", filter.from(table), COUNTED + 1);
    if !filter.reads_rows {
        let counted = number(connection, &format!("SELECT count(*) FROM ({matching})"), filter)?;
        return Ok((counted.min(COUNTED), counted <= COUNTED));
    }
    let begin = Instant::now();
    let mut select = connection.prepare_cached(&matching).map_err(failed(DOING))?;
    let mut rows = select.query(params_from_iter(&filter.values)).map_err(failed(DOING))?;
    let mut counted = 0;
    while rows.next().map_err(failed(DOING))?.is_some() {
        if counted == COUNTED || (counted > 0 && begin.elapsed() > patience) {
            return Ok((counted, false));
        }
        counted += 1;
    }
    Ok((counted, true))
}

/// How many match.
pub(super) fn all(connection: &Connection, table: &str, filter: &Filter) -> Result<u64, StoreError> {
    number(connection, &format!("SELECT count(*) FROM {}", filter.from(table)), filter)
}

fn number(connection: &Connection, sql: &str, filter: &Filter) -> Result<u64, StoreError> {
    let read = |row: &rusqlite::Row<'_>| row.get::<_, i64>(0);
    let mut select = connection.prepare_cached(sql).map_err(failed(DOING))?;
    Ok(select.query_row(params_from_iter(&filter.values), read).map_err(failed(DOING))?.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_be_read_is_counted_for_a_while_and_the_rest_to_its_end() {
        let connection = Connection::open_in_memory().expect("memory");
        connection
            .execute_batch(
                "CREATE TABLE tasks (text TEXT NOT NULL);
                 WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
                 INSERT INTO tasks SELECT CASE WHEN i % 5 = 0 THEN 'bad frame' ELSE 'good' END FROM n;",
            )
            .expect("a table");
        let mut search = Filter::default();
        search.contains("text", Some(&"Bad".to_owned()));
        let some = |filter: &Filter, patience| some(&connection, "tasks", filter, patience).expect("a count");
        assert_eq!(some(&search, Duration::MAX), (100, true));
        assert_eq!(some(&search, Duration::ZERO), (1, false));
        assert_eq!(all(&connection, "tasks", &search).expect("a count"), 100);
        let mut equal = Filter::default();
        equal.matches("text", Some("good"));
        assert_eq!(some(&equal, Duration::ZERO), (400, true));
    }
}

//! Days made of finer tallies once they are over, and the end of tallies that are too old.

use super::failed;
use super::log::sql;
use super::tallies::open;
use crate::stats::{DAY, Dimension, Grain, Key, Tally, pack};
use crate::store::StoreError;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use std::collections::HashMap;

/// Seconds after its end at which a day is made: most of what comes late has come.
const GRACE: i64 = 3_600;
/// Rows that one step of trimming deletes at most.
const TRIM_ROWS: usize = 2_000;

/// Up to when a dimension has days, Unix seconds; before everything while it has none.
pub(super) fn rolled(connection: &Connection, dimension: Dimension) -> Result<i64, StoreError> {
    connection
        .prepare_cached("SELECT until FROM tally_rolled WHERE dimension = ?")
        .and_then(|mut select| select.query_row([dimension.number()], |row| row.get(0)).optional())
        .map_err(failed("reading tallies"))
        .map(|until| until.unwrap_or(i64::MIN))
}

/// Makes the next day of a dimension that is over as of `now` (Unix seconds); tells whether there was one.
pub(super) fn roll(
    transaction: &Transaction<'_>,
    dimension: Dimension,
    most_keys: usize,
    now: i64,
) -> Result<bool, StoreError> {
    let doing = "making days of tallies";
    let next: Option<i64> = transaction
        .prepare_cached("SELECT min(begin) FROM tally WHERE grain = ? AND dimension = ? AND begin >= ?")
        .and_then(|mut select| {
            let since = rolled(transaction, dimension).unwrap_or(i64::MIN);
            select.query_row(params![Grain::Fine.number(), dimension.number(), since], |row| row.get(0))
        })
        .map_err(failed(doing))?;
    let Some(day) = next.map(|begin| begin.div_euclid(DAY) * DAY).filter(|day| day + DAY + GRACE <= now) else {
        return Ok(false);
    };
    let mut keys: HashMap<String, Tally> = HashMap::new();
    {
        let mut select = transaction
            .prepare_cached(
                "SELECT key, body FROM tally WHERE grain = ? AND dimension = ? AND begin >= ? AND begin < ? \
                 ORDER BY begin, key",
            )
            .map_err(failed(doing))?;
        let mut rows =
            select.query(params![Grain::Fine.number(), dimension.number(), day, day + DAY]).map_err(failed(doing))?;
        while let Some(row) = rows.next().map_err(failed(doing))? {
            let key: String = row.get(0).map_err(failed(doing))?;
            let tally = open(&row.get::<_, Vec<u8>>(1).map_err(failed(doing))?)?;
            let has_room = keys.len() < most_keys || keys.contains_key(&key);
            keys.entry(if has_room { key } else { Key::Other.text() }).or_default().add(&tally);
        }
    }
    let mut insert = transaction
        .prepare_cached("INSERT OR REPLACE INTO tally (grain, dimension, begin, key, body) VALUES (?, ?, ?, ?, ?)")
        .map_err(failed(doing))?;
    for (key, tally) in keys {
        insert
            .execute(params![Grain::Day.number(), dimension.number(), day, key, pack(&tally)])
            .map_err(failed(doing))?;
    }
    transaction
        .execute(
            "INSERT OR REPLACE INTO tally_rolled (dimension, until) VALUES (?, ?)",
            params![dimension.number(), day + DAY],
        )
        .map_err(failed(doing))?;
    Ok(true)
}

/// Deletes a bounded part of the rows of a dimension and grain before `before` (Unix seconds); tells whether more is left.
/// Fine rows of which no day is made yet stay.
pub(super) fn trim(
    connection: &Connection,
    dimension: Dimension,
    grain: Grain,
    before: i64,
) -> Result<bool, StoreError> {
    let before = match grain {
        Grain::Fine => before.min(rolled(connection, dimension)?),
        Grain::Day => before,
    };
    let deleted = connection
        .prepare_cached(
            "DELETE FROM tally WHERE (grain, dimension, begin, key) IN \
             (SELECT grain, dimension, begin, key FROM tally WHERE grain = ? AND dimension = ? AND begin < ? LIMIT ?)",
        )
        .and_then(|mut delete| {
            delete.execute(params![grain.number(), dimension.number(), before, sql(TRIM_ROWS as u64)])
        })
        .map_err(failed("trimming tallies"))?;
    Ok(deleted >= TRIM_ROWS)
}

//! Writing tallies: in the same transaction as the records, so that they are sums over records at every moment.
//!
//! A record's stored state is taken out of its spans before its new state is put in. So a record that is written again
//! changes nothing, a correction is exact, and a record that is trimmed still counts. What ended before the time up to
//! which records are trimmed counts only in the place of a record that does: of any other it is not known whether it was
//! counted (`trimmed.rs`). So no end counts twice; one that is told later than tasks are kept is in no tally; and a task that
//! runs again after that counts again. A span with as many keys as may be takes no more; what comes then counts under
//! [`Key::Other`]. Rows stay while their span does, also empty ones: so a key that has a row has all its tasks in it, and
//! one that has none has them under `Other`.

use super::log::sql;
use super::{failed, record, trimmed};
use crate::stats::{DAY, Dimension, Finished, Grain, Key, Tally, begin, pack, unpack};
use crate::store::StoreError;
use chrono::{DateTime, Utc};
use forewatch::{TaskId, TaskMetrics};
use rusqlite::{OptionalExtension, Transaction, params};
use std::collections::HashMap;

#[cfg(test)]
mod tests;

/// Rows kept in memory between two writes, at most.
const CACHED: usize = 5_000;

const DOING: &str = "writing tallies";

/// Where a row lies, but for its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Place {
    grain: Grain,
    dimension: Dimension,
    /// Where the span begins, Unix seconds.
    begin: i64,
}

/// The rows of a span that are known.
#[derive(Default)]
struct Span {
    rows: HashMap<String, Row>,
    /// Rows in the store and here; unknown until one is to be added.
    keys: Option<usize>,
    changed: bool,
}

struct Row {
    tally: Tally,
    changed: bool,
}

/// The rows that are being written.
pub(super) struct Tallies {
    /// Keys of a span at most.
    pub(super) most_keys: usize,
    spans: HashMap<Place, Span>,
    rolled: HashMap<Dimension, i64>,
    /// Up to when tasks were trimmed, microseconds since the epoch.
    trimmed: Option<i64>,
    /// Whether what is known is what is in the store: not after a transaction that failed.
    is_sound: bool,
}

impl Tallies {
    pub(super) fn new(most_keys: usize) -> Self {
        Self { most_keys, spans: HashMap::new(), rolled: HashMap::new(), trimmed: None, is_sound: false }
    }

    /// Begins a transaction's changes.
    pub(super) fn begin(&mut self, transaction: &Transaction<'_>) -> Result<(), StoreError> {
        let rows: usize = self.spans.values().map(|span| span.rows.len()).sum();
        if !std::mem::replace(&mut self.is_sound, false) || rows > CACHED {
            *self = Self::new(self.most_keys);
        }
        self.trimmed = trimmed::before(transaction)?;
        Ok(())
    }

    /// Counts a record in the place of what is stored of it, which is replaced after this; answers with the end that it
    /// counts, if it does.
    pub(super) fn replace(
        &mut self,
        transaction: &Transaction<'_>,
        task: &TaskMetrics,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let before = stored(transaction, &task.task_id)?;
        let is_known = |at: DateTime<Utc>| self.trimmed.is_none_or(|trimmed| at.timestamp_micros() >= trimmed);
        let now = Finished::of(task).filter(|now| before.is_some() || is_known(now.at));
        let end = now.as_ref().map(|now| now.at);
        if before == now {
            return Ok(end);
        }
        if let Some(before) = before {
            self.change(transaction, &before, Tally::remove)?;
        }
        if let Some(now) = now {
            self.add(transaction, &now)?;
        }
        Ok(end)
    }

    /// Counts an ended task.
    pub(super) fn add(&mut self, transaction: &Transaction<'_>, task: &Finished) -> Result<(), StoreError> {
        self.change(transaction, task, Tally::add)
    }

    /// Writes what changed.
    pub(super) fn write(&mut self, transaction: &Transaction<'_>) -> Result<(), StoreError> {
        for (place, span) in self.spans.iter_mut().filter(|(_, span)| span.changed) {
            for (key, row) in span.rows.iter_mut().filter(|(_, row)| row.changed) {
                put(transaction, *place, key, &row.tally)?;
                row.changed = false;
            }
            span.changed = false;
        }
        Ok(())
    }

    /// Says that the transaction is committed.
    pub(super) fn committed(&mut self) {
        self.is_sound = true;
    }

    fn change(
        &mut self,
        transaction: &Transaction<'_>,
        task: &Finished,
        with: fn(&mut Tally, &Tally),
    ) -> Result<(), StoreError> {
        for dimension in Dimension::ALL {
            let fine = Place { grain: Grain::Fine, dimension, begin: begin(task.at, dimension.span()) };
            let key = self.row(transaction, fine, task.key(dimension).text(), |tally| with(tally, &task.one))?;
            let day = Place { grain: Grain::Day, dimension, begin: begin(task.at, DAY) };
            if day.begin < self.rolled(transaction, dimension)? {
                self.row(transaction, day, key, |tally| with(tally, &task.one))?;
            }
        }
        Ok(())
    }

    /// Changes the row of a key, or of [`Key::Other`] where there is no room; answers whose it was.
    fn row(
        &mut self,
        transaction: &Transaction<'_>,
        place: Place,
        key: String,
        change: impl FnOnce(&mut Tally),
    ) -> Result<String, StoreError> {
        let span = self.spans.entry(place).or_default();
        let key = span.key_for(transaction, place, key, self.most_keys)?;
        let row = span.rows.get_mut(&key).expect("it was found, or has been made");
        change(&mut row.tally);
        (row.changed, span.changed) = (true, true);
        Ok(key)
    }

    /// Up to when there are days, Unix seconds.
    fn rolled(&mut self, transaction: &Transaction<'_>, dimension: Dimension) -> Result<i64, StoreError> {
        if let Some(until) = self.rolled.get(&dimension) {
            return Ok(*until);
        }
        let until = super::tally_days::rolled(transaction, dimension)?;
        self.rolled.insert(dimension, until);
        Ok(until)
    }
}

impl Span {
    /// The key under which `key` counts here; its row is known afterwards.
    fn key_for(
        &mut self,
        transaction: &Transaction<'_>,
        place: Place,
        key: String,
        most: usize,
    ) -> Result<String, StoreError> {
        if self.rows.contains_key(&key) {
            return Ok(key);
        }
        if let Some(tally) = get(transaction, place, &key)? {
            self.rows.insert(key.clone(), Row { tally, changed: false });
            return Ok(key);
        }
        let keys = match self.keys {
            Some(keys) => keys,
            None => count(transaction, place, most)?,
        };
        let other = Key::Other.text();
        if keys >= most && key != other {
            self.keys = Some(keys);
            return self.key_for(transaction, place, other, most);
        }
        self.keys = Some(keys + 1);
        self.rows.insert(key.clone(), Row { tally: Tally::default(), changed: false });
        Ok(key)
    }
}

/// What is stored of a task, where it has ended and counts.
fn stored(transaction: &Transaction<'_>, id: &TaskId) -> Result<Option<Finished>, StoreError> {
    let mut select = transaction
        .prepare_cached("SELECT record FROM tasks WHERE task_id = ? AND ended IS NOT NULL")
        .map_err(failed(DOING))?;
    let mut rows = select.query([&**id]).map_err(failed(DOING))?;
    match rows.next().map_err(failed(DOING))? {
        Some(row) => read(&record::json(row.get_ref(0).map_err(failed(DOING))?)?),
        None => Ok(None),
    }
}

/// What a stored record counts.
pub(super) fn read(record: &str) -> Result<Option<Finished>, StoreError> {
    Finished::read(record).map_err(|error| StoreError::Damaged(format!("a task's record cannot be read: {error}")))
}

/// A stored tally.
pub(super) fn open(body: &[u8]) -> Result<Tally, StoreError> {
    unpack(body).map_err(|reason| StoreError::Damaged(format!("a tally {reason}")))
}

fn get(transaction: &Transaction<'_>, place: Place, key: &str) -> Result<Option<Tally>, StoreError> {
    transaction
        .prepare_cached("SELECT body FROM tally WHERE grain = ? AND dimension = ? AND begin = ? AND key = ?")
        .and_then(|mut select| {
            let values = params![place.grain.number(), place.dimension.number(), place.begin, key];
            select.query_row(values, |row| row.get::<_, Vec<u8>>(0)).optional()
        })
        .map_err(failed(DOING))?
        .map(|body| open(&body))
        .transpose()
}

fn put(transaction: &Transaction<'_>, place: Place, key: &str, tally: &Tally) -> Result<(), StoreError> {
    transaction
        .prepare_cached("INSERT OR REPLACE INTO tally (grain, dimension, begin, key, body) VALUES (?, ?, ?, ?, ?)")
        .and_then(|mut insert| {
            insert.execute(params![place.grain.number(), place.dimension.number(), place.begin, key, pack(tally)])
        })
        .map_err(failed(DOING))?;
    Ok(())
}

/// Keys of a span, no more than `most`.
fn count(transaction: &Transaction<'_>, place: Place, most: usize) -> Result<usize, StoreError> {
    let counted: i64 = transaction
        .prepare_cached(
            "SELECT count(*) FROM (SELECT 1 FROM tally WHERE grain = ? AND dimension = ? AND begin = ? LIMIT ?)",
        )
        .and_then(|mut select| {
            let values = params![place.grain.number(), place.dimension.number(), place.begin, sql(most as u64)];
            select.query_row(values, |row| row.get(0))
        })
        .map_err(failed(DOING))?;
    Ok(usize::try_from(counted).unwrap_or(most))
}

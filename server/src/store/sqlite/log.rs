//! The log in SQLite: one row a commit.
//!
//! A row holds the events of one commit as one packed value (see [`packed`]), keyed by the sequence of its last event.
//! The state snapshot lies beside the records: writing one never delays an acknowledgement.

use super::file::{Part, Place};
use super::{StoreError, failed};
use crate::store::{Log, Snapshots, StateSnapshot, packed};
use chrono::{DateTime, Utc};
use forewatch::Event;
use rusqlite::{Connection, OptionalExtension, params};
use std::time::{Duration, Instant};

pub(super) const SCHEMA: &[&str] = &[
    "
CREATE TABLE log (
    last INTEGER PRIMARY KEY,   -- sequence of the last event in it
    count INTEGER NOT NULL,     -- events in it
    at INTEGER NOT NULL,        -- when it was received, microseconds since the epoch
    body BLOB NOT NULL
) STRICT;
CREATE INDEX log_at ON log (at);
",
    // The tables stay; values of version 2, which a program from before cannot read.
    "",
];

/// Rows that one step of trimming deletes at most.
const TRIM_ROWS: usize = 2_000;
/// Time after a commit that failed until it is tried whether another would do.
const AGAIN: Duration = Duration::from_secs(5);

/// The log, by a connection of its own.
pub(crate) struct SqliteLog {
    log: Connection,
    records: Connection,
    last: u64,
    /// When the last append failed, if it did.
    failed: Option<Instant>,
}

impl SqliteLog {
    pub(super) fn open(place: &Place) -> Result<Self, StoreError> {
        let log = place.connect(Part::Log)?;
        let records = place.connect(Part::Records)?;
        let last: Option<i64> =
            log.query_row("SELECT max(last) FROM log", [], |row| row.get(0)).map_err(failed("reading the log"))?;
        // A trimmed log may be empty: the sequence goes on from what was made of it.
        let made: i64 = records
            .query_row(
                "SELECT max(coalesce((SELECT sequence FROM state), 0), coalesce((SELECT sequence FROM written), 0))",
                [],
                |row| row.get(0),
            )
            .map_err(failed("reading the state"))?;
        Ok(Self { log, records, last: last.unwrap_or(0).max(made).unsigned_abs(), failed: None })
    }
}

impl Log for SqliteLog {
    fn append(&mut self, events: &[Event]) -> Result<u64, StoreError> {
        let last = self.last + events.len() as u64;
        let body = packed::pack(events)?;
        self.log
            .prepare_cached("INSERT INTO log (last, count, at, body) VALUES (?, ?, ?, ?)")
            .and_then(|mut insert| {
                insert.execute(params![sql(last), sql(events.len() as u64), packed::received(events), body])
            })
            .inspect_err(|_| self.failed = Some(Instant::now()))
            .map_err(failed("writing the log"))?;
        self.last = last;
        self.failed = None;
        Ok(last)
    }

    /// Tries to write what is there already. A disk that is nearly full may take that, and not the next commit: so a
    /// while passes after each that it refused.
    fn check(&mut self) -> Option<Result<(), StoreError>> {
        if self.failed.is_some_and(|at| at.elapsed() < AGAIN) {
            return None;
        }
        let readable = self.log.prepare_cached("SELECT max(last) FROM log").map(drop);
        let written = readable.and_then(|()| self.log.pragma_update(None, "user_version", Part::Log.version()));
        Some(written.map_err(failed("looking whether the log can be written")))
    }

    fn read_after(&self, after: u64, each: &mut dyn FnMut(u64, Vec<Event>)) -> Result<(), StoreError> {
        let doing = "reading the log";
        let mut select =
            self.log.prepare("SELECT last, body FROM log WHERE last > ? ORDER BY last").map_err(failed(doing))?;
        let mut rows = select.query([sql(after)]).map_err(failed(doing))?;
        while let Some(row) = rows.next().map_err(failed(doing))? {
            let last = row.get::<_, i64>(0).map_err(failed(doing))?.unsigned_abs();
            let body = row.get_ref(1).and_then(|value| Ok(value.as_blob()?)).map_err(failed(doing))?;
            each(last, packed::unpack(body, last, after)?);
        }
        Ok(())
    }

    fn state(&self) -> Result<Option<StateSnapshot>, StoreError> {
        self.records
            .query_row("SELECT version, sequence, bytes FROM state", [], |row| {
                Ok(StateSnapshot {
                    version: row.get(0)?,
                    sequence: row.get::<_, i64>(1)?.unsigned_abs(),
                    bytes: row.get(2)?,
                })
            })
            .optional()
            .map_err(failed("reading the state"))
            .and_then(|state| state.map(packed::unpack_state).transpose())
    }
}

/// The log's other side, by connections of its own.
pub(crate) struct SqliteSnapshots {
    log: Connection,
    records: Connection,
}

impl SqliteSnapshots {
    pub(super) fn open(place: &Place) -> Result<Self, StoreError> {
        Ok(Self { log: place.connect(Part::Log)?, records: place.connect(Part::Records)? })
    }
}

impl Snapshots for SqliteSnapshots {
    fn save_state(&mut self, snapshot: &StateSnapshot) -> Result<(), StoreError> {
        let value = packed::pack_state(&snapshot.bytes);
        self.records
            .execute(
                "INSERT OR REPLACE INTO state (only, version, sequence, bytes) VALUES (1, ?, ?, ?)",
                params![snapshot.version, sql(snapshot.sequence), value],
            )
            .map_err(failed("writing the state"))?;
        Ok(())
    }

    fn trim_log(&mut self, before: DateTime<Utc>, keep_from: u64) -> Result<bool, StoreError> {
        let deleted = self
            .log
            .execute(
                "DELETE FROM log WHERE last IN (SELECT last FROM log WHERE at < ? AND last <= ? ORDER BY last LIMIT ?)",
                params![before.timestamp_micros(), sql(keep_from), sql(TRIM_ROWS as u64)],
            )
            .map_err(failed("trimming the log"))?;
        Ok(deleted >= TRIM_ROWS)
    }
}

/// A sequence or a count as SQLite has it.
pub(super) fn sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

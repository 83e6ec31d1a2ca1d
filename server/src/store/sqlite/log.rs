//! The log in SQLite: one row a commit.
//!
//! A row holds the events of one commit as one packed value, keyed by the sequence of its last event.
//! Format of the value, version 1: one byte `1`; the CRC-32 of the rest, little-endian; the length of
//! the unpacked bytes and an LZ4 block (`lz4_flex` with prepended size) of the MessagePack of the list
//! of events, structs as maps with field names, so that fields can be added.

use super::file::{Part, Place};
use super::{StoreError, failed};
use crate::store::{Log, StateSnapshot};
use forewatch::Event;
use rusqlite::{Connection, OptionalExtension, params};

pub(super) const SCHEMA: &[&str] = &["
CREATE TABLE log (
    last INTEGER PRIMARY KEY,   -- sequence of the last event in it
    count INTEGER NOT NULL,     -- events in it
    at INTEGER NOT NULL,        -- when it was received, microseconds since the epoch
    body BLOB NOT NULL
) STRICT;
CREATE INDEX log_at ON log (at);
"];

/// The version of a packed value.
const FORMAT: u8 = 1;

/// The log, by a connection of its own.
pub(crate) struct SqliteLog {
    log: Connection,
    records: Connection,
    last: u64,
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
        Ok(Self { log, records, last: last.unwrap_or(0).max(made).unsigned_abs() })
    }
}

impl Log for SqliteLog {
    fn append(&mut self, events: &[Event]) -> Result<u64, StoreError> {
        let last = self.last + events.len() as u64;
        let at = events.iter().map(|event| event.received_at.timestamp_micros()).max().unwrap_or(0);
        let body = pack(events)?;
        self.log
            .prepare_cached("INSERT INTO log (last, count, at, body) VALUES (?, ?, ?, ?)")
            .and_then(|mut insert| insert.execute(params![sql(last), sql(events.len() as u64), at, body]))
            .map_err(failed("writing the log"))?;
        self.last = last;
        Ok(last)
    }

    fn read_after(&self, after: u64, each: &mut dyn FnMut(u64, Vec<Event>)) -> Result<(), StoreError> {
        let doing = "reading the log";
        let mut select =
            self.log.prepare("SELECT last, body FROM log WHERE last > ? ORDER BY last").map_err(failed(doing))?;
        let mut rows = select.query([sql(after)]).map_err(failed(doing))?;
        while let Some(row) = rows.next().map_err(failed(doing))? {
            let last = row.get::<_, i64>(0).map_err(failed(doing))?.unsigned_abs();
            let mut events = unpack(row.get_ref(1).and_then(|v| Ok(v.as_blob()?)).map_err(failed(doing))?)
                .map_err(|reason| StoreError::Damaged(format!("entry {last} of the log {reason}")))?;
            // The first row may begin before what is asked for.
            let known = (after + events.len() as u64).saturating_sub(last);
            events.drain(..usize::try_from(known).unwrap_or(usize::MAX).min(events.len()));
            each(last, events);
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
            .and_then(|state| state.map(unpack_state).transpose())
    }

    fn written(&self) -> Result<u64, StoreError> {
        self.records
            .query_row("SELECT sequence FROM written", [], |row| row.get::<_, i64>(0))
            .optional()
            .map(|sequence| sequence.unwrap_or(0).unsigned_abs())
            .map_err(failed("reading how far the records are"))
    }
}

fn unpack_state(state: StateSnapshot) -> Result<StateSnapshot, StoreError> {
    let damaged = |reason| StoreError::Damaged(format!("the state snapshot {reason}"));
    Ok(StateSnapshot { bytes: open_value(&state.bytes).map_err(damaged)?, ..state })
}

/// A sequence or a count as SQLite has it.
pub(super) fn sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn pack(events: &[Event]) -> Result<Vec<u8>, StoreError> {
    let plain = rmp_serde::to_vec_named(events)
        .map_err(|error| StoreError::Damaged(format!("an event cannot be serialised: {error}")))?;
    Ok(close_value(&plain))
}

fn unpack(value: &[u8]) -> Result<Vec<Event>, String> {
    rmp_serde::from_slice(&open_value(value)?).map_err(|error| format!("does not hold events: {error}"))
}

/// Packs bytes into a value with format and checksum.
pub(super) fn close_value(plain: &[u8]) -> Vec<u8> {
    let packed = lz4_flex::compress_prepend_size(plain);
    let mut value = Vec::with_capacity(packed.len() + 5);
    value.push(FORMAT);
    value.extend_from_slice(&crc32fast::hash(&packed).to_le_bytes());
    value.extend_from_slice(&packed);
    value
}

/// Unpacks a value; says what is wrong with it.
fn open_value(value: &[u8]) -> Result<Vec<u8>, String> {
    let (head, packed) = value.split_at_checked(5).ok_or("is cut short")?;
    if head[0] != FORMAT {
        return Err(format!("has format {}, not {FORMAT}", head[0]));
    }
    if crc32fast::hash(packed).to_le_bytes() != head[1..] {
        return Err("has a wrong checksum".to_owned());
    }
    lz4_flex::decompress_size_prepended(packed).map_err(|error| format!("cannot be unpacked: {error}"))
}

#[cfg(test)]
mod tests {
    use super::{close_value, open_value};

    #[test]
    fn a_value_with_any_byte_changed_or_cut_off_is_an_error_and_never_other_bytes() {
        let plain: Vec<u8> = (0..400_u16).map(|n| (n % 7) as u8).collect();
        let value = close_value(&plain);
        assert_eq!(open_value(&value).as_deref(), Ok(&plain[..]));
        for place in 0..value.len() {
            assert!(open_value(&value[..place]).is_err(), "cut at {place}");
            let mut changed = value.clone();
            changed[place] ^= 0x10;
            assert!(open_value(&changed).is_err(), "changed at {place}");
        }
    }
}

//! The embedded store: four SQLite files.
//!
//! `NAME.db` holds the log, with full synchronisation: what is acknowledged is in it. `NAME.records.db`
//! beside it holds the state snapshot, the tasks and the alerts, and tallies of what ended, which outlive the tasks;
//! so slow work there never delays an acknowledgement. `NAME.history.db` holds the samples and their rollups,
//! `NAME.outbox.db` what people were told and what waits to be told. Each carries an application id and a version.

mod aside;
mod count;
mod file;
mod filter;
mod history;
mod kinship;
mod log;
mod outbox;
mod query;
mod queue_ids;
mod record;
mod records;
mod snapshot;
mod tallies;
mod tally_days;
mod tally_query;
mod tally_schema;
mod task_table;
mod tasks;
mod tiers;
mod trimmed;
mod version;

use super::StoreError;
pub(crate) use file::{Part, Place};
pub(crate) use history::SqliteHistoryReader;
pub(crate) use log::{SqliteLog, SqliteSnapshots};
pub(crate) use outbox::SqliteOutbox;
pub(crate) use query::SqliteRecords;
pub(crate) use records::SqliteProjection;
pub(crate) use snapshot::{Copied, copy};

/// The parts of an opened store.
pub(crate) struct Parts {
    /// The log's writer: for the collector.
    pub(crate) log: SqliteLog,
    /// The log's other side, and the records' writer: for the projector.
    pub(crate) snapshots: SqliteSnapshots,
    pub(crate) projection: SqliteProjection,
    /// For handlers.
    pub(crate) records: SqliteRecords,
    /// For the keeper of history.
    pub(crate) history: rusqlite::Connection,
    /// For queries.
    pub(crate) history_reader: SqliteHistoryReader,
    /// What people are told.
    pub(crate) outbox: SqliteOutbox,
}

/// Opens or makes a store at `place`.
pub(crate) fn open(place: &Place) -> Result<Parts, StoreError> {
    place.prepare()?;
    place.check()?;
    Ok(Parts {
        log: SqliteLog::open(place)?,
        snapshots: SqliteSnapshots::open(place)?,
        projection: SqliteProjection::open(place)?,
        records: SqliteRecords::open(place)?,
        history: history::open(place)?,
        history_reader: SqliteHistoryReader::open(place)?,
        outbox: SqliteOutbox::open(place)?,
    })
}

/// Opens a store that is there for reading alone, also while a server uses it.
pub(crate) fn open_to_read(place: &Place) -> Result<(SqliteRecords, SqliteHistoryReader), StoreError> {
    place.check_whole()?;
    Ok((SqliteRecords::open(place)?, SqliteHistoryReader::open(place)?))
}

/// Opens or makes the records and the outbox alone, for a log and a history that lie elsewhere.
pub(crate) fn open_records(place: &Place) -> Result<(SqliteProjection, SqliteRecords, SqliteOutbox), StoreError> {
    place.prepare()?;
    place.check()?;
    Ok((SqliteProjection::open(place)?, SqliteRecords::open(place)?, SqliteOutbox::open(place)?))
}

/// Opens or makes the outbox alone.
#[cfg(test)]
pub(crate) fn open_outbox(place: &Place) -> Result<SqliteOutbox, StoreError> {
    SqliteOutbox::open(place)
}

/// Says what was being done when the database said no.
fn failed(doing: &'static str) -> impl FnOnce(rusqlite::Error) -> StoreError {
    move |source| StoreError::Database { doing, source }
}

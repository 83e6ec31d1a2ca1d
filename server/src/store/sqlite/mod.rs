//! The embedded store: two SQLite files.
//!
//! `NAME.db` holds the log, with full synchronisation: what is acknowledged is in it. `NAME.records.db`
//! beside it holds the state snapshot, the tasks and the alerts, which can be made again from the log;
//! so slow work there never delays an acknowledgement. Both carry an application id and a version.

mod file;
mod log;
mod query;
mod records;

use super::StoreError;
pub(crate) use file::Place;
pub(crate) use log::SqliteLog;
pub(crate) use query::SqliteRecords;
pub(crate) use records::SqliteProjection;

/// The parts of an opened store.
pub(crate) struct Parts {
    /// The log's writer: for the collector.
    pub(crate) log: SqliteLog,
    /// A second reader of the log: for filling the recent past beside the server.
    pub(crate) past: SqliteLog,
    /// For the projector.
    pub(crate) projection: SqliteProjection,
    /// For handlers.
    pub(crate) records: SqliteRecords,
}

/// Opens or makes a store at `place`.
pub(crate) fn open(place: &Place) -> Result<Parts, StoreError> {
    place.prepare()?;
    Ok(Parts {
        log: SqliteLog::open(place)?,
        past: SqliteLog::open(place)?,
        projection: SqliteProjection::open(place)?,
        records: SqliteRecords::open(place)?,
    })
}

/// Says what was being done when the database said no.
fn failed(doing: &'static str) -> impl FnOnce(rusqlite::Error) -> StoreError {
    move |source| StoreError::Database { doing, source }
}

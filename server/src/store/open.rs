//! Opens the store that the configuration names.

use super::health::Health;
use super::sqlite::{self, Parts, Place, SqliteOutbox};
use super::watched::Watched;
use super::{HistoryReader, HistoryWriter, Log, Projection, Records, Snapshots, StoreError, redis};
use crate::config::{self, StoreUrl};
use crate::history::Kept;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The parts of an opened store.
pub(crate) struct Store {
    /// For the collector.
    pub(crate) log: Box<dyn Log>,
    /// For the projector.
    pub(crate) snapshots: Box<dyn Snapshots>,
    /// For the projector.
    pub(crate) projection: Box<dyn Projection>,
    /// For handlers.
    pub(crate) records: Arc<dyn Records>,
    /// For the keeper of history.
    pub(crate) history: Box<dyn HistoryWriter>,
    /// For queries.
    pub(crate) history_reader: Box<dyn HistoryReader>,
    /// The folder beside it for reports that are kept; it may not be there yet.
    pub(crate) reports: PathBuf,
    /// For telling people.
    pub(crate) outbox: Arc<SqliteOutbox>,
    /// How it fares.
    pub(crate) health: Arc<Health>,
}

/// Opens or makes the store. What it has to keep on this machine, though it lies elsewhere, is in `folder`. History is
/// kept as long as `kept` says.
pub(crate) fn open(store: &config::Store, folder: &Path, kept: Kept) -> Result<Store, StoreError> {
    let store = match &store.url {
        Some(StoreUrl::Redis(address)) => redis::open(address, store, folder, kept),
        Some(StoreUrl::Sqlite(path)) => embedded(&Place::file(path.clone())),
        Some(StoreUrl::Memory) | None => embedded(&Place::temporary()?),
    }?;
    Ok(watched(store))
}

/// Lets the parts that are written tell how that fares.
fn watched(store: Store) -> Store {
    let health = store.health.clone();
    Store {
        log: Box::new(Watched::new(&health, store.log)),
        projection: Box::new(Watched::new(&health, store.projection)),
        history: Box::new(Watched::new(&health, store.history)),
        ..store
    }
}

fn embedded(place: &Place) -> Result<Store, StoreError> {
    let Parts { log, snapshots, projection, records, history, history_reader, outbox } = sqlite::open(place)?;
    Ok(Store {
        log: Box::new(log),
        snapshots: Box::new(snapshots),
        projection: Box::new(projection),
        records: Arc::new(records),
        history: Box::new(history),
        history_reader: Box::new(history_reader),
        reports: place.reports(),
        outbox: Arc::new(outbox),
        health: Arc::default(),
    })
}

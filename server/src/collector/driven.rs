//! A server without its clock, for tests: the real store, collector, history and records, and time that is an argument.

use super::{Collector, Message};
use crate::config::{Config, StoreUrl};
use crate::site::Site;
use crate::startup::assemble;
use crate::state::AppState;
use chrono::{DateTime, Utc};
use forewatch::Event;
use tempfile::TempDir;
use tokio::sync::mpsc;

/// The server, and the collector whose time the test moves on.
pub(crate) struct Driven {
    pub(crate) state: AppState,
    collector: Collector,
    _inbox: mpsc::Receiver<Message>,
}

impl Driven {
    /// A server over the store in `folder`, started at `now`.
    pub(crate) fn start(folder: &TempDir, config: &str, now: DateTime<Utc>) -> Self {
        let mut config: Config = toml::from_str(config).expect("the configuration can be read");
        config.store.url = Some(StoreUrl::Sqlite(folder.path().join("forewatch.db")));
        let (state, collector, inbox) = assemble(config, Site::empty(), now).expect("the store opens");
        Self { state, collector, _inbox: inbox }
    }

    /// Takes events in, then lets time pass until `now`.
    pub(crate) fn step(&mut self, events: &[Event], now: DateTime<Utc>) {
        self.collector.write(events).expect("the log takes them");
        self.collector.tick(now);
    }

    /// Brings what history has in memory to the store, where its keeper makes the rest of it.
    pub(crate) fn flush(&mut self) {
        self.collector.snapshot();
    }

    /// Brings everything to the store, and leaves the server without a collector.
    pub(crate) fn settle(self) -> AppState {
        self.collector.finish();
        self.state
    }
}

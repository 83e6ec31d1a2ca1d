//! What request handlers may use: the published fleet, the way in, the records, the recent past, the
//! live hub and the configuration. Cloning it is cheap.

use crate::alerts::Rule;
use crate::auth::Auth;
use crate::collector::{Fleet, Intake};
use crate::config::Config;
use crate::history::History;
use crate::ingest::Observed;
use crate::ingest::celery::Commanders;
use crate::live::Hub;
use crate::notify::Notifier;
use crate::report::Archive;
use crate::site::Site;
use crate::stats::{Kept, Past};
use crate::store::{Health, Records};
use crate::telemetry::Counters;
use crate::why::NewestLimits;
use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use std::sync::{Arc, OnceLock};

/// Shared by every handler.
#[derive(Clone)]
pub(crate) struct AppState {
    pub(crate) config: Arc<Config>,
    /// The alert rules, causes before their symptoms.
    pub(crate) rules: Arc<Vec<Rule>>,
    /// The fleet as of the last tick; readers never wait for the writer.
    pub(crate) fleet: Arc<ArcSwap<Fleet>>,
    /// The way in for events and for people's commands.
    pub(crate) intake: Intake,
    /// Tasks and alerts of any age.
    pub(crate) records: Arc<dyn Records>,
    /// The past of every metric.
    pub(crate) history: Arc<History>,
    /// Reports that the schedule made.
    pub(crate) reports: Arc<Archive>,
    pub(crate) hub: Arc<Hub>,
    /// What holds the queues back.
    pub(crate) limits: Arc<NewestLimits>,
    pub(crate) auth: Arc<Auth>,
    /// What Forewatch counts of its own workings.
    pub(crate) counters: Arc<Counters>,
    /// Whether the store can be written.
    pub(crate) health: Arc<Health>,
    /// What the observed brokers brought; set when they are started.
    pub(crate) observed: Arc<OnceLock<Observed>>,
    /// Those who ask the workers of Celery applications.
    pub(crate) commanders: Arc<Commanders>,
    /// The channels by which people are told.
    pub(crate) notifier: Arc<Notifier>,
    /// The built site.
    pub(crate) site: Arc<Site>,
}

impl AppState {
    /// Asks records and history together, as of `now`: `work` is told how long they are kept. Blocks while it works.
    pub(crate) fn with_past<T>(&self, now: DateTime<Utc>, work: impl FnOnce(&dyn Records, &Past<'_>, Kept) -> T) -> T {
        let kept = Kept::of(&self.config.retention);
        let every = self.config.server.tick.as_secs_f64().max(1.0);
        let ask = |query: &_| self.history.answer(query);
        work(&*self.records, &Past { ask: &ask, hours_since: (now - kept.hours).timestamp(), every }, kept)
    }
}

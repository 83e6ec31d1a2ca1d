//! What request handlers may use: the published fleet, the way in, the records, the recent past, the
//! live hub and the configuration. Cloning it is cheap.

use crate::auth::Auth;
use crate::collector::{Fleet, Intake};
use crate::config::Config;
use crate::history::History;
use crate::ingest::Observed;
use crate::live::Hub;
use crate::site::Site;
use crate::store::Records;
use crate::telemetry::Counters;
use arc_swap::ArcSwap;
use std::sync::{Arc, OnceLock};

/// Shared by every handler.
#[derive(Clone)]
pub(crate) struct AppState {
    pub(crate) config: Arc<Config>,
    /// The fleet as of the last tick; readers never wait for the writer.
    pub(crate) fleet: Arc<ArcSwap<Fleet>>,
    /// The way in for events and for people's commands.
    pub(crate) intake: Intake,
    /// Tasks and alerts of any age.
    pub(crate) records: Arc<dyn Records>,
    /// The past of every metric.
    pub(crate) history: Arc<History>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) auth: Arc<Auth>,
    /// What Forewatch counts of its own workings.
    pub(crate) counters: Arc<Counters>,
    /// What the observed brokers brought; set when they are started.
    pub(crate) observed: Arc<OnceLock<Observed>>,
    /// The built site.
    pub(crate) site: Arc<Site>,
}

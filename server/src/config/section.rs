//! The sections of the configuration file, with their defaults. Names are fixed: scripts depend on them.

use super::bounds::{Limits, Thresholds};
use super::classes::Classes;
use super::duration::duration;
use super::{
    CelerySource, LinkText, Network, Notify, ObjectiveText, RemoteWrite, RuleText, ScheduledReport, Secret,
    SilenceText, StoreUrl,
};
use forewatch::{QueueClass, WorkerCapability};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// The whole configuration.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) server: Server,
    pub(crate) auth: Auth,
    pub(crate) store: Store,
    pub(crate) retention: Retention,
    pub(crate) collector: Collector,
    pub(crate) thresholds: Thresholds,
    pub(crate) celery: Vec<CelerySource>,
    pub(crate) report: Vec<ScheduledReport>,
    pub(crate) remote_write: Vec<RemoteWrite>,
    pub(crate) queue_class: Classes<QueueClass>,
    pub(crate) worker_class: Classes<WorkerCapability>,
    pub(crate) limits: Limits,
    pub(crate) link: Vec<LinkText>,
    pub(crate) rule: Vec<RuleText>,
    pub(crate) objective: Vec<ObjectiveText>,
    pub(crate) silence: Vec<SilenceText>,
    pub(crate) notify: Vec<Notify>,
}

/// Where the server listens and how people reach it.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Server {
    /// Port 0 means: any free one.
    pub(crate) listen: SocketAddr,
    /// The address in people's browsers, such as `https://forewatch.example`; by default the listen address.
    pub(crate) public_url: Option<String>,
    /// How often changes are published to browsers.
    #[serde(deserialize_with = "duration")]
    pub(crate) tick: Duration,
    /// The folder of the built site; the one in the binary when absent.
    pub(crate) site_root: Option<PathBuf>,
    /// Report this host as a worker from within the server.
    pub(crate) local_agent: bool,
    /// Proxies in front: `X-Forwarded-For` is believed from these, and from nobody else.
    pub(crate) trusted_proxies: Vec<Network>,
    /// What to log: a level, or a filter.
    pub(crate) log: String,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8790)),
            public_url: None,
            tick: Duration::from_millis(250),
            site_root: None,
            local_agent: false,
            trusted_proxies: Vec::new(),
            log: "info".to_owned(),
        }
    }
}

/// Who may do what.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Auth {
    pub(crate) mode: AuthMode,
    /// What workers send as `Authorization: Bearer`; in mode `shared`.
    pub(crate) ingest_token: Option<Secret>,
    /// What people sign in with; in mode `shared`.
    pub(crate) password: Option<Secret>,
}

/// How people and workers are told apart from strangers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AuthMode {
    /// Everyone on this machine is the operator; only on a loopback address.
    #[default]
    None,
    /// One token for workers, one password for people, and a name.
    Shared,
}

/// Where things are kept.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Store {
    /// `sqlite:PATH`, `memory:`, `redis://…`, `redis+cluster://…` or `redis+sentinel://…`; by default a file under the
    /// platform's data directory.
    pub(crate) url: Option<StoreUrl>,
    /// What all keys in Redis begin with.
    pub(crate) key_prefix: String,
    /// A file (PEM) with the authorities that vouch for the Redis of a `rediss:` URL; by default those of the system.
    pub(crate) tls_ca: Option<PathBuf>,
    /// Files (PEM) with the certificate that this server shows such a Redis, and its key; by default it shows none.
    pub(crate) tls_cert: Option<PathBuf>,
    pub(crate) tls_key: Option<PathBuf>,
}

impl Default for Store {
    fn default() -> Self {
        Self { url: None, key_prefix: "forewatch".to_owned(), tls_ca: None, tls_cert: None, tls_key: None }
    }
}

macro_rules! durations {
    ($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident = $seconds:expr),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub(crate) struct $name {
            $($(#[$fdoc])* #[serde(deserialize_with = "duration")] pub(crate) $field: Duration,)+
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: Duration::from_secs($seconds),)+ }
            }
        }
    };
}

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

durations! {
    /// How long things are kept.
    Retention {
        /// Events, as they came in.
        log = 48 * HOUR,
        /// Samples, as they came in; also how old an event may be when it comes in.
        samples = DAY,
        /// Rollups of a minute.
        minutes = 7 * DAY,
        /// Rollups of an hour.
        hours = 90 * DAY,
        /// Rollups of a day.
        days = 730 * DAY,
        /// Tasks after they ended.
        tasks = 7 * DAY,
        /// Alerts after they are resolved.
        alerts = 30 * DAY,
    }
}

durations! {
    /// How the fleet's state is kept.
    Collector {
        /// Seconds between the readings of `--local-agent`.
        interval = 10,
        /// What averages and rates are over.
        window = HOUR,
        /// Silence after which a worker that declares no interval counts as offline.
        health_limit = 60,
    }
}

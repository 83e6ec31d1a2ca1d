//! The sections of the configuration file, with their defaults. Names are fixed: scripts depend on them.

use super::CelerySource;
use forewatch::{QueueClass, WorkerCapability};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
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
    pub(crate) queue_class: BTreeMap<String, QueueClass>,
    pub(crate) worker_class: BTreeMap<String, WorkerCapability>,
    pub(crate) limits: Limits,
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
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8790)),
            public_url: None,
            tick: Duration::from_millis(250),
            site_root: None,
            local_agent: false,
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

/// A secret: `env:NAME`, `file:PATH`, or nothing else, so that none stands in a configuration file. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself: for comparing and deriving keys, never for printing.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        super::check::secret(&text).map(Self).map_err(serde::de::Error::custom)
    }
}

/// Where things are kept.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Store {
    /// `sqlite:PATH` or `memory:`; by default a file under the platform's data directory.
    pub(crate) url: Option<StoreUrl>,
}

/// A store's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StoreUrl {
    /// The file of the log; the records lie beside it.
    Sqlite(PathBuf),
    /// Nothing is kept.
    Memory,
}

impl std::str::FromStr for StoreUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "memory:" {
            return Ok(Self::Memory);
        }
        match text.strip_prefix("sqlite:") {
            Some(path) if !path.is_empty() => Ok(Self::Sqlite(PathBuf::from(path))),
            _ => Err(format!("\"{text}\" is not a store: use sqlite:PATH or memory:")),
        }
    }
}

impl<'de> Deserialize<'de> for StoreUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
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

/// The thresholds of the rules that come with Forewatch.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Thresholds {
    #[serde(deserialize_with = "duration")]
    pub(crate) worker_offline: Duration,
    pub(crate) queue_size: u64,
    pub(crate) error_rate: f64,
    pub(crate) cpu_usage: f64,
    pub(crate) memory_usage: f64,
    pub(crate) gpu_usage: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            worker_offline: Duration::from_mins(5),
            queue_size: 100,
            error_rate: 0.10,
            cpu_usage: 0.90,
            memory_usage: 0.90,
            gpu_usage: 0.95,
        }
    }
}

macro_rules! limits {
    ($($(#[$doc:meta])* $field:ident = $default:expr),+ $(,)?) => {
        /// Bounds on what comes in. What is over one is refused and counted.
        #[derive(Debug, Clone, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub(crate) struct Limits {
            $($(#[$doc])* pub(crate) $field: usize,)+
        }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($field: $default,)+ }
            }
        }
    };
}

limits! {
    /// Bytes of one request.
    body_bytes = 8 * 1024 * 1024,
    /// Events of one request.
    events = 10_000,
    /// Workers in all.
    workers = 10_000,
    /// GPUs a worker.
    gpus_per_worker = 128,
    /// Series a worker.
    series_per_worker = 4_096,
    /// Series in all.
    series = 1_000_000,
    /// Queues in all.
    queues = 10_000,
    /// Different task names.
    task_names = 10_000,
    /// Ended tasks kept in memory; all are in the store.
    tasks_in_memory = 50_000,
    /// Tasks that have not ended and are kept in memory; those heard of longest ago are given up.
    open_tasks = 200_000,
    /// Live sockets in all.
    sockets = 10_000,
    /// Topics a live socket follows.
    subscriptions = 64,
}

/// Reads `250ms`, `10s`, `5m`, `48h`, `7d`, `2y`.
fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    super::check::duration(&text).map_err(serde::de::Error::custom)
}

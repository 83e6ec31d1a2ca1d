//! Start and stop: build everything, know the port, run until stopped.

use crate::alerts::{Engine, rule_book};
use crate::auth::Auth;
use crate::cli::Serve;
use crate::collector::{
    self, Changes, Collector, Fleet, Journal, Outputs, Past, Projector, Recovered, Retention, Running, Settings,
};
use crate::config::{self, AuthMode, Config};
use crate::history::{self, History};
use crate::live::Hub;
use crate::notify::Notifier;
use crate::state::AppState;
use crate::store::{self, KeptTallies};
use crate::telemetry::{self, Counters};
use crate::{api, descriptors, ingest, pages, remote_write, report, signal, site};
use anyhow::Context as _;
use arc_swap::ArcSwap;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Time for open requests to end after a signal to stop.
const GRACE: Duration = Duration::from_secs(5);

/// Time for all sources together to take away what they have in their brokers.
const SOURCES_GRACE: Duration = Duration::from_secs(2);

/// Samples that wait in memory while the store does not take them, at most; beyond, they are refused and counted.
const SAMPLES_IN_MEMORY: usize = 20_000_000;

/// Why the server does not run.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The command line or the configuration is wrong: exit code 2.
    #[error("{0}")]
    Usage(String),
    /// Anything else: exit code 1.
    #[error("{0:#}")]
    Other(#[from] anyhow::Error),
}

/// `forewatch check-config FILE`.
pub fn check_config(file: &Path) -> Result<(), StartError> {
    config::load(&Serve::of_file(file.to_owned())).map_err(|error| StartError::Usage(error.to_string()))?;
    say(&format!("{} is fine", file.display()));
    Ok(())
}

/// Answers on stdout, where nothing else goes; a reader that has gone away is no error.
pub(crate) fn say(line: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
}

/// `forewatch serve`: runs until SIGINT or SIGTERM, with the dashboard that is built into the program if one is.
pub fn serve(options: &Serve, built_in: Option<fn() -> site::Files>) -> Result<(), StartError> {
    let config = config::load(options).map_err(|error| StartError::Usage(error.to_string()))?;
    telemetry::start(&config.server.log).map_err(StartError::Usage)?;
    descriptors::raise(config.limits.sockets);
    let runtime = tokio::runtime::Runtime::new().context("starting the runtime")?;
    let served = runtime.block_on(async {
        let server = Server::build(config, built_in).await?;
        say(&format!("forewatch is ready on {}", server.url()));
        let stop = server.stop_token();
        tokio::spawn(async move {
            signal::to_stop().await;
            tracing::info!("stopping; a second signal ends at once");
            stop.cancel();
            signal::to_stop().await;
            std::process::exit(1);
        });
        server.run().await
    });
    // Threads that still read a slow source are not waited for.
    runtime.shutdown_timeout(Duration::from_secs(1));
    Ok(served?)
}

/// A server that is built and listens, and does not run yet.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    public_url: String,
    state: AppState,
    collector: Running,
    sources: Vec<tokio::task::JoinHandle<()>>,
    receivers: Vec<tokio::task::JoinHandle<()>>,
    stop: CancellationToken,
}

impl Server {
    /// Builds everything from a configuration: opens the store, recovers the state, binds the port.
    pub(crate) async fn build(mut config: Config, built_in: Option<fn() -> site::Files>) -> anyhow::Result<Self> {
        let site = site::Site::open(config.server.site_root.as_deref(), built_in)?;
        let listener = TcpListener::bind(config.server.listen).await.with_context(|| {
            format!(
                "{} cannot be listened on: is another program there? Choose another with --listen",
                config.server.listen
            )
        })?;
        let address = listener.local_addr().context("reading the address that is listened on")?;
        config.server.listen = address;
        let public_url = config.server.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
        config.server.public_url = Some(public_url.clone());
        if config.auth.mode == AuthMode::Shared && !public_url.starts_with("https://") && !address.ip().is_loopback() {
            tracing::warn!("server.public_url is not https: passwords and tokens cross the network in clear text");
        }
        let stop = CancellationToken::new();
        let tick = config.server.tick;
        let (state, collector, inbox) = assemble(config, site, collector::clock())?;
        let receivers = remote_write::start(&state, &stop)?;
        let collector = Running::start(collector, inbox, tick)?;
        let mut sources = ingest::start(&state, &stop)?;
        sources.extend(report::start(&state, &stop));
        sources.extend(state.notifier.start(&state.fleet, &stop));
        Ok(Self { listener, address, public_url, state, collector, sources, receivers, stop })
    }

    /// The address under which it is reached.
    pub fn url(&self) -> &str {
        &self.public_url
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Cancel it to stop the server.
    pub fn stop_token(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Serves until it is stopped; then lets open requests end, and writes everything.
    pub async fn run(self) -> anyhow::Result<()> {
        let Self { listener, state, collector, sources, receivers, stop, .. } = self;
        let router = pages::mount(api::router(state.clone(), &stop), &state);
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let stopped = stop.clone();
        let serving = tokio::spawn(async move {
            axum::serve(listener, service).with_graceful_shutdown(stopped.cancelled_owned()).await
        });
        let ran = collector.until(&stop).await;
        stop.cancel();
        // Live sockets close themselves; a request that hangs is not waited for.
        if let Ok(Ok(Err(error))) = tokio::time::timeout(GRACE, serving).await {
            tracing::error!(%error, "serving ended with an error");
        }
        // What they leave in a broker expires by itself.
        let _ = tokio::time::timeout(SOURCES_GRACE, join_all(sources)).await;
        state.intake.stop().await;
        let joined = collector.join().await;
        // The last samples are handed over once.
        let _ = tokio::time::timeout(GRACE, join_all(receivers)).await;
        ran.and(joined)?;
        tracing::info!("stopped");
        Ok(())
    }
}

/// Opens the store and recovers the state, at the time `started_at`. The collector does not run yet.
pub(crate) fn assemble(
    config: Config,
    site: site::Site,
    started_at: DateTime<Utc>,
) -> anyhow::Result<(AppState, Collector, mpsc::Receiver<collector::Message>)> {
    let lasts = history_kept(&config.retention);
    let mut parts = store::open(&config.store, &Serve::data_dir(), lasts)?;
    let settings = Settings::of(&config);
    let history = Arc::new(History::start(parts.history, parts.history_reader, limits(&config), lasts)?);
    let written = parts.projection.written()?;
    let Recovered { mut fleet, mut changes, kept } =
        collector::recover(&*parts.log, written, &settings, &history, started_at)?;
    if fleet.sequence == 0 {
        fleet.observed_since = started_at;
    }
    collector::forget_gone(&mut fleet, &mut changes, &mut *parts.log, &settings, &config.celery, started_at)?;
    collector::adopt(&mut fleet, &mut changes, &mut *parts.log, &settings, &*parts.records, started_at)?;
    let book = rule_book(&config).map_err(|mistakes| anyhow::anyhow!(config::Mistakes(mistakes).to_string()))?;
    let rules = Arc::new(book.rules);
    let engine = Engine::new(rules.clone(), book.windows, started_at);
    let counters = Arc::new(Counters::default());
    let health = parts.health;
    let epoch: Arc<str> = ulid::Ulid::new().to_string().into();
    let shared = Arc::new(fleet.clone());
    let hub = Arc::new(Hub::new(epoch.clone(), shared.clone(), counters.clone()));
    let published = Arc::new(ArcSwap::new(shared));
    let (intake, inbox) = collector::queue();
    let retention = retention(&config);
    let auth = Auth::open(&config)?;
    let mut projector =
        Projector::start(parts.snapshots, parts.projection, retention).context("starting the projector")?;
    projector.catch_up(&fleet, &changes);
    if fleet.sequence != kept {
        // A crash that follows soon does not replay the same again.
        projector.snapshot(fleet.clone(), history.flush());
    }
    let reports = Arc::new(report::Archive::open(parts.reports)?);
    let notifier = Notifier::begin(&config, parts.outbox, reports.clone(), health.clone(), &fleet, started_at)?;
    let outputs = Outputs {
        published: published.clone(),
        hub: hub.clone(),
        history: history.clone(),
        projector,
        counters: counters.clone(),
        health: health.clone(),
    };
    let past = Past::start(parts.records.clone()).context("starting to read which tasks there are")?;
    let collector = collector_of(&config, fleet, engine, parts.log, outputs, past, started_at);
    let commanders = ingest::celery::commanders(&config.celery, &intake, &published)?;
    let state = AppState {
        config: Arc::new(config),
        rules,
        fleet: published,
        intake,
        records: parts.records,
        reports,
        history,
        hub,
        limits: Arc::default(),
        auth: Arc::new(auth),
        counters,
        health,
        observed: Arc::default(),
        commanders: Arc::new(commanders),
        notifier,
        site: Arc::new(site),
    };
    Ok((state, collector, inbox))
}

fn collector_of(
    config: &Config,
    fleet: Fleet,
    engine: Engine,
    log: Box<dyn store::Log>,
    outputs: Outputs,
    past: Past,
    started_at: DateTime<Utc>,
) -> Collector {
    let lost_after = TimeDelta::from_std(config.thresholds.worker_offline).unwrap_or(TimeDelta::MAX);
    let (settings, presence) = (Settings::of(config), collector::Presence::starting(started_at));
    let (journal, changes) = (Journal::of(log), Changes::default());
    Collector { fleet, settings, engine, journal, outputs, changes, lost_after, presence, past }
}

/// How much history takes in.
fn limits(config: &Config) -> history::Limits {
    history::Limits {
        series_per_subject: config.limits.series_per_worker,
        series: config.limits.series,
        samples: SAMPLES_IN_MEMORY,
    }
}

/// How long history keeps each tier.
pub(crate) fn history_kept(retention: &config::Retention) -> history::Kept {
    history::Kept {
        samples: delta(retention.samples),
        minutes: delta(retention.minutes),
        hours: delta(retention.hours),
        days: delta(retention.days),
    }
}

fn retention(config: &Config) -> Retention {
    Retention {
        log: delta(config.retention.log),
        tasks: delta(config.retention.tasks),
        alerts: delta(config.retention.alerts),
        tallies: KeptTallies { hours: delta(config.retention.hours), days: delta(config.retention.days) },
    }
}

fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}

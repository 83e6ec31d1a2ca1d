//! Keeps a server informed about this host: registers, beats, and lives through the server being away.
//!
//! The host is read at its interval whatever the server does. `delivery` decides what goes out and what is kept,
//! `courier` brings it, `spool` keeps on disk what could not be sent, `link` knows whether the server can be reached
//! and when to try again. Full spool: the oldest goes and is counted. A heartbeat that the server refuses for what
//! is in it is counted and not kept: it would be refused again.

mod courier;
mod delivery;
mod link;
pub mod spool;

use crate::client::{Server, Token};
use crate::probe::{Probe, Settings};
use chrono::Utc;
use delivery::Delivery;
use spool::Spool;
use std::{path::PathBuf, time::Duration};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// What the agent needs to know.
pub struct Options {
    /// The server's address.
    pub server: String,
    /// The ingest token.
    pub token: Token,
    /// A server that does not answer a request within this is away.
    pub timeout: Duration,
    /// What is read, how often, and under which name.
    pub probe: Settings,
    /// Folder for what could not be sent.
    pub spool: PathBuf,
    /// Bytes that may wait there.
    pub spool_limit: u64,
}

/// Reports until `stop`. Fails only at the start, by what is wrong with the options.
pub async fn run(options: Options, stop: CancellationToken) -> anyhow::Result<()> {
    let server = Server::new(&options.server, options.token, options.timeout)?;
    let spool = Spool::open(&options.spool, options.spool_limit)?;
    let interval = options.probe.interval;
    let mut probe = tokio::task::spawn_blocking(move || Probe::start(options.probe)).await?;
    tracing::info!(server = server.address(), worker = %probe.worker_id(), ?interval, "reports this host");
    let mut delivery = Delivery::new(server, spool);
    let mut readings = 0_u64;
    let mut ticks = tokio::time::interval(interval);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            _ = ticks.tick() => {
                let (back, reading, at) = tokio::task::spawn_blocking(move || {
                    let at = Utc::now();
                    let reading = probe.read();
                    (probe, reading, at)
                })
                .await?;
                probe = back;
                readings += 1;
                if readings == 2 {
                    // The first one has no loads yet.
                    tell_missing(&probe);
                }
                let mut heartbeat = probe.heartbeat(reading, at);
                if let Some(host) = &mut heartbeat.host {
                    host.network_latency = delivery.latency();
                }
                delivery.take(heartbeat);
            }
            step = delivery.step(|| probe.registration()) => step?,
        }
    }
    Ok(delivery.finish().await?)
}

fn tell_missing(probe: &Probe) {
    for missing in probe.missing() {
        tracing::info!(gpu = missing.gpu, reading = missing.reading, reason = %missing.reason, "not read on this host");
    }
}

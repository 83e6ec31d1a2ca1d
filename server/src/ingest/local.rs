//! This host as a worker, from within the server: `--local-agent`. The probe blocks, so it has a
//! thread of its own, which ends with the server.

use crate::collector::{Intake, clock};
use crate::state::AppState;
use anyhow::Context as _;
use forewatch::{Event, EventBody, Registration, SourceName};
use forewatch_agent::probe::{Probe, Settings};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// How soon the thread notices that the server stops.
const NOTICE: Duration = Duration::from_millis(200);

/// Starts reading this host.
pub(super) fn start(state: &AppState, stop: CancellationToken) -> anyhow::Result<()> {
    let (intake, interval) = (state.intake.clone(), state.config.collector.interval);
    let runtime = tokio::runtime::Handle::current();
    std::thread::Builder::new()
        .name("local-agent".to_owned())
        .spawn(move || read(&intake, interval, &runtime, &stop))
        .context("starting the local agent")?;
    Ok(())
}

fn read(intake: &Intake, interval: Duration, runtime: &tokio::runtime::Handle, stop: &CancellationToken) {
    let mut probe = Probe::start(Settings { interval, ..Settings::default() });
    let mut registered: Option<Registration> = None;
    while !stop.is_cancelled() {
        let begun = Instant::now();
        let reading = probe.read();
        let now = clock();
        let mut bodies = Vec::new();
        let registration = probe.registration();
        if registered.as_ref() != Some(&registration) {
            bodies.push(EventBody::WorkerRegistered(Box::new(registration.clone())));
            registered = Some(registration);
        }
        bodies.push(EventBody::WorkerHeartbeat(Box::new(probe.heartbeat(reading, now))));
        let source = SourceName::new("agent").expect("the word is a valid name");
        let events = bodies
            .into_iter()
            .map(|body| Event { event_id: None, source: source.clone(), at: now, received_at: now, body })
            .collect();
        if let Err(refused) = runtime.block_on(intake.submit_when_free(events)) {
            tracing::warn!(error = %refused.error, "a reading of this host was not taken");
            registered = None;
        }
        while begun.elapsed() < interval && !stop.is_cancelled() {
            std::thread::sleep(NOTICE.min(interval));
        }
    }
}

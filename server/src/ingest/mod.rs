//! The ways in: HTTP, Celery brokers, and this host itself.

pub(crate) mod celery;
pub(crate) mod http;
mod local;

use crate::state::AppState;
use celery::Counts;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// What the observed brokers brought and what not, by the source's name.
pub(crate) type Observed = BTreeMap<String, Arc<Counts>>;

/// Starts the sources that Forewatch goes to by itself: brokers, and the local agent when it is wanted.
/// Answers with what ends after `stop`, once nothing of ours is left in a broker.
pub(crate) fn start(state: &AppState, stop: &CancellationToken) -> anyhow::Result<Vec<JoinHandle<()>>> {
    let mut counts = Observed::new();
    let mut ends = Vec::new();
    for source in &state.config.celery {
        let commander = state.commanders.get(&*source.source_name()).cloned();
        let observed = celery::start(source, &state.fleet, state.intake.clone(), commander, stop.clone())?;
        counts.insert(source.name.clone(), observed.counts);
        ends.push(observed.task);
    }
    // Set once, here: the cell is empty before.
    let _ = state.observed.set(counts);
    if state.config.server.local_agent {
        local::start(state, stop.clone())?;
    }
    Ok(ends)
}

//! Start-up: the state from its newest snapshot and the log after it, and the samples that the log gives again.

use super::fleet::{FLEET_VERSION, Fleet};
use super::settings::Settings;
use super::{Changes, apply, names, objective, task};
use crate::history::History;
use crate::store::{Log, StoreError};
use chrono::{DateTime, TimeDelta, Utc};

/// What the store gives at the start.
pub(crate) struct Recovered {
    /// The fleet as of the last event in the log.
    pub(crate) fleet: Fleet,
    /// What changed and may not be in the records.
    pub(crate) changes: Changes,
    /// The last event of the snapshot that it began from.
    pub(crate) kept: u64,
}

/// Reads the newest snapshot and applies the log after it. The records are `written` up to that event. A new store's time
/// begins at `started_at`.
pub(crate) fn recover(
    log: &dyn Log,
    written: u64,
    settings: &Settings,
    history: &History,
    started_at: DateTime<Utc>,
) -> Result<Recovered, StoreError> {
    let mut fleet = match log.state()? {
        Some(snapshot) if snapshot.version == FLEET_VERSION => rmp_serde::from_slice(&snapshot.bytes)
            .map_err(|error| StoreError::Damaged(format!("the state snapshot cannot be read: {error}")))?,
        _ => Fleet::empty(started_at),
    };
    names::complete(&mut fleet, settings);
    // Without a state of before, what objectives count begins with the log.
    if fleet.sequence > 0 {
        let now = fleet.now;
        objective::settle(&mut fleet, &settings.objectives, now);
    }
    let mut changes = Changes::default();
    let kept = fleet.sequence;
    let mut sampled = fleet.now;
    log.read_after(fleet.sequence, &mut |last, events| {
        let first = last + 1 - events.len() as u64;
        if let Some(oldest) = events.first() {
            objective::settle(&mut fleet, &settings.objectives, oldest.received_at);
        }
        for (sequence, event) in (first..).zip(&events) {
            apply::apply(&mut fleet, settings, sequence, event, &mut changes);
        }
        // The system's and the queues' points of that time, as they would have been made live.
        if fleet.now - sampled >= TimeDelta::seconds(1) {
            let now = fleet.now;
            apply::tick(&mut fleet, settings, now, &mut changes);
            task::evict(&mut fleet, settings, |id| !changes.tasks.contains(id));
            sampled = now;
        }
        history.take(&fleet, &std::mem::take(&mut changes.samples));
        if last <= written {
            changes = Changes::default();
        }
    })?;
    let now = fleet.now;
    objective::settle(&mut fleet, &settings.objectives, now);
    apply::tick(&mut fleet, settings, now, &mut changes);
    tracing::info!(
        sequence = fleet.sequence,
        replayed = fleet.sequence - kept,
        workers = fleet.workers.len(),
        tasks = fleet.tasks.len(),
        "state recovered"
    );
    Ok(Recovered { fleet, changes, kept })
}

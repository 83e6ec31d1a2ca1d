//! Start-up: the state from its newest snapshot and the log after it; then the recent past from the log.

use super::fleet::{FLEET_VERSION, Fleet};
use super::projector::State;
use super::settings::Settings;
use super::{Changes, apply, clock};
use crate::recent::Recent;
use crate::store::{Log, StoreError};
use chrono::{DateTime, TimeDelta, Utc};

/// The fleet as of the last event in the log, and what changed after the snapshot it began from (its
/// records may not have been written).
pub(crate) fn recover(log: &dyn Log, settings: &Settings, recent: &Recent) -> Result<(Fleet, Changes), StoreError> {
    let mut fleet = match log.state()? {
        Some(snapshot) if snapshot.version == FLEET_VERSION => {
            let state: State = rmp_serde::from_slice(&snapshot.bytes)
                .map_err(|error| StoreError::Damaged(format!("the state snapshot cannot be read: {error}")))?;
            recent.restore(state.recent);
            state.fleet
        }
        _ => Fleet::empty(clock()),
    };
    let mut changes = Changes::default();
    let mut replayed = 0_u64;
    let mut sampled = fleet.now;
    log.read_after(fleet.sequence, &mut |last, events| {
        let first = last + 1 - events.len() as u64;
        for (sequence, event) in (first..).zip(&events) {
            apply::apply(&mut fleet, settings, sequence, event, &mut changes);
        }
        replayed += events.len() as u64;
        // The charts' points of that time, as they would have been made live.
        if fleet.now - sampled >= TimeDelta::seconds(1) {
            let now = fleet.now;
            apply::tick(&mut fleet, settings, now, &mut changes);
            recent.take(&fleet, &Changes::default());
            sampled = now;
        }
    })?;
    let now = fleet.now;
    apply::tick(&mut fleet, settings, now, &mut changes);
    tracing::info!(
        sequence = fleet.sequence,
        replayed,
        workers = fleet.workers.len(),
        tasks = fleet.tasks.len(),
        "state recovered"
    );
    Ok((fleet, changes))
}

/// Fills the recent past from the log between `from` and the sequence `until`. Slow for a large fleet:
/// runs beside the server, and finds the series that live readings have begun meanwhile.
pub(crate) fn refill(
    log: &dyn Log,
    settings: &Settings,
    recent: &Recent,
    from: DateTime<Utc>,
    until: u64,
) -> Result<(), StoreError> {
    let mut fleet = Fleet::empty(from);
    let past = Recent::new(settings.window);
    let mut sampled = from;
    log.read_after(log.position_at(from)?, &mut |last, events| {
        let first = last + 1 - events.len() as u64;
        let mut changes = Changes::default();
        for (sequence, event) in (first..).zip(&events).filter(|(sequence, _)| *sequence <= until) {
            apply::apply(&mut fleet, settings, sequence, event, &mut changes);
        }
        let now = fleet.now;
        if now - sampled >= TimeDelta::seconds(1) {
            apply::tick(&mut fleet, settings, now, &mut changes);
            sampled = now;
        }
        past.take(&fleet, &changes);
    })?;
    recent.prepend(past);
    Ok(())
}

//! Applying what happens to sources, and counting what comes from them.

use super::{Changes, Fleet};
use forewatch::event::{Loss, SourceChange};
use forewatch::source::{SourceState, SourceStatus};
use forewatch::{Event, EventBody, SourceName, time};
use std::sync::Arc;

/// A source came up or went down.
pub(super) fn changed(fleet: &mut Fleet, event: &Event, change: &SourceChange, changes: &mut Changes) {
    let source = entry(fleet, event);
    if change.url.is_some() {
        source.url.clone_from(&change.url);
    }
    source.error.clone_from(&change.error);
    source.takes_commands = change.takes_commands;
    match (source.state, change.state) {
        (before, SourceState::Up) if before != SourceState::Up => {
            // Before its first event nothing was listened to, and so nothing is missing.
            if source.last_event_at.is_some() {
                source.gap_seconds += time::seconds_between(source.since, event.at).max(0.0);
            }
            source.since = event.at;
        }
        (SourceState::Up, SourceState::Down) => {
            source.disconnects += 1;
            source.since = event.at;
        }
        // Forewatch itself began anew: nobody has listened since the last event.
        (SourceState::Up, SourceState::Connecting) => source.since = source.last_event_at.unwrap_or(event.at),
        // Tried again, or given up for now: it does not answer since before.
        _ => {}
    }
    source.state = change.state;
    changes.sources = true;
}

/// Events of a source are known to be lost.
pub(super) fn lost(fleet: &mut Fleet, event: &Event, (count, loss): (u64, Loss), reason: &str, changes: &mut Changes) {
    let source = entry(fleet, event);
    source.lost_events = source.lost_events.saturating_add(count);
    if loss == Loss::Unreadable {
        source.rejected = source.rejected.saturating_add(count);
    }
    source.error = Some(reason.to_owned());
    changes.sources = true;
}

/// Counts an event of the outside. The count alone is no change worth telling browsers of.
pub(super) fn count(fleet: &mut Fleet, event: &Event, _changes: &mut Changes) {
    if &*event.source == crate::collector::OWN_SOURCE {
        return;
    }
    let source = entry(fleet, event);
    source.events += 1;
    // That a source came or went is told by Forewatch, not by the source.
    if !matches!(event.body, EventBody::SourceChanged(_)) {
        source.last_event_at = source.last_event_at.max(Some(event.received_at));
    }
}

/// Whether a source is a Celery broker: what waits there lies in queues, each of which is measured.
pub(super) fn is_broker(source: &SourceName) -> bool {
    source.strip_prefix("celery").is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
}

/// Whether a source is known not to answer now. What merely comes to us is always there.
pub(crate) fn is_silent(fleet: &Fleet, source: &SourceName) -> bool {
    fleet.sources.get(source).is_some_and(|source| source.state != SourceState::Up)
}

fn entry<'a>(fleet: &'a mut Fleet, event: &Event) -> &'a mut SourceStatus {
    let slot = fleet.sources.entry(event.source.clone()).or_insert_with(|| {
        Arc::new(SourceStatus {
            name: event.source.clone(),
            state: SourceState::Up,
            since: event.received_at,
            last_event_at: None,
            url: None,
            error: None,
            events: 0,
            rejected: 0,
            lost_events: 0,
            disconnects: 0,
            gap_seconds: 0.0,
            takes_commands: false,
        })
    });
    Arc::make_mut(slot)
}

//! `apply(state, event) -> changes`: the only way in which the state changes.
//!
//! Pure: no clock, no I/O, no randomness. The same events give the same state, live, after a crash
//! and in a test. Applying an event twice changes nothing.

use super::settings::Settings;
use super::{Changes, Fleet, alert, control, names, objective, queue, silence, source, system, task, worker};
use chrono::TimeDelta;
use forewatch::event::Annotation;
use forewatch::{Event, EventBody, EventId};

/// Notes on the time line that are kept in memory.
const ANNOTATIONS: usize = 1_000;
/// Event ids that are remembered.
const SEEN: usize = 100_000;
/// A worker is forgotten after this long without a sign of life.
const EXPIRY: TimeDelta = TimeDelta::hours(24);

/// Applies one event with its sequence in the log.
pub(crate) fn apply(fleet: &mut Fleet, settings: &Settings, sequence: u64, event: &Event, changes: &mut Changes) {
    fleet.sequence = fleet.sequence.max(sequence);
    fleet.now = fleet.now.max(event.received_at);
    if let Some(id) = &event.event_id {
        let is_new = match &event.body {
            EventBody::AlertCommanded { alert_id, .. } | EventBody::AlertRaised { alert_id, .. } => {
                fleet.commands.remember(id, alert_id)
            }
            EventBody::SilenceMade { silence_id, .. } | EventBody::SilenceEnded { silence_id, .. } => {
                fleet.commands.remember(id, silence_id)
            }
            EventBody::ControlAsked { control_id, .. } => fleet.commands.remember(id, control_id),
            _ => remember(fleet, id),
        };
        if !is_new {
            return;
        }
    }
    match &event.body {
        EventBody::WorkerRegistered(registration) => worker::register(fleet, settings, event, registration, changes),
        EventBody::WorkerHeartbeat(heartbeat) => worker::heartbeat(fleet, settings, event, heartbeat, changes),
        EventBody::WorkerDeregistered { worker_id } => worker::forget(fleet, worker_id, changes),
        EventBody::WorkerWentOffline { worker_id } => worker::went_offline(fleet, event, worker_id, changes),
        EventBody::Task(what) => task::apply(fleet, settings, event, what, changes),
        EventBody::TaskRecalled(record) => task::recall(fleet, record),
        EventBody::QueueSampled(sample) => queue::sampled(fleet, settings, event, sample, changes),
        EventBody::Annotation(annotation) => annotate(fleet, event, annotation, changes),
        EventBody::SourceChanged(change) => source::changed(fleet, event, change, changes),
        EventBody::EventsLost { count, reason, loss } => source::lost(fleet, event, (*count, *loss), reason, changes),
        EventBody::AlertChanged(transition) => alert::apply_transition(fleet, transition, event.at, changes),
        EventBody::AlertCommanded { alert_id, actor, command } => {
            alert::apply_command(fleet, alert_id, actor, command, event.at, changes);
        }
        EventBody::AlertRaised { alert_id, actor, alert } => {
            alert::apply_raised(fleet, alert_id, actor, alert, event.at, changes);
        }
        EventBody::SilenceMade { silence_id, actor, silence: made } => {
            silence::apply_made(fleet, silence_id, actor, made, event.at);
        }
        EventBody::SilenceEnded { silence_id, actor } => silence::apply_ended(fleet, silence_id, actor, event.at),
        EventBody::ControlAsked { control_id, actor, command } => {
            control::apply_asked(fleet, control_id, actor, command, event.at, changes);
        }
        EventBody::ControlAnswered { control_id, outcome } => {
            control::apply_answered(fleet, control_id, outcome, changes);
        }
        EventBody::QueuesHeld { worker_id, taken, given } => {
            control::apply_held(fleet, worker_id, taken, given, changes);
        }
    }
    source::count(fleet, event, changes);
}

/// Lets time pass: what is only a matter of time changes here. The result depends on `now` alone, not
/// on how often it was called, so ticks are not in the journal.
pub(crate) fn tick(fleet: &mut Fleet, settings: &Settings, now: chrono::DateTime<chrono::Utc>, changes: &mut Changes) {
    fleet.now = fleet.now.max(now);
    worker::tick(fleet, settings, EXPIRY, changes);
    task::tick(fleet, settings, changes);
    queue::tick(fleet, settings, changes);
    names::tick(fleet, settings);
    objective::tick(fleet);
    alert::expire(fleet, now, changes);
    silence::expire(fleet, now);
    fleet.system = std::sync::Arc::new(system::compute(fleet, settings));
}

/// Remembers an event's id; false when it was there already.
fn remember(fleet: &mut Fleet, id: &EventId) -> bool {
    if fleet.seen.insert(id.clone()).is_some() {
        return false;
    }
    fleet.seen_order.push_back(id.clone());
    if fleet.seen_order.len() > SEEN
        && let Some(oldest) = fleet.seen_order.pop_front()
    {
        fleet.seen.remove(&oldest);
    }
    true
}

fn annotate(fleet: &mut Fleet, event: &Event, annotation: &Annotation, changes: &mut Changes) {
    let note = Annotation { at: Some(event.at), ..annotation.clone() };
    if fleet.annotations.contains(&note) {
        return;
    }
    let place = fleet.annotations.iter().rposition(|other| other.at <= note.at).map_or(0, |before| before + 1);
    fleet.annotations.insert(place, note);
    if fleet.annotations.len() > ANNOTATIONS {
        fleet.annotations.pop_front();
    }
    changes.annotations = true;
}

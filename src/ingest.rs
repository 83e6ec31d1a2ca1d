//! What senders report over HTTP, parsed at the edge into values that cannot be wrong.
//!
//! [`parse_event`] reads one event of `POST /events`, [`parse_registration`] and [`parse_heartbeat`] the bodies
//! of their own addresses; all three by the same rules. A value that cannot be right (a percentage over 100, a
//! negative count, an identifier with a control character) is refused with a JSON pointer and what to change,
//! every bad field at once where that is possible. Long texts are cut, never refused. Fields that are not known
//! are left out and counted. Nothing here reads a clock, and no input makes it panic.
//!
//! `field` knows the names, `kind` which event takes which, `describe` tells both as a schema; `scan` takes an object
//! apart without building a tree, `read` reads single values, `objects` keeps arrays from standing for structures, `task`, `queue` and `worker` put bodies together, `check` looks over
//! what a worker says of itself, `limits` holds the bounds.

mod annotation;
mod check;
#[cfg(feature = "openapi")]
mod describe;
mod field;
mod kind;
pub mod limits;
mod objects;
mod queue;
mod read;
mod scan;
mod task;
mod worker;

use crate::event::{Event, EventBody};
use crate::problem::FieldError;
use crate::time::{TimeDelta, Timestamp};
use crate::{EventId, SourceName};
use field::Field;
use kind::Kind;
use scan::Scanned;

#[cfg(feature = "openapi")]
pub use describe::ReportedEvent;
pub use worker::{parse_heartbeat, parse_registration};

/// One event, checked; still without where it came from and when it was received.
#[derive(Debug, Clone, PartialEq)]
pub struct IncomingEvent {
    /// Chosen by the sender to have it applied once.
    pub event_id: Option<EventId>,
    /// When it happened, by the sender's clock.
    pub at: Timestamp,
    /// What happened.
    pub body: EventBody,
    /// What was sent and is not kept.
    pub ignored: Ignored,
}

/// Fields that were sent, are not known for their event, and were left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ignored {
    /// How many.
    pub count: usize,
    /// The first [`limits::IGNORED_NAMES`] of them, as JSON pointers without the leading slash, cut.
    pub names: Vec<String>,
}

impl Ignored {
    fn add(&mut self, name: &str) {
        self.count += 1;
        if self.names.len() < limits::IGNORED_NAMES {
            self.names.push(limits::cut(name, limits::IGNORED_NAME));
        }
    }
}

impl IncomingEvent {
    /// The event as it enters the journal.
    pub fn into_event(self, source: SourceName, received_at: Timestamp) -> Event {
        Event { event_id: self.event_id, source, at: self.at, received_at, body: self.body }
    }

    /// Moves the event's times by `skew`, the receiver's clock minus the sender's. A heartbeat keeps its own
    /// `timestamp`: that is what its skew is measured by. `None` when a time would leave the calendar.
    pub fn moved_by(mut self, skew: TimeDelta) -> Option<Self> {
        self.at = self.at.checked_add_signed(skew)?;
        match &mut self.body {
            EventBody::Task(task) => {
                for time in [&mut task.fields.eta, &mut task.fields.expires].into_iter().flatten() {
                    *time = time.checked_add_signed(skew)?;
                }
            }
            EventBody::WorkerHeartbeat(beat) => {
                let seconds = skew.as_seconds_f64();
                for (at, _) in beat.samples.iter_mut().flat_map(|run| &mut run.points) {
                    *at += seconds;
                }
            }
            _ => {}
        }
        Some(self)
    }

    /// Refuses what lies over [`limits::FUTURE`] ahead of `now` or over `retention` behind it.
    pub fn check_age(&self, now: Timestamp, retention: TimeDelta) -> Result<(), FieldError> {
        let age = now - self.at;
        let detail = if age < -limits::FUTURE {
            format!("is {} ahead: set the sender's clock, or send Forewatch-Sent-At", text_of(-age))
        } else if age > retention {
            format!("is {} old: events are kept for {} only", text_of(age), text_of(retention))
        } else {
            return Ok(());
        };
        Err(FieldError { pointer: "/at".into(), detail })
    }
}

fn text_of(span: TimeDelta) -> String {
    crate::format::age(span.as_seconds_f64())
}

/// Reads one event: a JSON object with `type`, `at` and the fields of its type. `now` is the receiver's clock,
/// for times such as `now-5m`; a heartbeat may leave `at` out, its `timestamp` stands in.
///
/// Pointers in errors are relative to the event.
pub fn parse_event(json: &str, now: Timestamp) -> Result<IncomingEvent, Vec<FieldError>> {
    let scanned = Scanned::of(json)?;
    let mut reader = read::Reader::new(&scanned, now);
    let kind = reader.required(Field::Type, "every event has one", kind::read);
    let event_id = reader.optional(Field::EventId, read::id::<EventId>);
    let mut at = reader.optional(Field::At, read::time);
    let Some(kind) = kind else { return Err(reader.into_errors()) };

    let mut ignored = Ignored::default();
    let body = match kind {
        Kind::Task(what) => task::body(what, &mut reader),
        Kind::QueueSampled => queue::body(&mut reader),
        Kind::Annotation => annotation::body(&mut reader),
        Kind::WorkerDeregistered => worker::deregistered(&mut reader),
        Kind::WorkerRegistered => worker::registered(json, &mut reader, &mut ignored),
        Kind::WorkerHeartbeat => worker::heartbeat(json, &mut reader, &mut ignored),
    };
    if let (Some(EventBody::WorkerHeartbeat(beat)), None) = (&body, &at) {
        at = Some(beat.timestamp);
    }
    if reader.json(Field::At).is_none() && kind != Kind::WorkerHeartbeat {
        reader.missing(Field::At, "every event says when it happened");
    }
    if !kind.reads_whole_body() {
        scanned.unknown_to(kind, &mut ignored);
    }
    match (reader.into_errors(), body, at) {
        (errors, Some(body), Some(at)) if errors.is_empty() => Ok(IncomingEvent { event_id, at, body, ignored }),
        (errors, ..) => Err(errors),
    }
}

//! Events in few bytes: those of tasks, which are nearly all of a busy log, field by field; every other one as MessagePack,
//! structs as maps with field names.
//!
//! Each event begins with a byte: 0, then the length and the MessagePack of it; or 1, and after it a task's event. Numbers are
//! LEB128, signed ones zigzag; a text is its length and its UTF-8. A task's event is
//!
//! - its source, and its worker or none: the place of a text among those of the commit, from 1 on, in the order in which they
//!   first come; a new one has the next place, and the text behind it; 0 is none;
//! - when it was received, nanoseconds since the one before it in the commit, from 1970 on; when it was, nanoseconds before
//!   that;
//! - its kind: the place among [`KINDS`]; its task; its own id, empty where it has none;
//! - a number with a bit for each field that it tells, the first of [`fields`] the lowest; and those that it does.
//!
//! New kinds and fields come at the end of their lists, with a new version of the packed value.

mod value;

use chrono::{DateTime, Utc};
use forewatch::task::{TaskEvent, TaskEventKind, TaskFields};
use forewatch::{Event, EventBody, EventId, SourceName, WorkerId};
use std::collections::HashMap;
use value::{Input, Value, put_number, put_text};

const AS_MESSAGE_PACK: u8 = 0;
const OF_TASK: u8 = 1;

/// Part of the format: never to be put in another order.
const KINDS: [TaskEventKind; 14] = [
    TaskEventKind::Submitted,
    TaskEventKind::Received,
    TaskEventKind::Started,
    TaskEventKind::Progress,
    TaskEventKind::Custom,
    TaskEventKind::Retried,
    TaskEventKind::Completed,
    TaskEventKind::Failed,
    TaskEventKind::Revoked,
    TaskEventKind::Rejected,
    TaskEventKind::Cancelled,
    TaskEventKind::Lost,
    TaskEventKind::Ended,
    TaskEventKind::Commanded,
];

macro_rules! fields {
    ($($field:ident),+ $(,)?) => {
        fn put_fields(out: &mut Vec<u8>, TaskFields { $($field),+ }: &TaskFields) {
            let told = [$($field.is_some()),+];
            put_number(out, told.iter().rev().fold(0, |bits, told| bits << 1 | u64::from(*told)));
            $(if let Some(value) = $field {
                value.put(out);
            })+
        }

        fn take_fields(input: &mut Input<'_>) -> Result<TaskFields, String> {
            let mut told = input.number()?;
            let mut next = || {
                let is_told = told & 1 == 1;
                told >>= 1;
                is_told
            };
            let fields = TaskFields { $($field: if next() { Some(Value::take(input)?) } else { None }),+ };
            if told != 0 {
                return Err("tells what this version does not know".to_owned());
            }
            Ok(fields)
        }
    };
}

fields!(
    content_type,
    name,
    queue,
    priority,
    user_id,
    eta,
    expires,
    parent_id,
    root_id,
    args,
    kwargs,
    retries,
    progress,
    message,
    error_message,
    traceback,
    reason,
    timed_out,
    result,
    runtime,
    cpu_time,
    gpu_time,
    memory_peak,
    input_file_size,
    output_file_size,
    confidence_score,
    quality_degraded,
    source_state,
    requeue,
);

/// The bytes of events.
pub(super) fn put(events: &[Event]) -> Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(events.len() * 128);
    let (mut texts, mut before) = (HashMap::new(), 0);
    for event in events {
        match &event.body {
            EventBody::Task(task) if put_task(&mut out, event, task, &mut texts, &mut before) => {}
            _ => {
                let bytes = rmp_serde::to_vec_named(event).map_err(|error| error.to_string())?;
                out.push(AS_MESSAGE_PACK);
                put_number(&mut out, bytes.len() as u64);
                out.extend_from_slice(&bytes);
            }
        }
    }
    Ok(out)
}

/// False, and nothing is put, where a time lies in a leap second or beyond the years 1677 to 2262, or the kind is none of
/// those known here.
fn put_task<'e>(
    out: &mut Vec<u8>,
    event: &'e Event,
    task: &'e TaskEvent,
    texts: &mut HashMap<&'e str, u64>,
    before: &mut i64,
) -> bool {
    let kind = KINDS.iter().position(|kind| *kind == task.kind);
    let times = nanos(event.received_at).zip(nanos(event.at));
    let Some((kind, (received_at, at))) = kind.zip(times) else { return false };
    out.push(OF_TASK);
    for text in [Some(&*event.source), task.worker_id.as_deref()] {
        let next = texts.len() as u64 + 1;
        match text {
            None => put_number(out, 0),
            Some(text) => {
                let place = *texts.entry(text).or_insert(next);
                put_number(out, place);
                if place == next {
                    put_text(out, text);
                }
            }
        }
    }
    received_at.wrapping_sub(*before).put(out);
    received_at.wrapping_sub(at).put(out);
    *before = received_at;
    put_number(out, kind as u64);
    put_text(out, &task.task_id);
    put_text(out, event.event_id.as_deref().unwrap_or_default());
    put_fields(out, &task.fields);
    true
}

fn nanos(at: DateTime<Utc>) -> Option<i64> {
    at.timestamp_nanos_opt().filter(|nanos| DateTime::from_timestamp_nanos(*nanos) == at)
}

/// The events of such bytes; says what is wrong with others.
pub(super) fn take(bytes: &[u8]) -> Result<Vec<Event>, String> {
    let mut input = Input::new(bytes);
    let (mut events, mut texts, mut before) = (Vec::new(), Texts::default(), 0);
    while !input.is_empty() {
        events.push(match input.byte()? {
            AS_MESSAGE_PACK => {
                let length = input.length()?;
                rmp_serde::from_slice(input.bytes(length)?).map_err(|error| error.to_string())?
            }
            OF_TASK => take_task(&mut input, &mut texts, &mut before)?,
            other => return Err(format!("has an event of a form {other} that is not known")),
        });
    }
    Ok(events)
}

/// The texts of a commit, as what they stand for.
#[derive(Default)]
struct Texts(Vec<(String, Option<SourceName>, Option<WorkerId>)>);

fn take_task(input: &mut Input<'_>, texts: &mut Texts, before: &mut i64) -> Result<Event, String> {
    let source = texts.source(input)?;
    let worker_id = texts.worker(input)?;
    let received_at = before.wrapping_add(i64::take(input)?);
    let at = received_at.wrapping_sub(i64::take(input)?);
    *before = received_at;
    let kind = usize::try_from(input.number()?).ok().and_then(|place| KINDS.get(place).copied());
    let kind = kind.ok_or("tells of a kind that is not known")?;
    let task_id = Value::take(input)?;
    let event_id = match input.text()? {
        "" => None,
        id => Some(EventId::new(id).map_err(|error| format!("has an event whose id {error}"))?),
    };
    let fields = Box::new(take_fields(input)?);
    let body = EventBody::Task(TaskEvent { kind, task_id, worker_id, fields });
    let [at, received_at] = [at, received_at].map(DateTime::from_timestamp_nanos);
    Ok(Event { event_id, source, at, received_at, body })
}

impl Texts {
    /// The place of the next text, which is read where it is new; `None` is none.
    fn place(&mut self, input: &mut Input<'_>) -> Result<Option<usize>, String> {
        let Some(place) = input.length()?.checked_sub(1) else { return Ok(None) };
        if place == self.0.len() {
            self.0.push((input.text()?.to_owned(), None, None));
        }
        if place < self.0.len() { Ok(Some(place)) } else { Err("names a text that it has not".to_owned()) }
    }

    fn source(&mut self, input: &mut Input<'_>) -> Result<SourceName, String> {
        let place = self.place(input)?.ok_or("has an event of no source")?;
        let (text, source, _) = &mut self.0[place];
        if let Some(known) = source {
            return Ok(known.clone());
        }
        let new = SourceName::new(text).map_err(|error| format!("has an event whose source {error}"))?;
        Ok(source.insert(new).clone())
    }

    fn worker(&mut self, input: &mut Input<'_>) -> Result<Option<WorkerId>, String> {
        let Some(place) = self.place(input)? else { return Ok(None) };
        let (text, _, worker) = &mut self.0[place];
        if let Some(known) = worker {
            return Ok(Some(known.clone()));
        }
        let new = WorkerId::new(text).map_err(|error| format!("has an event whose worker {error}"))?;
        Ok(Some(worker.insert(new).clone()))
    }
}

#[cfg(test)]
mod tests;

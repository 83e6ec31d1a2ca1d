//! The bodies of `worker.*`, which also come on their own. They are types of the model, read as such; what is
//! wrong is found again with its path only when something is.

use super::field::Field;
use super::objects::Objects;
use super::read::{self, Reader};
use super::scan::not_json;
use super::{Ignored, check};
use crate::event::EventBody;
use crate::problem::FieldError;
use crate::registration::{RegisterRequest, Registration};
use crate::{Heartbeat, WorkerId};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_path_to_error::Segment;
use std::fmt::Write;

/// Reads the body of `POST /workers/register`.
pub fn parse_registration(json: &str) -> Result<(RegisterRequest, Ignored), Vec<FieldError>> {
    let mut ignored = Ignored::default();
    let mut request: RegisterRequest = parse(json, "", &mut ignored)?;
    check::registration(&mut request.registration, "/registration")?;
    Ok((request, ignored))
}

/// Reads the body of `POST /workers/{id}/heartbeat`.
pub fn parse_heartbeat(json: &str) -> Result<(Heartbeat, Ignored), Vec<FieldError>> {
    let mut ignored = Ignored::default();
    let mut beat: Heartbeat = parse(json, "", &mut ignored)?;
    check::heartbeat(&mut beat, "", &mut ignored)?;
    Ok((beat, ignored))
}

/// `worker.registered`: the registration under `registration`, as in a request of its own, or among the event's fields.
pub(super) fn registered(event: &str, reader: &mut Reader<'_, '_>, ignored: &mut Ignored) -> Option<EventBody> {
    let (json, at) = place(event, reader, Field::Registration);
    let read = parse(json, &at, ignored).and_then(|mut registration: Registration| {
        check::registration(&mut registration, &at)?;
        Ok(registration)
    });
    taken(read, reader).map(|registration| EventBody::WorkerRegistered(Box::new(registration)))
}

/// `worker.heartbeat`: the heartbeat under `heartbeat`, or among the event's fields.
pub(super) fn heartbeat(event: &str, reader: &mut Reader<'_, '_>, ignored: &mut Ignored) -> Option<EventBody> {
    let (json, at) = place(event, reader, Field::Heartbeat);
    let read = parse(json, &at, ignored).and_then(|mut beat: Heartbeat| {
        check::heartbeat(&mut beat, &at, ignored)?;
        Ok(beat)
    });
    taken(read, reader).map(|beat| EventBody::WorkerHeartbeat(Box::new(beat)))
}

/// `worker.deregistered`.
pub(super) fn deregistered(reader: &mut Reader<'_, '_>) -> Option<EventBody> {
    let worker_id = reader.required(Field::WorkerId, "worker.deregistered names its worker", read::id::<WorkerId>)?;
    Some(EventBody::WorkerDeregistered { worker_id })
}

/// Where the body is: its text, and the pointer to it.
fn place<'a>(event: &'a str, reader: &Reader<'_, 'a>, field: Field) -> (&'a str, String) {
    reader.json(field).map_or((event, String::new()), |json| (json, field.pointer()))
}

fn taken<T>(read: Result<T, Vec<FieldError>>, reader: &mut Reader<'_, '_>) -> Option<T> {
    read.map_err(|errors| reader.refuse(errors)).ok()
}

/// Reads a value that lies at the pointer `at`, and adds the fields it does not know to `ignored`.
fn parse<T: DeserializeOwned>(json: &str, at: &str, ignored: &mut Ignored) -> Result<T, Vec<FieldError>> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let read = serde_ignored::deserialize(Objects(&mut deserializer), |path| {
        let name = pointer_of_ignored(&path);
        // Known, but not the body's: the envelope of an event with which it shares an object, and the token.
        if !(at.is_empty() && ["/type", "/at", "/event_id", "/auth_token"].contains(&name.as_str())) {
            ignored.add(format!("{at}{name}").trim_start_matches('/'));
        }
    });
    match read.and_then(|value| deserializer.end().map(|()| value)) {
        Ok(value) => Ok(value),
        Err(error) => Err(vec![explain::<T>(json, at, &error)]),
    }
}

fn pointer_of_ignored(path: &serde_ignored::Path<'_>) -> String {
    use serde_ignored::Path;
    match path {
        Path::Root => String::new(),
        Path::Seq { parent, index } => format!("{}/{index}", pointer_of_ignored(parent)),
        Path::Map { parent, key } => format!("{}/{}", pointer_of_ignored(parent), escaped(key)),
        Path::Some { parent } | Path::NewtypeStruct { parent } | Path::NewtypeVariant { parent } => {
            pointer_of_ignored(parent)
        }
    }
}

/// Reads once more to learn where it failed.
fn explain<T: DeserializeOwned>(json: &str, at: &str, error: &serde_json::Error) -> FieldError {
    let mut pointer = at.to_owned();
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let located = serde_path_to_error::deserialize::<_, T>(Objects(&mut deserializer)).err();
    if let Err(error) = serde_json::from_str::<IgnoredAny>(json) {
        return FieldError { pointer, detail: not_json(&error) };
    }
    for segment in located.iter().flat_map(serde_path_to_error::Error::path) {
        match segment {
            Segment::Seq { index } => _ = write!(pointer, "/{index}"),
            Segment::Map { key } => _ = write!(pointer, "/{}", escaped(key)),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    let detail = error.to_string();
    let detail = match detail.split(" at line ").next().unwrap_or_default() {
        // serde_json calls it a mistake in the JSON when a word is expected and a number comes.
        "expected value" => "is of the wrong kind: send one of the words that the API description lists",
        detail => detail,
    };
    // The names of our structures tell a sender nothing.
    let detail = detail
        .split_once(", expected struct ")
        .map_or(detail.to_owned(), |(what, _)| format!("{what}: send a JSON object"));
    match detail.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
        Some(field) => FieldError { pointer: format!("{pointer}/{field}"), detail: "is missing: send it".into() },
        None => FieldError { detail: format!("{detail}{}", advice(&detail, &pointer)), pointer },
    }
}

/// What to change, where the error alone does not say it.
fn advice(detail: &str, pointer: &str) -> &'static str {
    if pointer.ends_with("timestamp") || pointer.ends_with("/at") {
        ": send a time as RFC 3339 with its zone, such as 2026-11-24T14:00:00Z"
    } else if detail.contains("integer `-") {
        ": it must not be negative"
    } else if detail.starts_with("duplicate field") {
        ": leave one of the two out"
    } else {
        ""
    }
}

/// A key as a part of a JSON pointer (RFC 6901).
fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

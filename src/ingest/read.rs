//! Reads single values, each into a type that cannot be wrong, and gathers what is wrong with the others.

use super::field::Field;
use super::limits;
use super::scan::Scanned;
use crate::problem::FieldError;
use crate::time::{self, Timestamp};
use crate::{Ratio, id::IdError};
use std::borrow::Cow;

/// The text of one JSON value, with the clock for times that are relative to it.
#[derive(Clone, Copy)]
pub(super) struct Scalar<'a> {
    json: &'a str,
    now: Timestamp,
}

/// Reads the fields of one event and keeps the errors.
pub(super) struct Reader<'s, 'a> {
    scanned: &'s Scanned<'a>,
    now: Timestamp,
    errors: Vec<FieldError>,
}

impl<'s, 'a> Reader<'s, 'a> {
    pub(super) fn new(scanned: &'s Scanned<'a>, now: Timestamp) -> Self {
        Self { scanned, now, errors: Vec::new() }
    }

    /// A field that may be absent.
    pub(super) fn optional<T>(
        &mut self,
        field: Field,
        read: impl FnOnce(Scalar<'a>) -> Result<T, String>,
    ) -> Option<T> {
        let json = self.scanned.value(field)?;
        match read(Scalar { json, now: self.now }) {
            Ok(value) => Some(value),
            Err(detail) => {
                self.errors.push(FieldError { pointer: field.pointer(), detail });
                None
            }
        }
    }

    /// A field that must be there; `why` says what for.
    pub(super) fn required<T>(
        &mut self,
        field: Field,
        why: &str,
        read: impl FnOnce(Scalar<'a>) -> Result<T, String>,
    ) -> Option<T> {
        if self.scanned.value(field).is_none() {
            self.missing(field, why);
        }
        self.optional(field, read)
    }

    /// Notes that a field is missing.
    pub(super) fn missing(&mut self, field: Field, why: &str) {
        self.errors.push(FieldError { pointer: field.pointer(), detail: format!("is missing: {why}") });
    }

    /// Notes what is wrong elsewhere in the event.
    pub(super) fn refuse(&mut self, errors: Vec<FieldError>) {
        self.errors.extend(errors);
    }

    /// The text of a field's value.
    pub(super) fn json(&self, field: Field) -> Option<&'a str> {
        self.scanned.value(field)
    }

    pub(super) fn into_errors(self) -> Vec<FieldError> {
        self.errors
    }
}

/// What a JSON value is, in words.
fn found(json: &str) -> &'static str {
    match json.as_bytes().first() {
        Some(b'"') => "a text",
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b't' | b'f') => "true or false",
        Some(b'n') => "null",
        _ => "a number",
    }
}

fn expected(what: &str, json: &str) -> String {
    format!("is {}: send {what}", found(json))
}

#[derive(serde::Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// A text.
pub(super) fn text(scalar: Scalar<'_>) -> Result<Cow<'_, str>, String> {
    if !scalar.json.starts_with('"') {
        return Err(expected("a text in quotes", scalar.json));
    }
    // The scan has seen to it that this is a JSON string; without escapes it is the text itself.
    if !scalar.json.contains('\\') {
        return Ok(Cow::Borrowed(&scalar.json[1..scalar.json.len() - 1]));
    }
    serde_json::from_str::<Text<'_>>(scalar.json)
        .map(|text| text.0)
        .map_err(|_| "is not valid text: one of its escapes stands for no character".to_owned())
}

/// A text of at most `most` characters; a longer one is cut.
pub(super) fn cut(most: usize) -> impl FnOnce(Scalar<'_>) -> Result<String, String> {
    move |scalar| text(scalar).map(|text| limits::cut(&text, most))
}

/// A text, or any other value as the JSON that it is, cut.
pub(super) fn payload(scalar: Scalar<'_>) -> Result<String, String> {
    if scalar.json.starts_with('"') {
        cut(limits::PAYLOAD)(scalar)
    } else {
        Ok(limits::cut(scalar.json, limits::PAYLOAD))
    }
}

/// An identifier.
pub(super) fn id<T: std::str::FromStr<Err = IdError>>(scalar: Scalar<'_>) -> Result<T, String> {
    text(scalar)?.parse().map_err(|error: IdError| error.to_string())
}

/// A name that is kept as text, by the rules for identifiers.
pub(super) fn name(scalar: Scalar<'_>) -> Result<String, String> {
    let text = text(scalar)?;
    crate::id::check(&text).map_err(|error| error.to_string())?;
    Ok(text.into_owned())
}

/// A list of at most [`limits::TAGS`] names.
pub(super) fn names(scalar: Scalar<'_>) -> Result<Vec<String>, String> {
    let names: Vec<String> =
        serde_json::from_str(scalar.json).map_err(|_| "is not a list of texts: send [\"…\", \"…\"]".to_owned())?;
    if names.len() > limits::TAGS {
        return Err(format!("has {} entries: at most {} are taken", names.len(), limits::TAGS));
    }
    match names.iter().enumerate().find_map(|(at, name)| Some((at, crate::id::check(name).err()?))) {
        Some((at, error)) => Err(format!("has an entry, number {at} from 0, that {error}")),
        None => Ok(names),
    }
}

/// A finite number.
fn number(scalar: Scalar<'_>) -> Result<f64, String> {
    if !scalar.json.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
        return Err(expected("a number", scalar.json));
    }
    match scalar.json.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => Err("is beyond every number that can be kept: check it at the sender".to_owned()),
    }
}

fn not_negative(scalar: Scalar<'_>) -> Result<f64, String> {
    match number(scalar)? {
        value if value < 0.0 => Err(format!("is {value}: it must not be negative")),
        value => Ok(value),
    }
}

/// A duration: seconds from 0 to [`limits::SECONDS`].
pub(super) fn seconds(scalar: Scalar<'_>) -> Result<f64, String> {
    match not_negative(scalar)? {
        value if value > limits::SECONDS => Err(format!("is {value}: send seconds, at most ten years of them")),
        value => Ok(value),
    }
}

/// Bytes: a whole number from 0 on. Exact beyond 2^53 when it is written as an integer.
pub(super) fn bytes(scalar: Scalar<'_>) -> Result<u64, String> {
    if let Ok(bytes) = scalar.json.parse() {
        return Ok(bytes);
    }
    match not_negative(scalar)? {
        value if value.fract() != 0.0 => Err(format!("is {value}: it must be a whole number")),
        value if value > limits::COUNT as f64 => {
            Err(format!("is {value}: write so large a number as an integer below 2^64"))
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and within 0..=2^53")]
        value => Ok(value as u64),
    }
}

/// A count: a whole number from 0 to [`limits::COUNT`].
pub(super) fn count(scalar: Scalar<'_>) -> Result<u64, String> {
    let count = bytes(scalar)?;
    if count > limits::COUNT { Err(limits::too_many(count)) } else { Ok(count) }
}

/// A count that fits 32 bits.
pub(super) fn small_count(scalar: Scalar<'_>) -> Result<u32, String> {
    let count = count(scalar)?;
    u32::try_from(count).map_err(|_| format!("is {count}: it must be below 2^32"))
}

/// A whole number with a sign: a priority.
pub(super) fn integer(scalar: Scalar<'_>) -> Result<i32, String> {
    if let Ok(integer) = scalar.json.parse() {
        return Ok(integer);
    }
    let value = number(scalar)?;
    Err(format!("is {value}: it must be a whole number between -2^31 and 2^31"))
}

/// A share, 0..=1.
pub(super) fn ratio(scalar: Scalar<'_>) -> Result<Ratio, String> {
    Ratio::new(number(scalar)?).map_err(|error| error.to_string())
}

/// True or false.
pub(super) fn flag(scalar: Scalar<'_>) -> Result<bool, String> {
    scalar.json.parse().map_err(|_| expected("true or false, without quotes", scalar.json))
}

/// A time.
pub(super) fn time(scalar: Scalar<'_>) -> Result<Timestamp, String> {
    time::parse(&text(scalar)?, scalar.now).map_err(|error| error.to_string())
}

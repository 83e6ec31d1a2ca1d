//! The body of `POST /events` taken apart into single events: a JSON array, or NDJSON (one event a line).

use crate::api::body::not_json;
use crate::error::ApiError;
use serde::de::{Deserializer as _, Error as _, SeqAccess, Visitor};
use serde_json::Deserializer;
use serde_json::value::RawValue;
use std::fmt;

/// Tells an array with too many events from one that is broken.
const TOO_MANY: &str = "too many events";

/// The events' texts, in order; what an event says is read later, one by one.
pub(super) fn split(body: &[u8], most: usize) -> Result<Vec<&str>, ApiError> {
    let text =
        std::str::from_utf8(body).map_err(|error| ApiError::malformed(format!("the body is not UTF-8: {error}")))?;
    let start = text.trim_start();
    let events = if start.is_empty() {
        return Err(ApiError::malformed(
            "the body is empty: send a JSON array of events, or one event a line (NDJSON)",
        ));
    } else if start.starts_with('[') {
        array(text, most)
    } else {
        lines(text, most)
    }?;
    if events.len() > most { Err(too_many(most)) } else { Ok(events) }
}

fn too_many(most: usize) -> ApiError {
    ApiError::too_large(format!("more than {most} events in one request: send them in several"))
}

fn array(text: &str, most: usize) -> Result<Vec<&str>, ApiError> {
    let mut deserializer = Deserializer::from_str(text);
    let read = deserializer.deserialize_seq(Elements { most });
    let read = read.and_then(|events| deserializer.end().map(|()| events));
    read.map_err(|error| if error.to_string().starts_with(TOO_MANY) { too_many(most) } else { not_json(&error) })
}

/// Reads the elements as text, and stops at one too many.
struct Elements {
    most: usize,
}

impl<'de> Visitor<'de> for Elements {
    type Value = Vec<&'de str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of events")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
        let mut events = Vec::new();
        while let Some(event) = sequence.next_element::<&'de RawValue>()? {
            if events.len() == self.most {
                return Err(A::Error::custom(TOO_MANY));
            }
            events.push(event.get());
        }
        Ok(events)
    }
}

/// One event a line. A line that is not JSON is its event's own trouble, unless no line is: then the
/// body is one event over several lines, or no JSON at all.
fn lines(text: &str, most: usize) -> Result<Vec<&str>, ApiError> {
    let events: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(most + 1).collect();
    if events.iter().any(|line| serde_json::from_str::<&RawValue>(line).is_ok()) {
        return Ok(events);
    }
    serde_json::from_str::<&RawValue>(text).map(|event| vec![event.get()]).map_err(|error| not_json(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(body: &str) -> Result<usize, String> {
        split(body.as_bytes(), 3).map(|events| events.len()).map_err(|error| error.detail().to_owned())
    }

    #[test]
    fn arrays_lines_and_a_single_event_are_taken() {
        for (body, expected) in [
            ("[]", 0),
            (" [{\"a\":1},\n{\"b\":[1,2]}] ", 2),
            ("{\"a\":1}\n\n{\"b\":2}\r\n", 2),
            ("{\n  \"a\": 1\n}", 1),
            ("{\"a\":1}\nnot json\n{\"c\":3}", 3),
            ("[1, \"two\", null]", 3),
        ] {
            assert_eq!(count(body), Ok(expected), "{body}");
        }
    }

    #[test]
    fn what_is_not_json_is_refused_as_a_whole() {
        for body in ["", " \n", "hello", "[{\"a\":1}", "[{\"a\":1}] x", "<xml/>", "{\"a\":", "[{\"a\":NaN}]"] {
            assert!(count(body).is_err(), "{body}");
        }
        assert!(split(&[0xff, 0xfe], 3).is_err());
    }

    #[test]
    fn one_event_too_many_is_refused_either_way() {
        for body in ["[1,2,3,4]", "1\n2\n3\n4\n"] {
            assert_eq!(count(body), Err("more than 3 events in one request: send them in several".to_owned()));
        }
        assert_eq!(count("[1,2,3]"), Ok(3));
    }
}

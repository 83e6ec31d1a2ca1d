//! Takes an event's object apart: one pass, no tree, the values stay text until their meaning is known.

use super::field::Field;
use super::kind::Kind;
use super::{Ignored, limits};
use crate::problem::FieldError;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::{borrow::Cow, fmt};

/// The fields of one event, unread.
pub(super) struct Scanned<'a> {
    values: [Option<&'a str>; Field::COUNT],
    unknown: Vec<Cow<'a, str>>,
    unknown_count: usize,
    twice: Option<Field>,
}

impl<'a> Scanned<'a> {
    /// Scans the text of one JSON object.
    pub(super) fn of(json: &'a str) -> Result<Self, Vec<FieldError>> {
        let refuse = |detail: String| vec![FieldError { pointer: String::new(), detail }];
        if !json.trim_start().starts_with('{') {
            return Err(refuse("is not an event: send a JSON object with type, at and the type's fields".into()));
        }
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let scanned = deserializer.deserialize_map(EventVisitor).map_err(|error| refuse(not_json(&error)))?;
        deserializer.end().map_err(|error| refuse(not_json(&error)))?;
        match scanned.twice {
            Some(field) => Err(vec![FieldError {
                pointer: field.pointer(),
                detail: "is there twice: leave one of the two out".into(),
            }]),
            None => Ok(scanned),
        }
    }

    /// The text of a field's value; `null` is as if it were not there.
    pub(super) fn value(&self, field: Field) -> Option<&'a str> {
        self.values[field.index()].filter(|text| *text != "null")
    }

    /// Adds to `ignored` what an event of this kind does not take.
    pub(super) fn unknown_to(&self, kind: Kind, ignored: &mut Ignored) {
        let taken = kind.fields();
        for field in Field::ALL {
            if self.values[field.index()].is_some() && !taken.has(*field) {
                ignored.add(field.name());
            }
        }
        for name in &self.unknown {
            ignored.add(name);
        }
        ignored.count += self.unknown_count - self.unknown.len();
    }
}

/// Says that a text is not JSON, with what most often is the reason.
pub(super) fn not_json(error: &serde_json::Error) -> String {
    format!("is not JSON: {error} (NaN and Infinity are not JSON: leave such a field out)")
}

struct EventVisitor;

impl<'de> Visitor<'de> for EventVisitor {
    type Value = Scanned<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scanned<'de>, A::Error> {
        let mut scanned = Scanned { values: [None; Field::COUNT], unknown: Vec::new(), unknown_count: 0, twice: None };
        while let Some(Key(name)) = map.next_key()? {
            if let Some(field) = Field::named(&name) {
                let value: &'de RawValue = map.next_value()?;
                if scanned.values[field.index()].replace(value.get()).is_some() {
                    scanned.twice = Some(field);
                }
            } else {
                map.next_value::<IgnoredAny>()?;
                scanned.unknown_count += 1;
                if scanned.unknown.len() < limits::IGNORED_NAMES {
                    scanned.unknown.push(name);
                }
            }
        }
        Ok(scanned)
    }
}

/// A field's name, borrowed where it has no escapes.
#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

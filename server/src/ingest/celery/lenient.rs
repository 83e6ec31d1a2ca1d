//! A JSON value as events carry them: a text, a number, or something else that is skipped.
//!
//! An application may put anything into an event of its own, under any name. So no field's type is
//! insisted on while reading; what is not of the expected type counts as not told.

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// A value that is looked at only as far as needed.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) enum Lenient<'a> {
    /// Absent, null, or of a shape that no field has.
    #[default]
    Nothing,
    Text(Cow<'a, str>),
    Number(f64),
    Flag(bool),
    /// The first three numbers of a list.
    Three([f64; 3]),
}

impl Lenient<'_> {
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) if number.is_finite() => Some(*number),
            _ => None,
        }
    }

    pub(super) fn flag(&self) -> Option<bool> {
        match self {
            Self::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    /// A whole number that is not negative.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked first")]
    pub(super) fn count(&self) -> Option<u64> {
        self.number().filter(|n| (0.0..9.0e15).contains(n)).map(|n| n as u64)
    }

    pub(super) fn three(&self) -> Option<[f64; 3]> {
        match self {
            Self::Three(three) => Some(*three),
            _ => None,
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Lenient<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Anything)
    }
}

struct Anything;

impl<'de> Visitor<'de> for Anything {
    type Value = Lenient<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(Lenient::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Lenient::Number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Lenient::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Lenient::Number(number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Lenient::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Lenient::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Lenient::Nothing)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut three = [None; 3];
        for place in &mut three {
            *place = items.next_element::<Lenient<'de>>()?.and_then(|item| item.number());
        }
        while items.next_element::<IgnoredAny>()?.is_some() {}
        let [Some(one), Some(two), Some(last)] = three else { return Ok(Lenient::Nothing) };
        Ok(Lenient::Three([one, two, last]))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Lenient::Nothing)
    }
}

//! A part of time that somebody chose, and how times stand in an address.

use chrono::{DateTime, SecondsFormat, Utc};
use forewatch::time;
use serde::{Deserialize, Serialize};

/// From a moment until another, Unix seconds; never empty.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// Its beginning.
    pub from: f64,
    /// Its end, later than the beginning.
    pub to: f64,
}

impl Span {
    /// The span between two moments, in whole seconds; `None` when they are not in order.
    pub fn of(from: f64, to: f64) -> Option<Self> {
        let (from, to) = (from.round(), to.round());
        (from < to).then_some(Self { from, to })
    }

    /// Its length in seconds.
    pub fn seconds(self) -> f64 {
        self.to - self.from
    }

    /// Whether both ends are within a second of another's.
    pub fn is_near(self, other: Self) -> bool {
        (self.from - other.from).abs() < 1.0 && (self.to - other.to).abs() < 1.0
    }

    /// As it stands in an address: `2026-11-24T14:02:00Z..2026-11-24T15:00:00Z`.
    pub fn word(self) -> String {
        [&write(self.from), "Z..", &write(self.to), "Z"].concat()
    }

    /// Reads what [`Self::word`] wrote.
    pub fn read(word: &str) -> Option<Self> {
        let (from, to) = word.split_once("..")?;
        Self::of(read(from)?, read(to)?)
    }
}

/// A moment in UTC as a form's field has it, with its seconds: `2026-11-24T14:02:31`.
pub fn write(at: f64) -> String {
    let at = time::from_unix_seconds(at).unwrap_or_default();
    at.to_rfc3339_opts(SecondsFormat::Secs, true).trim_end_matches('Z').to_owned()
}

/// Reads a moment, in UTC where it names no zone: a day, or a day with minutes or seconds.
pub fn read(text: &str) -> Option<f64> {
    let text = text.trim();
    let endings = ["", "Z", ":00Z", "T00:00:00Z"];
    let at: DateTime<Utc> = endings.iter().find_map(|ending| [text, ending].concat().parse().ok())?;
    Some(time::unix_seconds(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_comes_back_from_its_word_and_an_empty_one_is_none() {
        let span = Span::of(1_795_615_351.4, 1_795_618_000.0);
        assert_eq!(span, Some(Span { from: 1_795_615_351.0, to: 1_795_618_000.0 }));
        assert_eq!(Span::read(&span.expect("it is in order").word()), span);
        assert_eq!(Span::of(10.0, 10.3), None);
        assert_eq!(Span::of(10.0, f64::NAN), None);
        assert_eq!(Span::read("2026-11-24..2026-11-23"), None);
    }

    #[test]
    fn moments_are_read_as_people_and_forms_write_them() {
        let noon = read("2026-11-24T12:00:00Z").expect("a moment");
        for text in ["2026-11-24T12:00", "2026-11-24T12:00:00", " 2026-11-24T13:00:00+01:00 "] {
            assert_eq!(read(text), Some(noon), "{text}");
        }
        assert_eq!(read("2026-11-24"), Some(noon - 12.0 * 3_600.0));
        assert_eq!(write(noon), "2026-11-24T12:00:00");
        for wrong in ["", "yesterday", "2026-13-01", "12:00"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}

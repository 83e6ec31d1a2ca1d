//! The time that the charts show, and what it is compared with.

use super::span::{self, Span};
use crate::charts::Range;
use serde::{Deserialize, Serialize};

/// Which time is shown, before anybody zooms.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Period {
    /// The newest of this length.
    Last(Range),
    /// From a moment on, an hour before the end when absent; until a moment, now when absent. Unix seconds.
    Dates(Option<f64>, Option<f64>),
}

impl Period {
    /// Reads it from an address; what is not understood is told in `remarks`.
    pub(super) fn read(get: &impl Fn(&str) -> Option<String>, remarks: &mut Vec<String>) -> Self {
        let mut moment = |key: &str| {
            let text = get(key)?;
            let at = span::read(&text);
            if at.is_none() {
                remarks.push(format!("{key}: \"{text}\" is no moment. Write it as 2026-11-24T14:02."));
            }
            at
        };
        let (from, to) = (moment("from"), moment("to"));
        if from.zip(to).is_some_and(|(from, to)| Span::of(from, to).is_none()) {
            remarks.push("The end lies before the beginning.".to_owned());
            return Self::Last(Range::Hour);
        }
        if from.is_some() || to.is_some() {
            return Self::Dates(from, to);
        }
        let asked = get("range");
        let range = asked.as_deref().map(Range::of_word);
        if range == Some(None) {
            remarks.push("There is no such range: choose one of those below, or dates.".to_owned());
        }
        Self::Last(range.flatten().unwrap_or_default())
    }
}

/// What the charts are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Compare {
    /// Nothing.
    #[default]
    Nothing,
    /// What lies just before, as long as what is shown.
    Before,
    /// The same time a day earlier.
    Day,
    /// The same time a week earlier.
    Week,
}

impl Compare {
    /// All of them, with the word in the address and the one that people read.
    pub const ALL: [(Self, &str, &str); 4] = [
        (Self::Nothing, "", "nothing"),
        (Self::Before, "before", "the period before"),
        (Self::Day, "day", "a day before"),
        (Self::Week, "week", "a week before"),
    ];

    /// Its word in the address.
    pub fn word(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        Self::ALL[self as usize].2
    }

    /// Seconds that the other time lies before this one.
    pub fn offset(self, shown: Span) -> Option<f64> {
        match self {
            Self::Nothing => None,
            Self::Before => Some(shown.seconds()),
            Self::Day => Some(86_400.0),
            Self::Week => Some(7.0 * 86_400.0),
        }
    }
}

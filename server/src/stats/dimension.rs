//! By what tallies are kept, in which spans of time, and the keys they go by.

use chrono::{DateTime, Utc};

/// Seconds of a day.
pub(crate) const DAY: i64 = 86_400;
/// Keys of a dimension in one span at most; what comes after counts under [`Key::Other`].
pub(crate) const MAX_KEYS: usize = 10_000;

/// By what tasks are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Dimension {
    /// All together.
    System,
    /// By the queue's public id.
    Queue,
    /// By the task's name, or its content type where it has none.
    Name,
    /// By the worker that had it last.
    Worker,
    /// By the user it was done for.
    User,
}

impl Dimension {
    pub(crate) const ALL: [Self; 5] = [Self::System, Self::Queue, Self::Name, Self::Worker, Self::User];

    /// Its number in the store.
    pub(crate) fn number(self) -> i64 {
        match self {
            Self::System => 0,
            Self::Queue => 1,
            Self::Name => 2,
            Self::Worker => 3,
            Self::User => 4,
        }
    }

    /// Seconds of its finest spans. The system's make up the days of every time zone: offsets are whole quarters.
    pub(crate) fn span(self) -> i64 {
        match self {
            Self::System => 900,
            Self::Queue | Self::Name | Self::Worker | Self::User => 3_600,
        }
    }
}

/// How long a span is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Grain {
    /// The dimension's own.
    Fine,
    /// A day (UTC), made of the fine spans once it is over.
    Day,
}

impl Grain {
    /// Its number in the store.
    pub(crate) fn number(self) -> i64 {
        match self {
            Self::Fine => 0,
            Self::Day => 1,
        }
    }
}

/// The begin of the span of `seconds` that a time lies in, Unix seconds.
pub(crate) fn begin(at: DateTime<Utc>, seconds: i64) -> i64 {
    at.timestamp().div_euclid(seconds) * seconds
}

/// What a tally is of.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Key {
    /// One of the dimension's.
    Named(String),
    /// Those of which it is not known.
    None,
    /// Those for which there was no room.
    Other,
}

impl Key {
    pub(crate) fn of(name: Option<&str>) -> Self {
        name.map_or(Self::None, |name| Self::Named(name.to_owned()))
    }

    /// As it is stored: no text from outside is taken for another key.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Named(name) => format!("={name}"),
            Self::None => String::new(),
            Self::Other => "*".to_owned(),
        }
    }

    /// From a stored text.
    pub(crate) fn read(text: &str) -> Self {
        match text.strip_prefix('=') {
            Some(name) => Self::Named(name.to_owned()),
            None if text.is_empty() => Self::None,
            None => Self::Other,
        }
    }
}

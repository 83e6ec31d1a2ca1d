//! Lists: what the server filters, sorts and pages.

use serde::{Deserialize, Serialize};

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Ask with `cursor=` this for the next page; null on the last one.
    pub next_cursor: Option<String>,
    /// How many rows match in all.
    pub total: u64,
    /// False when `total` is a lower bound.
    pub total_exact: bool,
}

/// Rows in a page when nothing is asked for.
pub const DEFAULT_LIMIT: usize = 50;
/// Rows in a page at most.
pub const MAX_LIMIT: usize = 1_000;

/// A word that is not one of those known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{word}\" is not known here: use one of {known}")]
pub struct UnknownWord {
    word: String,
    known: String,
}

impl UnknownWord {
    /// Names the word (cut to 60 characters) and those that exist.
    pub fn new<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Self {
        Self { word: word.chars().take(60).collect(), known: known.collect::<Vec<_>>().join(", ") }
    }
}

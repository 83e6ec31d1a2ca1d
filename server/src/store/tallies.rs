//! What statistics ask of a store: tallies of ended tasks by span and key, and what single records count.

use super::StoreError;
use crate::stats::{Dimension, Finished, Key, Tally};
use app::query::TaskFilter;
use chrono::{DateTime, Utc};
use std::ops::Range;

/// Which tallies: those of whole spans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tallied {
    pub(crate) dimension: Dimension,
    /// Spans that begin within it, Unix seconds.
    pub(crate) span: Range<i64>,
    /// How far spans may be joined.
    pub(crate) grain: Finest,
}

/// How fine the spans must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finest {
    /// The dimension's own.
    Own,
    /// Whole days (UTC) as one where the range has them.
    Days,
}

/// Answers for statistics. Calls block for milliseconds: callers use `spawn_blocking`.
pub(crate) trait TallyReader {
    /// Calls `each` with the begin (Unix seconds), key and tally of every span, one at a time, in order of their begins.
    fn tallies(
        &self,
        of: &Tallied,
        each: &mut dyn FnMut(i64, Key, Tally) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;

    /// Calls `each` with every task that ended in `span` and matches the filter (its `from` and `to` do not count), until
    /// it answers that it has enough.
    fn finished(
        &self,
        filter: &TaskFilter,
        span: Range<DateTime<Utc>>,
        each: &mut dyn FnMut(Finished) -> Next,
    ) -> Result<(), StoreError>;
}

/// Whether more is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    More,
    Enough,
}

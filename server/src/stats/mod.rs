//! Statistics: what ended, by hour and by day, for the whole and by queue, name, worker and error.
//!
//! - [`tally`]: counts and sums over ended tasks, with a [`sketch`] of their times; [`bytes`]: as they are stored.
//! - [`finished`]: what one record counts; [`dimension`]: for what; [`cause`]: the error without what is different each time.
//! - The store keeps a tally a span and key, written in one transaction with the records (`store/sqlite/tallies.rs`).
//! - [`period`]: the hours and days of a time zone; [`system`]: the system over each, its gauges from history ([`gauges`]).
//! - [`groups`]: `GET /tasks/groups`.

mod bytes;
mod cause;
mod dimension;
mod finished;
mod gauges;
mod groups;
mod period;
mod sketch;
mod system;
mod tally;

pub(crate) use bytes::{pack, unpack};
pub(crate) use dimension::{DAY, Dimension, Grain, Key, MAX_KEYS, begin};
pub(crate) use finished::Finished;
pub(crate) use gauges::Past;
pub(crate) use groups::{By, Gathered, GroupsAsked, Kept, News, Span, gather, group, groups};
pub(crate) use period::{DAYS, HOURS, Periods, Unit};
pub(crate) use sketch::Sketch;
pub(crate) use system::statistics;
pub(crate) use tally::Tally;

use crate::history::QueryError;
use crate::store::StoreError;
use chrono::TimeDelta;

/// Why statistics cannot be answered.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StatsError {
    #[error(
        "this range has more than {most} periods: choose a shorter one, or days instead of hours",
        most = period::MAX_PERIODS
    )]
    Wide,
    #[error("the range begins over {years} years ago: nothing is kept that long", years = period::MAX_AGE_DAYS / 365)]
    Old,
    #[error("single tasks are kept for {} days: groups by error, and with filters, reach back no further; choose a later `from`", .0.num_days())]
    Trimmed(TimeDelta),
    #[error("more than {most} tasks ended in this range and match: choose a shorter range, one of whole hours, or more filters", most = groups::MAX_TASKS)]
    Many,
    #[error(transparent)]
    Query(#[from] QueryError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

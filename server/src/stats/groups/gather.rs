//! Gathering what ended, by any number of things at once: of whole hours from tallies, and what is left at both ends from
//! single records, which are read once for all.

use super::seen::Seen;
use super::{AHEAD, By, Kept, MAX_TASKS};
use crate::stats::{DAY, Finished, Key, MAX_KEYS, StatsError, Tally, begin};
use crate::store::{Finest, Next, Tallied, TallyReader};
use app::query::TaskFilter;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::TaskStatus;
use std::collections::HashMap;
use std::ops::Range;

/// Seconds of the spans of queues, names and workers.
const HOUR: i64 = 3_600;

pub(crate) type Span = (DateTime<Utc>, DateTime<Utc>);

/// The filter by which records are read.
pub(super) fn matching(by: &[By], filter: &TaskFilter) -> TaskFilter {
    let failed = by.contains(&By::Error) && filter.status.is_empty();
    TaskFilter { status: if failed { vec![TaskStatus::Failed] } else { filter.status.clone() }, ..filter.clone() }
}

/// What ended in a span, by one thing.
pub(crate) struct Gathered {
    by: By,
    keys: HashMap<Key, Tally>,
}

/// What is gathered, and how far it is.
pub(super) struct Gathering<const N: usize> {
    pub(super) all: [Gathered; N],
    /// When those of each were seen, where that is asked.
    pub(super) seen: Option<Seen>,
    /// Records that were read.
    pub(super) tasks: usize,
}

/// What ended in a span, by each of `by`. Errors, of which only what failed has one, are gathered alone.
pub(crate) fn gather<const N: usize>(
    records: &dyn TallyReader,
    by: [By; N],
    span: Span,
    kept: Kept,
    now: DateTime<Utc>,
) -> Result<[Gathered; N], StatsError> {
    let mut gathering = Gathering::of(by, None);
    gathering.add_span(records, &TaskFilter::default(), span, kept, now)?;
    Ok(gathering.all)
}

impl Gathered {
    /// What each key has. What was taken out again leaves an empty tally behind.
    pub(crate) fn into_tallies(self) -> impl Iterator<Item = (Key, Tally)> {
        self.keys.into_iter().filter(|(_, tally)| tally.counts.all() > 0)
    }

    fn add(&mut self, key: Key, tally: &Tally) {
        if let Some(known) = self.keys.get_mut(&key) {
            return known.add(tally);
        }
        let key = if self.keys.len() < MAX_KEYS { key } else { Key::Other };
        self.keys.entry(key).or_default().add(tally);
    }
}

impl<const N: usize> Gathering<N> {
    pub(super) fn of(by: [By; N], seen: Option<Seen>) -> Self {
        Self { all: by.map(|by| Gathered { by, keys: HashMap::new() }), seen, tasks: 0 }
    }

    /// Adds what ended in a span and matches; `filter` says nothing of when.
    pub(super) fn add_span(
        &mut self,
        records: &dyn TallyReader,
        filter: &TaskFilter,
        (from, to): Span,
        kept: Kept,
        now: DateTime<Utc>,
    ) -> Result<(), StatsError> {
        // What ends later than now by its sender's clock is in what ends now.
        let to = if to < now { to } else { now + AHEAD };
        if *filter == TaskFilter::default() && self.all.iter().all(|gathered| gathered.by.dimension().is_some()) {
            return self.of_tallies(records, (from, to), kept, now);
        }
        // A minute: so long it may have taken to ask.
        if from < now - kept.tasks - TimeDelta::minutes(1) {
            return Err(StatsError::Trimmed(kept.tasks));
        }
        self.of_records(records, filter, (from, to))
    }

    /// Whole hours (or days) from tallies, what is left at both ends from records. Where there are none any more, the
    /// hour or day that `from` or `to` lies in counts as a whole.
    fn of_tallies(
        &mut self,
        records: &dyn TallyReader,
        (from, to): Span,
        kept: Kept,
        now: DateTime<Utc>,
    ) -> Result<(), StatsError> {
        let plain = TaskFilter::default();
        let (tasks_since, hours_since) = (now - kept.tasks, now - kept.hours);
        let grain = |at: DateTime<Utc>| if at < hours_since { DAY } else { HOUR };
        let up = |at: DateTime<Utc>| begin(at - TimeDelta::microseconds(1), grain(at)) + grain(at);
        let down = |at: DateTime<Utc>| begin(at, grain(at));
        let first = if from < tasks_since { down(from) } else { up(from) };
        let last = if to < tasks_since || to > now { up(to) } else { down(to) };
        if first >= last && from >= tasks_since {
            return self.of_records(records, &plain, (from, to));
        }
        let time = |seconds: i64| DateTime::from_timestamp(seconds, 0).unwrap_or(now);
        if from < time(first) {
            self.of_records(records, &plain, (from, time(first)))?;
        }
        if time(last) < to {
            self.of_records(records, &plain, (time(last), to))?;
        }
        self.all.iter_mut().try_for_each(|gathered| gathered.of_tallies(records, first..last))
    }

    fn of_records(
        &mut self,
        records: &dyn TallyReader,
        filter: &TaskFilter,
        (from, to): Span,
    ) -> Result<(), StatsError> {
        let by = self.all.each_ref().map(|gathered| gathered.by);
        records.finished(&matching(&by, filter), from..to, &mut |task| {
            self.tasks += 1;
            if self.tasks > MAX_TASKS {
                return Next::Enough;
            }
            self.add(&task);
            Next::More
        })?;
        if self.tasks > MAX_TASKS { Err(StatsError::Many) } else { Ok(()) }
    }

    fn add(&mut self, task: &Finished) {
        for gathered in &mut self.all {
            let key = gathered.by.key(task);
            if let Some(seen) = &mut self.seen {
                seen.note(&key, task.at);
            }
            gathered.add(key, &task.one);
        }
    }
}

impl Gathered {
    fn of_tallies(&mut self, records: &dyn TallyReader, span: Range<i64>) -> Result<(), StatsError> {
        let Some(dimension) = self.by.dimension() else { return Ok(()) };
        let of = Tallied { dimension, span, grain: Finest::Days };
        records.tallies(&of, &mut |_, key, tally| {
            self.add(key, &tally);
            Ok(())
        })?;
        Ok(())
    }
}

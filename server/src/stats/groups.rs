//! `GET /tasks/groups`: tasks that ended, by what they have in common. From tallies where those tell it; with filters, and
//! by error, from the records themselves.

use super::tally::percentiles;
use super::{Dimension, Finished, Key, StatsError, Tally};
use crate::config::Retention;
use crate::store::Records;
use app::query::TaskFilter;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::TaskGroup;
use forewatch::list::UnknownWord;
use std::time::Duration;

mod gather;
mod seen;
#[cfg(test)]
mod tests;

pub(crate) use gather::{Gathered, Span, gather};
use gather::{Gathering, matching};
pub(crate) use seen::News;
use seen::Seen;

/// Records that are read for one answer at most.
pub(super) const MAX_TASKS: usize = 1_000_000;
/// Tasks may end this much in the future by their senders' clocks.
const AHEAD: TimeDelta = TimeDelta::hours(1);

/// What groups have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Name,
    Queue,
    Worker,
    User,
    Error,
    /// All together: one group.
    All,
}

impl std::str::FromStr for By {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Ok(match word {
            "name" => Self::Name,
            "queue" => Self::Queue,
            "worker" => Self::Worker,
            "user" => Self::User,
            "error" => Self::Error,
            _ => return Err(UnknownWord::new(word, ["name", "queue", "worker", "user", "error"].into_iter())),
        })
    }
}

impl By {
    fn dimension(self) -> Option<Dimension> {
        match self {
            Self::Name => Some(Dimension::Name),
            Self::Queue => Some(Dimension::Queue),
            Self::Worker => Some(Dimension::Worker),
            Self::User => Some(Dimension::User),
            Self::All => Some(Dimension::System),
            Self::Error => None,
        }
    }

    fn key(self, task: &Finished) -> Key {
        self.dimension().map_or_else(|| task.cause(), |dimension| task.key(dimension))
    }
}

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct GroupsAsked {
    pub(crate) by: By,
    /// Which tasks; its `from` and `to` are when they ended.
    pub(crate) filter: TaskFilter,
    /// Of groups by error: whether it is to be told when each was first and last seen, and which are new.
    pub(crate) news: Option<News>,
}

/// How long things are kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept {
    pub(crate) tasks: TimeDelta,
    pub(crate) hours: TimeDelta,
}

impl Kept {
    /// As configured; what is longer than the calendar reaches back to the beginning of all that is told.
    pub(crate) fn of(retention: &Retention) -> Self {
        const MOST: TimeDelta = TimeDelta::days(100 * 365);
        let delta = |kept: Duration| TimeDelta::from_std(kept).map_or(MOST, |delta| delta.min(MOST));
        Self { tasks: delta(retention.tasks), hours: delta(retention.hours) }
    }
}

/// The groups of what ended, largest first; errors that are new before all others. Without `from`, of what ended within the task retention.
pub(crate) fn groups(
    records: &dyn Records,
    asked: &GroupsAsked,
    kept: Kept,
    now: DateTime<Utc>,
) -> Result<Vec<TaskGroup>, StatsError> {
    let from = asked.filter.from.unwrap_or(now - kept.tasks);
    let to = asked.filter.to.unwrap_or(now);
    let news = asked.news.filter(|_| asked.by == By::Error);
    let filter = TaskFilter { from: None, to: None, ..asked.filter.clone() };
    let mut gathering = Gathering::of([asked.by], news.map(|_| Seen::default()));
    gathering.add_span(records, &filter, (from, to), kept, now)?;
    let Gathering { all, mut seen, tasks } = gathering;
    if let Some(seen) = &mut seen {
        seen.look_back(records, &matching(&[asked.by], &filter), now - kept.tasks..from, tasks)?;
    }
    let seen = seen.as_ref().zip(news);
    let told = all.into_iter().flat_map(Gathered::into_tallies).map(|(key, tally)| {
        let mut group = group(&key, &tally);
        if let Some((seen, news)) = seen {
            seen.tell(&key, &mut group, news, to.min(now));
        }
        group
    });
    let mut groups: Vec<TaskGroup> = told.collect();
    let new = |group: &TaskGroup| group.is_new == Some(true);
    groups.sort_by(|a, b| (new(b), b.total).cmp(&(new(a), a.total)).then_with(|| a.key.cmp(&b.key)));
    Ok(groups)
}

/// What a key has in common, in figures.
pub(crate) fn group(key: &Key, tally: &Tally) -> TaskGroup {
    let counts = &tally.counts;
    TaskGroup {
        is_other: *key == Key::Other,
        key: match key {
            Key::Named(name) => Some(name.clone()),
            Key::None => None,
            Key::Other => Some("other".to_owned()),
        },
        total: counts.all(),
        completed: counts.completed,
        failed: counts.failed,
        cancelled: counts.cancelled,
        unknown: counts.unknown,
        timed_out: counts.timed_out,
        attempts: counts.attempts,
        retries: counts.retries,
        error_rate: counts.error_rate(),
        timeout_rate: counts.timeout_rate(),
        retry_rate: counts.retry_rate(),
        average_task_duration: tally.mean_run(),
        average_queue_wait_time: tally.mean_wait(),
        processing_time: percentiles(&tally.run),
        queue_wait_time: percentiles(&tally.wait),
        gpu_time: counts.gpu_seconds(),
        wasted_gpu_time: counts.wasted_gpu_seconds(),
        energy_joules: counts.joules(),
        first_seen: None,
        last_seen: None,
        is_new: None,
    }
}

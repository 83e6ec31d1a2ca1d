//! `GET /tasks/groups`: tasks that ended, by what they have in common. From tallies where those tell it; with filters, and
//! by error, from the records themselves.

use super::tally::percentiles;
use super::{DAY, Dimension, Finished, Key, MAX_KEYS, StatsError, Tally, begin};
use crate::config::Retention;
use crate::store::{Finest, Next, Records, Tallied};
use app::query::TaskFilter;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::list::UnknownWord;
use forewatch::{TaskGroup, TaskStatus};
use std::collections::HashMap;
use std::time::Duration;

mod seen;
#[cfg(test)]
mod tests;

pub(crate) use seen::News;
use seen::Seen;

/// Records that are read for one answer at most.
pub(super) const MAX_TASKS: usize = 1_000_000;
/// Seconds of the spans of queues, names and workers.
const HOUR: i64 = 3_600;
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
    let to = asked.filter.to.filter(|to| *to < now).unwrap_or(now + AHEAD);
    let news = asked.news.filter(|_| asked.by == By::Error);
    let seen = news.map(|_| Seen::default());
    let mut groups = Groups { by: asked.by, keys: HashMap::new(), seen, tasks: 0 };
    let plain = TaskFilter { from: None, to: None, ..asked.filter.clone() } == TaskFilter::default();
    match asked.by.dimension().filter(|_| plain) {
        Some(dimension) => groups.of_tallies(records, dimension, (from, to), kept, now)?,
        // A minute: so long it may have taken to ask.
        None if from < now - kept.tasks - TimeDelta::minutes(1) => return Err(StatsError::Trimmed(kept.tasks)),
        None => {
            let mut filter = asked.filter.clone();
            if asked.by == By::Error && filter.status.is_empty() {
                filter.status = vec![TaskStatus::Failed];
            }
            groups.of_records(records, &filter, (from, to))?;
            if let Some(seen) = &mut groups.seen {
                seen.look_back(records, &filter, now - kept.tasks..from, groups.tasks)?;
            }
        }
    }
    Ok(groups.finish(news, to.min(now)))
}

struct Groups {
    by: By,
    keys: HashMap<Key, Tally>,
    /// When those of each were seen, where that is asked.
    seen: Option<Seen>,
    /// Records that were read.
    tasks: usize,
}

type Span = (DateTime<Utc>, DateTime<Utc>);

impl Groups {
    fn add(&mut self, key: Key, tally: &Tally) {
        if let Some(known) = self.keys.get_mut(&key) {
            return known.add(tally);
        }
        let key = if self.keys.len() < MAX_KEYS { key } else { Key::Other };
        self.keys.entry(key).or_default().add(tally);
    }

    /// Whole hours (or days) from tallies, what is left at both ends from records. Where there are none any more, the
    /// hour or day that `from` or `to` lies in counts as a whole.
    fn of_tallies(
        &mut self,
        records: &dyn Records,
        dimension: Dimension,
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
        let of = Tallied { dimension, span: first..last, grain: Finest::Days };
        records.tallies(&of, &mut |_, key, tally| {
            self.add(key, &tally);
            Ok(())
        })?;
        Ok(())
    }

    fn of_records(&mut self, records: &dyn Records, filter: &TaskFilter, (from, to): Span) -> Result<(), StatsError> {
        records.finished(filter, from..to, &mut |task| {
            self.tasks += 1;
            if self.tasks > MAX_TASKS {
                return Next::Enough;
            }
            let key = self.by.key(&task);
            if let Some(seen) = &mut self.seen {
                seen.note(&key, task.at);
            }
            self.add(key, &task.one);
            Next::More
        })?;
        if self.tasks > MAX_TASKS { Err(StatsError::Many) } else { Ok(()) }
    }

    fn finish(self, news: Option<News>, to: DateTime<Utc>) -> Vec<TaskGroup> {
        // What was taken out again leaves an empty tally behind.
        let told = self.keys.into_iter().filter(|(_, tally)| tally.counts.all() > 0);
        let seen = self.seen.as_ref().zip(news);
        let told = told.map(|(key, tally)| {
            let mut group = group(&key, &tally);
            if let Some((seen, news)) = seen {
                seen.tell(&key, &mut group, news, to);
            }
            group
        });
        let mut groups: Vec<TaskGroup> = told.collect();
        let new = |group: &TaskGroup| group.is_new == Some(true);
        groups.sort_by(|a, b| (new(b), b.total).cmp(&(new(a), a.total)).then_with(|| a.key.cmp(&b.key)));
        groups
    }
}

fn group(key: &Key, tally: &Tally) -> TaskGroup {
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

//! When failures of one kind were first and last seen, and which kinds are new.

use super::{By, MAX_TASKS};
use crate::stats::{Key, MAX_KEYS, StatsError};
use crate::store::{Next, Records};
use app::query::TaskFilter;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::TaskGroup;
use std::collections::HashMap;
use std::ops::Range;

/// What was first seen within this before the end of the range is new.
const NEW: TimeDelta = TimeDelta::hours(24);

/// What is to be told of when kinds of failures were seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct News {
    /// The last deploy: what was first seen since is new as well.
    pub(crate) deployed: Option<DateTime<Utc>>,
}

/// When the first and the last of each kind ended.
#[derive(Default)]
pub(super) struct Seen {
    kinds: HashMap<Key, (DateTime<Utc>, DateTime<Utc>)>,
    /// Whether all that is kept was read for the first ones: they are the first of all then.
    is_whole: bool,
}

impl Seen {
    /// One of a kind ended.
    pub(super) fn note(&mut self, key: &Key, at: DateTime<Utc>) {
        if let Some((first, last)) = self.kinds.get_mut(key) {
            (*first, *last) = (at.min(*first), at.max(*last));
        } else if self.kinds.len() < MAX_KEYS {
            self.kinds.insert(key.clone(), (at, at));
        }
    }

    /// Looks for earlier ones of the kinds that were noted in what is kept before the range. With more records than may be
    /// read for one answer, `read` of which were read already, it is not known since when they are there.
    pub(super) fn look_back(
        &mut self,
        records: &dyn Records,
        filter: &TaskFilter,
        before: Range<DateTime<Utc>>,
        mut read: usize,
    ) -> Result<(), StatsError> {
        self.is_whole = true;
        if before.is_empty() || self.kinds.is_empty() {
            return Ok(());
        }
        records.finished(filter, before, &mut |task| {
            read += 1;
            if read > MAX_TASKS {
                self.is_whole = false;
                return Next::Enough;
            }
            if let Some((first, _)) = self.kinds.get_mut(&By::Error.key(&task)) {
                *first = task.at.min(*first);
            }
            Next::More
        })?;
        Ok(())
    }

    /// Writes what is known into a group.
    pub(super) fn tell(&self, key: &Key, group: &mut TaskGroup, news: News, to: DateTime<Utc>) {
        let Some((first, last)) = self.kinds.get(key) else { return };
        group.last_seen = Some(*last);
        if self.is_whole {
            let day = to.checked_sub_signed(NEW).unwrap_or(DateTime::<Utc>::MIN_UTC);
            let since = news.deployed.map_or(day, |deployed| deployed.min(day));
            group.first_seen = Some(*first);
            group.is_new = Some(*first >= since);
        }
    }
}

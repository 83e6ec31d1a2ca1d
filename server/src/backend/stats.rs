//! Statistics, from records and history together.

use super::BackendFor;
use super::past::beside;
use crate::collector::clock;
use crate::stats::{DAYS, GroupsAsked, HOURS, Kept, Past, Periods, StatsError, Unit, groups, statistics};
use crate::store::Records;
use app::backend::BackendError;
use app::query::TaskFilter;
use forewatch::list::UnknownWord;
use forewatch::{SystemMetrics, TaskGroup, Timestamp};

impl BackendFor {
    /// The system over each period.
    pub(crate) async fn statistics(
        &self,
        periods: Periods,
    ) -> Result<Result<Vec<SystemMetrics>, StatsError>, BackendError> {
        self.with_past(move |records, past, _, now| statistics(records, past, &periods, now)).await
    }

    /// Asks records and history together: `work` is told how long they are kept, and the time.
    pub(super) async fn with_past<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Records, &Past<'_>, Kept, Timestamp) -> T + Send + 'static,
    ) -> Result<T, BackendError> {
        self.person()?;
        let (state, now) = (self.state.clone(), clock());
        beside(move || state.with_past(now, |records, past, kept| work(records, past, kept, now))).await
    }

    /// The newest hours and days, for those who want everything at once.
    pub(crate) async fn newest_statistics(
        &self,
    ) -> Result<Result<(Vec<SystemMetrics>, Vec<SystemMetrics>), StatsError>, BackendError> {
        let now = clock();
        let hours = self.statistics(Periods::newest(Unit::Hour, HOURS, now)).await?;
        let days = self.statistics(Periods::newest(Unit::Day, DAYS, now)).await?;
        Ok(hours.and_then(|hours| Ok((hours, days?))))
    }

    /// The same for a page, by a word, largest group first.
    pub(super) async fn groups_by(&self, by: &str, filter: TaskFilter) -> Result<Vec<TaskGroup>, BackendError> {
        let by = by.parse().map_err(|error: UnknownWord| BackendError::Invalid(format!("{error}.")))?;
        let groups = self.groups(GroupsAsked { by, filter }).await?;
        let mut groups = groups.map_err(|error| BackendError::Invalid(format!("{error}.")))?;
        groups.sort_by_key(|group| std::cmp::Reverse(group.total));
        Ok(groups)
    }

    /// Groups of what ended.
    pub(crate) async fn groups(&self, asked: GroupsAsked) -> Result<Result<Vec<TaskGroup>, StatsError>, BackendError> {
        self.person()?;
        let (records, now) = (self.state.records.clone(), clock());
        let kept = Kept::of(&self.state.config.retention);
        beside(move || groups(&*records, &asked, kept, now)).await
    }
}

//! Statistics, from records and history together.

use super::BackendFor;
use super::past::beside;
use crate::collector::clock;
use crate::stats::{DAYS, GroupsAsked, HOURS, Kept, Past, Periods, StatsError, Unit, groups, statistics};
use app::backend::BackendError;
use chrono::TimeDelta;
use forewatch::{SystemMetrics, TaskGroup};
use std::time::Duration;

impl BackendFor {
    /// The system over each period.
    pub(crate) async fn statistics(
        &self,
        periods: Periods,
    ) -> Result<Result<Vec<SystemMetrics>, StatsError>, BackendError> {
        self.person()?;
        let (records, history, now) = (self.state.records.clone(), self.state.history.clone(), clock());
        let hours = delta(self.state.config.retention.hours);
        let every = self.state.config.server.tick.as_secs_f64().max(1.0);
        beside(move || {
            let ask = |query: &_| history.answer(query);
            let past = Past { ask: &ask, hours_since: (now - hours).timestamp(), every };
            statistics(&*records, &past, &periods, now)
        })
        .await
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

    /// Groups of what ended.
    pub(crate) async fn groups(&self, asked: GroupsAsked) -> Result<Result<Vec<TaskGroup>, StatsError>, BackendError> {
        self.person()?;
        let (records, now) = (self.state.records.clone(), clock());
        let retention = &self.state.config.retention;
        let kept = Kept { tasks: delta(retention.tasks), hours: delta(retention.hours) };
        beside(move || groups(&*records, &asked, kept, now)).await
    }
}

/// A configured duration; one beyond the calendar reaches back to the beginning of all that is told.
pub(super) fn delta(duration: Duration) -> TimeDelta {
    const MOST: TimeDelta = TimeDelta::days(100 * 365);
    TimeDelta::from_std(duration).map_or(MOST, |delta| delta.min(MOST))
}

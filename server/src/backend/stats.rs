//! Statistics, from records and history together.

use super::BackendFor;
use super::past::beside;
use crate::collector::{Fleet, clock};
use crate::stats::{By, DAYS, GroupsAsked, HOURS, Kept, News, Past, Periods, StatsError, Unit, groups, statistics};
use crate::store::Records;
use app::backend::BackendError;
use app::query::TaskFilter;
use forewatch::event::Annotation;
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

    /// The groups for a page, by a word.
    pub(super) async fn groups_by(&self, by: &str, filter: TaskFilter) -> Result<Vec<TaskGroup>, BackendError> {
        let by = by.parse().map_err(|error: UnknownWord| BackendError::Invalid(format!("{error}.")))?;
        self.groups(by, filter).await?.map_err(|error| BackendError::Invalid(format!("{error}.")))
    }

    /// Groups of what ended; of errors, also which are new.
    pub(crate) async fn groups(
        &self,
        by: By,
        filter: TaskFilter,
    ) -> Result<Result<Vec<TaskGroup>, StatsError>, BackendError> {
        let deployed = deployed(&self.published()?.fleet, filter.to);
        let asked = GroupsAsked { by, filter, news: Some(News { deployed }) };
        let (records, now) = (self.state.records.clone(), clock());
        let kept = Kept::of(&self.state.config.retention);
        beside(move || groups(&*records, &asked, kept, now)).await
    }
}

/// When the last deploy before `to` was noted, as an annotation that is tagged so.
fn deployed(fleet: &Fleet, to: Option<Timestamp>) -> Option<Timestamp> {
    let is_deploy = |note: &&Annotation| note.tags.iter().any(|tag| tag.eq_ignore_ascii_case("deploy"));
    let deploys = fleet.annotations.iter().rev().filter(is_deploy).filter_map(|note| note.at);
    deploys.filter(|at| to.is_none_or(|to| *at <= to)).max()
}

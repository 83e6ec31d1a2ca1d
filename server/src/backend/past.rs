//! What is older than the live state: records from the store, and the past of metrics. Both may
//! take milliseconds, so they run beside the threads that serve requests.

use super::BackendFor;
use crate::history::QueryError;
use crate::store::{Records, StoreError};
use app::backend::BackendError;
use app::query::{AlertFilter, SeriesQuery, TaskFilter};
use forewatch::list::Page;
use forewatch::series::QueryAnswer;
use forewatch::{Alert, AlertId, TaskId, TaskMetrics};

impl BackendFor {
    /// Runs `read` where it may block.
    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&dyn Records) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, BackendError> {
        self.person()?;
        let records = self.state.records.clone();
        beside(move || read(&*records)).await?.map_err(Into::into)
    }

    /// A page of tasks.
    pub(super) async fn tasks_past(&self, filter: TaskFilter) -> Result<Page<TaskMetrics>, BackendError> {
        self.read(move |records| records.tasks(&filter)).await
    }

    /// How many tasks match.
    pub(super) async fn count_tasks(&self, filter: TaskFilter) -> Result<u64, BackendError> {
        self.read(move |records| records.count_tasks(&filter)).await
    }

    /// A page of alerts. Records follow the live state with a short delay; those that are live are taken from there.
    pub(super) async fn alerts_past(&self, filter: AlertFilter) -> Result<Page<Alert>, BackendError> {
        let mut page = self.read(move |records| records.alerts(&filter)).await?;
        let fleet = self.published()?.fleet;
        for alert in &mut page.items {
            if let Some(live) = fleet.alerts.get(&alert.alert_id) {
                (**live).clone_into(alert);
            }
        }
        Ok(page)
    }

    /// A task, the live one first.
    pub(super) async fn task_of_any_age(&self, id: TaskId) -> Result<TaskMetrics, BackendError> {
        if let Some(task) = self.published()?.fleet.tasks.get(&id) {
            return Ok((**task).clone());
        }
        let missing =
            BackendError::NotFound(format!("there is no task {id}: it was never reported, or it has expired"));
        self.read(move |records| records.task(&id)).await?.ok_or(missing)
    }

    /// An alert, the live one first.
    pub(super) async fn alert_of_any_age(&self, id: AlertId) -> Result<Alert, BackendError> {
        if let Some(alert) = self.published()?.fleet.alerts.get(&id) {
            return Ok((**alert).clone());
        }
        let missing = BackendError::NotFound(format!("there is no alert {id}: it may have expired"));
        self.read(move |records| records.alert(&id)).await?.ok_or(missing)
    }

    /// The past of a metric.
    pub(crate) async fn query(&self, query: SeriesQuery) -> Result<Result<QueryAnswer, QueryError>, BackendError> {
        let history = self.state.history.clone();
        beside(move || history.answer(&query)).await
    }
}

/// Runs what may block beside the threads that serve requests.
pub(super) async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, BackendError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(%error, "reading the past did not end well");
        BackendError::Unavailable("the past could not be read: try again, and see Forewatch's log".to_owned())
    })
}

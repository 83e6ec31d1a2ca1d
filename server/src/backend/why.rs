//! Why tasks wait and which are stuck, from the published fleet.

use super::BackendFor;
use crate::collector::Fleet;
use crate::why;
use app::backend::BackendError;
use forewatch::limit::{ExplainedTask, Limit};
use forewatch::spent::Spent;
use forewatch::stuck::Usual;
use forewatch::{QueueName, TaskId, TaskMetrics, Timestamp};

/// The rule whose bounds say what is stuck.
const RULE: &str = "task-stuck";
/// From so many times of what is usual on a task is stuck, where that rule is switched off.
const TIMES: f64 = 3.0;

impl BackendFor {
    /// A task of any age with what follows from its record.
    pub(crate) async fn explained(&self, id: TaskId) -> Result<ExplainedTask, BackendError> {
        let task = self.task_of_any_age(id).await?;
        let fleet = self.published()?.fleet;
        Ok(ExplainedTask {
            spent: Spent::of(&task, fleet.now),
            limit: why::task_limit(&fleet, &task),
            stuck: self.usual(&fleet, &task).and_then(|usual| usual.stuck(&task, fleet.now)),
            task,
        })
    }

    /// What holds back the tasks of each queue.
    pub(super) fn queue_limits(&self) -> Result<Vec<(QueueName, Limit)>, BackendError> {
        Ok(self.state.limits.of(&self.published()?.fleet).to_vec())
    }

    /// Why a task waits; none of one that does not, or is no longer live.
    pub(super) fn limit_of_task(&self, id: &TaskId) -> Result<Option<Limit>, BackendError> {
        let fleet = self.published()?.fleet;
        Ok(fleet.tasks.get(id).and_then(|task| why::task_limit(&fleet, task)))
    }

    /// How long tasks of the same name usually run.
    pub(super) fn usual_of(&self, task: &TaskMetrics) -> Result<Option<Usual>, BackendError> {
        Ok(self.usual(&self.published()?.fleet, task))
    }

    /// From when on each of those that run is stuck, unless it says something before.
    pub(super) fn stuck_by_time(&self, tasks: &[TaskMetrics]) -> Result<Vec<(TaskId, Timestamp)>, BackendError> {
        let fleet = self.published()?.fleet;
        let live = tasks.iter().filter_map(|task| fleet.tasks.get(&task.task_id));
        let from = live.filter_map(|task| {
            let usual = self.usual(&fleet, task).filter(|_| !task.status.is_ended())?;
            Some((task.task_id.clone(), usual.stuck_from(task)?))
        });
        Ok(from.collect())
    }

    fn usual(&self, fleet: &Fleet, task: &TaskMetrics) -> Option<Usual> {
        let rule = self.state.rules.iter().find(|rule| rule.id.as_str() == RULE);
        let times = rule.map_or(TIMES, |rule| rule.threshold);
        why::usual_run(fleet, task).map(|p95| Usual { p95, times })
    }
}

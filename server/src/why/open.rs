//! What the open tasks tell of workers and queues: one pass over the tasks in memory.

use crate::alerts::name_of;
use crate::collector::{Fleet, Queue};
use chrono::{DateTime, Utc};
use forewatch::attempts::running_since;
use forewatch::{QueueName, TaskMetrics, TaskState, TaskStatus, WorkerId, WorkerMetrics};
use std::collections::HashMap;

/// The open tasks, by who has them.
#[derive(Default)]
pub(super) struct Open<'a> {
    workers: HashMap<&'a WorkerId, Has<'a>>,
    /// Tasks that wait for their time, and when the first of them is due, by queue.
    due: HashMap<QueueName, (u64, DateTime<Utc>)>,
}

/// What one worker has.
#[derive(Default)]
struct Has<'a> {
    /// Running tasks by name; those without one count under none.
    runs: HashMap<Option<&'a str>, u64>,
    /// The task that has been running for longest, and since when.
    longest: Option<(DateTime<Utc>, &'a TaskMetrics)>,
    /// Reserved tasks by queue; under none where nobody tells the queue.
    reserved: HashMap<Option<QueueName>, u64>,
}

impl<'a> Open<'a> {
    /// Of a fleet.
    pub(super) fn of(fleet: &'a Fleet) -> Self {
        let mut open = Self::default();
        for task in fleet.tasks.values().filter(|task| !task.status.is_ended()) {
            open.add(task, fleet.now);
        }
        open
    }

    fn add(&mut self, task: &'a TaskMetrics, now: DateTime<Utc>) {
        if task.status == TaskStatus::Pending
            && let Some((eta, queue)) = task.eta.filter(|eta| *eta > now).zip(task.queue_id())
        {
            let (count, first) = self.due.entry(queue).or_insert((0, eta));
            (*count, *first) = (*count + 1, eta.min(*first));
        }
        let Some(worker) = &task.worker_id else { return };
        if task.status == TaskStatus::Processing {
            let since = running_since(task).unwrap_or(task.timestamp);
            let has = self.workers.entry(worker).or_default();
            *has.runs.entry(name_of(task)).or_default() += 1;
            if has.longest.is_none_or(|(other, known)| (since, &task.task_id) < (other, &known.task_id)) {
                has.longest = Some((since, task));
            }
        } else if task.state == TaskState::Received {
            *self.workers.entry(worker).or_default().reserved.entry(task.queue_id()).or_default() += 1;
        }
    }

    /// Tasks of a queue that a worker has reserved. One whose queue nobody tells is of the only queue that its worker
    /// takes from.
    pub(super) fn reserved(&self, worker: &WorkerMetrics, queue: &Queue) -> u64 {
        let Some(has) = self.workers.get(&worker.worker_id) else { return 0 };
        let of = |queue: Option<QueueName>| has.reserved.get(&queue).copied().unwrap_or(0);
        let nameless = if worker.queues.len() == 1 { of(None) } else { 0 };
        of(Some(queue.id.clone())) + nameless
    }

    /// The task that has been running on a worker for longest, and since when.
    pub(super) fn longest(&self, worker: &WorkerMetrics) -> Option<(DateTime<Utc>, &'a TaskMetrics)> {
        self.workers.get(&worker.worker_id)?.longest
    }

    /// The name of which most of the running tasks of some workers are, and how many: where it is at least half of them.
    pub(super) fn mostly(&self, workers: &[&WorkerMetrics]) -> Option<(&'a str, u64)> {
        let mut runs: HashMap<Option<&str>, u64> = HashMap::new();
        for has in workers.iter().filter_map(|worker| self.workers.get(&worker.worker_id)) {
            for (name, count) in &has.runs {
                *runs.entry(*name).or_default() += count;
            }
        }
        let all: u64 = runs.values().sum();
        let most = runs.into_iter().filter_map(|(name, count)| Some((name?, count)));
        most.max_by_key(|(name, count)| (*count, std::cmp::Reverse(*name))).filter(|(_, count)| count * 2 >= all)
    }

    /// Tasks of a queue that are known to wait for their time, and when the first of them is due.
    pub(super) fn due(&self, queue: &Queue) -> Option<(u64, DateTime<Utc>)> {
        self.due.get(&queue.id).copied()
    }
}

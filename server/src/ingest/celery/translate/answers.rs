//! What workers answer when they are asked, as events.

use super::Translator;
use crate::ingest::celery::workers::Learnt;
use chrono::{DateTime, Utc};
use forewatch::task::{TaskEvent, TaskEventKind, TaskFields};
use forewatch::{Event, EventBody, TaskId, WorkerStatus};
use std::collections::BTreeSet;

/// What is told of a task that ended in silence.
const SILENT_END: &str = "its worker no longer has it, and told of no end";

impl Translator {
    /// What asking a worker brought.
    pub(in crate::ingest::celery) fn learn(
        &mut self,
        node: &str,
        learnt: Learnt,
        at: DateTime<Utc>,
        out: &mut Vec<Event>,
    ) {
        for queue in learnt.queues.iter().flatten() {
            self.tracked.queue(queue);
        }
        self.workers.learn(node, learnt, &mut self.bodies);
        // Who is asked how it is set up is told to switch its events on before.
        self.shortfall.switched_on(node);
        self.emit(at, at, out);
    }

    /// A task that a worker was found to have, since `at` by its clock where it tells.
    pub(in crate::ingest::celery) fn found(
        &mut self,
        node: &str,
        task: TaskEvent,
        at: Option<DateTime<Utc>>,
        received_at: DateTime<Utc>,
        out: &mut Vec<Event>,
    ) {
        if task.kind == TaskEventKind::Started {
            self.tracked.tasks().started(&task.task_id, node);
        }
        self.tell(node, task, at, received_at, out);
    }

    /// The queue of a running task that its worker was asked about, once: its events do not tell.
    pub(in crate::ingest::celery) fn placed(
        &mut self,
        node: &str,
        task: TaskEvent,
        at: Option<DateTime<Utc>>,
        received_at: DateTime<Utc>,
        out: &mut Vec<Event>,
    ) {
        let is_new = self.tracked.tasks().place(&task.task_id);
        if is_new {
            self.tell(node, task, at, received_at, out);
        }
    }

    fn tell(
        &mut self,
        node: &str,
        task: TaskEvent,
        at: Option<DateTime<Utc>>,
        received_at: DateTime<Utc>,
        out: &mut Vec<Event>,
    ) {
        let at = at.and_then(|at| self.clocks.moved(node, at)).unwrap_or(received_at);
        let worker_id = self.workers.id(node);
        self.bodies.push(EventBody::Task(TaskEvent { worker_id, ..task }));
        self.emit(at, received_at, out);
    }

    /// A worker answered which of the tasks of a round's message it still has: it is alive, and those that it has not have ended.
    pub(in crate::ingest::celery) fn answered(
        &mut self,
        node: &str,
        (message, has): (usize, &BTreeSet<String>),
        at: DateTime<Utc>,
        out: &mut Vec<Event>,
    ) {
        let status = if has.is_empty() { WorkerStatus::Online } else { WorkerStatus::Busy };
        self.heard(node, status, at, out);
        let worker_id = self.workers.id(node);
        let gone = self.tracked.tasks().answered(message, node, has);
        for task in gone {
            let Ok(task_id) = TaskId::new(task) else { continue };
            let fields = Box::new(TaskFields { reason: Some(SILENT_END.to_owned()), ..TaskFields::default() });
            let ended = TaskEvent { kind: TaskEventKind::Ended, task_id, worker_id: worker_id.clone(), fields };
            self.bodies.push(EventBody::Task(ended));
        }
        self.emit(at, at, out);
    }
}

//! What people may ask of a Celery application's workers, and what came of it.
//!
//! A command is carried out by the server over the application's broker, where the configuration lets it
//! (`control` in its `[[celery]]` entry), and is recorded with who asked.

use crate::task::{TaskEventKind, TaskMoment};
use crate::{ControlId, QueueName, TaskId, WorkerId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The most tasks that one command names.
pub const MAX_TASKS: usize = 1_000;

/// How what is noted in a task's timeline begins when somebody calls it off.
pub const CALLED_OFF: &str = "revoked";

/// Something that a person asks of workers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum ControlCommand {
    /// Calls tasks off: those that wait are skipped when a worker takes them up.
    Revoke {
        /// The tasks, of one application, 1 to [`MAX_TASKS`].
        task_ids: Vec<TaskId>,
        /// Also stops those that run, by SIGTERM to the worker's child.
        #[serde(default)]
        terminate: bool,
    },
    /// Sends an ended task again, as a new one with the same arguments.
    Retry {
        /// The task.
        task_id: TaskId,
        /// Where the new one goes when the old one's queue is not known: the own name of a queue of its application.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        queue: Option<String>,
    },
    /// Workers no longer take tasks from a queue; what they have taken is still worked on.
    PauseQueue {
        /// The queue.
        queue: QueueName,
    },
    /// Workers that were taken off a queue by a pause take from it again.
    ResumeQueue {
        /// The queue.
        queue: QueueName,
    },
    /// A worker takes no more tasks and finishes what it has.
    Drain {
        /// The worker.
        worker_id: WorkerId,
    },
    /// A drained worker takes tasks from its queues again.
    Undrain {
        /// The worker.
        worker_id: WorkerId,
    },
    /// Asks for a sign of life.
    Ping {
        /// The worker.
        worker_id: WorkerId,
    },
    /// A worker finishes what it runs, gives back what it has not started, and ends.
    ShutDown {
        /// The worker.
        worker_id: WorkerId,
    },
    /// More or fewer processes in a worker's pool, until it restarts.
    Resize {
        /// The worker.
        worker_id: WorkerId,
        /// How many more (over 0) or fewer (under 0), at most 100 either way.
        by: i32,
    },
    /// How often a worker may start tasks of a name, until it restarts.
    LimitRate {
        /// The worker.
        worker_id: WorkerId,
        /// The tasks' name.
        name: String,
        /// Celery's rate: `10/s`, `10/m`, `10/h`; `0` for no limit.
        rate: String,
    },
}

/// What one worker answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ControlAnswer {
    /// The worker.
    pub worker_id: WorkerId,
    /// Whether it did what it was asked for.
    pub is_ok: bool,
    /// What it said.
    pub said: String,
}

/// What came of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ControlOutcome {
    /// What was done, or why not, in a sentence for people.
    pub summary: String,
    /// What each worker answered that did so in time; a task that is sent again needs no answer.
    pub answers: Vec<ControlAnswer>,
    /// The task that was sent in place of the one to be tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_task: Option<TaskId>,
}

/// Something that a person asked, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlRecord {
    /// What was asked, this once.
    pub control_id: ControlId,
    /// When.
    pub at: DateTime<Utc>,
    /// The person's name.
    pub by: String,
    /// What; once it is over, of a revocation the first few tasks only.
    pub command: ControlCommand,
    /// What came of it; absent while it is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<ControlOutcome>,
}

impl ControlCommand {
    /// The word for it in addresses and logs.
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Revoke { .. } => "revoke",
            Self::Retry { .. } => "retry",
            Self::PauseQueue { .. } => "pause",
            Self::ResumeQueue { .. } => "resume",
            Self::Drain { .. } => "drain",
            Self::Undrain { .. } => "undrain",
            Self::Ping { .. } => "ping",
            Self::ShutDown { .. } => "shutdown",
            Self::Resize { .. } => "pool",
            Self::LimitRate { .. } => "rate-limit",
        }
    }
}

/// What is done to all tasks that a filter lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BulkDeed {
    /// Those that wait are called off.
    Revoke,
    /// As [`BulkDeed::Revoke`], and those that run are stopped.
    Terminate,
    /// Those that failed are sent again.
    Retry,
}

/// What came of a deed on all tasks of a filter, or would come of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BulkOutcome {
    /// Tasks that it can be done to.
    pub tasks: u64,
    /// Tasks of the filter that are left as they are: ended already, of no application that takes commands, cut arguments.
    pub left: u64,
    /// What was done, or would be, in a sentence for people; with why others are left.
    pub summary: String,
    /// Whether it was done, rather than only counted.
    pub is_done: bool,
}

/// Whether `moment` of a task's timeline says that somebody called it off, and it ran to its end all the same: as it does
/// when its worker has handed it to a process already and does not stop that, or not in time.
pub fn came_too_late(moment: &TaskMoment, timeline: &[TaskMoment]) -> bool {
    let told = |kind| timeline.iter().any(|other| other.what == kind && other.at >= moment.at);
    moment.what == TaskEventKind::Commanded
        && moment.detail.as_deref().is_some_and(|detail| detail.starts_with(CALLED_OFF))
        && !told(TaskEventKind::Revoked)
        && (told(TaskEventKind::Completed) || told(TaskEventKind::Failed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(second: i64, what: TaskEventKind, detail: Option<&str>) -> TaskMoment {
        let at = DateTime::from_timestamp(1_780_000_000 + second, 0).expect("a time");
        TaskMoment { at, what, worker_id: None, detail: detail.map(str::to_owned) }
    }

    #[test]
    fn a_task_that_ends_well_or_badly_after_it_was_called_off_was_called_off_too_late() {
        let called_off = moment(5, TaskEventKind::Commanded, Some("revoked by Ada: 1 worker answered"));
        for (end, is_late) in [
            (Some(TaskEventKind::Completed), true),
            (Some(TaskEventKind::Failed), true),
            (Some(TaskEventKind::Revoked), false),
            (None, false),
        ] {
            let mut timeline = vec![moment(1, TaskEventKind::Started, None), called_off.clone()];
            timeline.extend(end.map(|end| moment(9, end, None)));
            assert_eq!(came_too_late(&called_off, &timeline), is_late, "{end:?}");
        }
        let after = [moment(4, TaskEventKind::Completed, None), called_off.clone()];
        assert!(!came_too_late(&called_off, &after), "it had ended before");
        let sent_again = moment(5, TaskEventKind::Commanded, Some("sent again as t-2 by Ada"));
        assert!(!came_too_late(&sent_again, &[sent_again.clone(), moment(9, TaskEventKind::Completed, None)]));
    }
}

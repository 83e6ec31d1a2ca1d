//! The state that a timeline amounts to, and which entry decided it.
//!
//! Ended well outranks ended badly, which outranks called off; each outranks all that is not an end, and
//! the first entry of the rank decides. What is given back, lost or vanished is an end only until a worker
//! has the task again. Between retries, the newest entry is right.

use chrono::{DateTime, Utc};
use forewatch::task::{TaskEventKind, TaskMoment};
use forewatch::{TaskState, WorkerId};

/// What a timeline amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) state: TaskState,
    decider: Option<usize>,
}

impl Verdict {
    /// Reads a sorted timeline of a task that may start at `eta`, when it has one.
    pub(super) fn of(events: &[TaskMoment], eta: Option<DateTime<Utc>>) -> Self {
        let mut verdict = Self { state: TaskState::Sent, decider: None };
        for (index, moment) in events.iter().enumerate() {
            if let Some(state) = verdict.next(moment, eta) {
                verdict = Self { state, decider: Some(index) };
            }
        }
        verdict
    }

    /// The state after `moment`, when it has a say.
    fn next(self, moment: &TaskMoment, eta: Option<DateTime<Utc>>) -> Option<TaskState> {
        use TaskEventKind as Kind;
        use TaskState as State;
        let now = self.state;
        let to = match moment.what {
            Kind::Custom | Kind::Commanded => return None,
            Kind::Submitted => State::Sent,
            Kind::Received if eta.is_some_and(|eta| eta > moment.at) => State::Scheduled,
            Kind::Received => State::Received,
            Kind::Started => State::Started,
            Kind::Progress => State::Progress,
            Kind::Retried => State::Retrying,
            Kind::Completed => State::Succeeded,
            Kind::Failed => State::Failed,
            Kind::Revoked => State::Revoked,
            Kind::Rejected if moment.detail.as_deref() == Some(super::REQUEUED) => State::Sent,
            Kind::Rejected => State::Rejected,
            Kind::Cancelled => State::Cancelled,
            Kind::Lost => State::Lost,
            Kind::Ended => State::Ended,
        };
        let open = finality(now) == 0;
        let taken = match moment.what {
            Kind::Submitted => self.decider.is_none(),
            // A worker that takes the next attempt before it says that the last one failed is no news;
            // one that takes a task given back, or lost, is.
            Kind::Received => matches!(now, State::Sent | State::Received | State::Scheduled) || finality(now) == 1,
            Kind::Started | Kind::Progress => open || matches!(now, State::Lost | State::Ended),
            Kind::Retried | Kind::Rejected => finality(now) <= 1,
            Kind::Lost | Kind::Ended => open,
            Kind::Completed | Kind::Failed | Kind::Revoked | Kind::Cancelled => finality(to) > finality(now),
            Kind::Custom | Kind::Commanded => false,
        };
        taken.then_some(to)
    }

    /// The entry that decided.
    pub(super) fn decided_by(self, events: &[TaskMoment]) -> Option<&TaskMoment> {
        self.decider.and_then(|index| events.get(index))
    }

    /// Who has or had the task: the decider's worker, else the last that took part.
    pub(super) fn worker(self, events: &[TaskMoment]) -> Option<WorkerId> {
        let last = || events.iter().rev().find_map(|moment| moment.worker_id.clone());
        self.decided_by(events).and_then(|moment| moment.worker_id.clone()).or_else(last)
    }
}

/// How final a state is: a higher one is not left for a lower one. 0 is no end at all, 1 an end until a
/// worker has the task again.
fn finality(state: TaskState) -> u8 {
    match state {
        TaskState::Sent
        | TaskState::Received
        | TaskState::Scheduled
        | TaskState::Retrying
        | TaskState::Started
        | TaskState::Progress => 0,
        TaskState::Rejected | TaskState::Cancelled | TaskState::Lost | TaskState::Ended => 1,
        TaskState::Revoked => 2,
        TaskState::Failed => 3,
        TaskState::Succeeded => 4,
    }
}

//! What is due, by time. What is due at the same moment happens in the order in which it was planned.

use super::super::task::{End, Task};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What will happen. Bounded by the workers, their slots and the tasks that wait for another attempt.
#[derive(Default)]
pub(super) struct Agenda {
    due: BinaryHeap<Reverse<Due>>,
    order: u64,
}

impl Agenda {
    /// Plans something for a moment, in seconds since the start.
    pub(super) fn plan(&mut self, at: f64, what: What) {
        self.order += 1;
        self.due.push(Reverse(Due { at, order: self.order, what }));
    }

    /// The next thing that is due by `until`, and when.
    pub(super) fn next(&mut self, until: f64) -> Option<(f64, What)> {
        if self.due.peek().is_none_or(|Reverse(due)| due.at > until) {
            return None;
        }
        self.due.pop().map(|Reverse(Due { at, what, .. })| (at, what))
    }
}

struct Due {
    at: f64,
    order: u64,
    what: What,
}

pub(super) enum What {
    Beat(usize),
    Arrival,
    QueueSample,
    Requeue(Box<Task>),
    Progress { worker: usize, slot: u32, task_id: String },
    End { worker: usize, slot: u32, task: Box<Task>, end: End },
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Due {}
impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Due {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.at.total_cmp(&other.at).then(self.order.cmp(&other.order))
    }
}

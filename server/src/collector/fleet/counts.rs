//! Counts: of tasks by state, and of what workers count themselves.

use forewatch::TaskState;
use serde::{Deserialize, Serialize};

/// A worker's own counters, made monotonic over its restarts.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Counters {
    pub(crate) completed: Counter,
    pub(crate) failed: Counter,
    /// The mean duration it last reported, seconds.
    pub(crate) average_duration: Option<f64>,
    /// Tasks it says it runs.
    pub(crate) active: Option<u64>,
}

/// A counter of a program that may start again from zero.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Counter {
    total: u64,
    last: u64,
}

impl Counter {
    /// Takes the newest value; one below the last means a restart, and counts from zero.
    pub(crate) fn update(&mut self, value: u64) {
        self.total = self.total.saturating_add(if value >= self.last { value - self.last } else { value });
        self.last = value;
    }

    pub(crate) fn total(self) -> u64 {
        self.total
    }
}

/// How many tasks are in each state.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct States {
    pub(crate) sent: u64,
    pub(crate) received: u64,
    pub(crate) scheduled: u64,
    pub(crate) retrying: u64,
    pub(crate) running: u64,
}

impl States {
    fn slot(&mut self, state: TaskState) -> Option<&mut u64> {
        Some(match state {
            TaskState::Sent => &mut self.sent,
            TaskState::Received => &mut self.received,
            TaskState::Scheduled => &mut self.scheduled,
            TaskState::Retrying => &mut self.retrying,
            TaskState::Started | TaskState::Progress => &mut self.running,
            _ => return None,
        })
    }

    pub(crate) fn add(&mut self, state: TaskState) {
        if let Some(slot) = self.slot(state) {
            *slot += 1;
        }
    }

    pub(crate) fn remove(&mut self, state: TaskState) {
        if let Some(slot) = self.slot(state) {
            *slot = slot.saturating_sub(1);
        }
    }

    /// Known tasks that have not started.
    pub(crate) fn waiting(self) -> u64 {
        self.sent + self.received + self.scheduled + self.retrying
    }

    /// Known tasks that have not ended.
    pub(crate) fn open(self) -> u64 {
        self.waiting() + self.running
    }
}

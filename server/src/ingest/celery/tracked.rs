//! What the reading of events, the sampling of queues and the asking of workers share: the names of queues,
//! and which tasks are where.

use super::at_workers::AtWorkers;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Queues that are sampled; more of one application are not.
pub(super) const MAX_QUEUES: usize = 5_000;

/// Queues by name, and tasks at workers. Locks are held for a look-up only.
#[derive(Debug, Default)]
pub(super) struct Tracked {
    queues: Mutex<BTreeSet<String>>,
    queues_full: AtomicBool,
    tasks: Mutex<AtWorkers>,
}

impl Tracked {
    /// Remembers a queue. Names of kombu's own bookkeeping are not queues of tasks.
    pub(super) fn queue(&self, name: &str) {
        let own = name.ends_with(".pidbox") || name.starts_with("celeryev.") || name == "celeryev";
        let usable = !name.trim().is_empty() && name.len() <= super::text::MAX_NAME && !name.contains(char::is_control);
        if own || !usable {
            return;
        }
        let mut queues = lock(&self.queues);
        if queues.contains(name) {
            return;
        }
        if queues.len() < MAX_QUEUES {
            queues.insert(name.to_owned());
        } else {
            self.queues_full.store(true, Ordering::Relaxed);
        }
    }

    /// The queues that are known, in order.
    pub(super) fn queues(&self) -> Vec<String> {
        lock(&self.queues).iter().cloned().collect()
    }

    /// What found no room since the last call, in a sentence each.
    pub(super) fn take_full(&self) -> Vec<&'static str> {
        let full = [
            (
                self.queues_full.swap(false, Ordering::Relaxed),
                "there are more queues than are sampled: some have no length",
            ),
            (self.tasks().take_full(), "more tasks run than are remembered: some count as reserved, or end unnoticed"),
        ];
        full.into_iter().filter(|(is_full, _)| *is_full).map(|(_, what)| what).collect()
    }

    /// The tasks that workers have. Nothing is waited for while this is held.
    pub(super) fn tasks(&self) -> MutexGuard<'_, AtWorkers> {
        lock(&self.tasks)
    }

    /// The connection was lost, and nobody can be asked: what ran may have ended.
    pub(super) fn forget_tasks(&self) {
        *self.tasks() = AtWorkers::default();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while a lock is held, and what it guards is whole after every call.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_finds_no_room_is_told() {
        let tracked = Tracked::default();
        (0..MAX_QUEUES).for_each(|n| tracked.queue(&n.to_string()));
        tracked.queue("0");
        assert!(tracked.take_full().is_empty());
        tracked.queue("one more");
        assert_eq!(tracked.take_full().len(), 1);
        assert!(tracked.take_full().is_empty(), "until it happens again");
    }
}

//! What the reading of events and the sampling of queues share: the names of queues, and which tasks run.

use std::collections::{BTreeSet, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Queues that are sampled; more of one application are not.
pub(super) const MAX_QUEUES: usize = 5_000;
/// Running tasks that are remembered.
const MAX_RUNNING: usize = 100_000;

/// Queues by name, and running tasks by id. Locks are held for a look-up only.
#[derive(Debug, Default)]
pub(super) struct Tracked {
    queues: Mutex<BTreeSet<String>>,
    running: Mutex<HashSet<String>>,
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
        if queues.len() < MAX_QUEUES && !queues.contains(name) {
            queues.insert(name.to_owned());
        }
    }

    /// The queues that are known, in order.
    pub(super) fn queues(&self) -> Vec<String> {
        lock(&self.queues).iter().cloned().collect()
    }

    /// A task runs.
    pub(super) fn started(&self, task: &str) {
        let mut running = lock(&self.running);
        if running.len() < MAX_RUNNING {
            running.insert(task.to_owned());
        }
    }

    /// A task runs no more.
    pub(super) fn ended(&self, task: &str) {
        lock(&self.running).remove(task);
    }

    /// Whether a task is known to run.
    pub(super) fn runs(&self, task: &str) -> bool {
        lock(&self.running).contains(task)
    }

    /// The connection was lost: what ran may have ended.
    pub(super) fn forget_running(&self) {
        lock(&self.running).clear();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while a lock is held, and a set is whole after every call.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

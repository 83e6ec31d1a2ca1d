//! The sums over the tasks of workers that became known after their tasks: what was told of a worker before it
//! announced itself counts as if it had come after.

use super::count;
use crate::collector::Changes;
use crate::collector::fleet::Fleet;
use crate::collector::outcome::Tally;
use forewatch::{TaskStatus, WorkerId};
use std::collections::HashMap;
use std::sync::Arc;

/// Makes the sums of the workers that are new since the last time: one pass over the tasks in memory for all of them.
pub(super) fn make(fleet: &mut Fleet, changes: &mut Changes) {
    if fleet.unsummed.is_empty() {
        return;
    }
    let new = std::mem::take(&mut fleet.unsummed);
    let mut sums: HashMap<&WorkerId, (u64, Tally)> = HashMap::new();
    for task in fleet.tasks.values() {
        if let Some(id) = task.worker_id.as_ref().filter(|id| new.contains(*id)) {
            let (running, tally) = sums.entry(id).or_default();
            *running += u64::from(task.status == TaskStatus::Processing);
            tally.add(task);
        }
    }
    for (id, (running, tally)) in sums {
        if let Some(slot) = fleet.workers.get_mut(id) {
            let worker = Arc::make_mut(slot);
            (worker.has_task_events, worker.running, worker.tally) = (true, running, tally);
            count(worker);
            changes.workers.insert(id.clone());
        }
    }
}

//! What the reading of events, the sampling of queues and the asking of workers share: the names of queues,
//! and which tasks run where.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Queues that are sampled; more of one application are not.
pub(super) const MAX_QUEUES: usize = 5_000;
/// Running tasks that are remembered.
const MAX_RUNNING: usize = 100_000;
/// Answers in a row without a task, after which it has ended: the event of its end may be on its way at the first.
const MISSED: u8 = 2;

/// Queues by name, and running tasks by id. Locks are held for a look-up only.
#[derive(Debug, Default)]
pub(super) struct Tracked {
    queues: Mutex<BTreeSet<String>>,
    running: Mutex<Running>,
    queues_full: AtomicBool,
    running_full: AtomicBool,
}

#[derive(Debug, Default)]
struct Running {
    by_task: HashMap<String, Run>,
    /// What each node was asked about in the last round, and has not answered yet.
    asked: BTreeMap<String, Vec<String>>,
    round: u64,
}

#[derive(Debug)]
struct Run {
    node: String,
    /// The round in which it was last asked about; that of its start before.
    round: u64,
    missed: u8,
    /// Its queue was told.
    placed: bool,
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
            (&self.queues_full, "there are more queues than are sampled: some have no length"),
            (&self.running_full, "more tasks run than are remembered: some count as reserved, or end unnoticed"),
        ];
        full.into_iter().filter(|(flag, _)| flag.swap(false, Ordering::Relaxed)).map(|(_, what)| what).collect()
    }

    /// A task runs on `node`.
    pub(super) fn started(&self, task: &str, node: &str) {
        let mut running = lock(&self.running);
        if running.by_task.len() < MAX_RUNNING || running.by_task.contains_key(task) {
            let run = Run { node: node.to_owned(), round: running.round, missed: 0, placed: false };
            running.by_task.insert(task.to_owned(), run);
        } else {
            self.running_full.store(true, Ordering::Relaxed);
        }
    }

    /// The queue of a running task is known now; whether it was not before.
    pub(super) fn place(&self, task: &str) -> bool {
        lock(&self.running).by_task.get_mut(task).is_some_and(|run| !std::mem::replace(&mut run.placed, true))
    }

    /// A task runs no more.
    pub(super) fn ended(&self, task: &str) {
        lock(&self.running).by_task.remove(task);
    }

    /// Whether a task is known to run.
    pub(super) fn runs(&self, task: &str) -> bool {
        lock(&self.running).by_task.contains_key(task)
    }

    /// The connection was lost, and nobody can be asked: what ran may have ended.
    pub(super) fn forget_running(&self) {
        *lock(&self.running) = Running::default();
    }

    /// Begins a round: up to `limit` tasks to ask about, those first that were not for longest.
    pub(super) fn to_ask(&self, limit: usize) -> Vec<String> {
        let mut running = lock(&self.running);
        running.round += 1;
        let Running { by_task, asked, round } = &mut *running;
        asked.clear();
        let mut longest: Vec<(&String, &mut Run)> = by_task.iter_mut().collect();
        longest.sort_unstable_by_key(|(_, run)| run.round);
        longest.truncate(limit);
        for (task, run) in &mut longest {
            run.round = *round;
            asked.entry(run.node.clone()).or_default().push((*task).clone());
        }
        longest.into_iter().map(|(task, _)| task.clone()).collect()
    }

    /// What `node` answered to the last round: the tasks among those that it still has. Gives those that it
    /// should have had and has not any more, which are forgotten.
    pub(super) fn answered(&self, node: &str, has: &BTreeSet<String>) -> Vec<String> {
        let mut running = lock(&self.running);
        let asked = running.asked.remove(node).unwrap_or_default();
        let mut gone = Vec::new();
        for task in asked {
            let Some(run) = running.by_task.get_mut(&task).filter(|run| run.node == node) else { continue };
            run.missed = if has.contains(&task) { 0 } else { run.missed + 1 };
            if run.missed >= MISSED {
                running.by_task.remove(&task);
                gone.push(task);
            }
        }
        gone
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while a lock is held, and a set is whole after every call.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(tracked: &Tracked, node: &str, has: &[&str]) -> Vec<String> {
        tracked.answered(node, &has.iter().map(|&task| task.to_owned()).collect())
    }

    #[test]
    fn a_task_has_ended_when_its_worker_twice_in_a_row_says_that_it_has_it_not() {
        let tracked = Tracked::default();
        tracked.started("a", "gpu@host");
        let mut answers = Vec::new();
        for has in [&[][..], &["a"], &[], &[]] {
            assert_eq!(tracked.to_ask(10), ["a"]);
            assert!(answer(&tracked, "other@host", &[]).is_empty(), "another worker never had it");
            answers.push(answer(&tracked, "gpu@host", has));
            assert!(answer(&tracked, "gpu@host", has).is_empty(), "an answer counts once");
        }
        assert_eq!(answers, [vec![], vec![], vec![], vec!["a".to_owned()]]);
        assert!(tracked.to_ask(10).is_empty());
    }

    #[test]
    fn the_queue_of_a_running_task_is_told_once_and_again_when_it_starts_again() {
        let tracked = Tracked::default();
        assert!(!tracked.place("a"), "it does not run");
        tracked.started("a", "gpu@host");
        assert!(tracked.place("a") && !tracked.place("a"));
        tracked.started("a", "cpu@host");
        assert!(tracked.place("a"));
    }

    #[test]
    fn a_task_that_starts_again_or_ends_meanwhile_is_judged_anew() {
        let tracked = Tracked::default();
        tracked.started("again", "gpu@host");
        tracked.started("ended", "gpu@host");
        for _ in 0..3 {
            tracked.to_ask(10);
            assert!(answer(&tracked, "gpu@host", &[]).is_empty());
            tracked.started("again", "gpu@host");
            tracked.ended("ended");
        }
    }

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

    #[test]
    fn of_more_tasks_than_one_question_holds_all_get_their_turn() {
        let tracked = Tracked::default();
        for task in ["a", "b", "c"] {
            tracked.started(task, "gpu@host");
        }
        let asked: BTreeSet<String> = (0..3).flat_map(|_| tracked.to_ask(1)).collect();
        assert_eq!(asked.len(), 3);
    }
}

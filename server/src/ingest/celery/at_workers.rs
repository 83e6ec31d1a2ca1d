//! Which tasks workers have, as far as is known, and what workers are asked about them. Pure.
//!
//! A round asks about some of the tasks whose ends are told as a rule: a worker answers with the arguments of all that it
//! has. What may have ended while nobody listened is in doubt, and asked about before them in the next rounds: most of it no
//! worker has any more, and that costs nothing to say. Each message holds so many tasks; the first goes to every worker, as
//! a question for a sign of life, and each further one to those alone whose tasks are in it.

use super::Taken;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Tasks at workers that are remembered.
pub(super) const MAX_TASKS: usize = 100_000;
/// Tasks of one message.
const MESSAGE: usize = 500;
/// Tasks that are not in doubt, in a round.
const STEADY: usize = 500;
/// Tasks in doubt, in a round.
const DOUBTED: usize = 10_000;
/// Rounds in which what is in doubt is asked about: one more than it takes to be sure, for an answer that is lost.
const ROUNDS: u8 = MISSED + 1;
/// Answers in a row without a task, after which it has ended: the event of its end may be on its way at the first.
const MISSED: u8 = 2;

/// Tasks by id, and the questions of the last round.
#[derive(Debug, Default)]
pub(super) struct AtWorkers {
    /// Those that run, and those of which it is asked whether their worker still has them.
    by_task: HashMap<String, Task>,
    /// What each message asked of each node, as far as that has not answered it yet.
    asked: Vec<BTreeMap<String, Vec<String>>>,
    round: u64,
    /// One found no room since this was asked for.
    full: bool,
}

#[derive(Debug)]
struct Task {
    node: String,
    runs: bool,
    /// The round in which it was last asked about; that of its start before.
    round: u64,
    missed: u8,
    /// In how many more rounds it is asked about before others.
    doubt: u8,
    /// Its queue was told.
    placed: bool,
}

/// A message of a round.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Message {
    /// Who is asked; `None` for every worker.
    pub(super) nodes: Option<Vec<String>>,
    pub(super) tasks: Vec<String>,
}

impl AtWorkers {
    /// A task runs on `node`.
    pub(super) fn started(&mut self, task: &str, node: &str) {
        let runs = Task { node: node.to_owned(), runs: true, round: self.round, missed: 0, doubt: 0, placed: false };
        self.put(task, runs);
    }

    /// A worker has taken a task: what was known of one that waited is past.
    pub(super) fn received(&mut self, task: &str) {
        if !self.runs(task) {
            self.by_task.remove(task);
        }
    }

    /// A task is at no worker any more.
    pub(super) fn ended(&mut self, task: &str) {
        self.by_task.remove(task);
    }

    /// Whether a task is known to run.
    pub(super) fn runs(&self, task: &str) -> bool {
        self.by_task.get(task).is_some_and(|task| task.runs)
    }

    /// The queue of a running task is known now; whether it was not before.
    pub(super) fn place(&mut self, task: &str) -> bool {
        self.by_task.get_mut(task).is_some_and(|task| !std::mem::replace(&mut task.placed, true))
    }

    /// Something may have been missed: whatever is known, and `tasks`, which workers had when last heard of, is in doubt.
    pub(super) fn recall(&mut self, tasks: Vec<Taken>) {
        self.by_task.values_mut().for_each(|task| task.doubt = ROUNDS);
        for Taken { task, node, runs } in tasks {
            match self.by_task.get_mut(&task) {
                // One that came again waits at another worker.
                Some(known) if !known.runs && known.node != node => (known.node, known.missed) = (node, 0),
                Some(_) => {}
                None => {
                    let round = self.round;
                    self.put(&task, Task { node, runs, round, missed: 0, doubt: ROUNDS, placed: false });
                }
            }
        }
    }

    /// These lie in the broker, not acknowledged: those of them that wait come again if no worker has them.
    pub(super) fn come_again<'a>(&mut self, tasks: impl Iterator<Item = &'a str>) {
        for task in tasks {
            if let Some(task) = self.by_task.get_mut(task).filter(|task| !task.runs) {
                task.missed = 0;
            }
        }
    }

    /// Begins a round. Of more tasks than it holds those come first that were not asked about for longest.
    pub(super) fn begin_round(&mut self) -> Vec<Message> {
        self.round += 1;
        let (doubted, steady): (Vec<_>, Vec<_>) = self.by_task.iter_mut().partition(|(_, task)| task.doubt > 0);
        let mut by_node: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (mut tasks, most) in [(doubted, DOUBTED), (steady, STEADY)] {
            tasks.sort_unstable_by_key(|(_, task)| task.round);
            for (id, task) in tasks.into_iter().take(most) {
                (task.round, task.doubt) = (self.round, task.doubt.saturating_sub(1));
                by_node.entry(task.node.clone()).or_default().push(id.clone());
            }
        }
        self.asked = messages(by_node);
        let of = |(place, nodes): (usize, &BTreeMap<String, Vec<String>>)| Message {
            nodes: (place > 0).then(|| nodes.keys().cloned().collect()),
            tasks: nodes.values().flatten().cloned().collect(),
        };
        self.asked.iter().enumerate().map(of).collect()
    }

    /// What `node` answered to a message of the last round: the tasks among those of it that it has. Gives those that it
    /// should have and has not any more, which are forgotten.
    pub(super) fn answered(&mut self, message: usize, node: &str, has: &BTreeSet<String>) -> Vec<String> {
        let asked = self.asked.get_mut(message).and_then(|nodes| nodes.remove(node)).unwrap_or_default();
        let mut gone = Vec::new();
        for id in asked {
            let Some(task) = self.by_task.get_mut(&id).filter(|task| task.node == node) else { continue };
            if has.contains(&id) {
                (task.missed, task.doubt) = (0, 0);
                continue;
            }
            task.missed += 1;
            if task.missed >= MISSED {
                self.by_task.remove(&id);
                gone.push(id);
            }
        }
        gone
    }

    /// Whether a task found no room since the last call.
    pub(super) fn take_full(&mut self) -> bool {
        std::mem::take(&mut self.full)
    }

    fn put(&mut self, id: &str, task: Task) {
        if self.by_task.len() < MAX_TASKS || self.by_task.contains_key(id) {
            self.by_task.insert(id.to_owned(), task);
        } else {
            self.full = true;
        }
    }
}

/// Shares tasks out among messages; there is one at least.
fn messages(by_node: BTreeMap<String, Vec<String>>) -> Vec<BTreeMap<String, Vec<String>>> {
    let (mut full, mut last, mut room) = (Vec::new(), BTreeMap::new(), MESSAGE);
    for (node, mut tasks) in by_node {
        while tasks.len() > room {
            let later = tasks.split_off(room);
            if room > 0 {
                last.insert(node.clone(), tasks);
            }
            full.push(std::mem::take(&mut last));
            (tasks, room) = (later, MESSAGE);
        }
        room -= tasks.len();
        last.insert(node, tasks);
    }
    full.push(last);
    full
}

#[cfg(test)]
mod tests;

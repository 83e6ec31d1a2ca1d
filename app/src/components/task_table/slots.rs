//! Rows that show one task after another. What is new takes the row of what is gone, so that the browser writes into the
//! elements that are there instead of making new ones each second; and it writes in turns, from the top on.

use forewatch::{TaskId, TaskMetrics};
use leptos::prelude::*;
use std::collections::{HashMap, HashSet};

/// A row.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    /// What tells it from the others for as long as it is there.
    pub number: usize,
    /// What it shows.
    pub task: ArcRwSignal<TaskMetrics>,
    /// The task that it is for, and shows as soon as it is its turn.
    id: TaskId,
}

/// The rows of a table.
#[derive(Debug, Default)]
pub(super) struct Slots {
    all: Vec<Slot>,
    made: usize,
}

impl Slots {
    /// A row for each task, in their order: the one that shows it already, else one whose task is gone.
    pub fn place(&mut self, tasks: Vec<TaskMetrics>) -> Vec<Slot> {
        let ids: HashSet<&TaskId> = tasks.iter().map(|task| &task.task_id).collect();
        let stays = |slot: &Slot| ids.contains(&slot.id);
        let (kept, free): (Vec<_>, Vec<_>) = std::mem::take(&mut self.all).into_iter().partition(stays);
        let mut kept: HashMap<TaskId, Slot> = kept.into_iter().map(|slot| (slot.id.clone(), slot)).collect();
        // In their order: where all tasks are new, no row moves.
        let mut free = free.into_iter();
        let mut placed = Vec::with_capacity(tasks.len());
        for task in tasks {
            let slot = kept.remove(&task.task_id).or_else(|| free.next());
            placed.push(self.show(task, slot));
        }
        self.all.clone_from(&placed);
        placed
    }

    fn show(&mut self, task: TaskMetrics, slot: Option<Slot>) -> Slot {
        let id = task.task_id.clone();
        let Some(slot) = slot else {
            self.made += 1;
            return Slot { number: self.made, task: ArcRwSignal::new(task), id };
        };
        let shown = slot.task.clone();
        write_in_turn(move || {
            if *shown.read_untracked() != task {
                shown.set(task);
            }
        });
        Slot { id, ..slot }
    }
}

#[cfg(feature = "hydrate")]
fn write_in_turn(write: impl FnOnce() + 'static) {
    crate::turns::in_turn(write);
}

#[cfg(not(feature = "hydrate"))]
fn write_in_turn(write: impl FnOnce()) {
    write();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(id: &str, retries: u32) -> TaskMetrics {
        let golden: TaskMetrics =
            serde_json::from_str(include_str!("../../../../tests/golden/task_metrics.json")).expect("a task");
        TaskMetrics { task_id: TaskId::new(id).expect("an id"), retry_count: retries, ..golden }
    }

    fn shown(slots: &[Slot]) -> Vec<(usize, String, u32)> {
        let tell = |slot: &Slot| {
            let task = slot.task.read_untracked();
            (slot.number, task.task_id.to_string(), task.retry_count)
        };
        slots.iter().map(tell).collect()
    }

    #[test]
    fn a_task_keeps_its_row_and_what_is_new_takes_that_of_what_is_gone() {
        let mut slots = Slots::default();
        let row = |number, id: &str, retries| (number, id.to_owned(), retries);
        assert_eq!(shown(&slots.place(vec![task("a", 0), task("b", 0)])), [row(1, "a", 0), row(2, "b", 0)]);
        let moved = slots.place(vec![task("c", 0), task("b", 1)]);
        assert_eq!(shown(&moved), [row(1, "c", 0), row(2, "b", 1)]);
        let more = slots.place(vec![task("d", 0), task("c", 0), task("b", 1)]);
        assert_eq!(shown(&more), [row(3, "d", 0), row(1, "c", 0), row(2, "b", 1)]);
        let others = vec![task("e", 0), task("f", 0), task("g", 0)];
        assert_eq!(shown(&slots.place(others)), [row(3, "e", 0), row(1, "f", 0), row(2, "g", 0)]);
        assert_eq!(shown(&slots.place(vec![task("g", 1)])), [row(2, "g", 1)]);
    }
}

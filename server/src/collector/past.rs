//! Tasks that have left memory, and how one comes back when it is heard of again.
//!
//! Only ended tasks leave, once their records are written. Which they are stands in a filter: so a task that is new costs no
//! look into the store. One that may have left is read back before what is told of it is applied, and is put into the log as
//! it was read ([`forewatch::EventBody::TaskRecalled`]): a restart applies the same to the same, and needs no records for it.

mod filter;

use super::changes::TaskIds;
use super::{Fleet, clock, control, own_source};
use crate::store::{Records, StoreError};
use filter::Filter;
use forewatch::{Event, EventBody, TaskId};
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

/// Which tasks have left memory, and which cannot yet.
pub(crate) struct Past {
    records: Arc<dyn Records>,
    left: Filter,
    /// The ids of the records from before the start. Until they have come any task may be among them.
    earlier: Option<Receiver<Filter>>,
    unwritten: Unwritten,
}

impl Past {
    /// Begins with what is in the records, whose ids are read meanwhile.
    pub(crate) fn start(records: Arc<dyn Records>) -> std::io::Result<Self> {
        let (done, earlier) = sync_channel(1);
        let reader = records.clone();
        std::thread::Builder::new().name("past".to_owned()).spawn(move || {
            let mut filter = Filter::default();
            match reader.task_ids(&mut |id| filter.insert(id)) {
                // Nobody waits for it any more where the collector has ended.
                Ok(()) => drop(done.send(filter)),
                Err(error) => tracing::warn!(%error, "the ids of tasks could not be read: each new one is looked up"),
            }
        })?;
        Ok(Self { records, left: Filter::default(), earlier: Some(earlier), unwritten: Unwritten::default() })
    }

    /// Puts the records of tasks that come back before the first of `events` that tells of them.
    pub(super) fn recall(&mut self, fleet: &Fleet, events: &mut Vec<Event>) -> Result<(), StoreError> {
        if let Some(Ok(earlier)) = self.earlier.as_ref().map(Receiver::try_recv) {
            self.left.join(earlier);
            self.earlier = None;
        }
        let mut seen = HashSet::new();
        let mut back = Vec::new();
        for (place, event) in events.iter().enumerate() {
            let told = match &event.body {
                EventBody::Task(told) => Some(&told.task_id),
                EventBody::ControlAnswered { control_id, .. } => control::ended_task(fleet, control_id),
                _ => None,
            };
            if let Some(id) = told
                && self.may_have_left(fleet, id)
                && seen.insert(id)
                && let Some(task) = self.records.task(id)?
            {
                back.push((place, task));
            }
        }
        let now = clock();
        // From the last on, so that the places before it stay true.
        for (place, task) in back.into_iter().rev() {
            let body = EventBody::TaskRecalled(Box::new(task));
            events.insert(place, Event { event_id: None, source: own_source(), at: now, received_at: now, body });
        }
        Ok(())
    }

    fn may_have_left(&self, fleet: &Fleet, id: &TaskId) -> bool {
        !fleet.tasks.contains_key(id) && (self.earlier.is_some() || self.left.may_hold(id))
    }

    /// Notes what changed up to `sequence` and is being written.
    pub(super) fn changed(&mut self, tasks: &TaskIds, sequence: u64) {
        self.unwritten.add(tasks, sequence);
    }

    /// Whether a task may leave, the records being `written` up to there.
    pub(super) fn settle(&mut self, written: u64) -> impl Fn(&TaskId) -> bool + '_ {
        self.unwritten.settle(written);
        |id| !self.unwritten.holds(id)
    }

    /// Notes tasks that have left.
    pub(super) fn gone<'a>(&mut self, tasks: impl IntoIterator<Item = &'a TaskId>) {
        for id in tasks {
            self.left.insert(id);
        }
    }
}

/// Tasks whose newest record is not written yet.
#[derive(Default)]
struct Unwritten {
    /// In how many of the batches each is.
    batches: HashMap<TaskId, u32, foldhash::quality::RandomState>,
    /// What changed up to a sequence, oldest first.
    waiting: VecDeque<(u64, Vec<TaskId>)>,
}

impl Unwritten {
    fn add(&mut self, tasks: &TaskIds, sequence: u64) {
        if tasks.is_empty() {
            return;
        }
        for id in tasks {
            *self.batches.entry(id.clone()).or_default() += 1;
        }
        self.waiting.push_back((sequence, tasks.iter().cloned().collect()));
    }

    fn settle(&mut self, written: u64) {
        while self.waiting.front().is_some_and(|(sequence, _)| *sequence <= written) {
            for id in self.waiting.pop_front().into_iter().flat_map(|(_, tasks)| tasks) {
                if let Some(count) = self.batches.get_mut(&id) {
                    *count -= 1;
                    if *count == 0 {
                        self.batches.remove(&id);
                    }
                }
            }
        }
    }

    fn holds(&self, id: &TaskId) -> bool {
        self.batches.contains_key(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(names: &[&str]) -> TaskIds {
        names.iter().map(|name| TaskId::new(name).expect("valid")).collect()
    }

    #[test]
    fn a_task_is_unwritten_until_the_last_change_of_it_is_in_the_records() {
        let mut unwritten = Unwritten::default();
        unwritten.add(&ids(&["a", "b"]), 10);
        unwritten.add(&ids(&["a"]), 20);
        let held = |unwritten: &Unwritten| ["a", "b"].map(|id| unwritten.holds(&TaskId::new(id).expect("valid")));
        assert_eq!(held(&unwritten), [true, true]);
        unwritten.settle(9);
        assert_eq!(held(&unwritten), [true, true]);
        unwritten.settle(19);
        assert_eq!(held(&unwritten), [true, false]);
        unwritten.settle(20);
        assert_eq!(held(&unwritten), [false, false]);
        assert!(unwritten.batches.is_empty() && unwritten.waiting.is_empty());
    }
}

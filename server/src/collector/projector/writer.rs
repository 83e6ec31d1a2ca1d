//! The projector's thread: writes what comes, and what could not be written again until it is in. A state
//! snapshot is saved only when all records before it are: the log after it is all that a restart reads.

use super::waiting::Waiting;
use super::{Retention, Work};
use crate::collector::clock;
use crate::collector::fleet::{FLEET_VERSION, Fleet};
use crate::store::{Projection, Snapshots, StateSnapshot, StoreError};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

/// Time until a write that failed is tried again when nothing new comes.
const AGAIN: Duration = Duration::from_secs(1);

/// Writes to a store.
pub(super) struct Writer {
    snapshots: Box<dyn Snapshots>,
    records: Box<dyn Projection>,
    retention: Retention,
    /// The event up to which records are written, for others to see.
    written: Arc<AtomicU64>,
    /// Not written yet. While the store fails it grows with the tasks that change, newest state of each.
    unwritten: Waiting,
    /// Whether the last write failed: said once, not with every attempt.
    fails: bool,
}

impl Writer {
    pub(super) fn new(
        snapshots: Box<dyn Snapshots>,
        records: Box<dyn Projection>,
        retention: Retention,
        written: Arc<AtomicU64>,
    ) -> Self {
        Self { snapshots, records, retention, written, unwritten: Waiting::default(), fails: false }
    }

    /// Runs until nobody sends any more.
    pub(super) fn run(mut self, work: &Receiver<Work>) {
        let mut put_off = None;
        loop {
            let next = match put_off.take() {
                Some(next) => Ok(next),
                None if self.unwritten.is_empty() => work.recv().map_err(|_| RecvTimeoutError::Disconnected),
                None => work.recv_timeout(AGAIN),
            };
            match next {
                Ok(Work::Records(newer)) => {
                    self.unwritten.add(newer);
                    // Under load several wait, and are one transaction.
                    put_off = work.try_iter().find_map(|next| self.add(next));
                    self.write();
                }
                Ok(Work::Snapshot(fleet, samples)) => self.snapshot(&fleet, &samples),
                // Whoever waited for it may have given up.
                Ok(Work::Reached(done)) => drop(done.send(())),
                Err(RecvTimeoutError::Timeout) => self.write(),
                Err(RecvTimeoutError::Disconnected) => return self.write(),
            }
        }
    }

    /// Adds records to those that are to be written; gives other work back.
    fn add(&mut self, work: Work) -> Option<Work> {
        match work {
            Work::Records(newer) => {
                self.unwritten.add(newer);
                None
            }
            other => Some(other),
        }
    }

    fn write(&mut self) {
        if self.unwritten.is_empty() {
            return;
        }
        let waiting = &self.unwritten;
        match self.records.write(&waiting.tasks(), &waiting.alerts(), &waiting.gone(), waiting.sequence()) {
            Ok(()) => {
                if std::mem::take(&mut self.fails) {
                    tracing::info!(records = self.unwritten.len(), "records can be written again");
                }
                self.written.store(self.unwritten.sequence(), Ordering::Relaxed);
                self.unwritten = Waiting::default();
            }
            Err(error) => {
                if !std::mem::replace(&mut self.fails, true) {
                    tracing::error!(%error, records = self.unwritten.len(), "records could not be written: trying again");
                }
            }
        }
    }

    fn snapshot(&mut self, fleet: &Fleet, samples: &Receiver<bool>) {
        self.write();
        if !self.unwritten.is_empty() {
            tracing::warn!(
                records = self.unwritten.len(),
                "a state snapshot is left out: records before it are not written"
            );
        } else if samples.recv() != Ok(true) {
            tracing::warn!("a state snapshot is left out: samples before it are not written");
        } else if let Err(error) = self.save(fleet) {
            tracing::error!(%error, "a state snapshot could not be saved; the next one will do");
        }
    }

    fn save(&mut self, fleet: &Fleet) -> Result<(), StoreError> {
        let bytes = rmp_serde::to_vec_named(fleet)
            .map_err(|error| StoreError::Damaged(format!("the state cannot be serialised: {error}")))?;
        let (sequence, retention) = (fleet.sequence, self.retention);
        self.snapshots.save_state(&StateSnapshot { version: FLEET_VERSION, sequence, bytes })?;
        let now = clock();
        // One bounded step of each a minute; more only while there is more.
        for _ in 0..10 {
            let log = self.snapshots.trim_log(now - retention.log, sequence)?;
            let records = self.records.trim_records(now - retention.tasks, now - retention.alerts)?;
            let tallies = self.records.settle_tallies(now, &retention.tallies)?;
            if !log && !records && !tallies {
                break;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collector::{Changes, Projector};
    use crate::store::KeptTallies;
    use chrono::{DateTime, TimeDelta, Utc};
    use forewatch::{Alert, AlertId, TaskMetrics};
    use std::sync::Mutex;
    use std::sync::atomic::AtomicUsize;

    /// Counts the states that are saved.
    #[derive(Default, Clone)]
    struct Saved(Arc<AtomicUsize>);

    impl Snapshots for Saved {
        fn save_state(&mut self, _: &StateSnapshot) -> Result<(), StoreError> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Ok(())
        }
        fn trim_log(&mut self, _: DateTime<Utc>, _: u64) -> Result<bool, StoreError> {
            Ok(false)
        }
    }

    /// Records whose first writes fail.
    #[derive(Default)]
    struct Flaky {
        failures: usize,
        written: Arc<Mutex<Vec<String>>>,
    }

    impl Projection for Flaky {
        fn written(&self) -> Result<u64, StoreError> {
            Ok(0)
        }
        fn write(
            &mut self,
            tasks: &[Arc<TaskMetrics>],
            _: &[Arc<Alert>],
            _: &[AlertId],
            _: u64,
        ) -> Result<(), StoreError> {
            if let Some(left) = self.failures.checked_sub(1) {
                self.failures = left;
                return Err(StoreError::Unusable("the disk is full".to_owned()));
            }
            let ids = tasks.iter().map(|task| task.task_id.to_string());
            self.written.lock().expect("nobody panicked").extend(ids);
            Ok(())
        }
        fn trim_records(&mut self, _: DateTime<Utc>, _: DateTime<Utc>) -> Result<bool, StoreError> {
            Ok(false)
        }
        fn settle_tallies(&mut self, _: DateTime<Utc>, _: &KeptTallies) -> Result<bool, StoreError> {
            Ok(false)
        }
    }

    fn add_task(fleet: &mut Fleet, changes: &mut Changes, id: &str) {
        let task: TaskMetrics = serde_json::from_value(serde_json::json!({
            "task_id": id, "timestamp": "2026-11-24T14:00:00Z", "status": "pending", "state": "sent",
            "retry_count": 0, "source": "http",
        }))
        .expect("a task");
        changes.tasks.insert(task.task_id.clone());
        fleet.tasks.insert(task.task_id.clone(), Arc::new(task));
    }

    /// An answer of history's.
    fn samples(written: bool) -> Receiver<bool> {
        let (done, wait) = std::sync::mpsc::sync_channel(1);
        done.send(written).expect("there is room");
        wait
    }

    fn started(saved: &Saved, records: Flaky) -> Projector {
        let retention = Retention::of(TimeDelta::days(1));
        Projector::start(Box::new(saved.clone()), Box::new(records), retention).expect("a thread can be started")
    }

    /// A task, a snapshot, another task, a snapshot: what is written and how many snapshots are saved.
    fn after_failures(failures: usize) -> (Vec<String>, usize) {
        let (written, saved) = (Arc::default(), Saved::default());
        let mut projector = started(&saved, Flaky { failures, written: Arc::clone(&written) });
        let mut fleet = Fleet::empty(DateTime::UNIX_EPOCH);
        for id in ["one", "two"] {
            let mut changes = Changes::default();
            add_task(&mut fleet, &mut changes, id);
            projector.changed(&fleet, &changes);
            projector.snapshot(fleet.clone(), samples(true));
        }
        projector.finish();
        let written = written.lock().expect("nobody panicked").clone();
        (written, saved.0.load(Ordering::Relaxed))
    }

    #[test]
    fn records_that_could_not_be_written_are_written_later() {
        let all = vec!["one".to_owned(), "two".to_owned()];
        for failures in 0..=4 {
            let (mut written, _) = after_failures(failures);
            written.sort();
            assert_eq!(written, all, "{failures}");
        }
    }

    #[test]
    fn after_catching_up_the_records_are_there() {
        let written = Arc::<Mutex<Vec<String>>>::default();
        let mut projector = started(&Saved::default(), Flaky { failures: 0, written: Arc::clone(&written) });
        let mut fleet = Fleet::empty(DateTime::UNIX_EPOCH);
        let mut changes = Changes::default();
        add_task(&mut fleet, &mut changes, "one");
        projector.catch_up(&fleet, &changes);
        assert_eq!(*written.lock().expect("nobody panicked"), ["one"]);
    }

    #[test]
    fn no_state_is_saved_before_the_samples_that_lead_to_it() {
        let saved = Saved::default();
        let mut projector = started(&saved, Flaky::default());
        projector.snapshot(Fleet::empty(DateTime::UNIX_EPOCH), samples(false));
        projector.finish();
        assert_eq!(saved.0.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn no_state_is_saved_before_the_records_that_lead_to_it() {
        assert_eq!(after_failures(0).1, 2);
        // The record and the first snapshot's own attempt fail.
        assert_eq!(after_failures(2).1, 1);
        assert_eq!(after_failures(4).1, 0);
    }
}

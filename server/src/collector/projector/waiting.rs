//! Records that wait to be written: the newest state of each.

use crate::collector::{Changes, Fleet};
use forewatch::{Alert, AlertId, TaskId, TaskMetrics};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// What waits.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// In the order of their ids, in which writing them costs a store a third.
    tasks: BTreeMap<TaskId, Arc<TaskMetrics>>,
    alerts: HashMap<AlertId, Arc<Alert>>,
    /// Alerts that have left the live list.
    gone: BTreeSet<AlertId>,
    /// The last event that is in them.
    sequence: u64,
}

impl Waiting {
    /// Adds what changed in a tick.
    pub(super) fn take(&mut self, fleet: &Fleet, changes: &Changes) {
        self.tasks.extend(changes.tasks.iter().filter_map(|id| Some((id.clone(), fleet.tasks.get(id)?.clone()))));
        self.alerts.extend(changes.alerts.iter().filter_map(|id| Some((id.clone(), fleet.alerts.get(id)?.clone()))));
        self.gone.extend(changes.alerts.iter().filter(|id| !fleet.alerts.contains_key(*id)).cloned());
        self.sequence = fleet.sequence;
    }

    /// Adds what is newer.
    pub(super) fn add(&mut self, newer: Self) {
        self.tasks.extend(newer.tasks);
        self.alerts.extend(newer.alerts);
        self.gone.extend(newer.gone);
        self.sequence = newer.sequence;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tasks.is_empty() && self.alerts.is_empty() && self.gone.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.tasks.len() + self.alerts.len() + self.gone.len()
    }

    pub(super) fn tasks(&self) -> Vec<Arc<TaskMetrics>> {
        self.tasks.values().cloned().collect()
    }

    pub(super) fn alerts(&self) -> Vec<Arc<Alert>> {
        self.alerts.values().cloned().collect()
    }

    /// The last event that is in them.
    pub(super) fn sequence(&self) -> u64 {
        self.sequence
    }

    pub(super) fn gone(&self) -> Vec<AlertId> {
        self.gone.iter().cloned().collect()
    }
}

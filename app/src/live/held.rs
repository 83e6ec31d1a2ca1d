//! What a topic holds, and how a message changes it.

use forewatch::live::{Delta, Record};
use forewatch::source::SourceStatus;
use forewatch::worker::FleetGpu;
use forewatch::{Alert, QueueStats, SystemMetrics, TaskMetrics, WorkerMetrics, WorkerSummary};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

/// The data of a topic.
pub trait Held: Clone + Send + Sync + 'static {
    /// Takes a snapshot's data in place of everything.
    fn replace(&mut self, data: &RawValue) -> Result<(), serde_json::Error>;
    /// Takes a delta's data.
    fn change(&mut self, data: &RawValue) -> Result<(), serde_json::Error>;
}

/// Where a record that was not there before comes to stand.
pub enum Place<T> {
    /// Before all others.
    First,
    /// After all others.
    Last,
    /// In this order.
    Sorted(fn(&T, &T) -> Ordering),
}

/// A record of a topic that holds a list.
pub trait Listed: Record + DeserializeOwned + Clone + Send + Sync + 'static {
    /// Where a new record comes to stand.
    const NEW: Place<Self>;
}

impl Listed for WorkerSummary {
    const NEW: Place<Self> = Place::Sorted(|a, b| a.name.cmp(&b.name).then_with(|| a.worker_id.cmp(&b.worker_id)));
}

impl Listed for QueueStats {
    const NEW: Place<Self> = Place::Sorted(|a, b| a.id.cmp(&b.id));
}

impl Listed for FleetGpu {
    const NEW: Place<Self> = Place::Sorted(|a, b| a.worker_id.cmp(&b.worker_id).then(a.index.cmp(&b.index)));
}

impl Listed for TaskMetrics {
    const NEW: Place<Self> = Place::First;
}

impl Listed for Alert {
    const NEW: Place<Self> = Place::Last;
}

impl Listed for SourceStatus {
    const NEW: Place<Self> = Place::Last;
}

impl<T: Listed> Held for Arc<Vec<T>> {
    fn replace(&mut self, data: &RawValue) -> Result<(), serde_json::Error> {
        *self = Arc::new(serde_json::from_str(data.get())?);
        Ok(())
    }

    fn change(&mut self, data: &RawValue) -> Result<(), serde_json::Error> {
        let delta: Delta<T> = serde_json::from_str(data.get())?;
        // No copy as long as nobody else holds the list.
        merge(Arc::make_mut(self), delta);
        Ok(())
    }
}

/// Merges a delta into a list; one pass over the list, whatever the size of the delta.
fn merge<T: Listed>(list: &mut Vec<T>, delta: Delta<T>) {
    if !delta.remove.is_empty() {
        list.retain(|record| !delta.remove.iter().any(|id| id == record.id()));
    }
    if delta.upsert.is_empty() {
        return;
    }
    let mut changed: Vec<Option<T>> = Vec::with_capacity(delta.upsert.len());
    let mut place: HashMap<String, usize> = HashMap::with_capacity(delta.upsert.len());
    for record in delta.upsert {
        place.insert(record.id().to_owned(), changed.len());
        changed.push(Some(record));
    }
    for record in list.iter_mut() {
        if let Some(new) = place.get(record.id()).and_then(|index| changed[*index].take()) {
            *record = new;
        }
    }
    let known = list.len();
    match T::NEW {
        Place::First => {
            list.splice(0..0, changed.into_iter().flatten());
        }
        Place::Last => list.extend(changed.into_iter().flatten()),
        Place::Sorted(order) => {
            list.extend(changed.into_iter().flatten());
            if list.len() > known {
                list.sort_by(order);
            }
        }
    }
}

macro_rules! one_record {
    ($($type:ty),+) => {
        $(impl Held for $type {
            fn replace(&mut self, data: &RawValue) -> Result<(), serde_json::Error> {
                // Null: there is none any more. What is shown stays what was last known.
                if let Some(record) = serde_json::from_str(data.get())? {
                    *self = record;
                }
                Ok(())
            }

            fn change(&mut self, data: &RawValue) -> Result<(), serde_json::Error> {
                self.replace(data)
            }
        })+
    };
}

one_record!(SystemMetrics, WorkerMetrics, TaskMetrics);

//! What holds the queues back, worked out once a second at most: however many look, the open tasks are gone through once.

use crate::collector::Fleet;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::QueueName;
use forewatch::limit::Limit;
use std::sync::{Arc, Mutex, PoisonError};

/// For how long an answer is handed on.
const FRESH: TimeDelta = TimeDelta::seconds(1);

type Limits = Arc<Vec<(QueueName, Limit)>>;

/// The newest answer.
#[derive(Default)]
pub(crate) struct NewestLimits(Mutex<Option<(DateTime<Utc>, Limits)>>);

impl NewestLimits {
    /// What holds each queue back, as of a second before the fleet at the earliest.
    pub(crate) fn of(&self, fleet: &Fleet) -> Limits {
        let mut newest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*newest {
            Some((at, limits)) if fleet.now - *at < FRESH => limits.clone(),
            _ => {
                let limits = Arc::new(super::limits(fleet));
                *newest = Some((fleet.now, limits.clone()));
                limits
            }
        }
    }
}

//! What a task's time went into, worked out from its timeline.

use crate::attempts::{Doing, attempts};
use crate::task::TaskEventKind;
use crate::{TaskMetrics, Timestamp, time};
use serde::{Deserialize, Serialize};

/// What a task's time went into, seconds. What its timeline does not tell of is absent.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Spent {
    /// In its queue, until a worker took it; until it started where nobody tells when a worker took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<f64>,
    /// Until its time had come (its ETA), in its queue or with a worker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delayed: Option<f64>,
    /// Taken by a worker (prefetched), and not started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserved: Option<f64>,
    /// Running, over all attempts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running: Option<f64>,
    /// Between attempts, waiting to be tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retrying: Option<f64>,
    /// Whether the timeline holds every attempt. Where it does not there was more than what is told here.
    pub is_whole: bool,
}

impl Spent {
    /// Of a task as of `now`.
    pub fn of(task: &TaskMetrics, now: Timestamp) -> Self {
        let told = task.events.iter().filter(|moment| moment.what == TaskEventKind::Retried).count();
        let mut spent = Self { is_whole: told as u64 >= u64::from(task.retry_count), ..Self::default() };
        for span in attempts(task, now).iter().flat_map(|attempt| &attempt.spans) {
            let part = match span.doing {
                Doing::Waiting => &mut spent.waiting,
                Doing::Delayed => &mut spent.delayed,
                Doing::Reserved => &mut spent.reserved,
                Doing::Running | Doing::Failing => &mut spent.running,
                Doing::BackingOff => &mut spent.retrying,
            };
            let seconds = time::seconds_between(span.from, span.to.unwrap_or(now)).max(0.0);
            *part.get_or_insert(0.0) += seconds;
        }
        spent
    }

    /// Its parts, in the order in which a task goes through them.
    pub fn parts(&self) -> [(Doing, Option<f64>); 5] {
        [
            (Doing::Waiting, self.waiting),
            (Doing::Delayed, self.delayed),
            (Doing::Reserved, self.reserved),
            (Doing::Running, self.running),
            (Doing::BackingOff, self.retrying),
        ]
    }
}

//! What happened to a worker, kept with it: bounded, and gone when the worker is forgotten.

use super::faults::News;
use crate::collector::fleet::Worker;
use chrono::{DateTime, Utc};
use forewatch::time::TimeDelta;
use forewatch::worker::{WorkerMoment, WorkerStep};
use forewatch::{SourceName, WorkerStatus};
use imbl::Vector;
use serde::{Deserialize, Serialize};

/// Moments that are kept of a worker; beyond, the oldest goes.
const KEPT: usize = 30;

/// What happened, in the order in which it became known.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Moments {
    kept: Vector<WorkerMoment>,
    /// The version that was last told: some registrations tell none.
    version: Option<String>,
}

impl Moments {
    /// What is kept.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &WorkerMoment> {
        self.kept.iter()
    }

    /// Notes something, once. Who registers again and again is noted with the last time alone.
    pub(super) fn note(&mut self, at: DateTime<Utc>, what: WorkerStep) {
        let moment = WorkerMoment { at, what };
        if self.kept.contains(&moment) {
            return;
        }
        let again = |last: &WorkerMoment| moment.what == WorkerStep::Registered && last.what == moment.what;
        if self.kept.last().is_some_and(again) {
            self.kept.pop_back();
        } else if self.kept.len() >= KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(moment);
    }

    /// Notes another version.
    pub(super) fn version(&mut self, at: DateTime<Utc>, told: Option<&String>) {
        let Some(to) = told else { return };
        match self.version.replace(to.clone()) {
            Some(from) if from != *to => self.note(at, WorkerStep::Version { from, to: to.clone() }),
            _ => {}
        }
    }

    /// Notes what a report made at `at` told of the host and its devices for the first time.
    pub(super) fn news(&mut self, at: DateTime<Utc>, news: News, uptime: Option<f64>) {
        if news.is_restarted {
            #[expect(clippy::cast_possible_truncation, reason = "whole seconds of an uptime")]
            let up = uptime.and_then(|seconds| TimeDelta::try_seconds(seconds as i64)).unwrap_or_default();
            self.note(at.checked_sub_signed(up).unwrap_or(at), WorkerStep::Restarted);
        }
        for (gpu, xid) in news.xids {
            self.note(xid.at, WorkerStep::Xid { gpu, code: xid.code });
        }
    }
}

/// Notes that a worker that was known before registered. The workers of a Celery application are registered anew with
/// every connection to their broker, which says nothing of them.
pub(super) fn registered(worker: &mut Worker, source: &SourceName, at: DateTime<Utc>) {
    // Of one that was away, its coming back is noted.
    if !source.is_celery() && at > worker.metrics.first_seen && worker.metrics.status != WorkerStatus::Offline {
        worker.moments.note(at, WorkerStep::Registered);
    }
}

/// Notes how a worker is now, when that is another thing than `before`.
pub(super) fn turned(worker: &mut Worker, before: WorkerStatus, now: DateTime<Utc>) {
    let step = |status| match status {
        WorkerStatus::Online | WorkerStatus::Busy => WorkerStep::Online,
        WorkerStatus::Error => WorkerStep::Failing,
        WorkerStatus::Maintenance => WorkerStep::Maintenance,
        WorkerStatus::Offline => WorkerStep::Left,
    };
    let heard = worker.metrics.last_heartbeat;
    let (at, what) = match (step(before), step(worker.metrics.status)) {
        (then, now) if then == now => return,
        (_, WorkerStep::Left) if worker.said == WorkerStatus::Offline => (now, WorkerStep::Left),
        (_, WorkerStep::Left) => (heard + limit(worker.metrics.health_limit), WorkerStep::Lost),
        (_, now) => (heard, now),
    };
    worker.moments.note(at, what);
}

fn limit(seconds: f64) -> TimeDelta {
    #[expect(clippy::cast_possible_truncation, reason = "at most a day")]
    TimeDelta::milliseconds((seconds * 1e3) as i64)
}

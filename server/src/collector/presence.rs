//! Silence, measured fairly: it counts only from when this process, and the source that would have
//! brought a sign of life, were there to hear one.

use super::fleet::Fleet;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::source::SourceState;
use forewatch::{WorkerMetrics, WorkerStatus, time};

/// A tick that comes so late means that the process was suspended: it has heard nothing meanwhile.
const SUSPENDED: TimeDelta = TimeDelta::seconds(30);

/// Since when this process has been there without a break.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Presence {
    since: DateTime<Utc>,
    ticked: DateTime<Utc>,
}

impl Presence {
    /// There since `started_at`.
    pub(crate) fn starting(started_at: DateTime<Utc>) -> Self {
        Self { since: started_at, ticked: started_at }
    }

    /// Notes a tick, and answers since when the process has been there. What it could not take before `deaf_until` it has
    /// not heard.
    pub(super) fn tick(&mut self, now: DateTime<Utc>, deaf_until: Option<DateTime<Utc>>) -> DateTime<Utc> {
        if now - self.ticked > SUSPENDED {
            tracing::warn!(seconds = (now - self.ticked).num_seconds(), "nothing was heard for a while: waiting anew");
            self.since = now;
        }
        self.ticked = now;
        self.since = self.since.max(deaf_until.unwrap_or(self.since));
        self.since
    }
}

/// Seconds for which an offline worker has been silent, as far as anybody was there to hear it; 0 of one
/// that speaks. `None` while its source is not up: then silence means nothing.
pub(crate) fn silence(fleet: &Fleet, worker: &WorkerMetrics, since: DateTime<Utc>, now: DateTime<Utc>) -> Option<f64> {
    if worker.status != WorkerStatus::Offline {
        return Some(0.0);
    }
    let source = fleet.sources.get(&worker.source);
    if source.is_some_and(|source| source.state != SourceState::Up) {
        return None;
    }
    let listening = source.map_or(since, |source| source.since.max(since));
    Some(time::seconds_between(worker.last_heartbeat.max(listening), now))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("a valid time")
    }

    #[test]
    fn a_process_that_was_suspended_begins_to_listen_anew() {
        let mut presence = Presence::starting(at(0));
        assert_eq!(presence.tick(at(20), None), at(0));
        assert_eq!(presence.tick(at(50), None), at(0));
        assert_eq!(presence.tick(at(81), None), at(81));
        assert_eq!(presence.tick(at(82), None), at(81));
    }
    #[test]
    fn who_could_take_nothing_begins_to_listen_anew() {
        let mut presence = Presence::starting(at(0));
        assert_eq!(presence.tick(at(20), Some(at(20))), at(20));
        assert_eq!(presence.tick(at(21), Some(at(21))), at(21));
        assert_eq!(presence.tick(at(40), Some(at(21))), at(21));
    }
}

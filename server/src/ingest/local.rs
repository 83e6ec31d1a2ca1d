//! This host as a worker, from within the server: `--local-agent`. The probe blocks, so it has a
//! thread of its own, which ends with the server.

use crate::collector::{Intake, clock};
use crate::state::AppState;
use anyhow::Context as _;
use chrono::{DateTime, Utc};
use forewatch::event::Loss;
use forewatch::{Event, EventBody, Registration, SourceName};
use forewatch_agent::probe::{Probe, Settings};
use std::collections::VecDeque;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// Readings that wait while they are not taken: at the usual interval, those of an hour.
const MOST: usize = 360;
/// How soon the thread notices that the server stops.
const NOTICE: Duration = Duration::from_millis(200);

/// Starts reading this host.
pub(super) fn start(state: &AppState, stop: CancellationToken) -> anyhow::Result<()> {
    let (intake, interval) = (state.intake.clone(), state.config.collector.interval);
    let runtime = tokio::runtime::Handle::current();
    std::thread::Builder::new()
        .name("local-agent".to_owned())
        .spawn(move || read(&intake, interval, &runtime, &stop))
        .context("starting the local agent")?;
    Ok(())
}

fn read(intake: &Intake, interval: Duration, runtime: &tokio::runtime::Handle, stop: &CancellationToken) {
    let mut probe = Probe::start(Settings { interval, ..Settings::default() });
    let mut waiting = Waiting::default();
    let mut registered: Option<Registration> = None;
    while !stop.is_cancelled() {
        let begun = Instant::now();
        let reading = probe.read();
        let now = clock();
        let registration = probe.registration();
        if registered.as_ref() != Some(&registration) {
            waiting.add(now, EventBody::WorkerRegistered(Box::new(registration.clone())));
            registered = Some(registration);
        }
        waiting.add(now, EventBody::WorkerHeartbeat(Box::new(probe.heartbeat(reading, now))));
        match runtime.block_on(intake.submit_when_free(waiting.events(clock()))) {
            Ok(()) => waiting = Waiting::default(),
            Err(refused) => tracing::warn!(error = %refused.error, "readings of this host wait"),
        }
        while begun.elapsed() < interval && !stop.is_cancelled() {
            std::thread::sleep(NOTICE.min(interval));
        }
    }
}

/// What was not taken yet, oldest first: while the store cannot be written, nothing is.
#[derive(Default)]
struct Waiting {
    bodies: VecDeque<(DateTime<Utc>, EventBody)>,
    /// Those that found no room.
    lost: u64,
}

impl Waiting {
    fn add(&mut self, at: DateTime<Utc>, body: EventBody) {
        if self.bodies.len() >= MOST {
            self.bodies.pop_front();
            self.lost += 1;
        }
        self.bodies.push_back((at, body));
    }

    /// As they are handed over `now`; what was lost is told as well.
    fn events(&self, now: DateTime<Utc>) -> Vec<Event> {
        let source = SourceName::new("agent").expect("the word is a valid name");
        let event = |at, body| Event { event_id: None, source: source.clone(), at, received_at: now, body };
        let reason = "readings of this host waited for the store, and there were too many".to_owned();
        let lost = EventBody::EventsLost { count: self.lost, reason, loss: Loss::Missed };
        let told = (self.lost > 0).then(|| event(now, lost));
        self.bodies.iter().map(|(at, body)| event(*at, body.clone())).chain(told).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forewatch::WorkerId;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + second, 0).expect("a valid time")
    }

    #[test]
    fn what_waits_keeps_its_time_and_what_finds_no_room_is_told() {
        let mut waiting = Waiting::default();
        let body = || EventBody::WorkerDeregistered { worker_id: WorkerId::new("w1").expect("valid") };
        (0..).take(MOST + 2).for_each(|second| waiting.add(at(second), body()));
        let events = waiting.events(at(9_000));
        assert_eq!(events.len(), MOST + 1);
        assert_eq!((events[0].at, events[0].received_at), (at(2), at(9_000)));
        let lost = events.last().map(|event| &event.body);
        assert!(matches!(lost, Some(EventBody::EventsLost { count: 2, loss: Loss::Missed, .. })), "{lost:?}");
    }
}

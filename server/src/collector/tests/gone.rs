//! A broker that was observed before the restart, and is not configured any more.

use super::{at, beat, event, run, settings, start, task, worker_id};
use crate::alerts::Engine;
use crate::collector::{Changes, Fleet, apply, forget_gone};
use crate::config::CelerySource;
use crate::store::sqlite::{self, Place, SqliteLog};
use forewatch::event::SourceChange;
use forewatch::heartbeat::HeartbeatMetrics;
use forewatch::source::SourceState;
use forewatch::task::TaskEventKind;
use forewatch::{Event, EventBody, SourceName, TaskStatus};

/// The recovered state: a broker, its worker and what that runs; and a worker of its own.
fn recovered(state: SourceState) -> Fleet {
    let from_celery = |event: Event| Event { source: SourceName::new("celery:prod").expect("valid"), ..event };
    let change =
        |state| EventBody::SourceChanged(SourceChange { state, url: None, error: None, takes_commands: false });
    run(&[
        from_celery(event(0.0, change(SourceState::Up))),
        from_celery(beat(1.0, 1, HeartbeatMetrics::default())),
        from_celery(task(2.0, 1, TaskEventKind::Started)),
        beat(3.0, 2, HeartbeatMetrics::default()),
        from_celery(event(4.0, change(state))),
    ])
}

/// Starts with the brokers in `observed`, and answers with the log and the place that it is in.
fn begin(fleet: &mut Fleet, observed: &[CelerySource]) -> (SqliteLog, Place) {
    let place = Place::temporary().expect("a folder");
    let mut log = sqlite::open(&place).expect("a store").log;
    forget_gone(fleet, &mut Changes::default(), &mut log, &settings(), observed, at(10.0)).expect("it is written");
    (log, place)
}

/// The components of the alerts that open in the hour after the start, but for the worker that is here.
fn opened(fleet: &mut Fleet) -> Vec<String> {
    let engine = Engine::of_defaults(start());
    apply::tick(fleet, &settings(), at(3_600.0), &mut Changes::default());
    let decisions = engine.evaluate(fleet, at(3_600.0));
    let opened = decisions.into_iter().filter_map(|decision| decision.opens);
    opened.map(|alert| alert.component_id.clone()).filter(|id| **id != *worker_id(2)).collect()
}

#[test]
fn a_broker_that_is_not_configured_any_more_and_its_workers_raise_no_alert() {
    for state in [SourceState::Up, SourceState::Connecting, SourceState::Down] {
        let mut fleet = recovered(state);
        begin(&mut fleet, &[]);
        assert_eq!((fleet.sources.len(), fleet.workers.len()), (1, 1), "{state:?}");
        assert_eq!(opened(&mut fleet), [] as [String; 0], "{state:?}");

        let mut fleet = recovered(state);
        begin(&mut fleet, &[CelerySource::at("redis://127.0.0.1/0", "prod".to_owned())]);
        assert_eq!((fleet.sources.len(), fleet.workers.len()), (2, 2), "{state:?}");
        assert!(!opened(&mut fleet).is_empty(), "one that is configured is missed: {state:?}");
    }
}

#[test]
fn what_a_forgotten_worker_ran_has_ended_and_the_journal_tells_so() {
    use crate::store::Log as _;
    let mut fleet = recovered(SourceState::Down);
    let (log, _place) = begin(&mut fleet, &[]);
    let ended = fleet.tasks.values().next().expect("there is one");
    assert_eq!((ended.status, ended.completed_at), (TaskStatus::Unknown, Some(at(10.0))));

    let mut again = recovered(SourceState::Down);
    let mut replay = |last: u64, events: Vec<Event>| {
        let first = last + 1 - events.len() as u64;
        for (sequence, event) in (first..).zip(&events) {
            apply::apply(&mut again, &settings(), sequence, event, &mut Changes::default());
        }
    };
    log.read_after(0, &mut replay).expect("it can be read");
    assert_eq!(again.tasks, fleet.tasks);
    assert_eq!(again.workers.keys().collect::<Vec<_>>(), [&worker_id(2)]);
}

#[test]
fn the_time_in_which_forewatch_did_not_run_is_a_gap_of_a_broker_and_its_first_connecting_is_none() {
    let from_celery = |event: Event| Event { source: SourceName::new("celery:prod").expect("valid"), ..event };
    let change = |second: f64, state| {
        from_celery(event(
            second,
            EventBody::SourceChanged(SourceChange { state, url: None, error: None, takes_commands: false }),
        ))
    };
    let mut events = vec![
        change(0.0, SourceState::Connecting),
        change(5.0, SourceState::Up),
        from_celery(beat(8.0, 1, HeartbeatMetrics::default())),
    ];
    let told = |events: &[Event]| {
        let fleet = run(events);
        let source = fleet.sources.values().next().expect("there is one");
        (source.gap_seconds, source.since, source.disconnects)
    };
    assert_eq!(told(&events), (0.0, at(5.0), 0));
    // It ends after the last event; the next one finds the broker away at first.
    events.extend([change(60.0, SourceState::Connecting), change(61.0, SourceState::Down)]);
    assert_eq!(told(&events), (0.0, at(8.0), 0));
    events.push(change(68.0, SourceState::Up));
    assert_eq!(told(&events), (60.0, at(68.0), 0));
    events.extend([change(70.0, SourceState::Down), change(72.5, SourceState::Up)]);
    assert_eq!(told(&events), (62.5, at(72.5), 1));
}

//! What silence means: of workers, of their sources, and of Forewatch itself.

use super::{beat, event, feed, run, settings, start, task, worker_id};
use crate::alerts::Engine;
use crate::collector::lost::lost;
use crate::collector::{Changes, Fleet, apply};
use chrono::TimeDelta;
use forewatch::event::SourceChange;
use forewatch::heartbeat::HeartbeatMetrics;
use forewatch::source::SourceState;
use forewatch::task::TaskEventKind;
use forewatch::{Event, EventBody, SourceName, TaskStatus, WorkerStatus};

const AFTER: TimeDelta = TimeDelta::minutes(5);

fn source(seconds: f64, state: SourceState) -> Event {
    from_celery(event(
        seconds,
        EventBody::SourceChanged(SourceChange { state, url: None, error: None, takes_commands: false }),
    ))
}

pub(super) fn from_celery(event: Event) -> Event {
    Event { source: SourceName::new("celery").expect("valid"), ..event }
}

fn tick(fleet: &mut Fleet, seconds: f64) {
    apply::tick(fleet, &settings(), super::at(seconds), &mut Changes::default());
}

fn status(fleet: &Fleet) -> WorkerStatus {
    fleet.workers[&worker_id(1)].metrics.status
}

/// A worker (by a beat every 10 s) that runs a task.
fn busy() -> Fleet {
    run(&[beat(1.0, 1, HeartbeatMetrics::default()), task(2.0, 1, TaskEventKind::Started)])
}

#[test]
fn after_a_long_downtime_no_task_is_lost_before_its_worker_could_be_heard() {
    let mut fleet = busy();
    let restart = super::at(3_600.0);
    tick(&mut fleet, 3_600.0);
    assert_eq!(status(&fleet), WorkerStatus::Offline);
    assert_eq!(lost(&fleet, AFTER, restart, restart), []);
    assert_eq!(lost(&fleet, AFTER, restart, super::at(3_900.0)), []);
    assert_eq!(lost(&fleet, AFTER, restart, super::at(3_901.0)).len(), 1);
}

#[test]
fn a_lost_task_has_failed_with_its_worker_as_the_reason() {
    let mut fleet = busy();
    tick(&mut fleet, 400.0);
    let lost = lost(&fleet, AFTER, start(), super::at(400.0));
    feed(&mut fleet, &lost, 3);
    let task = fleet.tasks.values().next().expect("there is one");
    assert_eq!(task.status, TaskStatus::Failed);
    assert_eq!(task.error_message.as_deref(), Some("its worker worker-1 is gone"));
}

#[test]
fn while_a_broker_is_down_its_workers_are_not_offline_and_their_tasks_not_lost() {
    let events = [
        source(0.0, SourceState::Up),
        from_celery(beat(1.0, 1, HeartbeatMetrics::default())),
        from_celery(task(2.0, 1, TaskEventKind::Started)),
        source(5.0, SourceState::Down),
    ];
    let mut fleet = run(&events);
    tick(&mut fleet, 1_000.0);
    assert_eq!(status(&fleet), WorkerStatus::Online);
    // Back again, the workers have one limit (30 s) to be heard.
    feed(&mut fleet, &[source(1_000.0, SourceState::Up)], 5);
    tick(&mut fleet, 1_029.0);
    assert_eq!(status(&fleet), WorkerStatus::Online);
    tick(&mut fleet, 1_031.0);
    assert_eq!(status(&fleet), WorkerStatus::Offline);
    assert_eq!(lost(&fleet, AFTER, start(), super::at(1_200.0)), []);
    assert_eq!(lost(&fleet, AFTER, start(), super::at(1_301.0)).len(), 1);
    feed(&mut fleet, &[source(1_302.0, SourceState::Down)], 6);
    assert_eq!(lost(&fleet, AFTER, start(), super::at(9_000.0)), []);
}

#[test]
fn while_the_store_takes_nothing_no_worker_is_offline_and_then_each_has_its_time_to_be_heard() {
    let mut fleet = busy();
    fleet.deaf_until = Some(super::at(1_000.0));
    tick(&mut fleet, 1_000.0);
    tick(&mut fleet, 1_029.0);
    assert_eq!(status(&fleet), WorkerStatus::Online);
    tick(&mut fleet, 1_031.0);
    assert_eq!(status(&fleet), WorkerStatus::Offline);
}

#[test]
fn a_worker_that_was_offline_does_not_come_back_with_its_broker() {
    let mut fleet = run(&[source(0.0, SourceState::Up), from_celery(beat(1.0, 1, HeartbeatMetrics::default()))]);
    tick(&mut fleet, 100.0);
    assert_eq!(status(&fleet), WorkerStatus::Offline);
    feed(&mut fleet, &[source(101.0, SourceState::Down), source(102.0, SourceState::Up)], 3);
    tick(&mut fleet, 103.0);
    assert_eq!(status(&fleet), WorkerStatus::Offline);
}

#[test]
fn a_worker_in_error_or_in_maintenance_that_falls_silent_is_offline_and_alerts() {
    for said in [WorkerStatus::Error, WorkerStatus::Maintenance] {
        let mut last = beat(1.0, 1, HeartbeatMetrics::default());
        if let EventBody::WorkerHeartbeat(beat) = &mut last.body {
            beat.status = said;
        }
        let mut fleet = run(&[last]);
        assert_eq!(status(&fleet), said);
        let engine = Engine::of_defaults(start());
        tick(&mut fleet, 302.0);
        assert_eq!(status(&fleet), WorkerStatus::Offline, "{said:?}");
        let opened = engine.evaluate(&fleet, super::at(302.0));
        let rules: Vec<_> = opened.iter().filter_map(|d| d.opens.as_ref()).map(|alert| &*alert.rule_id).collect();
        assert!(rules.contains(&"worker-offline"), "{said:?}: {rules:?}");
    }
}

//! Properties of the state: what must hold whatever comes in, in whatever order, however often.

mod celery;
mod commands;
mod control;
mod faults;
mod gone;
mod memory;
mod moments;
mod numbers;
mod objectives;
mod open;
mod queues;
mod recalled;
mod silence;

use super::settings::Settings;
use super::{Changes, Fleet, apply};
use crate::collector::outcome::{Tally, Window};
use crate::config::Config;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::event::QueueSample;
use forewatch::heartbeat::HeartbeatMetrics;
use forewatch::task::{TaskEvent, TaskEventKind, TaskFields};
use forewatch::{
    Event, EventBody, Heartbeat, Percent, Registration, SourceName, TaskId, TaskStatus, WorkerId, WorkerStatus,
};
use proptest::prelude::*;

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).expect("a valid time")
}

fn at(seconds: f64) -> DateTime<Utc> {
    #[expect(clippy::cast_possible_truncation, reason = "small numbers")]
    let delta = TimeDelta::milliseconds((seconds * 1e3) as i64);
    start() + delta
}

fn settings() -> Settings {
    Settings::of(&Config::default())
}

fn event(seconds: f64, body: EventBody) -> Event {
    let source = SourceName::new("http").expect("valid");
    Event { event_id: None, source, at: at(seconds), received_at: at(seconds), body }
}

fn worker_id(n: u8) -> WorkerId {
    WorkerId::new(format!("worker-{n}")).expect("valid")
}

fn registered(seconds: f64, n: u8) -> Event {
    let registration: Registration =
        serde_json::from_value(serde_json::json!({ "worker_id": worker_id(n) })).expect("a valid registration");
    event(seconds, EventBody::WorkerRegistered(Box::new(registration)))
}

fn beat(seconds: f64, n: u8, metrics: HeartbeatMetrics) -> Event {
    let heartbeat = Heartbeat {
        worker_id: worker_id(n),
        status: WorkerStatus::Online,
        timestamp: at(seconds),
        metrics,
        interval: Some(10.0),
        version: None,
        host_id: None,
        host: None,
        gpus: Vec::new(),
        samples: Vec::new(),
    };
    event(seconds, EventBody::WorkerHeartbeat(Box::new(heartbeat)))
}

fn task(seconds: f64, n: u8, kind: TaskEventKind) -> Event {
    let fields =
        TaskFields { queue: Some("gpu_priority".into()), name: Some("transcribe".into()), ..TaskFields::default() };
    let worker_id = (!matches!(kind, TaskEventKind::Submitted)).then(|| worker_id(n % 3));
    let task_id = TaskId::new(format!("task-{n}")).expect("valid");
    event(seconds, EventBody::Task(TaskEvent { kind, task_id, worker_id, fields: Box::new(fields) }))
}

fn run(events: &[Event]) -> Fleet {
    let mut fleet = Fleet::empty(start());
    feed(&mut fleet, events, 1);
    fleet
}

fn feed(fleet: &mut Fleet, events: &[Event], first: u64) {
    let settings = settings();
    let mut changes = Changes::default();
    for (sequence, event) in (first..).zip(events) {
        apply::apply(fleet, &settings, sequence, event, &mut changes);
    }
    let now = fleet.now;
    apply::tick(fleet, &settings, now, &mut changes);
}

fn any_event() -> impl Strategy<Value = Event> {
    let kind = prop::sample::select(vec![
        TaskEventKind::Submitted,
        TaskEventKind::Received,
        TaskEventKind::Started,
        TaskEventKind::Progress,
        TaskEventKind::Retried,
        TaskEventKind::Completed,
        TaskEventKind::Failed,
        TaskEventKind::Revoked,
        TaskEventKind::Lost,
    ]);
    let seconds = (0_u32..3000).prop_map(|tenths| f64::from(tenths) / 10.0);
    prop_oneof![
        6 => (seconds.clone(), 0_u8..6, kind).prop_map(|(s, n, kind)| task(s, n, kind)),
        2 => (seconds.clone(), 0_u8..4).prop_map(|(s, n)| beat(s, n, HeartbeatMetrics::default())),
        1 => (seconds.clone(), 0_u8..4).prop_map(|(s, n)| registered(s, n)),
        1 => (seconds, 0_u64..300).prop_map(|(s, pending)| {
            let sample = QueueSample {
                queue: "cpu_batch".into(), pending, processing: None, worker_count: None, delayed: None, reserved: None, oldest_age: None,
            };
            event(s, EventBody::QueueSampled(sample))
        }),
    ]
}

proptest! {
    #[test]
    fn the_sums_are_those_of_the_records(events in prop::collection::vec(any_event(), 0..120)) {
        let fleet = run(&events);
        let (mut tally, mut window) = (Tally::default(), Window::default());
        for task in fleet.tasks.values() {
            tally.add(task);
            window.add(task);
        }
        prop_assert_eq!(fleet.tally.sum(), tally.sum());
        prop_assert_eq!(fleet.window.last(fleet.now, 3600), window.last(fleet.now, 3600));
        let system = &fleet.system;
        let count = |status| fleet.tasks.values().filter(|task| task.status == status).count() as u64;
        prop_assert_eq!(system.completed_tasks, count(TaskStatus::Completed));
        prop_assert_eq!(system.failed_tasks, count(TaskStatus::Failed));
        prop_assert_eq!(system.processing_tasks, count(TaskStatus::Processing));
        let sum = system.pending_tasks + system.processing_tasks + system.completed_tasks
            + system.failed_tasks + system.cancelled_tasks + system.unknown_tasks;
        prop_assert_eq!(system.total_tasks, sum);
        prop_assert_eq!(system.offline_workers, system.total_workers - system.online_workers);
    }

    #[test]
    fn applying_everything_twice_changes_nothing(events in prop::collection::vec(any_event(), 0..60)) {
        let once = run(&events);
        let twice = run(&events.iter().flat_map(|event| [event.clone(), event.clone()]).collect::<Vec<_>>());
        prop_assert_eq!(&once.tasks, &twice.tasks);
        prop_assert_eq!(&once.system, &twice.system);
        let shown = |fleet: &Fleet| fleet.workers.values().map(|worker| worker.metrics.clone()).collect::<Vec<_>>();
        prop_assert_eq!(shown(&once), shown(&twice));
    }

    #[test]
    fn a_state_that_was_saved_in_between_ends_in_the_same_state(
        events in prop::collection::vec(any_event(), 1..60),
        cut in any::<prop::sample::Index>(),
    ) {
        let whole = run(&events);
        let cut = cut.index(events.len());
        let mut saved = Fleet::empty(start());
        feed(&mut saved, &events[..cut], 1);
        let bytes = rmp_serde::to_vec_named(&saved).expect("a state can be serialised");
        let mut restored: Fleet = rmp_serde::from_slice(&bytes).expect("and read again");
        feed(&mut restored, &events[cut..], cut as u64 + 1);
        prop_assert_eq!(&whole.tasks, &restored.tasks);
        prop_assert_eq!(&whole.system, &restored.system);
        prop_assert_eq!(whole.sequence, restored.sequence);
    }
}

#[test]
fn a_worker_silent_for_five_minutes_is_still_there_to_be_reported_offline() {
    let mut fleet = run(&[registered(0.0, 1), beat(1.0, 1, HeartbeatMetrics::default())]);
    assert!(fleet.workers[&worker_id(1)].metrics.is_online);
    apply::tick(&mut fleet, &settings(), at(300.0), &mut Changes::default());
    let worker = &fleet.workers[&worker_id(1)].metrics;
    assert_eq!((worker.is_online, worker.status), (false, WorkerStatus::Offline));
    assert_eq!((fleet.system.total_workers, fleet.system.offline_workers), (1, 1));
}

#[test]
fn a_worker_is_forgotten_a_day_after_its_last_sign_of_life() {
    let mut fleet = run(&[registered(0.0, 1)]);
    apply::tick(&mut fleet, &settings(), at(86_401.0), &mut Changes::default());
    assert!(fleet.workers.is_empty());
}

#[test]
fn a_senders_clock_that_is_hours_off_moves_neither_liveness_nor_its_chart() {
    let mut wrong = beat(10.0, 1, HeartbeatMetrics::default());
    if let EventBody::WorkerHeartbeat(beat) = &mut wrong.body {
        beat.timestamp = at(10.0) - TimeDelta::hours(5);
    }
    let fleet = run(&[registered(0.0, 1), wrong]);
    let worker = &fleet.workers[&worker_id(1)].metrics;
    assert!(worker.is_online);
    assert_eq!(worker.timestamp, at(10.0));
    assert_eq!(worker.clock_skew, Some(5.0 * 3600.0));
}

#[test]
fn ninety_percent_and_a_ratio_of_nine_tenths_are_the_same_reading() {
    let percent =
        HeartbeatMetrics { cpu_usage_percent: Some(Percent::new(90.0).expect("valid")), ..Default::default() };
    let small = HeartbeatMetrics { cpu_usage_percent: Some(Percent::new(0.9).expect("valid")), ..Default::default() };
    let ratio = HeartbeatMetrics { cpu_usage: Some(forewatch::Ratio::new(0.9).expect("valid")), ..Default::default() };
    let cpu =
        |metrics| run(&[beat(1.0, 1, metrics)]).workers[&worker_id(1)].metrics.cpu_usage.map(forewatch::Ratio::get);
    assert_eq!(cpu(percent), cpu(ratio));
    assert_eq!(cpu(small), Some(0.009_000_000_000_000_001));
}

#[test]
fn counters_that_start_again_from_zero_go_on_counting() {
    let counted = |seconds, completed| {
        beat(seconds, 1, HeartbeatMetrics { completed_tasks: Some(completed), ..Default::default() })
    };
    let fleet = run(&[counted(1.0, 10), counted(2.0, 15), counted(3.0, 2)]);
    assert_eq!(fleet.workers[&worker_id(1)].metrics.completed_tasks, 17);
    assert_eq!(fleet.system.completed_tasks, 17);
}

#[test]
fn where_a_worker_has_task_events_its_own_counters_are_not_added() {
    let counters = HeartbeatMetrics { completed_tasks: Some(50), ..Default::default() };
    let events = [beat(1.0, 1, counters), task(2.0, 1, TaskEventKind::Started), task(3.0, 1, TaskEventKind::Completed)];
    let fleet = run(&events);
    assert_eq!(fleet.workers[&worker_id(1)].metrics.completed_tasks, 1);
    assert_eq!(fleet.system.completed_tasks, 1);
}

#[test]
fn the_class_of_a_queue_named_gpu_fallback_is_fallback() {
    assert_eq!(settings().class_of_queue("gpu_fallback"), forewatch::QueueClass::Fallback);
    assert_eq!(settings().class_of_queue("gpu-tasks-u_17"), forewatch::QueueClass::Gpu);
    assert_eq!(settings().class_of_queue("celery"), forewatch::QueueClass::Cpu);
}

//! Rates over what ended, and sums of whatever outside programs claim.

use super::{at, beat, event, run, settings, worker_id};
use crate::collector::{Changes, apply};
use forewatch::event::QueueSample;
use forewatch::heartbeat::HeartbeatMetrics;
use forewatch::task::{TaskEvent, TaskEventKind, TaskFields};
use forewatch::{Event, EventBody, Ratio, TaskId};

fn task(seconds: f64, id: &str, kind: TaskEventKind, retries: u32) -> Event {
    let fields = TaskFields { retries: Some(retries), ..TaskFields::default() };
    let task_id = TaskId::new(id).expect("valid");
    event(seconds, EventBody::Task(TaskEvent { kind, task_id, worker_id: None, fields: Box::new(fields) }))
}

#[test]
fn the_retry_rate_is_over_the_starts_of_what_ended_in_the_window() {
    let open = [task(1.0, "open", TaskEventKind::Started, 9)];
    assert_eq!(run(&open).system.retry_rate, None, "nothing has ended");
    // Four starts in all, one of them a retry; the start of one lies before the window.
    let events = [
        task(1.0, "long", TaskEventKind::Started, 0),
        task(5_000.0, "open", TaskEventKind::Started, 9),
        task(5_001.0, "again", TaskEventKind::Started, 1),
        task(5_002.0, "again", TaskEventKind::Completed, 1),
        task(5_003.0, "long", TaskEventKind::Completed, 0),
        task(5_004.0, "unseen", TaskEventKind::Failed, 0),
        task(5_005.0, "never ran", TaskEventKind::Revoked, 0),
    ];
    let mut fleet = run(&events);
    assert_eq!(fleet.system.retry_rate.map(Ratio::get), Some(0.25));
    apply::tick(&mut fleet, &settings(), at(9_000.0), &mut Changes::default());
    assert_eq!(fleet.system.retry_rate, None, "all of it has left the window");
}

#[test]
fn sums_of_absurd_counts_are_the_largest_number_and_finite() {
    let sample = |queue: &str| {
        let most = Some(u64::MAX);
        let (delayed, reserved) = (most, most);
        let sample = QueueSample {
            queue: queue.to_owned(),
            pending: u64::MAX,
            processing: most,
            worker_count: most,
            delayed,
            reserved,
            oldest_age: None,
        };
        event(1.0, EventBody::QueueSampled(sample))
    };
    let claim = |seconds, n, completed| {
        let metrics = HeartbeatMetrics {
            active_tasks: Some(u64::MAX),
            completed_tasks: Some(completed),
            failed_tasks: Some(u64::MAX),
            avg_task_duration_seconds: Some(3e8),
            ..HeartbeatMetrics::default()
        };
        beat(seconds, n, metrics)
    };
    let fleet =
        run(&[sample("a"), sample("b"), claim(1.0, 1, u64::MAX), claim(2.0, 1, u64::MAX - 1), claim(1.0, 2, 7)]);
    let system = &fleet.system;
    assert_eq!((system.pending_tasks, system.cpu_queue_size, system.total_tasks), (u64::MAX, u64::MAX, u64::MAX));
    assert_eq!((system.completed_tasks, system.failed_tasks), (u64::MAX, u64::MAX));
    assert!(fleet.workers[&worker_id(1)].metrics.total_processing_time.is_finite());
}

#[test]
fn what_an_offline_worker_last_said_it_ran_is_not_processing_now() {
    let counted = HeartbeatMetrics { active_tasks: Some(3), completed_tasks: Some(5), ..HeartbeatMetrics::default() };
    let mut fleet = run(&[beat(1.0, 1, counted)]);
    assert_eq!(fleet.system.processing_tasks, 3);
    apply::tick(&mut fleet, &settings(), at(60.0), &mut Changes::default());
    assert_eq!((fleet.system.processing_tasks, fleet.system.completed_tasks), (0, 5));
}

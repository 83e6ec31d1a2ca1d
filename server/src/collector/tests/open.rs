//! Tasks that do not end, and workers that become known after their tasks.

use super::{at, beat, event, registered, run, settings, start, task, worker_id};
use crate::collector::{Changes, Fleet, apply};
use chrono::TimeDelta;
use forewatch::heartbeat::HeartbeatMetrics;
use forewatch::task::{TaskEvent, TaskEventKind};
use forewatch::{Event, EventBody, TaskId, TaskState, TaskStatus};

fn tick(fleet: &mut Fleet, days: f64) {
    apply::tick(fleet, &settings(), at(days * 86_400.0), &mut Changes::default());
}

#[test]
fn an_open_task_of_which_nothing_was_heard_for_the_retention_has_ended_then_and_leaves_the_counts_later() {
    let mut fleet = run(&[task(60.0, 1, TaskEventKind::Started)]);
    tick(&mut fleet, 7.0);
    assert_eq!(fleet.system.processing_tasks, 1);
    tick(&mut fleet, 9.0);
    let ended = &fleet.tasks["task-1"];
    assert_eq!((ended.state, ended.status), (TaskState::Ended, TaskStatus::Unknown));
    assert_eq!(ended.completed_at, Some(at(60.0) + TimeDelta::days(7)));
    assert_eq!((fleet.system.processing_tasks, fleet.system.unknown_tasks, fleet.open), (0, 1, 0));
    tick(&mut fleet, 14.2);
    assert_eq!(fleet.system.unknown_tasks, 0);
}

#[test]
fn how_often_time_passes_makes_no_difference_to_what_silence_means() {
    let events = [task(60.0, 1, TaskEventKind::Started), task(8.0 * 86_400.0, 1, TaskEventKind::Progress)];
    let (seldom, mut often) = (run(&events), run(&events[..1]));
    (0..80).for_each(|tenth| tick(&mut often, f64::from(tenth) / 10.0));
    super::feed(&mut often, &events[1..], 2);
    assert_eq!(seldom.tasks, often.tasks);
    assert_eq!(seldom.tasks["task-1"].status, TaskStatus::Processing, "it is heard of again, and goes on");
}

#[test]
fn open_tasks_are_bounded_and_what_is_given_up_is_counted_and_was_heard_of_longest_ago() {
    let mut settings = settings();
    settings.open_tasks = 10;
    let mut fleet = Fleet::empty(start());
    let submitted = |n: u32| -> Event {
        let task_id = TaskId::new(format!("task-{n}")).expect("valid");
        let kind = TaskEventKind::Submitted;
        event(f64::from(n), EventBody::Task(TaskEvent { kind, task_id, worker_id: None, fields: Box::default() }))
    };
    for n in 0..12 {
        apply::apply(&mut fleet, &settings, u64::from(n) + 1, &submitted(n), &mut Changes::default());
    }
    assert_eq!((fleet.open, fleet.given_up), (10, 2));
    let status = |id: &str| fleet.tasks[id].status;
    assert_eq!((status("task-0"), status("task-1")), (TaskStatus::Unknown, TaskStatus::Unknown));
    assert_eq!(status("task-2"), TaskStatus::Pending);
}

#[test]
fn what_a_worker_runs_and_ran_is_the_same_whether_it_or_its_tasks_are_heard_of_first() {
    let tasks = [
        task(1.0, 1, TaskEventKind::Started),
        task(2.0, 4, TaskEventKind::Started),
        task(3.0, 4, TaskEventKind::Completed),
        task(4.0, 7, TaskEventKind::Started),
    ];
    let first = run(&[&[registered(0.0, 1)], &tasks[..]].concat());
    let last = run(&[&tasks[..], &[registered(5.0, 1)]].concat());
    let amid = run(&[&tasks[..2], &[beat(2.5, 1, HeartbeatMetrics::default())], &tasks[2..]].concat());
    for fleet in [first, last, amid] {
        let worker = &fleet.workers[&worker_id(1)];
        assert_eq!((worker.running, worker.has_task_events), (2, true));
        let shown = &worker.metrics;
        assert_eq!((shown.active_tasks, shown.completed_tasks, shown.total_processing_time), (2, 1, 1.0));
    }
}

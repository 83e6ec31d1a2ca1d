//! The bound on ended tasks in memory.

use super::{at, event, settings, start};
use crate::collector::settings::Settings;
use crate::collector::{Changes, Fleet, apply};
use forewatch::task::{TaskEvent, TaskEventKind};
use forewatch::{Event, EventBody, TaskId};

fn task(n: u32, kind: TaskEventKind) -> Event {
    let task_id = TaskId::new(format!("task-{n}")).expect("valid");
    event(f64::from(n), EventBody::Task(TaskEvent { kind, task_id, worker_id: None, fields: Box::default() }))
}

/// A fleet that keeps ten ended tasks, with a hundred that run and as many that have just ended as are asked for.
fn busy(ended: u32) -> (Fleet, Settings, Changes) {
    let mut settings = settings();
    settings.tasks_in_memory = 10;
    let (mut fleet, mut changes) = (Fleet::empty(start()), Changes::default());
    let running = (0..100).map(|n| task(n, TaskEventKind::Started));
    let events = running.chain((100..100 + ended).map(|n| task(n, TaskEventKind::Completed)));
    for (sequence, event) in (1..).zip(events) {
        apply::apply(&mut fleet, &settings, sequence, &event, &mut changes);
    }
    (fleet, settings, changes)
}

#[test]
fn what_runs_does_not_count_against_the_bound_on_what_has_ended() {
    let (mut fleet, settings, _) = busy(10);
    apply::tick(&mut fleet, &settings, at(300.0), &mut Changes::default());
    assert_eq!(fleet.tasks.len(), 110);
}

#[test]
fn an_end_stays_until_it_is_published_and_goes_then() {
    let (mut fleet, settings, mut changes) = busy(50);
    apply::tick(&mut fleet, &settings, at(300.0), &mut changes);
    assert_eq!(fleet.tasks.len(), 150, "none is in the records yet");
    apply::tick(&mut fleet, &settings, at(301.0), &mut Changes::default());
    assert_eq!(fleet.tasks.len(), 110);
    assert!(fleet.tasks.contains_key("task-149") && !fleet.tasks.contains_key("task-100"), "the oldest go");
}

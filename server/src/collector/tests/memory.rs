//! The bound on ended tasks in memory.

use super::{event, settings, start};
use crate::collector::settings::Settings;
use crate::collector::{Changes, Fleet, apply, task};
use forewatch::task::{TaskEvent, TaskEventKind};
use forewatch::{Event, EventBody, TaskId};

fn told(n: u32, kind: TaskEventKind) -> Event {
    let task_id = TaskId::new(format!("task-{n}")).expect("valid");
    event(f64::from(n), EventBody::Task(TaskEvent { kind, task_id, worker_id: None, fields: Box::default() }))
}

/// A fleet that keeps ten ended tasks, with a hundred that run and as many that have just ended as are asked for.
fn busy(ended: u32) -> (Fleet, Settings) {
    let mut settings = settings();
    settings.tasks_in_memory = 10;
    let (mut fleet, mut changes) = (Fleet::empty(start()), Changes::default());
    let running = (0..100).map(|n| told(n, TaskEventKind::Started));
    let events = running.chain((100..100 + ended).map(|n| told(n, TaskEventKind::Completed)));
    for (sequence, event) in (1..).zip(events) {
        apply::apply(&mut fleet, &settings, sequence, &event, &mut changes);
    }
    (fleet, settings)
}

#[test]
fn what_runs_does_not_count_against_the_bound_on_what_has_ended() {
    let (mut fleet, settings) = busy(10);
    assert_eq!(task::evict(&mut fleet, &settings, |_| true), []);
    assert_eq!(fleet.tasks.len(), 110);
}

#[test]
fn an_end_stays_until_it_is_written_and_goes_then() {
    let (mut fleet, settings) = busy(50);
    assert_eq!(task::evict(&mut fleet, &settings, |_| false), []);
    assert_eq!(fleet.tasks.len(), 150, "none is in the records yet");
    assert_eq!(task::evict(&mut fleet, &settings, |_| true).len(), 40);
    assert_eq!(fleet.tasks.len(), 110);
    assert!(fleet.tasks.contains_key("task-149") && !fleet.tasks.contains_key("task-100"), "the oldest go");
}

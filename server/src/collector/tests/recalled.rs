//! Tasks that leave memory and are heard of again.

use super::commands::collector;
use super::{event, settings, start};
use crate::collector::{Changes, Collector, Fleet, apply, clock};
use crate::store::Log as _;
use crate::store::sqlite::{self, Place};
use forewatch::task::{TaskEvent, TaskEventKind};
use forewatch::{Event, EventBody, TaskId, TaskState};
use std::time::{Duration, Instant};

fn told(n: u32, kind: TaskEventKind, seconds: f64) -> Event {
    let task_id = TaskId::new(format!("task-{n}")).expect("valid");
    event(seconds, EventBody::Task(TaskEvent { kind, task_id, worker_id: None, fields: Box::default() }))
}

/// Ticks until the ended tasks but two have left memory, which they may once their records are written.
fn until_they_leave(collector: &mut Collector) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while collector.fleet.tasks.len() > 2 {
        assert!(Instant::now() < deadline, "{} tasks are in memory", collector.fleet.tasks.len());
        collector.tick(clock());
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_task_that_has_left_memory_goes_on_from_its_record_and_is_counted_once_also_by_a_replay() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let place = || Place::file(folder.path().join("forewatch.db"));
    let mut collector = collector(&place());
    collector.settings.tasks_in_memory = 2;
    let begun = (0..20).flat_map(|n| [told(n, TaskEventKind::Submitted, 1.0), told(n, TaskEventKind::Failed, 2.0)]);
    collector.commit(begun.collect(), Vec::new());
    until_they_leave(&mut collector);
    let before = collector.fleet.tally.sum();
    assert_eq!((before.failed, before.completed), (20, 0));
    let gone = (0..20).find(|n| !collector.fleet.tasks.contains_key(&*format!("task-{n}"))).expect("one has left");

    // A task that is new, and one that was redelivered and ended well.
    collector
        .commit(vec![told(99, TaskEventKind::Submitted, 3.0), told(gone, TaskEventKind::Completed, 4.0)], Vec::new());
    let task = &collector.fleet.tasks[&*format!("task-{gone}")];
    assert_eq!(task.state, TaskState::Succeeded);
    assert_eq!(task.events.len(), 3, "what was told before is still there");
    let after = collector.fleet.tally.sum();
    assert_eq!((after.failed, after.completed), (19, 1));
    collector.finish();

    let log = sqlite::open(&place()).expect("the same store").log;
    let (mut again, mut recalled) = (Fleet::empty(start()), 0);
    log.read_after(0, &mut |last, events| {
        let first = last + 1 - events.len() as u64;
        for (sequence, event) in (first..).zip(&events) {
            recalled += usize::from(matches!(event.body, EventBody::TaskRecalled(_)));
            apply::apply(&mut again, &settings(), sequence, event, &mut Changes::default());
        }
    })
    .expect("it can be read");
    assert_eq!(recalled, 1, "only the one that had left");
    let sum = again.tally.sum();
    assert_eq!((sum.failed, sum.completed), (19, 1));
}

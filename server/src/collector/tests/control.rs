//! What people ask of workers, as it changes the state.

use super::queues::from_celery;
use super::{at, event, settings, start};
use crate::collector::{Changes, Fleet, apply};
use forewatch::control::{ControlAnswer, ControlCommand, ControlOutcome};
use forewatch::event::{Actor, QueueSample};
use forewatch::task::{TaskEvent, TaskEventKind, TaskFields};
use forewatch::{ControlId, Event, EventBody, QueueName, TaskId, WorkerId};

fn asked(id: &str, seconds: f64, command: ControlCommand) -> Event {
    let (control_id, actor) = (ControlId::new(id).expect("valid"), Actor { name: "Mara".to_owned() });
    event(seconds, EventBody::ControlAsked { control_id, actor, command })
}

fn answered(id: &str, seconds: f64, outcome: ControlOutcome) -> Event {
    let control_id = ControlId::new(id).expect("valid");
    event(seconds, EventBody::ControlAnswered { control_id, outcome: Box::new(outcome) })
}

/// Applies events, each twice.
fn applied(fleet: &mut Fleet, events: &[Event]) {
    for event in events.iter().flat_map(|event| [event, event]) {
        apply::apply(fleet, &settings(), 1, event, &mut Changes::default());
    }
    apply::tick(fleet, &settings(), fleet.now, &mut Changes::default());
}

fn outcome(answers: Vec<ControlAnswer>, new_task: Option<TaskId>) -> ControlOutcome {
    ControlOutcome { summary: "Done".to_owned(), answers, new_task }
}

fn task(seconds: f64, id: &TaskId, kind: TaskEventKind) -> Event {
    let fields = Box::new(TaskFields { queue: Some("gpu".to_owned()), ..TaskFields::default() });
    from_celery(event(seconds, EventBody::Task(TaskEvent { kind, task_id: id.clone(), worker_id: None, fields })))
}

fn notes(fleet: &Fleet, id: &TaskId) -> Vec<String> {
    let commanded = fleet.tasks[id].events.iter().filter(|moment| moment.what == TaskEventKind::Commanded);
    commanded.filter_map(|moment| moment.detail.clone()).collect()
}

#[test]
fn a_paused_queue_stays_so_until_it_is_resumed_also_over_a_restart() {
    let mut fleet = Fleet::empty(start());
    let queue = QueueName::new("celery:gpu").expect("valid");
    let sample = QueueSample {
        queue: "gpu".to_owned(),
        pending: 3,
        processing: None,
        worker_count: None,
        delayed: None,
        reserved: None,
        oldest_age: None,
    };
    applied(&mut fleet, &[from_celery(event(0.0, EventBody::QueueSampled(sample)))]);
    applied(&mut fleet, &[asked("a", 1.0, ControlCommand::PauseQueue { queue: queue.clone() })]);
    let bytes = rmp_serde::to_vec_named(&fleet).expect("it can be written");
    let mut fleet: Fleet = rmp_serde::from_slice(&bytes).expect("it can be read");
    applied(&mut fleet, &[]);
    let paused = fleet.queues[&queue].stats.paused.clone().expect("it is paused");
    assert_eq!((paused.by.as_str(), paused.at), ("Mara", at(1.0)));
    applied(&mut fleet, &[asked("b", 2.0, ControlCommand::ResumeQueue { queue: queue.clone() })]);
    assert_eq!(fleet.queues[&queue].stats.paused, None);
    assert_eq!(fleet.controls.len(), 2);
}

#[test]
fn a_revocation_stands_in_the_timeline_of_each_task_and_changes_nothing_else_of_it() {
    let mut fleet = Fleet::empty(start());
    let ids: Vec<TaskId> = (0..20).map(|n| TaskId::new(format!("t{n}")).expect("valid")).collect();
    applied(&mut fleet, &ids.iter().map(|id| task(0.0, id, TaskEventKind::Submitted)).collect::<Vec<_>>());
    let before = fleet.clone();
    let revoke = ControlCommand::Revoke { task_ids: ids.clone(), terminate: false };
    let answer =
        ControlAnswer { worker_id: WorkerId::new("celery:a@b").expect("valid"), is_ok: true, said: "ok".to_owned() };
    applied(&mut fleet, &[asked("a", 5.0, revoke), answered("a", 6.0, outcome(vec![answer], None))]);
    for id in &ids {
        assert_eq!(notes(&fleet, id), ["revoked by Mara: 1 worker answered"]);
        let (was, mut is) = (&before.tasks[id], (*fleet.tasks[id]).clone());
        is.events.clone_from(&was.events);
        assert_eq!(is, **was);
    }
    let ControlCommand::Revoke { task_ids, .. } = &fleet.controls[0].command else { panic!() };
    assert_eq!(task_ids.len(), 10, "a record does not keep thousands of ids");
}

#[test]
fn a_task_that_is_sent_again_and_the_new_one_tell_of_each_other() {
    let mut fleet = Fleet::empty(start());
    let [old, new] = ["old", "new"].map(|id| TaskId::new(id).expect("valid"));
    applied(&mut fleet, &[task(0.0, &old, TaskEventKind::Failed)]);
    // It has left memory when the answer comes, and is read back for it.
    let record = Box::new((*fleet.tasks[&old]).clone());
    fleet.tasks.remove(&old);
    let recalled = event(5.9, EventBody::TaskRecalled(record));
    let answer = answered("a", 6.0, outcome(Vec::new(), Some(new.clone())));
    let retry = asked("a", 5.0, ControlCommand::Retry { task_id: old.clone(), queue: None });
    applied(&mut fleet, &[retry, self::task(5.5, &new, TaskEventKind::Submitted), recalled, answer]);
    assert_eq!(notes(&fleet, &old), ["sent again as new by Mara"]);
    assert_eq!(notes(&fleet, &new), ["sent by Mara in place of old"]);
}

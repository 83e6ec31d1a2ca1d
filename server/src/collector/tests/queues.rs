//! Measurements of queues: how long they tell of now, and that each waiting task counts once.

use super::{at, event, feed, run, settings};
use crate::collector::{Changes, Fleet, apply};
use forewatch::event::{QueueSample, SourceChange};
use forewatch::source::SourceState;
use forewatch::task::{TaskEvent, TaskEventKind, TaskFields};
use forewatch::{Event, EventBody, QueueName, QueueStats, SourceName, TaskId};

pub(super) fn from_celery(event: Event) -> Event {
    Event { source: SourceName::new("celery").expect("valid"), ..event }
}

fn sample(seconds: f64, queue: &str, pending: u64, reserved: Option<u64>) -> Event {
    let sample = QueueSample {
        queue: queue.to_owned(),
        pending,
        processing: None,
        worker_count: None,
        delayed: reserved.map(|_| 0),
        reserved,
        oldest_age: Some(3.0),
    };
    event(seconds, EventBody::QueueSampled(sample))
}

fn told(seconds: f64, id: &str, kind: TaskEventKind, queue: Option<&str>) -> Event {
    let fields = Box::new(TaskFields { queue: queue.map(str::to_owned), ..TaskFields::default() });
    let task_id = TaskId::new(id).expect("valid");
    event(seconds, EventBody::Task(TaskEvent { kind, task_id, worker_id: None, fields }))
}

fn tick(fleet: &mut Fleet, seconds: f64) -> Changes {
    let mut changes = Changes::default();
    apply::tick(fleet, &settings(), at(seconds), &mut changes);
    changes
}

fn stats<'a>(fleet: &'a Fleet, id: &str) -> &'a QueueStats {
    &fleet.queues[&QueueName::new(id).expect("valid")].stats
}

#[test]
fn each_waiting_task_counts_once_where_stock_celery_does_not_say_from_which_queue_it_was_taken() {
    let received = |n: u8| from_celery(told(2.0, &format!("r{n}"), TaskEventKind::Received, None));
    let mut events: Vec<_> = (0..4).map(received).collect();
    events.push(from_celery(sample(3.0, "a", 10, Some(3))));
    events.push(from_celery(sample(3.0, "b", 20, Some(1))));
    assert_eq!(run(&events).system.pending_tasks, 34);
    // Where the measurements do not tell of what is reserved, the known tasks do.
    events.push(from_celery(sample(4.0, "a", 10, None)));
    events.push(from_celery(sample(4.0, "b", 20, None)));
    assert_eq!(run(&events).system.pending_tasks, 34);
    // Another source's tasks without a queue are in none of these.
    events.push(told(5.0, "h", TaskEventKind::Submitted, None));
    assert_eq!(run(&events).system.pending_tasks, 35);
}

#[test]
fn a_measurement_tells_of_now_for_five_minutes_and_then_the_known_tasks_do() {
    let mut fleet = run(&[sample(0.0, "q", 50, None), told(1.0, "t", TaskEventKind::Submitted, Some("q"))]);
    tick(&mut fleet, 300.0);
    let now = stats(&fleet, "q");
    assert_eq!((now.length, now.pending_tasks, fleet.system.cpu_queue_size), (Some(50), 50, 50));
    assert!(tick(&mut fleet, 301.0).queues.contains("q"));
    let now = stats(&fleet, "q");
    assert_eq!((now.length, now.oldest_pending_age, now.pending_tasks), (None, None, 1));
    assert_eq!((fleet.system.cpu_queue_size, fleet.system.pending_tasks), (1, 1));
}

#[test]
fn what_was_measured_in_a_broker_that_does_not_answer_is_unknown_until_it_is_back() {
    let change = |at, state| {
        from_celery(event(
            at,
            EventBody::SourceChanged(SourceChange { state, url: None, error: None, takes_commands: false }),
        ))
    };
    let mut fleet = run(&[change(0.0, SourceState::Up), from_celery(sample(1.0, "q", 50, Some(0)))]);
    assert_eq!(stats(&fleet, "celery:q").length, Some(50));
    feed(&mut fleet, &[change(2.0, SourceState::Down)], 3);
    assert_eq!((stats(&fleet, "celery:q").length, fleet.system.pending_tasks), (None, 0));
    feed(&mut fleet, &[change(3.0, SourceState::Up)], 4);
    assert_eq!(stats(&fleet, "celery:q").length, Some(50));
}

#[test]
fn a_queue_that_holds_nothing_leaves_a_day_after_the_last_word_of_it_and_one_with_an_open_task_stays() {
    let day = 86_400.0;
    let mut fleet = run(&[sample(0.0, "gone", 0, None), told(0.0, "t", TaskEventKind::Submitted, Some("stays"))]);
    tick(&mut fleet, day - 1.0);
    assert_eq!(fleet.queues.len(), 2);
    let changes = tick(&mut fleet, day);
    assert!(changes.queues.contains("gone") && !fleet.queues.contains_key("gone"));
    assert!(fleet.queues.contains_key("stays"));
    // Counts of a queue that comes back are not those of another.
    feed(&mut fleet, &[told(day + 1.0, "t", TaskEventKind::Completed, Some("stays"))], 3);
    assert_eq!((fleet.system.pending_tasks, fleet.system.completed_tasks), (0, 1));
}

#[test]
fn the_tasks_of_a_queue_that_had_no_room_at_first_are_counted_in_it_once_there_is() {
    let mut settings = settings();
    settings.max_queues = 1;
    let mut fleet = run(&[sample(0.0, "first", 0, None)]);
    let apply = |fleet: &mut Fleet, sequence, event: &Event| {
        apply::apply(fleet, &settings, sequence, event, &mut Changes::default());
    };
    apply(&mut fleet, 2, &told(1.0, "t", TaskEventKind::Submitted, Some("second")));
    tick(&mut fleet, 86_401.0);
    apply(&mut fleet, 3, &told(86_402.0, "t", TaskEventKind::Progress, Some("second")));
    tick(&mut fleet, 86_403.0);
    assert_eq!((fleet.system.pending_tasks, fleet.system.processing_tasks), (0, 1));
    assert_eq!(stats(&fleet, "second").processing_tasks, 1);
}

#[test]
fn arrivals_are_unknown_where_a_brokers_senders_do_not_announce_tasks_and_counted_where_anyone_does() {
    let stock = [
        from_celery(told(1.0, "t", TaskEventKind::Started, Some("q"))),
        from_celery(told(2.0, "t", TaskEventKind::Completed, Some("q"))),
    ];
    let shown = |events: &[Event]| {
        let fleet = run(events);
        let stats = stats(&fleet, "celery:q");
        (stats.arrival_rate, stats.service_rate.is_some_and(|rate| rate > 0.0))
    };
    assert_eq!(shown(&stock), (None, true));
    let sent = from_celery(told(0.0, "t", TaskEventKind::Submitted, Some("q")));
    assert!(matches!(shown(&[&[sent], &stock[..]].concat()), (Some(rate), true) if rate > 0.0));
    let fleet = run(&[told(1.0, "t", TaskEventKind::Started, Some("q"))]);
    assert_eq!(stats(&fleet, "q").arrival_rate, Some(0.0), "whoever sends over HTTP tells all there is");
}

#[test]
fn what_an_idle_queue_has_done_leaves_its_counts_though_nothing_it_shows_has_changed_since() {
    let mut fleet = run(&[told(1.0, "t", TaskEventKind::Completed, Some("q"))]);
    tick(&mut fleet, 7_300.0);
    let queue = &fleet.queues["q"];
    assert!(queue.window.is_empty() && queue.tally.sum().completed == 1);
    (7..=8).for_each(|days| drop(tick(&mut fleet, f64::from(days) * 86_400.0 + 7_200.0)));
    assert!(fleet.queues.get("q").is_none_or(|queue| queue.tally.sum().completed == 0));
    assert_eq!(fleet.system.completed_tasks, 0);
}

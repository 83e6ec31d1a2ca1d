#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use super::{REQUEUED, apply, first};
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::task::{MAX_TIMELINE, TaskEvent, TaskEventKind as Kind, TaskFields};
use forewatch::{SourceName, TaskId, TaskMetrics, TaskState, TaskStatus, WorkerId};
use proptest::prelude::*;

pub(super) fn at(seconds: f64) -> DateTime<Utc> {
    forewatch::time::from_unix_seconds(1_795_000_000.0 + seconds).unwrap()
}

pub(super) fn told(kind: Kind, fields: TaskFields) -> TaskEvent {
    let worker_id = (kind != Kind::Submitted).then(|| WorkerId::new("celery:gpu@host").unwrap());
    TaskEvent { kind, task_id: TaskId::new("t-1").unwrap(), worker_id, fields: Box::new(fields) }
}

pub(super) fn plain(kind: Kind) -> TaskEvent {
    told(kind, TaskFields::default())
}

pub(super) fn fold(events: &[(f64, TaskEvent)]) -> TaskMetrics {
    let source = SourceName::new("celery").unwrap();
    let (seconds, event) = &events[0];
    let mut task = first(event, &source, at(*seconds), at(*seconds));
    for (seconds, event) in &events[1..] {
        apply(&mut task, event, at(*seconds), at(*seconds));
    }
    task
}

pub(super) fn close(value: Option<f64>, expected: f64) -> bool {
    value.is_some_and(|value| (value - expected).abs() < 1e-9)
}

#[test]
fn a_plain_task_has_all_its_times() {
    let task = fold(&[
        (1.0, plain(Kind::Submitted)),
        (1.5, plain(Kind::Received)),
        (3.0, plain(Kind::Started)),
        (7.0, plain(Kind::Completed)),
    ]);
    assert_eq!((task.status, task.state), (TaskStatus::Completed, TaskState::Succeeded));
    assert!(close(task.queue_wait_time, 2.0) && close(task.processing_time, 4.0) && close(task.total_time, 6.0));
    assert_eq!(task.worker_id.as_deref(), Some("celery:gpu@host"));
}

#[test]
fn a_completion_without_a_start_makes_the_task_with_what_is_known() {
    let task = fold(&[(5.0, told(Kind::Completed, TaskFields { runtime: Some(2.5), ..TaskFields::default() }))]);
    assert_eq!(task.status, TaskStatus::Completed);
    assert_eq!((task.submitted_at, task.started_at, task.queue_wait_time), (None, None, None));
    assert_eq!(task.completed_at, Some(at(5.0)));
    assert!(close(task.processing_time, 2.5));
}

#[test]
fn a_completion_before_its_start_is_a_completion() {
    let task = fold(&[(5.0, plain(Kind::Completed)), (1.0, plain(Kind::Submitted)), (9.0, plain(Kind::Started))]);
    assert_eq!((task.status, task.completed_at), (TaskStatus::Completed, Some(at(5.0))));
    assert_eq!(task.processing_time, None, "a start four seconds after the end tells nothing of the time between");
    let late = fold(&[(5.0, plain(Kind::Completed)), (3.0, plain(Kind::Started))]);
    assert!(close(late.processing_time, 2.0));
}

#[test]
fn a_second_completion_changes_nothing_but_the_timeline() {
    let once = [(1.0, plain(Kind::Started)), (2.0, plain(Kind::Completed))];
    let twice = [once.to_vec(), vec![(9.0, plain(Kind::Completed))]].concat();
    let (once, mut twice) = (fold(&once), fold(&twice));
    twice.events.pop();
    twice.timestamp = once.timestamp;
    assert_eq!(once, twice);
}

#[test]
fn clocks_that_disagree_a_little_make_no_negative_wait() {
    let task = fold(&[(1.004, plain(Kind::Submitted)), (1.0, plain(Kind::Started))]);
    assert_eq!(task.queue_wait_time, Some(0.0));
    let task = fold(&[(3600.0, plain(Kind::Submitted)), (1.0, plain(Kind::Started))]);
    assert_eq!(task.queue_wait_time, None);
}

#[test]
fn a_retried_task_waits_until_it_starts_again_and_then_has_no_error() {
    let failed = || told(Kind::Retried, TaskFields { error_message: Some("Busy()".into()), ..TaskFields::default() });
    let mut events =
        vec![(1.0, plain(Kind::Submitted)), (2.0, plain(Kind::Started)), (2.9, plain(Kind::Received)), (3.0, failed())];
    let task = fold(&events);
    assert_eq!((task.status, task.state, task.retry_count), (TaskStatus::Pending, TaskState::Retrying, 1));
    assert_eq!(task.error_message.as_deref(), Some("Busy()"));
    events.push((4.0, plain(Kind::Started)));
    let task = fold(&events);
    assert_eq!((task.status, task.error_message.clone()), (TaskStatus::Processing, None));
    events.push((4.5, plain(Kind::Completed)));
    let task = fold(&events);
    assert!(close(task.processing_time, 0.5), "the last attempt counts");
    assert!(close(task.queue_wait_time, 1.0), "the first start counts");
}

#[test]
fn a_rejected_task_that_is_requeued_waits_again() {
    let requeue = told(Kind::Rejected, TaskFields { requeue: Some(true), ..TaskFields::default() });
    let task = fold(&[(1.0, plain(Kind::Started)), (2.0, requeue)]);
    assert_eq!((task.status, task.state, task.completed_at), (TaskStatus::Pending, TaskState::Sent, None));
    assert_eq!(task.events[1].detail.as_deref(), Some(REQUEUED));
    let task = fold(&[(1.0, plain(Kind::Started)), (2.0, plain(Kind::Rejected))]);
    assert_eq!((task.status, task.completed_at), (TaskStatus::Cancelled, Some(at(2.0))));
}

#[test]
fn a_task_given_back_or_lost_goes_on_when_a_worker_takes_it() {
    for gone in [Kind::Cancelled, Kind::Lost, Kind::Ended] {
        let task = fold(&[
            (1.0, plain(Kind::Started)),
            (2.0, plain(gone)),
            (3.0, plain(Kind::Received)),
            (4.0, plain(Kind::Started)),
        ]);
        assert_eq!((task.status, task.completed_at), (TaskStatus::Processing, None), "after {gone}");
    }
}

#[test]
fn a_task_held_until_its_time_is_scheduled() {
    let received = told(Kind::Received, TaskFields { eta: Some(at(600.0)), ..TaskFields::default() });
    let task = fold(&[(1.0, received)]);
    assert_eq!((task.status, task.state), (TaskStatus::Pending, TaskState::Scheduled));
}

#[test]
fn a_failure_by_a_time_limit_is_one_until_the_task_succeeds_after_all() {
    let failed = told(
        Kind::Failed,
        TaskFields { timed_out: Some(true), error_message: Some("slow".into()), ..TaskFields::default() },
    );
    let events = vec![(1.0, plain(Kind::Started)), (2.0, failed)];
    assert!(fold(&events).timed_out);
    let task = fold(&[events, vec![(3.0, plain(Kind::Completed))]].concat());
    assert!(!task.timed_out && task.error_message.is_none());
}

#[test]
fn a_custom_state_is_kept_as_text_and_leaves_the_status_alone() {
    let custom = told(Kind::Custom, TaskFields { source_state: Some("PROGRESS".into()), ..TaskFields::default() });
    let task = fold(&[(1.0, plain(Kind::Received)), (2.0, custom.clone()), (3.0, plain(Kind::Started))]);
    assert_eq!((task.status, task.source_state.as_deref()), (TaskStatus::Processing, Some("PROGRESS")));
    assert_eq!(fold(&[(1.0, custom)]).status, TaskStatus::Pending);
}

#[test]
fn the_content_type_is_the_name_until_one_is_told() {
    let name = told(Kind::Submitted, TaskFields { name: Some("tasks.render".into()), ..TaskFields::default() });
    let both = TaskFields { content_type: Some("video".into()), ..TaskFields::default() };
    assert_eq!(fold(&[(1.0, name.clone())]).content_type.as_deref(), Some("tasks.render"));
    for events in [
        [(1.0, name.clone()), (2.0, told(Kind::Started, both.clone()))],
        [(2.0, told(Kind::Started, both)), (1.0, name)],
    ] {
        let task = fold(&events);
        assert_eq!((task.content_type.as_deref(), task.name.as_deref()), (Some("video"), Some("tasks.render")));
    }
}

#[test]
fn a_timeline_keeps_its_beginning_and_its_end_however_long_it_grows() {
    let mut events = vec![(0.0, plain(Kind::Submitted)), (1.0, plain(Kind::Started))];
    events.extend((2..500).map(|n| (f64::from(n), plain(Kind::Progress))));
    events.extend((500..600).map(|n| (f64::from(n), plain(Kind::Retried))));
    events.push((600.0, plain(Kind::Completed)));
    let task = fold(&events);
    assert_eq!(task.events.len(), MAX_TIMELINE);
    assert_eq!((task.events[0].what, task.events[1].what), (Kind::Submitted, Kind::Started));
    assert_eq!((task.state, task.started_at), (TaskState::Succeeded, Some(at(1.0))));
}

prop_compose! {
    /// One task's events: what they tell is the same wherever they tell it, the rest is arbitrary.
    fn history()(steps in prop::collection::vec((0..Kind::ALL.len(), 0u8..40, any::<bool>(), 0usize..3), 1..14))
        -> Vec<(f64, TaskEvent)>
    {
        steps.into_iter().map(|(kind, tick, requeue, custom)| {
            let kind = Kind::ALL[kind];
            let fields = TaskFields {
                name: Some("tasks.render".into()),
                args: matches!(kind, Kind::Submitted | Kind::Received).then(|| "(1,)".into()),
                retries: (kind == Kind::Received).then_some(u32::from(tick) / 10),
                runtime: (kind == Kind::Completed).then_some(f64::from(tick) + 0.25),
                error_message: matches!(kind, Kind::Failed | Kind::Retried).then(|| format!("Oops({tick})")),
                source_state: Some(["PROGRESS", "UPLOADING", "STEP"][custom].into()),
                requeue: (kind == Kind::Rejected).then_some(requeue),
                ..TaskFields::default()
            };
            (f64::from(tick), told(kind, fields))
        }).collect()
    }
}

proptest! {
    #[test]
    fn any_order_of_the_same_events_ends_in_one_record(
        (events, shuffled) in history().prop_flat_map(|events| (Just(events.clone()), Just(events).prop_shuffle()))
    ) {
        prop_assert_eq!(fold(&events), fold(&shuffled));
    }

    #[test]
    fn an_event_applied_again_changes_nothing(events in history(), again in any::<prop::sample::Index>()) {
        let once = fold(&events);
        let mut twice = once.clone();
        let (seconds, event) = again.get(&events);
        apply(&mut twice, event, at(*seconds), at(*seconds) - TimeDelta::seconds(1));
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn no_time_is_ever_negative_and_an_end_has_its_moment(events in history()) {
        let task = fold(&events);
        for seconds in [task.queue_wait_time, task.processing_time, task.total_time].into_iter().flatten() {
            prop_assert!(seconds >= 0.0);
        }
        prop_assert_eq!(task.status.is_ended(), task.completed_at.is_some());
        prop_assert_eq!(task.status, task.state.status());
    }
}

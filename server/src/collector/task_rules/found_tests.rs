//! What asking a worker finds, beside what its task's events told.

use super::apply;
use super::tests::{at, close, fold, plain, told};
use forewatch::task::{FOUND_BY_ASKING, TaskEventKind as Kind, TaskFields};
use forewatch::{TaskMetrics, TaskStatus};

#[test]
fn a_task_found_by_asking_is_news_only_when_nothing_told_of_it() {
    let found = |kind| {
        told(
            kind,
            TaskFields { message: Some(FOUND_BY_ASKING.into()), name: Some("n".into()), ..TaskFields::default() },
        )
    };
    let task = fold(&[(1.0, plain(Kind::Started)), (1.02, found(Kind::Started)), (9.0, found(Kind::Received))]);
    assert_eq!((task.events.len(), task.name.as_deref()), (1, Some("n")));
    let task = fold(&[(1.0, plain(Kind::Submitted)), (2.0, found(Kind::Started))]);
    assert_eq!((task.status, task.started_at), (TaskStatus::Processing, Some(at(2.0))));
}

#[test]
fn a_task_given_up_and_found_running_again_goes_on_from_its_own_start() {
    let found = told(Kind::Started, TaskFields { message: Some(FOUND_BY_ASKING.into()), ..TaskFields::default() });
    for gone in [Kind::Lost, Kind::Ended] {
        let given_up = told(gone, TaskFields { error_message: Some("gone".into()), ..TaskFields::default() });
        let mut task = fold(&[(1.0, plain(Kind::Received)), (2.0, plain(Kind::Started)), (400.0, given_up.clone())]);
        assert!(task.status.is_ended(), "after {gone}");
        apply(&mut task, &found, at(2.02), at(500.0));
        assert_eq!((task.status, task.started_at), (TaskStatus::Processing, Some(at(2.0))), "after {gone}");
        assert_eq!((task.completed_at, task.error_message.clone()), (None, None), "after {gone}");
        let once = task.clone();
        apply(&mut task, &found, at(2.02), at(500.0));
        apply(&mut task, &found, at(2.02), at(600.0));
        assert_eq!(TaskMetrics { timestamp: once.timestamp, ..task.clone() }, once, "found once more after {gone}");
        apply(&mut task, &plain(Kind::Failed), at(602.0), at(602.0));
        assert!(close(task.processing_time, 600.0), "after {gone}: {:?}", task.processing_time);
        // Where nobody told of the start, asking does.
        let mut task = fold(&[(1.0, plain(Kind::Received)), (400.0, given_up)]);
        apply(&mut task, &found, at(2.0), at(500.0));
        assert_eq!((task.status, task.started_at), (TaskStatus::Processing, Some(at(2.0))), "after {gone}");
    }
}

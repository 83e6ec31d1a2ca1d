//! What a task's time went into, and when it is stuck.

use forewatch::TaskMetrics;
use forewatch::attempts::{Attempt, Doing, attempts};
use forewatch::spent::Spent;
use forewatch::stuck::{Usual, silent_since};
use forewatch::time::{TimeDelta, Timestamp};
use serde_json::{Value, json};

fn at(second: i64) -> Timestamp {
    forewatch::time::from_unix_seconds(1_800_000_000.0).expect("a time") + TimeDelta::seconds(second)
}

/// A task with a timeline of (second, what).
fn task(status: &str, timeline: &[(i64, &str)], more: &Value) -> TaskMetrics {
    let of = |what: &str| timeline.iter().find(|(_, kind)| *kind == what).map(|(second, _)| at(*second));
    let ended = !matches!(status, "pending" | "processing");
    let last = timeline.last().map_or(0, |(second, _)| *second);
    let mut task = json!({
        "task_id": "t", "timestamp": at(last), "status": status, "source": "celery",
        "state": match status { "pending" => "sent", "processing" => "started", "failed" => "failed", _ => "succeeded" },
        "retry_count": timeline.iter().filter(|(_, what)| *what == "retried").count(),
        "submitted_at": of("submitted"), "started_at": of("started"), "completed_at": ended.then(|| at(last)),
        "events": timeline.iter().map(|(second, what)| json!({ "at": at(*second), "what": what })).collect::<Vec<_>>(),
    });
    task.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    serde_json::from_value(task).expect("a task")
}

fn doings(attempts: &[Attempt]) -> Vec<Vec<Doing>> {
    attempts.iter().map(|attempt| attempt.spans.iter().map(|span| span.doing).collect()).collect()
}

#[test]
fn a_tasks_time_is_split_into_what_it_waited_was_reserved_and_ran() {
    let timeline = [(0, "submitted"), (7, "received"), (10, "started"), (15, "progress"), (30, "completed")];
    let spent = Spent::of(&task("completed", &timeline, &json!({})), at(99));
    let expected =
        Spent { waiting: Some(7.0), reserved: Some(3.0), running: Some(20.0), is_whole: true, ..Spent::default() };
    assert_eq!(spent, expected);
    // Where nobody tells when a worker took it, all until its start is waiting.
    let timeline = [(0, "submitted"), (10, "started")];
    let spent = Spent::of(&task("processing", &timeline, &json!({})), at(14));
    assert_eq!((spent.waiting, spent.reserved, spent.running), (Some(10.0), None, Some(4.0)));
    // What nobody tells of is absent, not zero.
    let spent = Spent::of(&task("completed", &[(3, "started"), (5, "completed")], &json!({})), at(99));
    assert_eq!((spent.waiting, spent.running), (None, Some(2.0)));
}

#[test]
fn the_attempts_of_a_task_that_celery_tries_again_are_told_apart() {
    // The worker takes the next attempt before it says that the last one failed; the sender's word comes late.
    let timeline = [
        (0, "received"),
        (1, "submitted"),
        (2, "started"),
        (5, "received"),
        (6, "submitted"),
        (7, "retried"),
        (17, "started"),
        (20, "completed"),
    ];
    let task = task("completed", &timeline, &json!({}));
    let expected = [vec![Doing::Reserved, Doing::Failing, Doing::BackingOff], vec![Doing::Running]];
    assert_eq!(doings(&attempts(&task, at(99))), expected);
    let spent = Spent::of(&task, at(99));
    assert_eq!((spent.reserved, spent.running, spent.retrying), (Some(2.0), Some(8.0), Some(10.0)));
}

#[test]
fn a_task_that_is_delivered_anew_runs_in_a_second_attempt() {
    let timeline = [(0, "received"), (1, "started"), (9, "received"), (10, "started"), (12, "completed")];
    let attempts = attempts(&task("completed", &timeline, &json!({})), at(99));
    let expected = [vec![Doing::Reserved, Doing::Running], vec![Doing::Reserved, Doing::Running]];
    assert_eq!(doings(&attempts), expected);
}

#[test]
fn what_waits_for_its_time_is_delayed_until_then_wherever_it_lies() {
    let eta = json!({ "eta": at(20) });
    let waiting = task("pending", &[(0, "submitted"), (2, "received")], &eta);
    let spent = Spent::of(&waiting, at(12));
    assert_eq!((spent.waiting, spent.delayed, spent.reserved), (None, Some(12.0), None));
    let spent = Spent::of(&waiting, at(25));
    assert_eq!((spent.waiting, spent.delayed, spent.reserved), (None, Some(20.0), Some(5.0)));
}

#[test]
fn where_the_timeline_has_not_every_attempt_it_is_said_so() {
    let more = json!({ "retry_count": 3 });
    let task = task("completed", &[(0, "submitted"), (1, "started"), (2, "completed")], &more);
    assert!(!Spent::of(&task, at(99)).is_whole);
}

#[test]
fn a_task_is_stuck_from_three_times_what_is_usual_on_without_a_word_and_never_before_half_a_minute() {
    let running = |timeline: &[(i64, &str)]| task("processing", timeline, &json!({}));
    let usual = Usual { p95: 20.0, times: 3.0 };
    let silent = running(&[(0, "started")]);
    assert_eq!(usual.stuck(&silent, at(59)), None);
    let stuck = usual.stuck(&silent, at(80)).expect("it is stuck");
    assert_eq!((stuck.since, stuck.times, stuck.usual), (at(0), 4.0, 20.0));
    // A word of progress, and it counts from there.
    let speaks = running(&[(0, "started"), (50, "progress")]);
    assert_eq!((silent_since(&speaks), usual.stuck(&speaks, at(80))), (Some(at(50)), None));
    assert!(usual.stuck(&speaks, at(110)).is_some());
    let short = Usual { p95: 0.1, times: 3.0 };
    assert_eq!(short.stuck(&silent, at(29)), None);
    assert!(short.stuck(&silent, at(30)).is_some());
    let ended = task("completed", &[(0, "started"), (90, "completed")], &json!({}));
    assert_eq!(usual.stuck(&ended, at(200)), None);
}

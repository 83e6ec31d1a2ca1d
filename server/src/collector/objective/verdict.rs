//! Whether a task went well, and when that was decided: by its record alone.

use crate::collector::outcome::end_of;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::{TaskMetrics, TaskStatus, time};
use std::time::Duration;

/// A task that is to start later than this after its submission counts once it has started.
const DELAYED: TimeDelta = TimeDelta::days(1);

/// What became of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    /// When it was decided, Unix seconds.
    pub(super) at: i64,
    pub(super) is_good: bool,
}

/// Of tasks that are to start within so many seconds, or else to succeed. `None`: nothing can be said, as of a task that was
/// cancelled, or how it ended is not known.
pub(super) fn verdict(start_within: Option<f64>, task: &TaskMetrics) -> Option<Verdict> {
    match start_within {
        Some(seconds) => of_start(task, seconds),
        None => {
            let at = end_of(task)?.timestamp();
            match task.status {
                TaskStatus::Completed => Some(Verdict { at, is_good: true }),
                TaskStatus::Failed => Some(Verdict { at, is_good: false }),
                _ => None,
            }
        }
    }
}

/// One that does not start is late from the moment its time was up, whether or not it ever starts. That moment may lie ahead.
fn of_start(task: &TaskMetrics, seconds: f64) -> Option<Verdict> {
    let submitted = task.submitted_at?;
    // Who may not start before some time waits from then on.
    let eta = task.eta.filter(|eta| task.started_at.is_none_or(|started| *eta <= started));
    let from = eta.map_or(submitted, |eta| eta.max(submitted));
    let within = Duration::try_from_secs_f64(seconds).ok().and_then(|within| TimeDelta::from_std(within).ok())?;
    let due = from.checked_add_signed(within)?;
    match (task.started_at, task.status) {
        // Clocks that disagree by more than a little tell no wait.
        (Some(_), _) if task.queue_wait_time.is_none() => None,
        (Some(started), _) if time::seconds_between(due, started) <= 0.0 => {
            Some(Verdict { at: started.timestamp(), is_good: true })
        }
        (Some(_), _) => Some(late(due)),
        (None, TaskStatus::Pending) => (from - submitted <= DELAYED).then(|| late(due)),
        (None, TaskStatus::Cancelled) => end_of(task).filter(|end| *end > due).map(|_| late(due)),
        (None, _) => None,
    }
}

/// Counted from the next minute on: no task that is waiting within its time is taken for late, to the minute.
fn late(due: DateTime<Utc>) -> Verdict {
    Verdict { at: (due.timestamp().div_euclid(60) + 1) * 60, is_good: false }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const START: i64 = 1_800_000_000;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(START + seconds, 0).expect("a time")
    }

    /// A task that was submitted at the start, with some fields of its own.
    fn task(status: &str, fields: Value) -> TaskMetrics {
        let mut task = json!({
            "task_id": "t", "timestamp": at(0), "submitted_at": at(0), "status": status, "state": "sent",
            "retry_count": 0, "source": "http",
        });
        let (Some(all), Value::Object(own)) = (task.as_object_mut(), fields) else { panic!("both are objects") };
        all.extend(own);
        serde_json::from_value(task).expect("a task")
    }

    fn told(within: Option<f64>, task: &TaskMetrics) -> Option<(i64, bool)> {
        verdict(within, task).map(|verdict| (verdict.at - START, verdict.is_good))
    }

    #[test]
    fn completed_is_good_and_failed_is_bad_and_of_others_nothing_is_said() {
        let ended = |status: &str| told(None, &task(status, json!({ "completed_at": at(90) })));
        assert_eq!((ended("completed"), ended("failed")), (Some((90, true)), Some((90, false))));
        assert_eq!((ended("cancelled"), ended("unknown"), ended("processing")), (None, None, None));
    }

    #[test]
    fn a_start_in_time_is_good_at_that_time_and_a_late_one_bad_from_when_its_time_was_up() {
        let started = |after: i64| {
            told(Some(30.0), &task("processing", json!({ "started_at": at(after), "queue_wait_time": after })))
        };
        assert_eq!((started(30), started(31)), (Some((30, true)), Some((60, false))));
        let waiting = told(Some(30.0), &task("pending", json!({})));
        assert_eq!(waiting, Some((60, false)), "the same as one that starts late: nothing changes when it does");
    }

    #[test]
    fn waiting_for_its_time_is_no_wait() {
        let delayed = json!({ "eta": at(600), "started_at": at(620), "queue_wait_time": 620.0 });
        assert_eq!(told(Some(30.0), &task("processing", delayed)), Some((620, true)));
        assert_eq!(told(Some(30.0), &task("pending", json!({ "eta": at(600) }))), Some((660, false)));
        assert_eq!(told(Some(30.0), &task("pending", json!({ "eta": at(200_000) }))), None, "that would have no bound");
        // A retry is told by a new time, after the first start.
        let retried = json!({ "eta": at(600), "started_at": at(10), "queue_wait_time": 10.0 });
        assert_eq!(told(Some(30.0), &task("pending", retried)), Some((10, true)));
    }

    #[test]
    fn who_was_cancelled_in_time_counts_for_nothing_and_one_that_waited_too_long_did() {
        let cancelled = |after: i64| told(Some(30.0), &task("cancelled", json!({ "completed_at": at(after) })));
        assert_eq!((cancelled(30), cancelled(31)), (None, Some((60, false))));
        let completed = task("completed", json!({ "completed_at": at(90) }));
        assert_eq!(told(Some(30.0), &completed), None, "nobody saw it start");
    }
}

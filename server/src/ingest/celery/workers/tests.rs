//! Signs of life that are no heartbeats, and the bound.

use super::*;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("a valid time")
}

fn heard(workers: &mut Workers, seconds: i64) -> Vec<EventBody> {
    let mut out = Vec::new();
    workers.heard("gpu@host", WorkerStatus::Busy, at(seconds), &mut out);
    out
}

#[test]
fn a_worker_without_heartbeats_is_registered_and_said_to_be_alive_now_and_then() {
    let mut workers = Workers::new("celery");
    let first = heard(&mut workers, 0);
    assert!(matches!(first[..], [EventBody::WorkerRegistered(_), EventBody::WorkerHeartbeat(_)]), "{first:?}");
    assert_eq!(heard(&mut workers, 9), []);
    let EventBody::WorkerHeartbeat(beat) = &heard(&mut workers, 10)[0] else { panic!("no sign of life") };
    // Without an interval of its own, the limit of those who declare none holds.
    assert_eq!((beat.interval, beat.status), (None, WorkerStatus::Busy));
}

#[test]
fn what_was_under_way_when_a_worker_went_does_not_bring_it_back() {
    let mut workers = Workers::new("celery");
    heard(&mut workers, 0);
    workers.offline("gpu@host", at(20), &mut Vec::new());
    assert_eq!(heard(&mut workers, 21), []);
    assert_eq!(heard(&mut workers, 40).len(), 2, "it is back");
}

#[test]
fn a_worker_that_finds_no_room_is_noticed() {
    let mut workers = Workers::new("celery");
    for n in 0..MAX_WORKERS {
        workers.id(&format!("{n}@host"));
    }
    workers.id("0@host");
    assert!(!workers.take_full());
    assert_eq!(workers.id("late@host"), None);
    assert!(workers.take_full());
    assert!(!workers.take_full());
}

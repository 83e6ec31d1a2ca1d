//! One writer at a time, of a store that this program can read.

use super::{append, numbers};
use crate::store::conformance::places::{Kind, Place, Redis};
use crate::store::{HistoryChanges, StateSnapshot, StoreError};

fn refusal(place: &Place) -> String {
    match place.try_open() {
        Err(StoreError::Unusable(reason)) => reason,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("it is opened"),
    }
}

#[test]
fn a_second_writer_is_refused_until_the_first_has_ended() {
    let redis = Redis::start(&[]);
    let place = Place::new(&Kind::Redis(redis.url(0)));
    let other = place.elsewhere();
    let mut store = place.open();
    let reason = refusal(&other);
    assert!(reason.contains("another forewatch uses it"), "{reason}");
    append(&mut store, 0..1).unwrap();
    drop(store);
    let mut store = other.open();
    append(&mut store, 1..2).unwrap();
    assert_eq!(numbers(&*store.log), ["w0", "w1"]);
}

#[test]
fn the_same_store_is_not_opened_twice_on_one_machine() {
    let redis = Redis::start(&[]);
    let place = Place::new(&Kind::Redis(redis.url(0)));
    let _store = place.open();
    let reason = refusal(&place);
    assert!(reason.contains("is in use by another forewatch"), "{reason}");
}

#[test]
fn whoever_crashed_takes_the_store_back_at_once_and_others_wait_for_the_lease() {
    let redis = Redis::start(&[]);
    let place = Place::new(&Kind::Redis(redis.url(0)));
    let mut store = place.open();
    append(&mut store, 0..1).unwrap();
    let lease = format!("{{{}}}:lease", place.prefix());
    let held = redis.run(&["GET", &lease]);
    drop(store);
    redis.run(&["SET", &lease, &held, "PX", "90000"]);
    let reason = refusal(&place.elsewhere());
    assert!(reason.contains("wait 90 s") || reason.contains("wait 8"), "{reason}");
    assert_eq!(numbers(&*place.open().log), ["w0"]);
}

#[test]
fn a_writer_whose_store_was_taken_over_writes_nothing_any_more() {
    let redis = Redis::start(&[]);
    let place = Place::new(&Kind::Redis(redis.url(0)));
    let mut store = place.open();
    append(&mut store, 0..1).unwrap();
    // It did not run for longer than its lease holds.
    redis.run(&["DEL", &format!("{{{}}}:lease", place.prefix())]);
    let mut other = place.elsewhere().open();
    append(&mut other, 1..2).unwrap();
    let state = StateSnapshot { version: 1, sequence: 1, bytes: Vec::new() };
    for failed in [
        append(&mut store, 2..3).map(drop),
        store.snapshots.save_state(&state),
        store.history.write(&HistoryChanges::default()),
    ] {
        let error = failed.expect_err("it is not the writer");
        assert!(error.to_string().contains("taken over"), "{error}");
    }
    drop(store);
    append(&mut other, 3..4).unwrap();
    assert_eq!(numbers(&*other.log), ["w0", "w1", "w3"]);
    assert!(other.log.state().unwrap().is_none());
}

#[test]
fn a_store_of_a_newer_version_or_of_another_program_is_left_alone() {
    let redis = Redis::start(&[]);
    let place = Place::new(&Kind::Redis(redis.url(0)));
    drop(place.open());
    let notes = format!("{{{}}}:store", place.prefix());
    redis.run(&["HSET", &notes, "format", "9999"]);
    assert!(refusal(&place).contains("newer"), "{}", refusal(&place));
    redis.run(&["DEL", &notes]);
    redis.run(&["SET", &notes, "dear diary"]);
    assert!(refusal(&place).contains("key_prefix"), "{}", refusal(&place));
    assert_eq!(redis.run(&["GET", &notes]), "dear diary");
}

#[test]
fn stores_with_other_prefixes_know_nothing_of_each_other() {
    let redis = Redis::start(&[]);
    let (one, two) = (Place::new(&Kind::Redis(redis.url(0))), Place::new(&Kind::Redis(redis.url(0))));
    let (mut one, mut two) = (one.open(), two.open());
    append(&mut one, 0..1).unwrap();
    append(&mut two, 1..2).unwrap();
    assert_eq!((numbers(&*one.log), numbers(&*two.log)), (vec!["w0".to_owned()], vec!["w1".to_owned()]));
}

#[test]
fn a_redis_that_is_not_there_is_named_without_its_password() {
    let place = Place::new(&Kind::Redis("redis://ada:secret@127.0.0.1:1/0".to_owned()));
    let reason = refusal(&place);
    assert!(reason.contains("redis://127.0.0.1:1/0") && !reason.contains("secret"), "{reason}");
}

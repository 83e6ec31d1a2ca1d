//! Redis away, full, or without what it had.

use super::proxy::{Proxy, Wire};
use super::{append, logged, numbers};
use crate::history::{Key, Subject, Tier};
use crate::store::conformance::places::{Cluster, Kind, Place, Redis};
use crate::store::{HistoryChanges, Named, NamedSubject, StateSnapshot, Store, StoreError};
use chrono::DateTime;
use std::time::{Duration, Instant};

/// Tries until it works: a store that was away is back within the pause between two tries to connect.
pub(super) fn until_it_works<T>(mut work: impl FnMut() -> Result<T, StoreError>) -> T {
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        match work() {
            Ok(done) => return done,
            Err(error) => assert!(Instant::now() < deadline, "{error}"),
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_commit_whose_answer_was_lost_is_not_acknowledged_and_never_seen() {
    let redis = Redis::start(&[]);
    let proxy = Proxy::to(redis.port);
    let place = Place::new(&Kind::Redis(redis.url(0))).at(&format!("redis://127.0.0.1:{}/0", proxy.port));
    let mut store = place.open();
    append(&mut store, 0..2).unwrap();
    proxy.set(Wire::LosesAnswers);
    let error = append(&mut store, 2..5).expect_err("no answer came");
    assert!(matches!(error, StoreError::Redis { .. }), "{error}");
    let log = format!("{{{}}}:log", place.prefix());
    assert_eq!(redis.run(&["XLEN", &log]), "2", "Redis has taken it");
    proxy.set(Wire::Passes);
    let last = until_it_works(|| append(&mut store, 5..6));
    assert_eq!(numbers(&*store.log), ["w0", "w1", "w5"]);
    assert_eq!(logged(&*store.log).last().unwrap().0, last, "sequences are those that the log has");
    drop(store);
    let mut store = place.open();
    append(&mut store, 6..7).unwrap();
    assert_eq!(numbers(&*store.log), ["w0", "w1", "w5", "w6"]);
}

#[test]
fn what_comes_to_redis_long_after_it_was_given_up_does_nothing() {
    let redis = Redis::start(&[]);
    let proxy = Proxy::to(redis.port);
    let place = Place::new(&Kind::Redis(redis.url(0))).at(&format!("redis://127.0.0.1:{}/0", proxy.port));
    let mut store = place.open();
    append(&mut store, 0..1).unwrap();
    store.history.write(&block(1, b"first")).unwrap();
    let state = |sequence| StateSnapshot { version: 1, sequence, bytes: vec![0] };
    store.snapshots.save_state(&state(0)).unwrap();
    proxy.set(Wire::Holds(""));
    let appended = append(&mut store, 1..2).map(drop);
    let saved = store.snapshots.save_state(&state(1));
    // The slot's own step, behind that of the names.
    proxy.set(Wire::Holds("given up"));
    let written = store.history.write(&block(1, b"given up"));
    for given_up in [appended, saved, written] {
        let error = given_up.expect_err("no answer came");
        assert!(error.to_string().contains("does not answer within"), "{error}");
    }
    proxy.set(Wire::Passes);
    let last = until_it_works(|| append(&mut store, 2..3));
    until_it_works(|| store.history.write(&block(1, b"second")));
    until_it_works(|| store.snapshots.save_state(&state(last)));
    proxy.deliver();
    let deadline = Instant::now() + Duration::from_mins(1);
    while !redis.run(&["INFO", "errorstats"]).contains("errorstat_LATE:count=3") {
        assert!(Instant::now() < deadline, "{}", redis.run(&["INFO", "errorstats"]));
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(numbers(&*store.log), ["w0", "w2"]);
    assert_eq!(store.log.state().unwrap().map(|state| state.sequence), Some(last));
    let mut found = Vec::new();
    let mut each = |_: Key, body: &[u8]| {
        found.push(body.to_vec());
        Ok(())
    };
    store.history.each(Tier::Minute, 1, 1, 0..1, &mut each).unwrap();
    assert_eq!(found, [b"second"]);
}

#[test]
fn a_redis_that_was_killed_comes_back_with_all_that_was_acknowledged() {
    let mut redis = Redis::start(&["--appendonly", "yes", "--appendfsync", "always"]);
    let place = Place::new(&Kind::Redis(redis.url(0)));
    let mut store = place.open();
    append(&mut store, 0..3).unwrap();
    let state = StateSnapshot { version: 1, sequence: 2, bytes: vec![7; 100] };
    store.snapshots.save_state(&state).unwrap();
    redis.kill();
    assert!(append(&mut store, 3..4).is_err());
    assert!(store.history_reader.ping().is_err());
    assert!(store.history.write(&HistoryChanges::default()).is_err());
    redis.again();
    until_it_works(|| append(&mut store, 4..5));
    until_it_works(|| store.history_reader.ping());
    assert_eq!(numbers(&*store.log), ["w0", "w1", "w2", "w4"]);
    assert_eq!(store.log.state().unwrap().map(|state| state.bytes), Some(vec![7; 100]));
}

#[test]
fn a_full_memory_acknowledges_nothing_until_there_is_room_again() {
    let redis = Redis::start(&["--maxmemory-policy", "noeviction"]);
    let mut store = Place::new(&Kind::Redis(redis.url(0))).open();
    append(&mut store, 0..2).unwrap();
    redis.run(&["CONFIG", "SET", "maxmemory", "1"]);
    let error = append(&mut store, 2..3).expect_err("there is no room");
    assert!(error.to_string().contains("memory"), "{error}");
    let error = store.history.write(&samples(1, b"no room")).expect_err("there is no room");
    assert!(error.to_string().contains("memory"), "{error}");
    store.snapshots.trim_log(DateTime::UNIX_EPOCH, 0).expect("trimming needs no room");
    redis.run(&["CONFIG", "SET", "maxmemory", "0"]);
    append(&mut store, 3..4).unwrap();
    store.history.write(&samples(1, b"room")).unwrap();
    assert_eq!(numbers(&*store.log), ["w0", "w1", "w3"]);
}

/// A block of the first metric and subject, in this slot, and their names.
fn samples(slot: u32, body: &[u8]) -> HistoryChanges {
    let system = NamedSubject { number: 0, subject: Subject::System, day: 20_000 };
    let named = Named { metrics: vec![(1, "a.metric".to_owned())], subjects: vec![system] };
    HistoryChanges { named, ..block(slot, body) }
}

fn block(slot: u32, body: &[u8]) -> HistoryChanges {
    let key = Key { slot, metric: 1, shard: 0, part: 0 };
    HistoryChanges { put: vec![(Tier::Minute, key, body.to_vec())], ..HistoryChanges::default() }
}

#[test]
fn a_redis_that_lost_everything_is_told_and_what_comes_then_can_be_read_again() {
    let redis = Redis::start(&[]);
    let place = Place::new(&Kind::Redis(redis.url(0)));
    let mut store = place.open();
    append(&mut store, 0..3).unwrap();
    store.history.write(&samples(1, b"before")).unwrap();
    redis.run(&["FLUSHALL"]);
    let last = append(&mut store, 3..4).unwrap();
    assert_eq!(logged(&*store.log), [(last, "w3".to_owned())]);
    store.history.write(&block(2, b"after")).unwrap();
    drop(store);
    let store = place.open();
    let named = store.history.named().unwrap();
    assert_eq!((named.metrics, named.subjects[0].subject.clone()), (vec![(1, "a.metric".to_owned())], Subject::System));
    assert_eq!(numbers(&*store.log), ["w3"]);
}

#[test]
fn records_that_know_more_than_the_log_are_never_behind_it_again() {
    let redis = Redis::start(&[]);
    let place = Place::new(&Kind::Redis(redis.url(0)));
    let mut store = place.open();
    let last = append(&mut store, 0..5).unwrap();
    store.projection.write(&[], &[], &[], last).unwrap();
    drop(store);
    // A second that was not on disk yet when the machine went down.
    redis.run(&["DEL", &format!("{{{}}}:log", place.prefix())]);
    let mut store = place.open();
    let next = append(&mut store, 5..6).unwrap();
    assert!(next > store.projection.written().unwrap(), "{next}");
    assert_eq!(logged(&*store.log), [(next, "w5".to_owned())]);
}

#[test]
fn samples_are_never_read_with_the_times_of_another_write() {
    let redis = Redis::start(&[]);
    let mut store = Place::new(&Kind::Redis(redis.url(0))).open();
    let both = |parts: u16| {
        let block = |metric, part| (Tier::Raw, Key { slot: 9, metric, shard: 0, part }, vec![7]);
        let put = (0..parts).flat_map(|part| [block(0, part), block(1, part)]).collect();
        HistoryChanges { put, ..HistoryChanges::default() }
    };
    store.history.write(&both(1)).unwrap();
    let Store { history, history_reader, .. } = &mut store;
    let mut writes = [true, false].into_iter();
    let mut read = || {
        let mut seen = 0;
        let done = history_reader.read(&mut |blocks| {
            blocks.each(Tier::Raw, 9, 0, 0..1, &mut |_, _| Ok(()))?;
            if writes.next() == Some(true) {
                history.write(&both(2))?;
            }
            blocks.each(Tier::Raw, 9, 1, 0..1, &mut |_, _| {
                seen += 1;
                Ok(())
            })
        });
        (done, seen)
    };
    assert!(matches!(read(), (Err(StoreError::Changed), 0)));
    assert!(matches!(read(), (Ok(()), 2)));
}

#[test]
fn a_cluster_spreads_the_slots_of_history_over_its_nodes() {
    let cluster = Cluster::start();
    let mut store = Place::new(&Kind::Redis(cluster.url())).open();
    for slot in 0..40 {
        store.history.write(&samples(slot, b"body")).unwrap();
    }
    append(&mut store, 0..1).unwrap();
    let keys = cluster.keys();
    assert!(keys.iter().all(|keys| *keys > 0), "{keys:?}");
}

//! Questions while the keeper writes: each sample is found, and once.

use super::watched::Watched;
use super::world::{DAY, World, kept, query};
use crate::collector::{Fleet, Samples, clock};
use crate::history::History;
use crate::history::head::Limits;
use crate::history::keeper::Shared;
use crate::history::query::answer;
use crate::store::conformance::places::{Kind, Place};
use crate::store::{HistoryReader, Store};
use forewatch::series::Aggregation;
use forewatch::{WorkerId, catalogue};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How many samples each worker has, as a query tells.
fn counts(shared: &Shared, reader: &dyn HistoryReader) -> Vec<f64> {
    let mut all = query("worker.load_1m", DAY, DAY + 86_400, 86_400.0);
    all.over = Some(Aggregation::Count);
    let answer = answer(shared, reader, &all, DAY).expect("it can be answered");
    answer.series.iter().filter_map(|series| series.points[0].1).collect()
}

#[test]
fn a_query_before_and_after_each_write_of_a_flush_finds_every_sample_once() {
    let World { mut keeper, reader, place: _kept, .. } = World::new();
    let shared = keeper.shared.clone();
    let asked = Arc::new(AtomicBool::new(false));
    let watch = {
        let (shared, asked) = (shared.clone(), asked.clone());
        move || {
            assert_eq!(counts(&shared, &*reader), [3.0; 50]);
            asked.store(true, Ordering::Relaxed);
            Ok(())
        }
    };
    keeper.store = Box::new(Watched(keeper.store, watch));
    for worker in 0..50 {
        for n in 0..3 {
            World::put_into(&shared, &format!("w{worker}"), "worker.load_1m", None, (DAY + n * 10) * 1_000, 1.0);
        }
    }
    assert!(keeper.flush());
    assert!(asked.load(Ordering::Relaxed));
    // Again, with names that are known.
    for worker in 0..50 {
        World::put_into(&shared, &format!("w{worker}"), "worker.load_1m", None, DAY * 1_000, 1.0);
    }
    assert!(keeper.flush());
}

#[test]
fn however_flushes_and_queries_meet_no_series_is_missing_and_no_sample_counts_twice() {
    let World { mut keeper, reader, place: _kept, .. } = World::new();
    let shared = keeper.shared.clone();
    let ends = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !ends.load(Ordering::Relaxed) {
                assert!(keeper.flush());
            }
        });
        for worker in 0..150 {
            World::put_into(&shared, &format!("w{worker}"), "worker.load_1m", None, DAY * 1_000, 1.0);
            assert_eq!(counts(&shared, &*reader), vec![1.0; worker + 1]);
        }
        ends.store(true, Ordering::Relaxed);
    });
}

#[test]
fn samples_that_come_faster_than_flushes_are_written_as_they_come_and_none_is_missing() {
    let place = Place::new(&Kind::Sqlite);
    let Store { history, history_reader, .. } = place.open();
    let limits = Limits { series_per_subject: 9, series: 9_999, samples: 800 };
    let history = History::start(history, history_reader, limits, kept()).expect("it can be started");
    // The keeper runs by the real clock: what is older than a day would be trimmed.
    let begin = clock().timestamp() - 3_000;
    let fleet = Fleet::empty(clock());
    let metric = catalogue::find("worker.load_1m").expect("a metric");
    for n in 0..20 {
        let row = |at| ((begin + n * 100 + at) * 1_000, vec![(metric, None, 1.0)]);
        let samples = Samples { worker: WorkerId::new("w").expect("a valid id"), rows: (0..100).map(row).collect() };
        assert_eq!(history.take(&fleet, &[samples]), 0);
        let since = Instant::now();
        // Of the system's own the first tick brings some, too.
        while history.shared.head.is_filling() || history.shared.head.look(|tables| tables.len() > 1) {
            assert!(since.elapsed() < Duration::from_mins(1), "nobody has them written");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    let mut all = query("worker.load_1m", begin, begin + 2_000, 100.0);
    all.over = Some(Aggregation::Count);
    let answer = history.answer(&all).expect("it can be answered");
    let counts = answer.series[0].points.iter().map(|(_, count)| *count);
    assert_eq!(counts.collect::<Option<Vec<_>>>().map(|counts| counts.iter().sum()), Some(2_000.0));
}

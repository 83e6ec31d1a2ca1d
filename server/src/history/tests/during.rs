//! Questions while the keeper writes: each sample is found, and once.

use super::watched::Watched;
use super::world::{DAY, World, query};
use crate::history::keeper::Shared;
use crate::history::query::answer;
use crate::store::HistoryReader;
use forewatch::series::Aggregation;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

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

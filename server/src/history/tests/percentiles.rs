//! Percentiles over all series of a metric, from samples and from sketches.

use super::world::{DAY, World, cases, query};
use crate::history::Subject;
use crate::history::keeper::Step;
use app::query::SeriesQuery;
use forewatch::catalogue;
use forewatch::series::{Aggregation, quantile};
use proptest::prelude::*;

const PERCENTILES: [(Aggregation, f64); 3] =
    [(Aggregation::P50, 0.50), (Aggregation::P95, 0.95), (Aggregation::P99, 0.99)];

/// A worker's number, a second of its two days, a value.
type Sample = (u8, i64, f64);

fn over_all(from: i64, to: i64, step: f64, agg: Aggregation) -> SeriesQuery {
    SeriesQuery { by: Some(Vec::new()), agg: Some(agg), ..query("worker.network_rx", from, to, step) }
}

fn put(world: &World, samples: &[Sample]) {
    for (worker, second, value) in samples {
        world.put(&format!("w{worker}"), "worker.network_rx", None, (DAY + second) * 1_000, *value);
    }
}

/// Checks the percentiles of two days against those of the samples: absent where there is none, else within `share`.
fn check(world: &World, samples: &[Sample], step: i64, share: f64) -> Result<String, TestCaseError> {
    let mut source = String::new();
    for (agg, q) in PERCENTILES {
        let answer = world.query(&over_all(DAY, DAY + 2 * 86_400, step as f64, agg)).expect("it can be answered");
        source = answer.source;
        let points = &answer.series[0].points;
        prop_assert_eq!(i64::try_from(points.len()).expect("few"), 2 * 86_400 / step);
        for (row, (_, told)) in (0..).zip(points) {
            let within = row * step..(row + 1) * step;
            let values: Vec<f64> =
                samples.iter().filter(|(_, second, _)| within.contains(second)).map(|(_, _, value)| *value).collect();
            let exact = quantile(&values, q);
            prop_assert_eq!(told.is_some(), exact.is_some(), "row {} at {}", row, step);
            if let (Some(told), Some(exact)) = (told, exact) {
                prop_assert!((told - exact).abs() <= exact * share * 1.000_001, "{:?}: {} is not {}", agg, told, exact);
            }
        }
    }
    Ok(source)
}

proptest! {
    #![proptest_config(cases(12))]
    #[test]
    fn percentiles_of_any_age_are_within_one_percent_of_those_of_the_samples(
        mut samples in proptest::collection::vec((0_u8..40, 0_i64..2 * 86_400, (-3.0..25.0_f64).prop_map(f64::exp)), 1..200),
        late in 0_usize..200,
    ) {
        samples.sort_by_key(|(worker, second, _)| (*worker, *second));
        samples.dedup_by_key(|(worker, second, _)| (*worker, *second));
        let mut world = World::new();
        let (first, rest) = samples.split_at(late.min(samples.len()));
        put(&world, first);
        prop_assert!(world.keeper.flush());
        world.now = DAY + 86_400;
        world.work();
        world = world.crash();
        put(&world, rest);
        prop_assert!(world.keeper.flush());
        // Most of the first day is told from sketches, the rest from samples.
        world.now = DAY + 2 * 86_400 - 7_000;
        world.work();
        for step in [1_800, 21_600, 86_400] {
            check(&world, &samples, step, 0.01)?;
        }
        for (days, steps, word) in [(4, &[60, 300, 3_600, 86_400][..], "1m"), (20, &[3_600, 86_400], "1h"), (200, &[86_400], "1d")] {
            world.now = DAY + days * 86_400;
            world.work();
            for step in steps {
                let source = check(&world, &samples, *step, 0.01)?;
                prop_assert!(source == word || *step >= 3_600, "{} at {}", source, step);
            }
        }
    }
}

#[test]
fn samples_that_are_there_tell_percentiles_exactly_and_the_answer_says_when_they_do_not_alone() {
    let mut world = World::new();
    let samples: Vec<Sample> = (0..2 * 288).map(|n| (1, n * 300, (n * 7 % 100) as f64 + 1.0)).collect();
    put(&world, &samples);
    assert!(world.keeper.flush());
    world.now = DAY + 2 * 86_400 + 3_600;
    world.work();
    let ask = |world: &World, from| world.query(&over_all(from, DAY + 2 * 86_400, 3_600.0, Aggregation::P95));
    let newest = ask(&world, DAY + 86_400 + 7_200).expect("it can be answered");
    assert_eq!(newest.source, "raw");
    for (at, value) in &newest.series[0].points {
        let within = |second: &i64| (*at..*at + 3_600.0).contains(&((DAY + second) as f64));
        let values: Vec<f64> = samples.iter().filter(|(_, second, _)| within(second)).map(|(_, _, v)| *v).collect();
        assert_eq!(*value, quantile(&values, 0.95));
    }
    assert_eq!(ask(&world, DAY).expect("it can be answered").source, "mixed");
}

#[test]
fn for_groups_and_single_series_there_are_percentiles_as_long_as_there_are_samples() {
    let mut world = World::new();
    put(&world, &[(1, 0, 5.0), (2, 0, 7.0)]);
    assert!(world.keeper.flush());
    let mut grouped = over_all(DAY, DAY + 60, 60.0, Aggregation::P50);
    grouped.by = Some(vec!["worker".to_owned()]);
    let mut single = over_all(DAY, DAY + 60, 60.0, Aggregation::P50);
    single.labels = [("worker".to_owned(), "w1".to_owned())].into();
    let known = |world: &World, query: &SeriesQuery| {
        let answer = world.query(query).expect("it can be answered");
        answer.series.iter().flat_map(|series| &series.points).filter(|(_, value)| value.is_some()).count()
    };
    assert_eq!([known(&world, &grouped), known(&world, &single)], [2, 1]);
    world.now = DAY + 3 * 86_400;
    world.work();
    assert_eq!([known(&world, &grouped), known(&world, &single)], [0, 0], "nothing is made up");
    single.labels = [("worker".to_owned(), "*".to_owned())].into();
    assert_eq!(known(&world, &single), 1, "all workers are all series");
}

#[test]
fn a_metric_without_labels_has_its_percentiles_at_any_age() {
    let mut world = World::new();
    let metric = catalogue::find("system.pending").expect("a metric");
    for n in 0..100 {
        let at = (DAY + n * 30) * 1_000;
        world.keeper.shared.head.put(|put| put.row(&Subject::System, at, |set| set(metric, None, n as f64)));
    }
    assert!(world.keeper.flush());
    let mut asked = query("system.pending", DAY, DAY + 3_600, 3_600.0);
    asked.over = Some(Aggregation::P95);
    let exact = world.query(&asked).expect("it can be answered").series[0].points[0].1.expect("there are samples");
    assert!((exact - 94.05).abs() < 1e-9);
    world.now = DAY + 3 * 86_400;
    world.work();
    let told = world.query(&asked).expect("it can be answered").series[0].points[0].1.expect("there is a sketch");
    assert!((told / exact - 1.0).abs() <= 0.01, "{told}");
}

#[test]
fn where_samples_are_too_many_to_be_read_sketches_tell() {
    let mut world = World::new();
    // Shards enough that a day's slots of them are over the bound.
    for worker in 0..600 {
        world.put(&format!("w{worker}"), "worker.network_rx", None, DAY * 1_000, 10.0 + f64::from(worker));
    }
    assert!(world.keeper.flush());
    world.now = DAY + 86_400;
    world.work();
    let ask = |from| world.query(&over_all(from, DAY + 86_400, 3_600.0, Aggregation::P50)).expect("answered");
    let day = ask(DAY);
    assert_eq!(day.source, "1h");
    let told = day.series[0].points[0].1.expect("there are values");
    assert!((told / 309.5 - 1.0).abs() <= 0.01, "{told}");
}

#[test]
fn wherever_the_keeper_is_stopped_percentiles_are_those_of_all_samples_in_the_end() {
    // Two shards, so that an hour takes several writes.
    let samples: Vec<Sample> =
        (0..40).flat_map(|worker| [(worker, 0, 1.0 + f64::from(worker)), (worker, 90, 5.0)]).collect();
    for writes in 0..8 {
        let mut world = World::new();
        put(&world, &samples);
        assert!(world.keeper.flush());
        world.now = DAY + 2 * 86_400;
        world = world.let_write(writes);
        while world.keeper.step(world.now).is_ok_and(|step| step == Step::Something) {}
        world = world.crash();
        world.work();
        for (days, step) in [(3, 60), (20, 3_600), (200, 86_400)] {
            world.now = DAY + days * 86_400;
            world.work();
            check(&world, &samples, step, 0.01).expect("they are those of the samples");
        }
    }
}

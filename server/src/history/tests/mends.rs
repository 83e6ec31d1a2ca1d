//! What senders do: count anew, come and go, repeat themselves, and say things late or in any order.

use super::world::{DAY, World, query};
use crate::history::keeper::Step;
use forewatch::series::Aggregation;

/// The points of the first series over two hours, a while after.
fn points(world: &World, metric: &str, over: Aggregation, step: f64) -> Vec<Option<f64>> {
    let mut query = query(metric, DAY, DAY + 7_200, step);
    query.over = Some(over);
    let answer = world.query(&query).expect("it can be answered");
    answer.series[0].points.iter().map(|(_, value)| *value).collect()
}

#[test]
fn a_counter_that_starts_again_counts_from_zero_at_every_age() {
    let mut world = World::new();
    // It grows by 1 every ten seconds and is set back every 50 minutes, from 299 to 0, which is no growth.
    for n in 0..720 {
        world.put("w", "gpu.energy", Some(0), (DAY + n * 10) * 1_000, (n % 300) as f64);
    }
    assert!(world.keeper.flush());
    let resets = [300, 600].len() as f64;
    for days in [1, 3, 20] {
        world.now = DAY + days * 86_400;
        world.work();
        let grown = points(&world, "gpu.energy", Aggregation::Increase, 3_600.0).into_iter().flatten().sum::<f64>();
        assert_eq!(Some(grown), Some(719.0 - resets), "after {days} days");
    }
}

#[test]
fn series_that_come_and_go_by_the_thousand_are_all_told_of() {
    let mut world = World::new();
    // Each lives for a minute, twenty a second: some in the head alone, most written, most rolled up.
    for worker in 0..3_000_i64 {
        for n in 0..3 {
            world.put(&format!("w{worker}"), "worker.load_1m", None, (DAY + worker / 20 * 20 + n * 20) * 1_000, 1.0);
        }
        if worker % 300 == 0 {
            assert!(world.keeper.flush());
            world.now = DAY + worker;
            world.work();
        }
    }
    // As text: whole numbers, compared as such.
    let count = |world: &World, step| {
        let mut all = query("worker.load_1m", DAY, DAY + 3_600, step);
        (all.over, all.agg, all.by) = (Some(Aggregation::Count), Some(Aggregation::Sum), Some(Vec::new()));
        let answer = world.query(&all).expect("it can be answered");
        answer.series[0].points.iter().filter_map(|(_, value)| *value).sum::<f64>().to_string()
    };
    assert_eq!(count(&world, 10.0), "9000");
    assert!(world.keeper.flush());
    for days in [1, 3, 20, 200] {
        world.now = DAY + days * 86_400;
        world.work();
        assert_eq!([count(&world, 60.0), count(&world, 3_600.0)], ["9000"; 2], "after {days} days");
    }
    assert_eq!(world.query(&query("worker.load_1m", DAY, DAY + 3_600, 3_600.0)).expect("answered").series.len(), 3_000);
}

#[test]
fn a_sample_that_comes_again_is_one_and_the_later_of_two_values_holds() {
    let mut world = World::new();
    for value in [1.0, 1.0, 2.0] {
        for _ in 0..2 {
            world.put("w", "worker.load_1m", None, DAY * 1_000, value);
        }
        assert!(world.keeper.flush());
    }
    for (now, step) in [(DAY, 10.0), (DAY + 7_200, 60.0), (DAY + 3 * 86_400, 60.0), (DAY + 20 * 86_400, 3_600.0)] {
        world.now = now;
        world.work();
        let of = |over| points(&world, "worker.load_1m", over, step)[0];
        assert_eq!([of(Aggregation::Count), of(Aggregation::Sum)], [Some(1.0), Some(2.0)], "at {}", now - DAY);
    }
}

#[test]
fn samples_in_any_order_are_told_in_theirs() {
    let mut world = World::new();
    // 7 and 360 have no divisor in common: every tenth second comes, none in its turn.
    for n in 0..360 {
        let place = n * 7 % 360;
        world.put("w", "worker.load_1m", None, (DAY + place * 10) * 1_000, place as f64);
        if n % 50 == 0 {
            assert!(world.keeper.flush());
        }
        if n % 120 == 0 {
            world.now = DAY + 7_200 + n;
            world.work();
        }
    }
    assert!(world.keeper.flush());
    world.work();
    for (now, step) in [(DAY + 7_200, 60_i32), (DAY + 3 * 86_400, 60), (DAY + 20 * 86_400, 3_600)] {
        world.now = now;
        world.work();
        let of = |over| points(&world, "worker.load_1m", over, f64::from(step));
        let (first, last) = (of(Aggregation::First), of(Aggregation::Last));
        for row in 0..3_600 / step {
            let expected = [row * step / 10, (row + 1) * step / 10 - 1].map(|place| Some(f64::from(place)));
            let row = usize::try_from(row).expect("it is not negative");
            assert_eq!([first[row], last[row]], expected, "row {row} at {step}");
        }
    }
}

#[test]
fn what_comes_when_the_samples_are_gone_takes_nothing_from_what_is_known() {
    let mut world = World::new();
    for n in 0..360 {
        world.put("w", "worker.load_1m", None, (DAY + n * 10) * 1_000, 1.0);
    }
    assert!(world.keeper.flush());
    world.now = DAY + 3 * 86_400;
    world.work();
    // A log that is read again after days out of service.
    world.put("w", "worker.load_1m", None, (DAY + 10) * 1_000, 1.0);
    world.put("w", "worker.load_1m", None, (DAY + 3_600) * 1_000, 1.0);
    assert!(world.keeper.flush());
    world.work();
    let count = |step| points(&world, "worker.load_1m", Aggregation::Count, step);
    assert_eq!(count(60.0)[..61], [Some(6.0); 60].into_iter().chain([Some(1.0)]).collect::<Vec<_>>());
    assert_eq!(count(3_600.0), [Some(360.0), Some(1.0)]);
}

#[test]
fn late_samples_cost_the_shard_that_they_are_of_and_an_hour_goes_on_where_it_was_after_a_crash() {
    let mut world = World::new();
    // Three shards.
    let put = |world: &World, worker: u32, second: i64| {
        world.put(&format!("w{worker:02}"), "worker.load_1m", None, (DAY + second) * 1_000, 1.0);
    };
    (0..70).for_each(|worker| put(&world, worker, 0));
    assert!(world.keeper.flush());
    world.now = DAY + 2 * 3_600;
    let steps = |world: &mut World| {
        let step = |world: &mut World| world.keeper.step(world.now).expect("the store can be written");
        std::iter::from_fn(|| (step(world) == Step::Something).then_some(())).count()
    };
    // The slot has nothing to merge: that is one step.
    for _ in 0..3 {
        world.keeper.step(world.now).expect("the store can be written");
    }
    world = world.crash();
    assert_eq!(steps(&mut world), 2, "the third shard, and what all have in common");
    put(&world, 40, 10);
    assert!(world.keeper.flush());
    assert_eq!(
        steps(&mut world),
        2 + 2,
        "one shard's parts and what ends its slot, its hour and what all have in common"
    );
    assert_eq!(world.check().samples, 71);
}

//! A store that an earlier version wrote: all in it is told, and what it lacks comes from now on.

use super::world::{DAY, World, query};
use crate::history::key::FLEET;
use forewatch::series::Aggregation;

/// Two days of samples, then the store as the version before sketches would have left it.
fn earlier(hours: std::ops::Range<i64>, now: i64) -> World {
    let mut world = World::new();
    for n in hours.start * 60..hours.end * 60 {
        world.put("w", "worker.load_1m", None, (DAY + n * 60) * 1_000, 5.0);
    }
    assert!(world.keeper.flush());
    world.now = now;
    world.work();
    let of_sketches = format!("(key >> 10) & {FLEET} = {FLEET}");
    let forget = ["minute", "hour", "day"].map(|tier| format!("DELETE FROM {tier} WHERE {of_sketches};")).concat();
    world
        .alter(&format!("{forget} DROP TABLE sketched; ALTER TABLE subject DROP COLUMN seen; PRAGMA user_version = 2;"))
}

fn told(world: &World, days: i64, agg: Aggregation, step: f64) -> Vec<Option<f64>> {
    let mut all = query("worker.load_1m", DAY, DAY + days * 86_400, step);
    (all.over, all.agg, all.by) = (Some(Aggregation::Avg), Some(agg), Some(Vec::new()));
    let answer = world.query(&all).expect("it can be answered");
    answer.series.first().map_or_else(Vec::new, |series| series.points.iter().map(|(_, value)| *value).collect())
}

#[test]
fn what_an_earlier_version_wrote_is_told_and_its_percentiles_are_absent_where_samples_are_gone() {
    // It ran for two days and a half; then comes the new version.
    let now = DAY + 2 * 86_400 + 43_200;
    let mut world = earlier(0..60, now);
    for step in [3_600.0, 86_400.0] {
        assert!(told(&world, 2, Aggregation::Avg, step).iter().all(|value| *value == Some(5.0)));
    }
    world.work();
    for n in 60 * 60..96 * 60 {
        world.put("w", "worker.load_1m", None, (DAY + n * 60) * 1_000, 5.0);
    }
    assert!(world.keeper.flush());
    world.now = DAY + 10 * 86_400;
    world.work();
    assert_eq!(told(&world, 4, Aggregation::Avg, 86_400.0), [Some(5.0); 4]);
    // Samples were there from the second day's noon on: of that day as a whole nothing is known.
    assert_eq!(told(&world, 4, Aggregation::P50, 86_400.0), [None, None, Some(5.0), Some(5.0)]);
    let hours = told(&world, 4, Aggregation::P50, 3_600.0);
    assert_eq!(
        hours.iter().map(Option::is_some).collect::<Vec<_>>(),
        (0..96).map(|hour| hour >= 36).collect::<Vec<_>>()
    );
    assert!(hours.iter().flatten().all(|value| Some(*value) == Some(5.0)));
}

#[test]
fn subjects_of_unknown_age_are_kept_as_if_they_were_new() {
    let mut world = earlier(0..1, DAY + 600 * 86_400);
    world.now = DAY + 1_300 * 86_400;
    world.work();
    let known = |world: &World| world.keeper.shared.names.read().expect("nobody panicked").subjects().count();
    assert_eq!(known(&world), 1);
    world = world.crash();
    world.now = DAY + 1_400 * 86_400;
    world.work();
    assert_eq!(known(&world), 0, "a restart does not make it younger");
}

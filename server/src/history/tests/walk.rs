//! Walking through every raw sample.

use super::world::{DAY, World};
use crate::history::{Sample, walk};
use crate::store::sqlite::{self, Place, SqliteHistoryReader};
use std::collections::BTreeSet;
use std::ops::ControlFlow;

/// Whoever exports opens the store's files beside its server.
fn reader(world: &World) -> SqliteHistoryReader {
    let place = Place::file(world.place.folder.path().join("forewatch.db"));
    sqlite::open_to_read(&place).expect("the store is there").1
}

type Told = (String, String, Option<u32>, i64, u64);

fn told(world: &World, from: i64, to: i64, metrics: &[&str]) -> Vec<Told> {
    let mut told = Vec::new();
    let metrics: BTreeSet<String> = metrics.iter().map(|name| (*name).to_owned()).collect();
    walk(&reader(world), &(from..to), &metrics, &mut |Sample { at, metric, subject, device, value }| {
        told.push((subject.name().to_owned(), (*metric).to_owned(), *device, *at, value.to_bits()));
        ControlFlow::Continue(())
    })
    .expect("the store can be read");
    told
}

#[test]
fn every_sample_of_the_span_is_told_once_from_parts_and_from_merged_slots() {
    let mut world = World::new();
    let mut all: BTreeSet<Told> = BTreeSet::new();
    // More workers than a shard has, over an hour, flushed every five minutes; the older slots are merged.
    for minute in 0..60 {
        let at = (DAY + minute * 60) * 1_000 + 7;
        for worker in 0..40 {
            let (name, value) = (format!("w{worker}"), f64::from(worker) + minute as f64 / 7.0);
            for (metric, device) in [("worker.cpu_usage", None), ("gpu.temperature", Some(3))] {
                world.put(&name, metric, device, at, value);
                all.insert((name.clone(), metric.to_owned(), device, at, value.to_bits()));
            }
        }
        if minute % 5 == 4 {
            assert!(world.keeper.flush());
        }
        if minute == 40 {
            world.now = DAY + minute * 60;
            world.work();
        }
    }
    let everything = told(&world, 0, i64::MAX, &[]);
    assert_eq!(everything.len(), all.len());
    assert_eq!(everything.into_iter().collect::<BTreeSet<_>>(), all);
    let (from, to) = ((DAY + 11 * 60) * 1_000, (DAY + 31 * 60) * 1_000 + 7);
    let expected = all.iter().filter(|(_, metric, _, at, _)| metric == "gpu.temperature" && (from..to).contains(at));
    assert_eq!(
        told(&world, from, to, &["gpu.temperature"]).into_iter().collect::<BTreeSet<_>>(),
        expected.cloned().collect()
    );
    assert_eq!(told(&world, 0, DAY * 1_000, &[]), []);
}

#[test]
fn a_walk_ends_where_it_is_broken_off() {
    let mut world = World::new();
    for second in 0..10 {
        world.put("w", "worker.cpu_usage", None, (DAY + second) * 1_000, 0.5);
    }
    assert!(world.keeper.flush());
    let mut seen = 0;
    walk(&reader(&world), &(0..i64::MAX), &BTreeSet::new(), &mut |_| {
        seen += 1;
        if seen == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
    .expect("the store can be read");
    assert_eq!(seen, 3);
}

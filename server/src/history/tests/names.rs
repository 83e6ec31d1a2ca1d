//! The numbers of subjects: given once, known when they are written, and forgotten with the last block.

use super::world::{DAY, World, query};
use crate::history::keeper::Step;
use crate::store::Blocks;

fn known(world: &World) -> [usize; 2] {
    let names = world.keeper.shared.names.read().expect("nobody panicked");
    let blocks: &dyn Blocks = world.keeper.store.as_ref();
    [names.subjects().count(), blocks.named().expect("the store can be read").subjects.len()]
}

#[test]
fn subjects_without_a_block_are_forgotten_in_bounded_steps_and_others_are_not() {
    let mut world = World::new();
    for worker in 0..2_500 {
        world.put(&format!("w{worker}"), "worker.load_1m", None, DAY * 1_000, 1.0);
    }
    world.put("stays", "worker.load_1m", None, DAY * 1_000, 1.0);
    assert!(world.keeper.flush());
    world.now = DAY + 300 * 86_400;
    world.put("stays", "worker.load_1m", None, world.now * 1_000, 2.0);
    assert!(world.keeper.flush());
    world.work();
    assert_eq!(known(&world), [2_501; 2], "each has its bucket of a day");
    world.now = DAY + 800 * 86_400;
    let mut before = 2_501;
    while world.keeper.step(world.now).expect("the store can be written") == Step::Something {
        let [after, in_store] = known(&world);
        assert!(before - after <= 1_000, "{before} to {after}");
        assert_eq!(after, in_store);
        before = after;
    }
    assert_eq!(known(&world), [1; 2]);
    let year = query("worker.load_1m", DAY + 300 * 86_400, DAY + 301 * 86_400, 86_400.0);
    let answer = world.query(&year).expect("it can be answered");
    assert_eq!((answer.series.len(), answer.series[0].points[0].1), (1, Some(2.0)));
}

#[test]
fn a_subject_that_comes_back_is_told_of_with_nothing_of_another() {
    let mut world = World::new();
    world.put("a", "worker.load_1m", None, DAY * 1_000, 1.0);
    assert!(world.keeper.flush());
    world.now = DAY + 800 * 86_400;
    // In the head while its name is forgotten.
    world.put("a", "worker.load_1m", None, world.now * 1_000, 3.0);
    world.work();
    assert_eq!(known(&world), [0; 2]);
    let asked = query("worker.load_1m", world.now, world.now + 60, 60.0);
    let found = |world: &World| {
        let answer = world.query(&asked).expect("it can be answered");
        answer.series.iter().map(|s| (s.labels["worker"].clone(), s.points[0].1)).collect::<Vec<_>>()
    };
    assert_eq!(found(&world), [("a".to_owned(), Some(3.0))]);
    world.put("b", "worker.load_1m", None, world.now * 1_000, 4.0);
    assert!(world.keeper.flush());
    world = world.crash();
    assert_eq!(found(&world), [("a".to_owned(), Some(3.0)), ("b".to_owned(), Some(4.0))]);
}

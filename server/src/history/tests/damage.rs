//! Damage in the store is an error that names the place, and never another number.

use super::world::{DAY, World, query};
use crate::history::key::{Key, TIMES, Tier};
use crate::store::HistoryChanges;

#[test]
fn a_damaged_block_fails_the_query_and_is_named() {
    let mut world = World::new();
    world.put("w", "worker.load_1m", None, DAY * 1_000, 5.0);
    assert!(world.keeper.flush());
    let key = Key { slot: Tier::Raw.slot(DAY), metric: TIMES, shard: 0, part: 0 };
    let put = vec![(Tier::Raw, key, b"\x01nonsense".to_vec())];
    world.keeper.store.write(&HistoryChanges { put, ..HistoryChanges::default() }).expect("it can be written");
    let error = world.query(&query("worker.load_1m", DAY, DAY + 60, 10.0)).expect_err("it is damaged");
    let text = error.to_string();
    assert!(text.contains("slot") && text.contains("wrong checksum"), "{text}");
}

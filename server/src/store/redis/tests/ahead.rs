//! What is read ahead is what is read otherwise, in a few calls.

use crate::history::{Key, TIMES, Tier};
use crate::store::conformance::places::{Cluster, Kind, Place, Redis};
use crate::store::{Blocks, Expected, HistoryChanges, Store, StoreError};

/// The metric that is asked for, and another.
const METRICS: [u16; 2] = [3, 4];

/// A block that tells its place.
fn block(tier: Tier, key: Key) -> (Tier, Key, Vec<u8>) {
    (tier, key, format!("{tier:?} {key:?}").into_bytes())
}

/// Slots of two tiers, some without blocks, and shards, some raw ones with several parts.
fn filled(kind: &Kind) -> Store {
    let mut store = Place::new(kind).open();
    for (tier, slots) in [(Tier::Minute, 0..40), (Tier::Raw, 240..280)] {
        let mut changes = HistoryChanges::default();
        for slot in slots.filter(|slot| slot % 3 > 0) {
            for shard in (0..70).filter(|shard| shard % 4 > 0) {
                let parts = if tier == Tier::Raw { u16::try_from(shard % 3).unwrap() } else { 1 };
                for part in 0..parts {
                    let metrics = METRICS.into_iter().chain((tier == Tier::Raw).then_some(TIMES));
                    changes.put.extend(metrics.map(|metric| block(tier, Key { slot, metric, shard, part })));
                }
            }
        }
        store.history.write(&changes).unwrap();
    }
    store
}

/// What a query reads: each shard's slots one by one, of raw ones the times first.
fn read(blocks: &dyn Blocks, expected: &Expected) -> Result<Vec<(Key, Vec<u8>)>, StoreError> {
    let mut found = Vec::new();
    for shard in &expected.shards {
        for (tier, slot) in &expected.slots {
            for metric in (*tier == Tier::Raw).then_some(TIMES).into_iter().chain([expected.metric]) {
                blocks.each(*tier, *slot, metric, *shard..shard + 1, &mut |key, body| {
                    found.push((key, body.to_vec()));
                    Ok(())
                })?;
            }
        }
    }
    Ok(found)
}

fn expected() -> Expected {
    let slots = (0..40).map(|slot| (Tier::Minute, slot)).chain((240..300).map(|slot| (Tier::Raw, slot)));
    Expected { slots: slots.collect(), metric: METRICS[0], shards: (0..80).filter(|shard| shard % 5 > 0).collect() }
}

fn both_ways(store: &Store) -> [Vec<(Key, Vec<u8>)>; 2] {
    let expected = expected();
    [false, true].map(|ahead| {
        let mut found = Vec::new();
        let mut work = |blocks: &dyn Blocks| {
            if ahead {
                blocks.expect(expected.clone());
            }
            found = read(blocks, &expected)?;
            Ok(())
        };
        store.history_reader.read(&mut work).unwrap();
        found
    })
}

#[test]
fn what_is_expected_is_read_in_a_few_calls_and_no_otherwise() {
    let redis = Redis::start(&[]);
    let store = filled(&Kind::Redis(redis.url(0)));
    let [alone, ahead] = both_ways(&store);
    assert!(alone.len() > 2_000, "{}", alone.len());
    assert!(alone == ahead);
    let stats = || redis.run(&["INFO", "commandstats"]);
    let calls = |command: &str| -> Option<u64> {
        let start = format!("cmdstat_{command}:calls=");
        stats().lines().find_map(|line| line.strip_prefix(&start)?.split(',').next()?.parse().ok())
    };
    redis.run(&["CONFIG", "RESETSTAT"]);
    store
        .history_reader
        .read(&mut |blocks| {
            blocks.expect(expected());
            read(blocks, &expected()).map(drop)
        })
        .unwrap();
    // A slot is one call for two shards: 40 slots of minutes and 60 of samples with their times, of 64 shards.
    assert_eq!((calls("eval"), calls("hgetall")), (Some(60 * 32), None));
}

#[test]
fn a_cluster_answers_what_is_expected_no_otherwise() {
    let cluster = Cluster::start();
    let [alone, ahead] = both_ways(&filled(&Kind::Redis(cluster.url())));
    assert!(alone.len() > 2_000 && alone == ahead);
}

#[test]
fn what_is_not_expected_is_read_as_well() {
    let redis = Redis::start(&[]);
    let store = filled(&Kind::Redis(redis.url(0)));
    let other = Expected { metric: METRICS[1], ..expected() };
    let mut read_otherwise = Vec::new();
    store
        .history_reader
        .read(&mut |blocks| {
            blocks.expect(expected());
            read_otherwise = read(blocks, &other)?;
            Ok(())
        })
        .unwrap();
    let mut directly = Vec::new();
    store
        .history_reader
        .read(&mut |blocks| {
            directly = read(blocks, &other)?;
            Ok(())
        })
        .unwrap();
    assert!(!directly.is_empty() && directly == read_otherwise);
}

//! History's blocks, names and unfinished slots beside a model of them.

use super::on_every_store;
use super::places::{Kind, Place};
use crate::history::{Key, SHARDS, Subject, Tier};
use crate::store::{Blocks, HistoryChanges, Named, NamedSubject, Store, StoreError};
use forewatch::QueueName;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestRunner;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Where blocks lie: neighbours, some further off, the last, and what lies behind that.
const PLACES: [u32; 7] = [0, 1, 2, 70, 4_000, SHARDS.end - 1, SHARDS.end];
const SLOTS: Range<u32> = 0..3;
const METRICS: Range<u16> = 0..3;

#[derive(Debug, Clone)]
enum Act {
    Write {
        put: Vec<(Tier, Key, Vec<u8>)>,
        delete: Vec<(Tier, Key)>,
        begin: Vec<(Tier, u32)>,
        end: Vec<(Tier, u32)>,
    },
    /// So many new metrics and subjects get names; some of the subjects before them have samples of this day, others go.
    Name {
        metrics: u16,
        subjects: u32,
        day: u32,
        seen: u32,
        gone: u32,
    },
    /// From then on there are sketches.
    Sketched(i64),
    Trim(Tier, u32),
    Reopen,
}

fn key() -> impl Strategy<Value = (Tier, Key)> {
    (select(Tier::ALL.as_slice()), SLOTS, METRICS, select(PLACES.as_slice()), 0_u16..3).prop_map(
        |(tier, slot, metric, shard, part)| {
            let part = if tier == Tier::Raw { part } else { 0 };
            (tier, Key { slot, metric, shard, part })
        },
    )
}

fn slots() -> impl Strategy<Value = Vec<(Tier, u32)>> {
    proptest::collection::vec((select([Tier::Raw, Tier::Minute].as_slice()), 0_u32..20), 0..4)
}

fn act() -> impl Strategy<Value = Act> {
    let body = proptest::collection::vec(any::<u8>(), 0..200);
    let put = proptest::collection::vec((key(), body), 0..20);
    let write =
        (put, proptest::collection::vec(key(), 0..10), slots(), slots()).prop_map(|(put, delete, begin, end)| {
            // A block is written once in one step.
            let put: BTreeMap<(Tier, Key), Vec<u8>> = put.into_iter().collect();
            let delete = delete.into_iter().filter(|key| !put.contains_key(key)).collect();
            Act::Write {
                put: put.into_iter().map(|((tier, key), body)| (tier, key, body)).collect(),
                delete,
                begin,
                end,
            }
        });
    prop_oneof![
        6 => write,
        2 => (0_u16..3, 0_u32..40, 1_u32..30_000, 2_u32..9, 2_u32..9)
            .prop_map(|(metrics, subjects, day, seen, gone)| Act::Name { metrics, subjects, day, seen, gone }),
        1 => any::<i64>().prop_map(Act::Sketched),
        1 => (select(Tier::ALL.as_slice()), SLOTS).prop_map(|(tier, before)| Act::Trim(tier, before)),
        1 => Just(Act::Reopen),
    ]
}

struct Run {
    place: Place,
    /// None while it is opened again.
    store: Option<Store>,
    blocks: BTreeMap<(Tier, Key), Vec<u8>>,
    unfinished: BTreeSet<(Tier, u32)>,
    metrics: u16,
    /// By number.
    subjects: BTreeMap<u32, NamedSubject>,
    /// Numbers are not given twice.
    next_subject: u32,
    sketched_since: Option<i64>,
    /// Blocks of slots before these may be gone.
    trimmed: BTreeMap<Tier, u32>,
}

fn subject(number: u32, day: u32) -> NamedSubject {
    let name = QueueName::new(format!("queue: {number}")).expect("a valid name");
    NamedSubject { number, subject: if number == 0 { Subject::System } else { Subject::Queue(name) }, day }
}

impl Run {
    fn new(kind: &Kind) -> Self {
        let place = Place::new(kind);
        let store = Some(place.open());
        let (blocks, unfinished, trimmed, subjects) = Default::default();
        let (metrics, next_subject, sketched_since) = (0, 0, None);
        Self { place, store, blocks, unfinished, metrics, subjects, next_subject, sketched_since, trimmed }
    }

    fn act(&mut self, act: Act) {
        let store = self.store.as_mut().expect("it is open");
        match act {
            Act::Write { put, delete, begin, end } => {
                let changes = HistoryChanges { put, delete, begin, end, ..HistoryChanges::default() };
                store.history.write(&changes).expect("it can be written");
                for key in &changes.delete {
                    self.blocks.remove(key);
                }
                self.blocks.extend(changes.put.into_iter().map(|(tier, key, body)| ((tier, key), body)));
                self.unfinished.extend(changes.begin);
                self.unfinished.retain(|slot| !changes.end.contains(slot));
            }
            Act::Name { metrics, subjects, day, seen, gone } => {
                let metrics = self.metrics..self.metrics + metrics;
                let new = self.next_subject..self.next_subject + subjects;
                (self.metrics, self.next_subject) = (metrics.end, new.end);
                let known: Vec<u32> = self.subjects.keys().copied().collect();
                let every = |share: u32, from: u32| known.iter().copied().filter(move |number| number % share == from);
                let changes = HistoryChanges {
                    named: Named {
                        metrics: metrics.map(|number| (number, format!("metric.{number}"))).collect(),
                        subjects: new.map(|number| subject(number, day)).collect(),
                    },
                    seen: every(seen, 0)
                        .filter(|number| number % gone != 1)
                        .map(|number| subject(number, day))
                        .collect(),
                    gone: every(gone, 1).collect(),
                    ..HistoryChanges::default()
                };
                store.history.write(&changes).expect("it can be written");
                self.subjects.retain(|number, _| !changes.gone.contains(number));
                let named = changes.named.subjects.into_iter().chain(changes.seen);
                self.subjects.extend(named.map(|named| (named.number, named)));
            }
            Act::Sketched(since) => {
                let changes = HistoryChanges { sketched_since: Some(since), ..HistoryChanges::default() };
                store.history.write(&changes).expect("it can be written");
                self.sketched_since = Some(since);
            }
            Act::Trim(tier, before) => {
                while store.history.trim(tier, before).expect("it can be trimmed") {}
                let trimmed = self.trimmed.entry(tier).or_default();
                *trimmed = before.max(*trimmed);
            }
            Act::Reopen => {
                self.store = None;
                self.store = Some(self.place.open());
            }
        }
    }

    fn check(&self) {
        let store = self.store.as_ref().expect("it is open");
        self.check_sight(&*store.history).expect("it can be read");
        store.history_reader.read(&mut |blocks| self.check_sight(blocks)).expect("it can be read");
        store.history_reader.ping().expect("it answers");
    }

    fn check_sight<B: Blocks + ?Sized>(&self, sight: &B) -> Result<(), StoreError> {
        let unfinished = sight.unfinished()?;
        assert_eq!(unfinished, self.unfinished.iter().copied().collect::<Vec<_>>());
        let mut named = sight.named()?;
        named.metrics.sort_unstable();
        named.subjects.sort_unstable_by_key(|named| named.number);
        assert_eq!(named.metrics, (0..self.metrics).map(|n| (n, format!("metric.{n}"))).collect::<Vec<_>>());
        assert_eq!(named.subjects, self.subjects.values().cloned().collect::<Vec<_>>());
        assert_eq!(sight.sketched_since()?, self.sketched_since);
        for tier in Tier::ALL {
            let first = self.trimmed.get(&tier).copied().unwrap_or(0);
            for slot in SLOTS.filter(|slot| *slot >= first) {
                for metric in METRICS {
                    self.check_blocks(sight, tier, slot, metric)?;
                }
            }
        }
        Ok(())
    }

    fn check_blocks<B: Blocks + ?Sized>(
        &self,
        sight: &B,
        tier: Tier,
        slot: u32,
        metric: u16,
    ) -> Result<(), StoreError> {
        for shards in [
            SHARDS,
            0..1,
            1..2,
            2..3,
            3..4,
            1..3,
            70..71,
            2..4_001,
            5..5,
            SHARDS.end - 1..SHARDS.end,
            SHARDS.end..SHARDS.end + 1,
        ] {
            let mut found = Vec::new();
            sight.each(tier, slot, metric, shards.clone(), &mut |key, body| {
                found.push((key, body.to_vec()));
                Ok(())
            })?;
            let key = |shard, part| (tier, Key { slot, metric, shard, part });
            let expected: Vec<(Key, Vec<u8>)> = if shards.is_empty() {
                Vec::new()
            } else {
                let range = self.blocks.range(key(shards.start, 0)..key(shards.end, 0));
                range.map(|((_, key), body)| (*key, body.clone())).collect()
            };
            assert_eq!(found, expected, "{tier:?} {slot} {metric} {shards:?}");
        }
        Ok(())
    }
}

fn history_is_its_model(kind: &Kind) {
    let config =
        ProptestConfig { cases: 16, max_shrink_iters: 100, failure_persistence: None, ..ProptestConfig::default() };
    TestRunner::new(config)
        .run(&proptest::collection::vec(act(), 1..16), |acts| {
            let mut run = Run::new(kind);
            for act in acts {
                run.act(act);
            }
            run.check();
            run.act(Act::Reopen);
            run.check();
            Ok(())
        })
        .expect("the store does as the model");
}

on_every_store!(super::history_is_its_model, every_act);

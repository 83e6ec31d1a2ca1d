//! A store of its own, its keeper run by hand, and the clock given.

use super::watched::Watched;
use crate::history::check::{Checked, check};
use crate::history::head::Limits;
use crate::history::keeper::{Keeper, Shared, Step};
use crate::history::kept::Kept;
use crate::history::key::{Key, SHARDS, TIMES, Tier};
use crate::history::query::{QueryError, answer};
use crate::history::subject::Subject;
use crate::store::conformance::places::{Kind, Place};
use crate::store::{HistoryReader, Store, StoreError};
use app::query::SeriesQuery;
use chrono::{DateTime, TimeDelta};
use forewatch::catalogue;
use forewatch::series::{Aggregation, QueryAnswer};
use forewatch::{WorkerId, time};
use proptest::prelude::ProptestConfig;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The day on which the tests happen.
pub(super) const DAY: i64 = 20_000 * 86_400;

pub(super) struct World {
    pub(super) keeper: Keeper,
    pub(super) reader: Box<dyn HistoryReader>,
    pub(super) now: i64,
    pub(super) place: Place,
}

pub(super) fn kept() -> Kept {
    let days = TimeDelta::days;
    Kept { samples: days(1), minutes: days(7), hours: days(90), days: days(730) }
}

impl World {
    pub(super) fn new() -> Self {
        Self::on(&Kind::Sqlite)
    }

    /// On another kind of store.
    pub(super) fn on(kind: &Kind) -> Self {
        Self::open(Place::new(kind), DAY)
    }

    fn open(place: Place, now: i64) -> Self {
        let Store { history: mut store, history_reader, .. } = place.open();
        let limits = Limits { series_per_subject: 4_096, series: 1_000_000, samples: 10_000_000 };
        let shared = Arc::new(Shared::of(&mut *store, limits, kept(), now).expect("the store can be written"));
        let keeper = Keeper::new(shared, store);
        Self { keeper, reader: history_reader, now, place }
    }

    /// Ends without a word, as a crash does: what is in the head is gone.
    pub(super) fn crash(self) -> Self {
        let Self { keeper, reader, now, place } = self;
        drop((keeper, reader));
        Self::open(place, now)
    }

    /// Changes the file of history by hand while it is closed.
    pub(super) fn alter(self, sql: &str) -> Self {
        let Self { keeper, reader, now, place } = self;
        drop((keeper, reader));
        let file =
            rusqlite::Connection::open(place.folder.path().join("forewatch.history.db")).expect("it can be opened");
        file.execute_batch(sql).expect("it can be changed");
        Self::open(place, now)
    }

    /// Puts a sample of a worker's metric into the head.
    pub(super) fn put(&self, worker: &str, metric: &str, device: Option<u32>, at: i64, value: f64) {
        Self::put_into(&self.keeper.shared, worker, metric, device, at, value);
    }

    /// The same, where the keeper is with another.
    pub(super) fn put_into(shared: &Shared, worker: &str, metric: &str, device: Option<u32>, at: i64, value: f64) {
        let subject = Subject::Worker(WorkerId::new(worker).expect("a valid id"));
        let metric = catalogue::find(metric).expect("a metric");
        shared.head.put(|put| put.row(&subject, at, |set| set(metric, device, value)));
    }

    /// Lets the keeper do all that is due.
    pub(super) fn work(&mut self) {
        while self.keeper.step(self.now).expect("the store can be written") == Step::Something {}
    }

    /// Lets the store take so many writes more; then it is as if the machine had stopped.
    pub(super) fn let_write(mut self, writes: usize) -> Self {
        let left = AtomicUsize::new(2 * writes);
        let stop = move || match left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)) {
            Ok(_) => Ok(()),
            Err(_) => Err(StoreError::Unusable("the machine stops".to_owned())),
        };
        self.keeper.store = Box::new(Watched(self.keeper.store, stop));
        self
    }

    /// Compares buckets and sketches with the samples.
    pub(super) fn check(&self) -> Checked {
        let hours = Tier::Minute.slots(&(DAY - 86_400..DAY + 3 * 86_400));
        check(self.keeper.store.as_ref(), hours).expect("they are those of the samples")
    }

    pub(super) fn query(&self, query: &SeriesQuery) -> Result<QueryAnswer, QueryError> {
        answer(&self.keeper.shared, &*self.reader, query, self.now)
    }

    /// How many blocks a tier has.
    pub(super) fn blocks(&self, tier: Tier) -> u64 {
        let mut count = 0;
        for slot in tier.slots(&(DAY..DAY + 86_400)) {
            for metric in 0..100 {
                let each = &mut |_: Key, _: &[u8]| {
                    count += 1;
                    Ok(())
                };
                self.keeper.store.each(tier, slot, metric, SHARDS, each).expect("the store can be read");
            }
        }
        count
    }

    /// Parts of a raw slot, at most, of any shard.
    pub(super) fn parts(&self, slot: u32) -> usize {
        let mut parts = BTreeMap::<u32, usize>::new();
        self.keeper
            .store
            .each(Tier::Raw, slot, TIMES, SHARDS, &mut |key, _| {
                *parts.entry(key.shard).or_default() += 1;
                Ok(())
            })
            .expect("the store can be read");
        parts.into_values().max().unwrap_or(0)
    }
}

/// So many cases of a property that is slow to check, or as many as `PROPTEST_CASES` says.
pub(super) fn cases(usual: u32) -> ProptestConfig {
    let asked = ProptestConfig::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { asked.cases } else { usual };
    ProptestConfig { cases, max_shrink_iters: 200, failure_persistence: None, ..asked }
}

/// A query for a metric over a span.
pub(super) fn query(metric: &str, from: i64, to: i64, step: f64) -> SeriesQuery {
    let at = |seconds: i64| DateTime::from_timestamp(seconds, 0).expect("a time");
    SeriesQuery {
        metric: metric.to_owned(),
        labels: BTreeMap::new(),
        from: at(from),
        to: at(to),
        step: Some(step),
        over: None,
        agg: None,
        by: None,
        offset: None,
    }
}

/// The plain definition of a query's answer for one series, from its samples (Unix milliseconds), oldest first.
pub(super) fn expected(samples: &[(i64, f64)], query: &SeriesQuery, over: Aggregation) -> Vec<(f64, Option<f64>)> {
    let step = query.step.expect("the tests say it");
    let (from, to) = (time::unix_seconds(query.from), time::unix_seconds(query.to));
    let first = (from / step).floor() * step;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small")]
    let rows = ((to - first) / step).ceil() as usize;
    let within = |from: f64, to: f64| {
        samples.iter().filter(move |(at, _)| (from..to).contains(&(*at as f64 / 1e3))).map(|(_, value)| *value)
    };
    (0..rows)
        .map(|row| {
            let start = first + row as f64 * step;
            let values: Vec<f64> = within(start, (start + step).min(to.ceil())).collect();
            // What a step before the range is looked at for.
            let before = within(first - step, start).next_back();
            let value = match over {
                Aggregation::Increase => forewatch::series::increase(before, &values),
                Aggregation::Rate => forewatch::series::increase(before, &values).map(|growth| growth / step),
                over => over.apply(&values),
            };
            (start, if values.is_empty() { None } else { value })
        })
        .collect()
}

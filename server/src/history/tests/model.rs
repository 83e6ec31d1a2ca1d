//! Whatever comes in whatever order, and whenever the keeper works or the server dies: each answer is that of the samples.

use super::world::{DAY, World, cases, expected, query};
use crate::history::keeper::Step;
use crate::history::key::{SHARD, Tier};
use crate::store::conformance::places::{Kind, Redis};
use forewatch::series::Aggregation;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::collections::BTreeMap;

/// Samples of one series by time.
type Samples = BTreeMap<i64, f64>;

const ALL: [Aggregation; 9] = [
    Aggregation::Avg,
    Aggregation::Min,
    Aggregation::Max,
    Aggregation::Sum,
    Aggregation::Last,
    Aggregation::First,
    Aggregation::Count,
    Aggregation::Increase,
    Aggregation::Rate,
];

#[derive(Debug, Clone)]
enum Act {
    /// Samples of a worker from a second of the day on, every ten seconds: how many, and from which value on.
    Put {
        worker: u8,
        device: Option<u32>,
        second: i64,
        count: i64,
        value: u32,
    },
    Flush,
    /// The keeper does what is due at a second of the day.
    Work(i64),
    /// The keeper does so many steps of what is due at a second of the day.
    Steps(i64, usize),
    /// The server dies: what was flushed is there, the rest comes again from the log.
    Crash,
    /// The server dies after so many writes of a flush and of the keeper's work.
    DieWriting(usize),
}

fn act() -> impl Strategy<Value = Act> {
    let put = (0_u8..3, proptest::option::of(0_u32..2), 0_i64..5 * 3_600, 1_i64..90, 0_u32..500)
        .prop_map(|(worker, device, second, count, value)| Act::Put { worker, device, second, count, value });
    prop_oneof![
        6 => put,
        3 => Just(Act::Flush),
        2 => (0_i64..6 * 3_600).prop_map(Act::Work),
        3 => (0_i64..6 * 3_600, 1_usize..8).prop_map(|(second, steps)| Act::Steps(second, steps)),
        1 => Just(Act::Crash),
        2 => (0_usize..12).prop_map(Act::DieWriting),
    ]
}

fn worker_id(number: u8) -> String {
    format!("w{number}")
}

/// A counter that now and then starts again, and a gauge.
fn metric(device: Option<u32>) -> &'static str {
    if device.is_some() { "gpu.energy" } else { "worker.load_1m" }
}

struct Run {
    world: World,
    samples: BTreeMap<(u8, Option<u32>), Samples>,
    /// Since the last flush: in the log, and not in history yet.
    unflushed: Vec<(u8, Option<u32>, i64, f64)>,
}

impl Run {
    fn act(mut self, act: &Act) -> Self {
        match act {
            Act::Put { worker, device, second, count, value } => {
                for n in 0..*count {
                    // Times with milliseconds, so that two runs seldom meet but sometimes do.
                    let at = (DAY + second + n * 10) * 1_000 + i64::from(*value % 3);
                    let value = f64::from((value + u32::try_from(n).expect("small") * 7) % 400);
                    self.world.put(&worker_id(*worker), metric(*device), *device, at, value);
                    self.samples.entry((*worker, *device)).or_default().insert(at, value);
                    self.unflushed.push((*worker, *device, at, value));
                }
            }
            Act::Flush => {
                assert!(self.world.keeper.flush());
                self.unflushed.clear();
            }
            Act::Work(second) => {
                self.world.now = self.world.now.max(DAY + second);
                self.world.work();
            }
            Act::Steps(second, steps) => {
                self.world.now = self.world.now.max(DAY + second);
                for _ in 0..*steps {
                    self.world.keeper.step(self.world.now).expect("the store can be written");
                }
            }
            Act::Crash => self = self.crash(),
            Act::DieWriting(writes) => {
                self.world = self.world.let_write(*writes);
                if self.world.keeper.flush() {
                    self.unflushed.clear();
                }
                while self.world.keeper.step(self.world.now).is_ok_and(|step| step == Step::Something) {}
                self = self.crash();
            }
        }
        self
    }

    fn crash(mut self) -> Self {
        self.world = self.world.crash();
        for (worker, device, at, value) in &self.unflushed {
            self.world.put(&worker_id(*worker), metric(*device), *device, *at, *value);
        }
        self
    }

    /// What came late for an hour that has its buckets is in them when the keeper has been there.
    fn catch_up(&mut self) {
        assert!(self.world.keeper.flush());
        self.world.work();
    }

    fn check(&self, device: Option<u32>, step: f64) {
        for over in ALL {
            // From an hour before, so that nothing lies before the range.
            let mut query = query(metric(device), DAY - 3_600, DAY + 6 * 3_600, step);
            query.over = Some(over);
            let answer = self.world.query(&query).expect("it can be answered");
            let of =
                |device: Option<u32>| self.samples.iter().filter(move |((_, d), _)| d.is_some() == device.is_some());
            assert_eq!(answer.series.len(), of(device).count(), "{answer:?}");
            for ((worker, device), samples) in of(device) {
                let labels = |labels: &BTreeMap<String, String>| {
                    labels.get("worker") == Some(&worker_id(*worker))
                        && labels.get("gpu").cloned() == device.map(|index| index.to_string())
                };
                let series = answer.series.iter().find(|series| labels(&series.labels)).expect("the series is there");
                let samples: Vec<(i64, f64)> = samples.iter().map(|(at, value)| (*at, *value)).collect();
                let expected = expected(&samples, &query, over);
                let wrong = series.points.iter().zip(&expected).find(|(found, expected)| found != expected);
                assert_eq!(wrong, None, "{over:?} at {step} of {worker} {device:?}");
            }
        }
    }
}

fn check_all(kind: &Kind, acts: &[Act]) {
    let mut run = Run { world: World::on(kind), samples: BTreeMap::new(), unflushed: Vec::new() };
    // Other subjects, so that those of the acts lie in two shards.
    for other in 0..SHARD - 2 {
        run.world.put(&format!("a{other}"), "worker.network_rx", None, DAY * 1_000, 1.0);
    }
    assert!(run.world.keeper.flush());
    for act in acts {
        run = run.act(act);
    }
    for device in [None, Some(0)] {
        run.check(device, 10.0);
    }
    run.catch_up();
    let of = |samples: &Samples| samples.range(..(run.world.now - 5_400) * 1_000).count() as u64;
    let old: u64 = run.samples.values().map(of).sum();
    let checked = run.world.check();
    assert!(checked.samples >= old, "{checked:?} of {old} samples");
    for device in [None, Some(0)] {
        for step in [10.0, 60.0, 300.0, 3_600.0] {
            run.check(device, step);
        }
    }
}

proptest! {
    #![proptest_config(cases(24))]
    #[test]
    fn every_answer_is_that_of_the_samples(acts in proptest::collection::vec(act(), 1..24)) {
        check_all(&Kind::Sqlite, &acts);
    }
}

#[test]
fn every_answer_is_that_of_the_samples_on_redis() {
    let redis = Redis::start(&[]);
    let config =
        ProptestConfig { cases: 8, max_shrink_iters: 50, failure_persistence: None, ..ProptestConfig::default() };
    TestRunner::new(config)
        .run(&proptest::collection::vec(act(), 1..24), |acts| {
            check_all(&Kind::Redis(redis.url(0)), &acts);
            Ok(())
        })
        .expect("the answers are those of the samples");
}

#[test]
fn parts_become_one_and_samples_become_buckets_once_their_time_is_over() {
    let mut world = World::new();
    for minute in 0..60 {
        for n in 0..6 {
            world.put("w", "worker.load_1m", None, (DAY + minute * 60 + n * 10) * 1_000, 1.0);
        }
        assert!(world.keeper.flush());
    }
    assert_eq!(world.parts(Tier::Raw.slot(DAY)), 10);
    world.now = DAY + 3_600;
    world.work();
    assert_eq!((world.parts(Tier::Raw.slot(DAY)), world.blocks(Tier::Minute)), (1, 0), "the last slot may get more");
    world.now = DAY + 3_600 + 120;
    world.work();
    assert_eq!((world.parts(Tier::Raw.slot(DAY + 3_599)), world.blocks(Tier::Raw)), (1, 12));
    assert_eq!([Tier::Minute, Tier::Hour, Tier::Day].map(|tier| world.blocks(tier)), [1, 1, 1]);
    let answer = world.query(&query("worker.load_1m", DAY, DAY + 3_600, 60.0)).expect("it can be answered");
    assert_eq!((answer.source.as_str(), answer.series[0].points.len()), ("1m", 60));
    assert!(answer.series[0].points.iter().all(|(_, value)| *value == Some(1.0)));
}

#[test]
fn what_is_too_old_goes_and_the_next_coarser_tier_answers_for_it() {
    let mut world = World::new();
    world.put("w", "worker.load_1m", None, DAY * 1_000, 5.0);
    assert!(world.keeper.flush());
    let mut sources = Vec::new();
    for days in [1, 3, 8, 100, 800] {
        world.now = DAY + days * 86_400;
        world.work();
        let mut query = query("worker.load_1m", DAY, DAY + 86_400, 86_400.0);
        query.step = Some(if days < 3 { 600.0 } else { 10.0 });
        let answer = world.query(&query);
        let answer = answer.expect("it can be answered");
        let value = answer.series.first().and_then(|series| series.points[0].1);
        sources.push((days, answer.source, value));
    }
    let five = Some(5.0);
    let expected = [(1, "1m", five), (3, "1m", five), (8, "1h", five), (100, "1d", five), (800, "raw", None)];
    assert_eq!(sources, expected.map(|(days, source, value)| (days, source.to_owned(), value)));
    assert_eq!([Tier::Raw, Tier::Minute, Tier::Hour, Tier::Day].map(|tier| world.blocks(tier)), [0; 4]);
}

#[test]
fn groups_join_one_value_of_each_series_and_percentiles_all_their_samples() {
    let world = World::new();
    for worker in 0..40_u32 {
        for n in 0..6 {
            world.put(&format!("w{worker}"), "worker.load_1m", None, (DAY + n * 10) * 1_000, f64::from(worker));
        }
    }
    let mut query = query("worker.load_1m", DAY, DAY + 60, 60.0);
    query.by = Some(Vec::new());
    for (agg, value) in
        [(Aggregation::Avg, 19.5), (Aggregation::Sum, 780.0), (Aggregation::Max, 39.0), (Aggregation::P50, 19.5)]
    {
        query.agg = Some(agg);
        let answer = world.query(&query).expect("it can be answered");
        assert_eq!(answer.series[0].points, [(DAY as f64, Some(value))], "{agg:?}");
    }
    query.labels = [("worker".to_owned(), "w3*".to_owned())].into();
    query.agg = Some(Aggregation::Count);
    assert_eq!(world.query(&query).expect("answered").series[0].points[0].1, Some(11.0), "w3 and w30 to w39");
}

//! Tallies are sums over records, whatever is written in whatever order, however often, and over crashes.

mod world;

use crate::stats::{DAY, Dimension, Key};
use crate::store::{Finest, Projection, Records};
use app::query::TaskFilter;
use chrono::{DateTime, TimeDelta};
use proptest::prelude::*;
use std::collections::BTreeMap;
use world::{Record, START, Sums, World, expected};

/// By day, whatever the grain.
fn by_day(all: &BTreeMap<(i64, Key), Sums>) -> BTreeMap<(i64, Key), Sums> {
    let mut days: BTreeMap<_, Sums> = BTreeMap::new();
    for ((begin, key), sums) in all {
        let day = days.entry((begin.div_euclid(DAY) * DAY, key.clone())).or_default();
        day.iter_mut().zip(sums).for_each(|(day, sum)| *day += sum);
    }
    days
}

#[derive(Debug, Clone)]
enum Step {
    Write(Vec<Record>),
    Crash,
    /// Days after the start.
    Settle(i64),
    /// Tasks last heard of before so many minutes after the start go.
    Trim(i64),
}

fn records() -> impl Strategy<Value = Record> {
    let status = prop::sample::select(vec!["completed", "completed", "failed", "cancelled", "unknown", "processing"]);
    let keys = (proptest::option::of(0_u8..4), 0_u8..4);
    let times = (0_u32..50_000, proptest::option::of(0_u32..5_000), 0_u32..3);
    (0_u8..12, status, 0_i64..3 * 1_440, keys, times).prop_map(
        |(id, status, ended, (queue, worker), (run, wait, retries))| Record {
            id,
            status,
            ended,
            queue,
            worker,
            run,
            wait,
            retries,
        },
    )
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => proptest::collection::vec(records(), 1..6).prop_map(Step::Write),
        1 => Just(Step::Crash),
        1 => (1_i64..5).prop_map(Step::Settle),
        1 => (0_i64..4 * 1_440).prop_map(Step::Trim),
    ];
    proptest::collection::vec(step, 1..14)
}

/// The plain rule: the newest record of each task, those that are trimmed and still count, and up to when they are.
#[derive(Default)]
struct Model {
    newest: BTreeMap<u8, Record>,
    trimmed: Vec<Record>,
    before: i64,
}

impl Model {
    fn write(&mut self, record: &Record) {
        let counted = self.newest.get(&record.id).is_some_and(|record| record.status != "processing");
        let counts = counted || record.ended >= self.before;
        let status = if counts { record.status } else { "processing" };
        self.newest.insert(record.id, Record { status, ..record.clone() });
    }

    fn trim(&mut self, before: i64) {
        self.before = self.before.max(before);
        let gone = self.newest.extract_if(.., |_, record| record.ended < before);
        self.trimmed.extend(gone.map(|(_, record)| record));
    }

    fn all(&self) -> impl Iterator<Item = &Record> {
        self.newest.values().chain(&self.trimmed)
    }
}

/// Does the steps.
fn act(world: &mut World, steps: &[Step]) -> Model {
    let mut model = Model::default();
    for step in steps {
        match step {
            Step::Write(records) => {
                world.write(records);
                for record in records {
                    model.write(record);
                }
            }
            Step::Crash => world.reopen(),
            Step::Settle(days) => world.settle(START + days * DAY + 7_200, TimeDelta::days(365)),
            Step::Trim(minutes) => {
                world.trim(*minutes);
                model.trim(*minutes);
            }
        }
    }
    model
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn tallies_are_sums_over_the_records_at_every_grain(steps in steps()) {
        let mut world = World::new(1_000);
        let model = act(&mut world, &steps);
        for dimension in Dimension::ALL {
            prop_assert_eq!(world.read(dimension, Finest::Own), expected(model.all(), dimension, dimension.span()));
            prop_assert_eq!(by_day(&world.read(dimension, Finest::Days)), expected(model.all(), dimension, DAY));
        }
    }

    #[test]
    fn where_there_is_no_room_for_a_key_its_tasks_count_under_other_and_are_taken_out_there(steps in steps()) {
        let mut world = World::new(2);
        let model = act(&mut world, &steps);
        let whole = |all: BTreeMap<(i64, Key), Sums>| by_day(&all.into_iter().fold(BTreeMap::new(), |mut sum: BTreeMap<_, Sums>, ((begin, _), sums)| {
            sum.entry((begin, Key::None)).or_default().iter_mut().zip(sums).for_each(|(a, b)| *a += b);
            sum
        }));
        for grain in [Finest::Own, Finest::Days] {
            let told = world.read(Dimension::Worker, grain);
            prop_assert_eq!(whole(told), whole(expected(model.all(), Dimension::Worker, 3_600)));
        }
        // When no task has ended any more, nothing but what was trimmed is left anywhere.
        let open: Vec<Record> = model.newest.into_values().map(|record| Record { status: "processing", ..record }).collect();
        world.write(&open);
        for grain in [Finest::Own, Finest::Days] {
            let told = world.read(Dimension::Worker, grain);
            prop_assert_eq!(whole(told), whole(expected(model.trimmed.iter(), Dimension::Worker, 3_600)));
        }
    }
}

fn one(id: u8, status: &'static str, ended: i64) -> Record {
    Record { id, status, ended, queue: Some(1), worker: 1, run: 10, wait: Some(5), retries: 0 }
}

#[test]
fn a_trimmed_task_still_counts() {
    let mut world = World::new(1_000);
    world.write(&[one(1, "completed", 5), one(2, "failed", 6)]);
    let before = world.read(Dimension::Queue, Finest::Own);
    let later = DateTime::from_timestamp(START + DAY, 0).expect("a time");
    world.parts().projection.trim_records(later, later).expect("it can be written");
    assert_eq!(world.parts().records.tasks(&TaskFilter::default()).expect("it can be read").total, 0);
    assert_eq!(world.read(Dimension::Queue, Finest::Own), before);
}

#[test]
fn a_task_that_is_told_of_again_after_its_record_was_trimmed_counts_once() {
    let mut world = World::new(1_000);
    let (first, again) = (one(1, "completed", 5), one(1, "completed", 2 * 1_440));
    world.write(std::slice::from_ref(&first));
    world.trim(1_440);
    let once = expected([&first].into_iter(), Dimension::Queue, 3_600);
    // The end that counted is told again, corrected, and told for a task that was never heard of.
    world.write(&[first.clone(), Record { status: "failed", ..first.clone() }, one(2, "failed", 6)]);
    assert_eq!(world.read(Dimension::Queue, Finest::Own), once);
    world.reopen();
    world.write(&[first.clone(), again.clone()]);
    let twice = expected([&first, &again].into_iter(), Dimension::Queue, 3_600);
    assert_eq!(world.read(Dimension::Queue, Finest::Own), twice, "what runs again counts again");
}

#[test]
fn hours_are_trimmed_once_their_day_is_made_and_the_whole_keeps_its_own() {
    let mut world = World::new(1_000);
    world.write(&[one(1, "completed", 5), one(2, "failed", 70)]);
    let days = world.read(Dimension::Queue, Finest::Days);
    world.settle(START + 3_600, TimeDelta::zero());
    assert_eq!(world.read(Dimension::Queue, Finest::Own), days, "the day is not over");
    let system = world.read(Dimension::System, Finest::Own);
    world.settle(START + 3 * DAY, TimeDelta::days(1));
    assert!(world.read(Dimension::Queue, Finest::Own).is_empty());
    assert_eq!(by_day(&world.read(Dimension::Queue, Finest::Days)), by_day(&days));
    assert_eq!(world.read(Dimension::System, Finest::Own), system);
}

#[test]
fn a_store_from_before_there_were_tallies_gets_them_from_its_tasks() {
    let mut world = World::new(1_000);
    let records = [one(1, "completed", 5), one(2, "failed", 70), one(3, "processing", 80)];
    world.write(&records);
    let (tallies, path) =
        (world.read(Dimension::Worker, Finest::Own), world.folder.path().join("forewatch.records.db"));
    world.parts = None;
    rusqlite::Connection::open(path)
        .expect("a file")
        .execute_batch(
            "DROP TABLE tally; DROP TABLE tally_rolled; DROP TABLE uncounted; DROP TABLE trimmed; DROP INDEX tasks_ended; \
             ALTER TABLE tasks DROP COLUMN ended; DROP TABLE unrelated; DROP INDEX tasks_parent; DROP INDEX tasks_root; \
             ALTER TABLE tasks DROP COLUMN parent; ALTER TABLE tasks DROP COLUMN root; PRAGMA user_version = 2;",
        )
        .expect("it is as it was");
    world.reopen();
    assert_eq!(world.read(Dimension::Worker, Finest::Own), tallies);
    // And what is corrected after that is taken out where it was put in.
    world.write(&[one(1, "failed", 300)]);
    let newest = [one(1, "failed", 300), one(2, "failed", 70)];
    assert_eq!(world.read(Dimension::Worker, Finest::Own), expected(newest.iter(), Dimension::Worker, 3_600));
}

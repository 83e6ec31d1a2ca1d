//! Groups are the same whether they are told by tallies or by records, and both what the tasks themselves say.

use super::*;
use crate::stats::DAY;
use crate::store::sqlite::{self, Parts, Place};
use crate::store::{KeptTallies, Next, Projection, StoreError, Tallied, TallyReader};
use forewatch::TaskMetrics;
use forewatch::series::quantile;
use proptest::prelude::*;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

const START: i64 = 20_000 * DAY;
const KEPT: Kept = Kept { tasks: TimeDelta::days(7), hours: TimeDelta::days(90) };

/// A task that ended `seconds` after the start.
#[derive(Debug, Clone)]
struct Ended {
    seconds: i64,
    queue: u8,
    run: f64,
    fails: Option<u8>,
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(START + seconds, 0).expect("a time")
}

fn store(tasks: &[Ended]) -> Parts {
    let mut parts = sqlite::open(&Place::temporary().expect("a folder")).expect("a store");
    let tasks: Vec<Arc<TaskMetrics>> = tasks
        .iter()
        .enumerate()
        .map(|(n, task)| {
            let task = serde_json::json!({
                "task_id": format!("task-{n}"), "timestamp": at(task.seconds), "completed_at": at(task.seconds), "source": "http",
                "status": if task.fails.is_some() { "failed" } else { "completed" },
                "state": if task.fails.is_some() { "failed" } else { "succeeded" },
                "error_message": task.fails.map(|n| format!("{} of file /tmp/{n}.wav failed after {n} s", if n < 3 { "read" } else { "write" })),
                "queue": format!("queue-{}", task.queue), "retry_count": 0, "processing_time": task.run,
            });
            Arc::new(serde_json::from_value(task).expect("a task"))
        })
        .collect();
    parts.projection.write(&tasks, &[], &[], 0).expect("it can be written");
    parts
}

fn ask(parts: &Parts, by: By, filter: TaskFilter, now: i64) -> Vec<TaskGroup> {
    groups(&parts.records, &GroupsAsked { by, filter, news: None }, KEPT, at(now)).expect("it can be answered")
}

fn span(from: i64, to: i64) -> TaskFilter {
    TaskFilter { from: Some(at(from)), to: Some(at(to)), ..TaskFilter::default() }
}

fn tasks() -> impl Strategy<Value = Vec<Ended>> {
    let task = (0..3 * DAY, 0_u8..3, 1_u32..100_000, proptest::option::weighted(0.3, 0_u8..6));
    let task =
        task.prop_map(|(seconds, queue, run, fails)| Ended { seconds, queue, run: f64::from(run) / 100.0, fails });
    proptest::collection::vec(task, 0..60)
}

/// By queue: total, failed, and the exact median of the completed.
fn expected(tasks: &[Ended], from: i64, to: i64) -> BTreeMap<String, (u64, u64, Option<f64>)> {
    let mut queues: BTreeMap<String, Vec<&Ended>> = BTreeMap::new();
    for task in tasks.iter().filter(|task| (from..to).contains(&task.seconds)) {
        queues.entry(format!("queue-{}", task.queue)).or_default().push(task);
    }
    let told = queues.into_iter().map(|(queue, tasks)| {
        let failed = tasks.iter().filter(|task| task.fails.is_some()).count();
        let runs: Vec<f64> = tasks.iter().filter(|task| task.fails.is_none()).map(|task| task.run).collect();
        (queue, (tasks.len() as u64, failed as u64, quantile(&runs, 0.5)))
    });
    told.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn tallies_and_records_tell_what_the_tasks_say_to_the_second(tasks in tasks(), from in 0..3 * DAY, width in 1..2 * DAY) {
        let mut parts = store(&tasks);
        let (now, to) = (3 * DAY, from + width);
        let all = expected(&tasks, from, to);
        // As it is live, and once days are made.
        for _ in 0..2 {
            let by_tallies = ask(&parts, By::Queue, span(from, to), now);
            // A filter that all tasks pass.
            let by_records = ask(&parts, By::Queue, TaskFilter { queue: Some("*".to_owned()), ..span(from, to) }, now);
            prop_assert_eq!(&by_tallies, &by_records);
            prop_assert_eq!(by_tallies.len(), all.len());
            for group in by_tallies {
                let (total, failed, median) = all[group.key.as_deref().expect("every task has a queue")];
                prop_assert_eq!((group.total, group.failed, group.completed), (total, failed, total - failed));
                match (group.processing_time, median) {
                    (Some(told), Some(exact)) => prop_assert!((told.p50 - exact).abs() <= exact * 0.010_001),
                    (told, exact) => prop_assert_eq!((told, exact), (None, None)),
                }
            }
            let kept = KeptTallies { hours: KEPT.hours, days: TimeDelta::days(730) };
            while parts.projection.settle_tallies(at(now), &kept).expect("it can be written") {}
        }
    }
}

fn ended(seconds: i64, queue: u8, fails: Option<u8>) -> Ended {
    Ended { seconds, queue, run: 1.0, fails }
}

#[test]
fn failures_of_one_kind_are_one_group_and_the_largest_comes_first() {
    let parts = store(&[ended(1, 0, Some(1)), ended(2, 0, None), ended(3, 1, Some(3)), ended(4, 1, Some(4))]);
    let told = ask(&parts, By::Error, TaskFilter::default(), 60);
    let told: Vec<_> = told.iter().map(|group| (group.key.as_deref().unwrap_or(""), group.total)).collect();
    assert_eq!(told, [("write of file <path> failed after <n> s", 2), ("read of file <path> failed after <n> s", 1)]);
}

#[test]
fn a_kind_of_failure_is_new_until_a_day_after_it_was_first_seen_and_comes_before_all_others() {
    // The kind "read" has been there for three days, the other one since 20 h before the end.
    let read = |seconds| ended(seconds, 0, Some(1));
    let parts = store(&[read(60), read(3 * DAY), read(3 * DAY - 60), ended(3 * DAY - 72_000, 1, Some(4))]);
    let told = |filter: TaskFilter, deployed: Option<i64>| {
        let news = Some(News { deployed: deployed.map(at) });
        let asked = GroupsAsked { by: By::Error, filter, news };
        groups(&parts.records, &asked, KEPT, at(3 * DAY + 1)).expect("it can be answered")
    };
    let told = |filter, deployed| -> Vec<_> {
        let word = |group: TaskGroup| (group.key.unwrap_or_default()[..5].trim().to_owned(), group.total, group.is_new);
        told(filter, deployed).into_iter().map(word).collect()
    };
    let expected = [("write".to_owned(), 1, Some(true)), ("read".to_owned(), 3, Some(false))];
    assert_eq!(told(TaskFilter::default(), None), expected);
    // Asked of the last hour, what came before it is known as well.
    assert_eq!(told(span(3 * DAY - 3_600, 3 * DAY + 1), None), [("read".to_owned(), 2, Some(false))]);
    // Since a deploy of three days ago both are new; then the larger one comes first.
    let both = [("read".to_owned(), 3, Some(true)), ("write".to_owned(), 1, Some(true))];
    assert_eq!(told(TaskFilter::default(), Some(30)), both);
    // A deploy of an hour ago makes nothing old that is of today.
    assert_eq!(told(TaskFilter::default(), Some(3 * DAY - 3_600)), expected);
}

#[test]
fn first_and_last_are_those_of_all_that_is_kept_and_not_told_of_other_groups() {
    let parts = store(&[ended(60, 0, Some(1)), ended(DAY, 0, Some(2)), ended(2 * DAY, 0, Some(1))]);
    let of = |by, filter| {
        let asked = GroupsAsked { by, filter, news: Some(News { deployed: None }) };
        groups(&parts.records, &asked, KEPT, at(2 * DAY + 1)).expect("it can be answered").remove(0)
    };
    let group = of(By::Error, span(DAY - 1, DAY + 1));
    assert_eq!((group.total, group.first_seen, group.last_seen), (1, Some(at(60)), Some(at(DAY))));
    let group = of(By::Queue, TaskFilter::default());
    assert_eq!((group.total, group.first_seen, group.last_seen, group.is_new), (3, None, None, None));
}

#[test]
fn where_single_tasks_are_gone_whole_hours_and_then_whole_days_are_told() {
    let mut parts = store(&[ended(60, 0, None), ended(3_000, 0, None), ended(7_000, 0, None)]);
    parts.projection.trim_records(at(DAY), at(DAY)).expect("it can be written");
    let kept = KeptTallies { hours: KEPT.hours, days: TimeDelta::days(730) };
    let mut total = |from, to, now: i64| {
        while parts.projection.settle_tallies(at(now), &kept).expect("it can be written") {}
        ask(&parts, By::Queue, span(from, to), now).first().map_or(0, |group| group.total)
    };
    assert_eq!(total(2_000, 2_500, 10 * DAY), 2, "the hour that it lies in");
    assert_eq!(total(2_000, 4_000, 10 * DAY), 3, "both hours");
    assert_eq!(total(2_000, 2_500, 100 * DAY), 3, "the day that it lies in");
    let gone = groups(
        &parts.records,
        &GroupsAsked { by: By::Error, filter: span(2_000, 2_500), news: None },
        KEPT,
        at(10 * DAY),
    );
    assert!(matches!(gone, Err(StatsError::Trimmed(_))));
}

/// Counts the single tasks that are read.
struct Counted<'a>(&'a dyn TallyReader, Cell<usize>);

impl TallyReader for Counted<'_> {
    fn tallies(
        &self,
        of: &Tallied,
        each: &mut dyn FnMut(i64, Key, Tally) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.0.tallies(of, each)
    }

    fn finished(
        &self,
        filter: &TaskFilter,
        span: Range<DateTime<Utc>>,
        each: &mut dyn FnMut(Finished) -> Next,
    ) -> Result<(), StoreError> {
        self.0.finished(filter, span, &mut |task| {
            self.1.set(self.1.get() + 1);
            each(task)
        })
    }
}

#[test]
fn by_many_things_at_once_single_tasks_are_read_once_and_none_of_them_until_now() {
    let tasks: Vec<Ended> =
        (0..30).map(|n| ended(i64::from(n) * 60, u8::try_from(n % 3).expect("it fits"), None)).collect();
    let parts = store(&tasks);
    for (to, totals, read) in [(900, [5, 5, 5], 15), (1_800, [10, 10, 10], 0)] {
        let counted = Counted(&parts.records, Cell::new(0));
        let by = [By::All, By::Queue, By::Name, By::Worker, By::User];
        let gathered = gather(&counted, by, (at(0), at(to)), KEPT, at(1_800)).expect("it can be answered");
        let [all, queues, names, workers, users] = gathered.map(|gathered| {
            let mut totals: Vec<u64> = gathered.into_tallies().map(|(_, tally)| tally.counts.all()).collect();
            totals.sort_unstable();
            totals
        });
        let total: u64 = totals.iter().sum();
        assert_eq!(queues, totals);
        assert!([all, names, workers, users].iter().all(|totals| *totals == [total]));
        assert_eq!(counted.1.get(), read, "until {to}");
    }
}

//! Who waited for whom: reads single tasks, and tells users and queues apart as far as there is room. What is counted is
//! defined at [`Waits`]; [`sweep`] counts it.

mod sweep;

use super::Span;
use crate::stats::{Dimension, Finished, Key, StatsError};
use crate::store::{Next, Records};
use app::query::TaskFilter;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::group::Percentiles;
use forewatch::report::{UserWait, WaitedFor, Waits};
use forewatch::series::quantile;
use forewatch::task::TaskEventKind;
use forewatch::{TaskMetrics, TaskStatus};
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::ops::Range;
use sweep::{Load, Run, Wait, share};

/// Tasks that are read at most; of more nothing is told.
pub(super) const MAX_TASKS: usize = 250_000;
/// Users that are told apart.
const USERS: usize = 20;
/// Queues that are told apart.
const QUEUES: usize = 50;
/// Tasks that ended so long after the period are still looked for as running in it.
const AFTER: TimeDelta = TimeDelta::days(1);
/// Running tasks that are read at once, and how often: what runs beyond is not seen.
const PAGE: usize = 1_000;
const PAGES: usize = 50;

/// A task, by the numbers of its user, queue and worker; times are microseconds since 1970.
struct Task {
    user: usize,
    queue: usize,
    worker: usize,
    /// Of those that ended in the period.
    wait: Option<Range<i64>>,
    run: Option<Range<i64>>,
}

/// The numbers of keys, in the order in which they came.
struct Numbers<K>(HashMap<K, usize>);

impl<K: Hash + Eq> Numbers<K> {
    fn of(&mut self, key: K) -> usize {
        let next = self.0.len();
        *self.0.entry(key).or_insert(next)
    }
}

/// A worker; of a task that does not tell its worker, one that serves its queue alone.
#[derive(PartialEq, Eq, Hash)]
enum Worker {
    Named(String),
    OfQueue(usize),
}

/// The tasks that are looked at.
struct Tasks {
    tasks: Vec<Task>,
    users: Numbers<Key>,
    queues: Numbers<Key>,
    workers: Numbers<Worker>,
}

/// The waits of tasks that ended in the period, as of `now`. None where more tasks ended than are read.
pub(super) fn of(records: &dyn Records, span: Span, now: DateTime<Utc>) -> Result<Option<Waits>, StatsError> {
    let Some(tasks) = read(records, span, now)? else { return Ok(None) };
    Ok(Some(tasks.waits(span)))
}

fn read(records: &dyn Records, (from, to): Span, now: DateTime<Utc>) -> Result<Option<Tasks>, StatsError> {
    let (tasks, users, queues, workers) =
        (Vec::new(), Numbers(HashMap::new()), Numbers(HashMap::new()), Numbers(HashMap::new()));
    let mut read = Tasks { tasks, users, queues, workers };
    let mut is_whole = true;
    let until = (to + AFTER).min(now);
    records.finished(&TaskFilter::default(), from..until.max(to), &mut |task| {
        is_whole = read.tasks.len() < MAX_TASKS;
        if is_whole {
            let is_of_period = task.at < to;
            read.ended(&task, is_of_period);
        }
        if is_whole { Next::More } else { Next::Enough }
    })?;
    if !is_whole {
        return Ok(None);
    }
    let mut filter = TaskFilter { status: vec![TaskStatus::Processing], limit: PAGE, ..TaskFilter::default() };
    for _ in 0..PAGES {
        let page = records.tasks(&filter)?;
        page.items.iter().for_each(|task| read.running(task, now));
        filter.cursor = page.next_cursor;
        if filter.cursor.is_none() {
            break;
        }
    }
    Ok(Some(read))
}

impl Tasks {
    fn add(&mut self, keys: [Key; 3], wait: Option<Range<i64>>, run: Option<Range<i64>>) {
        let [user, queue, worker] = keys;
        let queue = self.queues.of(queue);
        let worker = match worker {
            Key::Named(name) => Worker::Named(name),
            Key::None | Key::Other => Worker::OfQueue(queue),
        };
        let task = Task { user: self.users.of(user), queue, worker: self.workers.of(worker), wait, run };
        self.tasks.push(task);
    }

    fn ended(&mut self, task: &Finished, is_of_period: bool) {
        let keys = [Dimension::User, Dimension::Queue, Dimension::Worker].map(|dimension| task.key(dimension));
        self.add(keys, task.waited().filter(|_| is_of_period), task.ran());
    }

    /// A task that has not ended runs until now.
    fn running(&mut self, task: &TaskMetrics, now: DateTime<Utc>) {
        let begins = task.events.iter().filter(|moment| moment.what == TaskEventKind::Started).map(|moment| moment.at);
        let Some(begin) = begins.max().or(task.started_at).filter(|begin| *begin < now) else { return };
        let queue = task.queue_id();
        let keys = [task.user_id.as_deref(), queue.as_deref(), task.worker_id.as_deref()].map(Key::of);
        self.add(keys, None, Some(begin.timestamp_micros()..now.timestamp_micros()));
    }

    fn waits(&self, (from, to): Span) -> Waits {
        let (from, to) = (from.timestamp_micros(), to.timestamp_micros());
        let length = |range: &Option<Range<i64>>| range.as_ref().map_or(0, |range| range.end - range.start);
        // Who counts: by how long its tasks waited and ran in the period.
        let mut weights = vec![0; self.users.0.len()];
        let mut waited_in = vec![0; self.queues.0.len()];
        for task in &self.tasks {
            let ran = task.run.as_ref().map(|run| run.start.max(from)..run.end.min(to)).filter(|run| !run.is_empty());
            weights[task.user] += length(&task.wait) + length(&ran);
            waited_in[task.queue] += length(&task.wait);
        }
        let (group_of, groups) = largest(&weights, USERS);
        let (pool_of, pools) = largest(&waited_in, QUEUES);
        let mut pools_of = vec![BTreeSet::new(); self.workers.0.len()];
        for task in self.tasks.iter().filter(|task| task.run.is_some()) {
            pools_of[task.worker].insert(pool_of[task.queue]);
        }
        let mut load =
            Load { pools_of: pools_of.into_iter().map(Vec::from_iter).collect(), pools, groups, ..Load::default() };
        let mut waits: Vec<Vec<f64>> = vec![Vec::new(); groups];
        for task in &self.tasks {
            let group = group_of[task.user];
            if let Some(time) = task.wait.clone() {
                waits[group].push((time.end - time.start) as f64 / 1e6);
                load.waits.push(Wait { pool: pool_of[task.queue], group, time });
            }
            load.runs.extend(task.run.clone().map(|time| Run { pools: task.worker, group, time }));
        }
        self.told(&group_of, waits, &share(&load))
    }

    /// The table of it.
    fn told(&self, group_of: &[usize], waits: Vec<Vec<f64>>, shares: &[Vec<f64>]) -> Waits {
        let groups = waits.len();
        let mut keys: Vec<(Option<String>, bool)> = vec![(Some("other".to_owned()), true); groups];
        for (user, number) in self.users.0.iter().filter(|(_, number)| group_of[**number] < USERS) {
            let key = match user {
                Key::Named(name) => Some(name.clone()),
                Key::None | Key::Other => None,
            };
            keys[group_of[*number]] = (key, false);
        }
        let mut users: Vec<UserWait> = waits
            .into_iter()
            .enumerate()
            .map(|(group, mut waits)| {
                waits.sort_by(f64::total_cmp);
                let at = |q| quantile(&waits, q);
                let parts = (0..groups).filter(|other| shares[group][*other] > 0.0).map(|other| {
                    let (key, is_other) = keys[other].clone();
                    WaitedFor { key, is_other, seconds: shares[group][other] }
                });
                let mut waited_for: Vec<WaitedFor> = parts.collect();
                waited_for.sort_by(|a, b| b.seconds.total_cmp(&a.seconds).then_with(|| a.key.cmp(&b.key)));
                let (key, is_other) = keys[group].clone();
                UserWait {
                    key,
                    is_other,
                    tasks: waits.len() as u64,
                    seconds: waits.iter().sum(),
                    wait: at(0.50).zip(at(0.95)).zip(at(0.99)).map(|((p50, p95), p99)| Percentiles { p50, p95, p99 }),
                    idle_seconds: shares[group][groups],
                    waited_for,
                    caused_seconds: (0..groups).filter(|other| *other != group).map(|other| shares[other][group]).sum(),
                }
            })
            .collect();
        users.sort_by(|a, b| {
            a.is_other.cmp(&b.is_other).then_with(|| b.seconds.total_cmp(&a.seconds)).then_with(|| a.key.cmp(&b.key))
        });
        Waits { users, total: self.users.0.len() as u64 }
    }
}

/// Puts the `most` largest by weight into groups of their own, and all others into one behind them: the group of each, and
/// how many groups there are.
fn largest(weights: &[i64], most: usize) -> (Vec<usize>, usize) {
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|number| (Reverse(weights[*number]), *number));
    let mut group_of = vec![0; weights.len()];
    for (place, number) in order.into_iter().enumerate() {
        group_of[number] = place.min(most);
    }
    (group_of, weights.len().min(most + 1))
}

//! Tasks, a store in a folder of its own, and the plain definition of what it must tell.

use crate::stats::{DAY, Dimension, Key, Tally};
use crate::store::sqlite::{self, Parts, Place};
use crate::store::{Finest, KeptTallies, Projection, Tallied, TallyReader};
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::TaskMetrics;
use std::collections::BTreeMap;
use std::sync::Arc;
use tempfile::TempDir;

/// A midnight; tasks end within three days after it.
pub(super) const START: i64 = 20_000 * DAY;

/// A task's record at some time.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) id: u8,
    pub(super) status: &'static str,
    /// Minutes after the start.
    pub(super) ended: i64,
    pub(super) queue: Option<u8>,
    pub(super) worker: u8,
    /// Tenths of seconds.
    pub(super) run: u32,
    pub(super) wait: Option<u32>,
    pub(super) retries: u32,
}

impl Record {
    fn at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(START + self.ended * 60, 0).expect("a time")
    }

    fn task(&self) -> Arc<TaskMetrics> {
        let has_ended = self.status != "processing";
        let task = serde_json::json!({
            "task_id": format!("task-{}", self.id), "timestamp": self.at(), "source": "http",
            "status": self.status, "state": if has_ended { "failed" } else { "started" },
            "completed_at": has_ended.then(|| self.at()), "started_at": self.at(),
            "queue": self.queue.map(|queue| format!("queue-{queue}")), "worker_id": format!("worker-{}", self.worker),
            "user_id": self.queue.map(|queue| format!("user-{queue}")),
            "name": "transcribe", "retry_count": self.retries, "timed_out": self.retries > 1,
            "processing_time": f64::from(self.run) / 10.0, "queue_wait_time": self.wait.map(|wait| f64::from(wait) / 10.0),
        });
        Arc::new(serde_json::from_value(task).expect("a task"))
    }

    fn key(&self, dimension: Dimension) -> Key {
        match dimension {
            Dimension::System => Key::None,
            Dimension::Queue => Key::of(self.queue.map(|queue| format!("queue-{queue}")).as_deref()),
            Dimension::Name => Key::of(Some("transcribe")),
            Dimension::Worker => Key::of(Some(&format!("worker-{}", self.worker))),
            Dimension::User => Key::of(self.queue.map(|queue| format!("user-{queue}")).as_deref()),
        }
    }
}

/// What the tests compare: completed, failed, cancelled, unknown, timed out, attempts, retries, run, wait, waits.
pub(super) type Sums = [u64; 10];

fn sums(tally: &Tally) -> Sums {
    let counts = &tally.counts;
    [
        counts.completed,
        counts.failed,
        counts.cancelled,
        counts.unknown,
        counts.timed_out,
        counts.attempts,
        counts.retries,
        counts.run_us,
        counts.wait_us,
        tally.wait.count(),
    ]
}

/// The plain definition.
pub(super) fn expected<'a>(
    records: impl Iterator<Item = &'a Record>,
    dimension: Dimension,
    span: i64,
) -> BTreeMap<(i64, Key), Sums> {
    let mut all: BTreeMap<_, Sums> = BTreeMap::new();
    for record in records.filter(|record| record.status != "processing") {
        let begin = record.at().timestamp().div_euclid(span) * span;
        let sums = all.entry((begin, record.key(dimension))).or_default();
        let is = |status: &str| u64::from(record.status == status);
        let one = [
            is("completed"),
            is("failed"),
            is("cancelled"),
            is("unknown"),
            is("failed") * u64::from(record.retries > 1),
            1 + u64::from(record.retries),
            u64::from(record.retries),
            is("completed") * u64::from(record.run) * 100_000,
            u64::from(record.wait.unwrap_or(0)) * 100_000,
            u64::from(record.wait.is_some()),
        ];
        sums.iter_mut().zip(one).for_each(|(sum, one)| *sum += one);
    }
    all
}

pub(super) struct World {
    pub(super) folder: TempDir,
    pub(super) parts: Option<Parts>,
    pub(super) most_keys: usize,
}

impl World {
    pub(super) fn new(most_keys: usize) -> Self {
        let mut world = Self { folder: TempDir::new().expect("a folder"), parts: None, most_keys };
        world.reopen();
        world
    }

    /// As a crash does: what is committed is there, and nothing else.
    pub(super) fn reopen(&mut self) {
        self.parts = None;
        let mut parts = sqlite::open(&Place::file(self.folder.path().join("forewatch.db"))).expect("a store");
        parts.projection.tallies.most_keys = self.most_keys;
        self.parts = Some(parts);
    }

    pub(super) fn parts(&mut self) -> &mut Parts {
        self.parts.as_mut().expect("it is open")
    }

    pub(super) fn write(&mut self, records: &[Record]) {
        let tasks: Vec<_> = records.iter().map(Record::task).collect();
        self.parts().projection.write(&tasks, &[], &[], 0).expect("it can be written");
    }

    /// Trims the tasks last heard of before so many minutes after the start.
    pub(super) fn trim(&mut self, before: i64) {
        let before = DateTime::from_timestamp(START + before * 60, 0).expect("a time");
        while self.parts().projection.trim_records(before, before).expect("it can be written") {}
    }

    /// Makes the days that are over, and trims what is older than `kept`.
    pub(super) fn settle(&mut self, now: i64, kept: TimeDelta) {
        let now = DateTime::from_timestamp(now, 0).expect("a time");
        let kept = KeptTallies { hours: kept, days: TimeDelta::days(365) };
        while self.parts().projection.settle_tallies(now, &kept).expect("it can be written") {}
    }

    pub(super) fn read(&mut self, dimension: Dimension, grain: Finest) -> BTreeMap<(i64, Key), Sums> {
        let mut all = BTreeMap::new();
        let of = Tallied { dimension, span: START..START + 4 * DAY, grain };
        self.parts()
            .records
            .tallies(&of, &mut |begin, key, tally| {
                let told = all.insert((begin, key), sums(&tally));
                assert!(told.is_none(), "nothing is told twice");
                Ok(())
            })
            .expect("it can be read");
        all.retain(|_, sums| sums.iter().any(|sum| *sum > 0));
        all
    }
}

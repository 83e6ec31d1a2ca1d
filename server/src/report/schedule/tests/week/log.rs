//! What the simulator said, and sums over it that know nothing of the server: no event, no tally, no sketch.

use chrono::{DateTime, Utc};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A task that ended, as it was told.
#[derive(Debug, Clone, Default)]
pub(super) struct Told {
    pub(super) name: String,
    pub(super) queue: String,
    pub(super) user: String,
    pub(super) worker: String,
    pub(super) submitted: DateTime<Utc>,
    pub(super) first_start: DateTime<Utc>,
    pub(super) last_start: DateTime<Utc>,
    pub(super) ended: DateTime<Utc>,
    pub(super) completed: bool,
    pub(super) timed_out: bool,
    pub(super) error: String,
    pub(super) retries: u64,
    pub(super) gpu: Option<f64>,
}

/// One tick of the server: the share of use and the watts of all devices by their workers' last beats.
struct Tick {
    at: DateTime<Utc>,
    devices: f64,
    use_of_each: f64,
    watts: f64,
}

/// What devices did, in seconds of one device.
pub(super) struct DeviceSeconds {
    pub(super) available: f64,
    pub(super) used: f64,
    pub(super) joules: f64,
}

#[derive(Default)]
pub(super) struct Log {
    open: BTreeMap<String, Told>,
    ended: Vec<Told>,
    /// The devices of each worker by its last beat: share of use and watts.
    devices: BTreeMap<String, Vec<(f64, f64)>>,
    ticks: Vec<Tick>,
}

pub(super) fn seconds(from: DateTime<Utc>, to: DateTime<Utc>) -> f64 {
    (to - from).num_microseconds().expect("a week at most") as f64 / 1e6
}

impl Log {
    /// An event of a task.
    pub(super) fn hear(&mut self, json: &str) {
        let event: Value = serde_json::from_str(json).expect("it is JSON");
        let text = |key: &str| event[key].as_str().unwrap_or_default().to_owned();
        let at: DateTime<Utc> = text("at").parse().expect("a time");
        let id = text("task_id");
        let kind = text("type");
        if kind == "task.submitted" {
            let (name, queue, user) = (text("name"), text("queue"), text("user_id"));
            self.open.insert(id, Told { name, queue, user, submitted: at, ..Told::default() });
            return;
        }
        let task = self.open.get_mut(&id).expect("it was submitted");
        task.worker = text("worker_id");
        match kind.as_str() {
            "task.started" => {
                if task.first_start == DateTime::UNIX_EPOCH {
                    task.first_start = at;
                }
                task.last_start = at;
            }
            "task.retried" => task.retries += 1,
            "task.progress" => {}
            "task.completed" | "task.failed" => {
                task.ended = at;
                task.completed = kind == "task.completed";
                task.timed_out = event["timed_out"] == true;
                task.error = text("error_message");
                task.gpu = event["gpu_time"].as_f64();
                self.ended.extend(self.open.remove(&id));
            }
            other => panic!("the simulator says {other}"),
        }
    }

    /// A heartbeat.
    pub(super) fn beat(&mut self, json: &str) {
        let beat: Value = serde_json::from_str(json).expect("it is JSON");
        let worker = beat["worker_id"].as_str().expect("a name").to_owned();
        let device = |gpu: &Value| {
            (gpu["utilization"].as_f64().expect("a share"), gpu["power_draw_watts"].as_f64().expect("watts"))
        };
        self.devices.insert(worker, beat["gpus"].as_array().expect("devices").iter().map(device).collect());
    }

    /// The server's clock ticks.
    pub(super) fn tick(&mut self, at: DateTime<Utc>) {
        let all: Vec<(f64, f64)> = self.devices.values().flatten().copied().collect();
        let devices = all.len() as f64;
        let use_of_each = all.iter().map(|(share, _)| share).sum::<f64>() / devices;
        self.ticks.push(Tick { at, devices, use_of_each, watts: all.iter().map(|(_, watts)| watts).sum() });
    }

    pub(super) fn ended(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> impl Iterator<Item = &Told> {
        self.ended.iter().filter(move |task| from <= task.ended && task.ended < to)
    }

    /// How often each error was told.
    pub(super) fn failures(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<u64> {
        let mut failures: BTreeMap<&str, u64> = BTreeMap::new();
        self.ended(from, to)
            .filter(|task| !task.completed)
            .for_each(|task| *failures.entry(&task.error).or_default() += 1);
        failures.into_values().collect()
    }

    /// How often the server's clock ticked.
    pub(super) fn ticks(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> usize {
        self.ticks.iter().filter(|tick| from <= tick.at && tick.at < to).count()
    }

    /// A tick stands for the `step` seconds until the next one.
    pub(super) fn device_seconds(&self, from: DateTime<Utc>, to: DateTime<Utc>, step: u64) -> DeviceSeconds {
        let ticks = || self.ticks.iter().filter(|tick| from <= tick.at && tick.at < to);
        let sum = |of: fn(&Tick) -> f64| ticks().map(of).sum::<f64>() * step as f64;
        DeviceSeconds {
            available: sum(|tick| tick.devices),
            used: sum(|tick| tick.devices * tick.use_of_each),
            joules: sum(|tick| tick.watts),
        }
    }

    /// Who waited for whom, seconds; for nobody under the empty name. Wait by wait: it is cut wherever a task begins or
    /// ends to run, and each piece shared among those that run in it on a worker that ran the queue's tasks.
    pub(super) fn waits(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> BTreeMap<(String, String), f64> {
        let mut serve: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        self.ended
            .iter()
            .filter(|task| from <= task.ended)
            .for_each(|task| _ = serve.entry(&task.queue).or_default().insert(&task.worker));
        let mut waits: BTreeMap<(String, String), f64> = BTreeMap::new();
        for task in self.ended(from, to).filter(|task| task.submitted < task.first_start) {
            let (begin, end) = (task.submitted, task.first_start);
            let meanwhile: Vec<&Told> = self
                .ended
                .iter()
                .filter(|other| from <= other.ended && other.last_start < end && other.ended > begin)
                .filter(|other| serve[task.queue.as_str()].contains(other.worker.as_str()))
                .collect();
            let mut cuts: BTreeSet<DateTime<Utc>> = BTreeSet::from([begin, end]);
            cuts.extend(
                meanwhile
                    .iter()
                    .flat_map(|other| [other.last_start, other.ended])
                    .filter(|cut| begin < *cut && *cut < end),
            );
            let cuts: Vec<DateTime<Utc>> = cuts.into_iter().collect();
            for piece in cuts.windows(2) {
                let running: Vec<&&Told> =
                    meanwhile.iter().filter(|other| other.last_start <= piece[0] && piece[1] <= other.ended).collect();
                let length = seconds(piece[0], piece[1]);
                if running.is_empty() {
                    *waits.entry((task.user.clone(), String::new())).or_default() += length;
                }
                for other in &running {
                    *waits.entry((task.user.clone(), other.user.clone())).or_default() += length / running.len() as f64;
                }
            }
        }
        waits
    }
}

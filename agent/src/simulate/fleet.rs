//! The fleet as a pure machine: what is due lies in a heap by time, and time is an argument. However the time is
//! cut into steps, the same things happen at the same moments.

use super::event::{Body, FleetEvent};
use super::plan::Plan;
use super::task::{self, End, QUEUES, RETRIES, Running, Task};
use super::worker::Worker;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::{Heartbeat, Registration};
use rand::{Rng, SeedableRng, rngs::SmallRng};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::time::Duration;

/// Time between two measurements of the queues, seconds.
const QUEUE_SAMPLES: f64 = 5.0;
/// Tasks that wait in a queue; more are not submitted, so that a fleet without enough workers stays bounded.
const WAITING: usize = 100_000;
/// Tasks that take longer tell how far they are.
const TELLS_PROGRESS: f64 = 3.0;

/// A fleet that does not exist.
pub struct Fleet {
    plan: Plan,
    start: DateTime<Utc>,
    /// Tells this run from others with the same seed: seed and start.
    run: String,
    random: SmallRng,
    workers: Vec<Worker>,
    running: Vec<Vec<Running>>,
    /// Workers and slots without a task.
    free: Vec<(usize, u32)>,
    /// Free slots of workers that are silent.
    parked: Vec<(usize, u32)>,
    queues: [VecDeque<Task>; QUEUES.len()],
    processing: [u64; QUEUES.len()],
    due: BinaryHeap<Reverse<Due>>,
    order: u64,
    tasks: u64,
    events: u64,
}

/// What a step of time brought.
#[derive(Debug, Default)]
pub struct Output {
    /// Heartbeats, in the order in which they are due.
    pub beats: Vec<Beat>,
    /// Task and queue events, in the order in which they happen.
    pub events: Vec<FleetEvent>,
}

/// A heartbeat of one worker.
#[derive(Debug, Clone, PartialEq)]
pub struct Beat {
    /// The worker's number.
    pub worker: usize,
    /// What it says.
    pub heartbeat: Heartbeat,
}

struct Due {
    at: f64,
    order: u64,
    what: What,
}

enum What {
    Beat(usize),
    Arrival,
    QueueSample,
    Requeue(Box<Task>),
    Progress { worker: usize, slot: u32, task_id: String },
    End { worker: usize, slot: u32, task: Box<Task>, end: End },
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Due {}
impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Due {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.at.total_cmp(&other.at).then(self.order.cmp(&other.order))
    }
}

impl Fleet {
    /// A fleet whose time begins at `start`. Heartbeats are spread evenly over the interval.
    pub fn new(plan: Plan, start: DateTime<Utc>) -> Self {
        let count = plan.workers as usize;
        let mut fleet = Self {
            random: SmallRng::seed_from_u64(plan.seed),
            workers: (0..count).map(|number| Worker::new(&plan, number)).collect(),
            running: vec![Vec::new(); count],
            free: (0..count).flat_map(|worker| (0..plan.slots()).map(move |slot| (worker, slot))).collect(),
            parked: Vec::new(),
            queues: Default::default(),
            processing: [0; QUEUES.len()],
            due: BinaryHeap::new(),
            order: 0,
            tasks: 0,
            events: 0,
            run: format!("{}-{:x}", plan.seed, start.timestamp_micros()),
            plan,
            start,
        };
        let spread = fleet.plan.interval.as_secs_f64() / count.max(1) as f64;
        for worker in 0..count {
            fleet.plan_for(worker as f64 * spread, What::Beat(worker));
        }
        if fleet.plan.tasks_per_second > 0.0 {
            fleet.plan_for(0.0, What::QueueSample);
            fleet.plan_next_arrival(0.0);
        }
        fleet
    }

    /// How every worker announces itself, by number.
    pub fn registrations(&self) -> impl Iterator<Item = Registration> {
        self.workers.iter().map(|worker| worker.registration(&self.plan))
    }

    /// How one worker announces itself; `None` when there is no such worker.
    pub fn registration(&self, worker: usize) -> Option<Registration> {
        self.workers.get(worker).map(|worker| worker.registration(&self.plan))
    }

    /// Lets the time go on until `elapsed` after the start, and adds what happens to `output`.
    pub fn advance(&mut self, elapsed: Duration, output: &mut Output) {
        let until = elapsed.as_secs_f64();
        while self.due.peek().is_some_and(|Reverse(due)| due.at <= until) {
            let Some(Reverse(Due { at, what, .. })) = self.due.pop() else { break };
            self.happen(at, what, output);
        }
    }

    fn happen(&mut self, now: f64, what: What, output: &mut Output) {
        match what {
            What::Beat(worker) => self.beat(worker, now, output),
            What::Arrival => self.arrive(now, output),
            What::QueueSample => self.sample_queues(now, output),
            What::Requeue(task) => {
                self.queues[task.queue].push_back(*task);
                self.dispatch(now, output);
            }
            What::Progress { worker, slot, task_id } => {
                let is_running = self.running[worker].iter().any(|task| task.slot == slot && task.task_id == task_id);
                if is_running && !self.plan.is_silent(worker, now) {
                    let worker_id = self.workers[worker].id.to_string();
                    self.tell(now, Body::Progress { task_id, worker_id, progress: 0.5 }, output);
                }
            }
            What::End { worker, slot, task, end } => self.end(now, (worker, slot), *task, end, output),
        }
    }

    fn beat(&mut self, worker: usize, now: f64, output: &mut Output) {
        self.plan_for(now + self.plan.interval.as_secs_f64(), What::Beat(worker));
        if self.plan.is_silent(worker, now) {
            return;
        }
        if self.parked.iter().any(|(parked, _)| *parked == worker) {
            // It is back, with nothing to do.
            let back = self.parked.extract_if(.., |(parked, _)| *parked == worker);
            self.free.extend(back);
            self.dispatch(now, output);
        }
        let at = self.clock(now);
        let heartbeat = self.workers[worker].beat(&self.plan, worker, now, at, &self.running[worker]);
        output.beats.push(Beat { worker, heartbeat });
    }

    fn arrive(&mut self, now: f64, output: &mut Output) {
        self.plan_next_arrival(now);
        self.tasks += 1;
        let task = Task::new(self.tasks, &self.run, self.plan.gpus, self.plan.storm(now), &mut self.random);
        let user_id = format!("user-{}", self.random.random_range(1..=20));
        if self.queues[task.queue].len() >= WAITING {
            return;
        }
        let body = Body::Submitted {
            task_id: task.task_id.clone(),
            content_type: task.content_type,
            name: task.name,
            queue: QUEUES[task.queue],
            priority: task.priority,
            user_id,
            input_file_size: task.input_bytes,
        };
        self.tell(now, body, output);
        self.queues[task.queue].push_back(task);
        self.dispatch(now, output);
    }

    /// Gives waiting tasks to workers: a random free slot each, queues in their order.
    fn dispatch(&mut self, now: f64, output: &mut Output) {
        while !self.free.is_empty() && self.queues.iter().any(|queue| !queue.is_empty()) {
            let place = self.random.random_range(0..self.free.len());
            let (worker, slot) = self.free.swap_remove(place);
            if self.plan.is_silent(worker, now) {
                self.parked.push((worker, slot));
                continue;
            }
            if let Some(task) = self.queues.iter_mut().find_map(VecDeque::pop_front) {
                self.start_task(now, (worker, slot), task, output);
            }
        }
    }

    fn start_task(&mut self, now: f64, (worker, slot): (usize, u32), task: Task, output: &mut Output) {
        let (task_id, worker_id) = (task.task_id.clone(), self.workers[worker].id.to_string());
        self.running[worker].push(Running { task_id: task_id.clone(), slot });
        self.processing[task.queue] += 1;
        self.tell(now, Body::Started { task_id: task_id.clone(), worker_id }, output);
        if task.seconds > TELLS_PROGRESS {
            self.plan_for(now + task.seconds / 2.0, What::Progress { worker, slot, task_id });
        }
        let end = task.end(self.plan.failure_share(now), &mut self.random);
        self.plan_for(now + task.seconds, What::End { worker, slot, task: Box::new(task), end });
    }

    fn end(&mut self, now: f64, (worker, slot): (usize, u32), mut task: Task, end: End, output: &mut Output) {
        self.running[worker].retain(|running| running.slot != slot);
        self.processing[task.queue] -= 1;
        if self.plan.is_silent(worker, now) {
            // Its worker died with it: nobody says how it ended.
            self.parked.push((worker, slot));
            return;
        }
        self.free.push((worker, slot));
        let (task_id, worker_id) = (task.task_id.clone(), self.workers[worker].id.to_string());
        match end {
            End::Completes => {
                self.workers[worker].completed += 1;
                self.workers[worker].busy_seconds += task.seconds;
                let random = &mut self.random;
                let body = Body::Completed {
                    task_id,
                    worker_id,
                    output_file_size: task.input_bytes / random.random_range(2..20),
                    cpu_time: task.seconds * random.random_range(0.3..0.9),
                    gpu_time: (task.queue < 2).then(|| task.seconds * random.random_range(0.5..0.95)),
                    memory_peak: random.random_range(1 << 28..1 << 34),
                    confidence_score: random.random_range(0.7..1.0),
                    quality_degraded: random.random_bool(0.02),
                };
                self.tell(now, body, output);
            }
            End::Fails { error_message, timed_out }
                if task.retries >= RETRIES || timed_out || self.plan.is_spike(now) =>
            {
                self.workers[worker].failed += 1;
                self.tell(now, Body::Failed { task_id, worker_id, error_message, timed_out }, output);
            }
            End::Fails { error_message, .. } => {
                self.tell(now, Body::Retried { task_id, worker_id, error_message }, output);
                task.retries += 1;
                let pause = self.random.random_range(1.0..5.0);
                self.plan_for(now + pause, What::Requeue(Box::new(task)));
            }
        }
        self.dispatch(now, output);
    }

    fn sample_queues(&mut self, now: f64, output: &mut Output) {
        self.plan_for(now + QUEUE_SAMPLES, What::QueueSample);
        let awake = (0..self.workers.len()).filter(|worker| !self.plan.is_silent(*worker, now)).count() as u64;
        for name in task::queues_of(self.plan.gpus) {
            let Some(queue) = QUEUES.iter().position(|known| known == name) else { continue };
            let (pending, processing) = (self.queues[queue].len() as u64, self.processing[queue]);
            self.tell(now, Body::Queue { queue: name, pending, processing, worker_count: awake }, output);
        }
    }

    fn tell(&mut self, now: f64, body: Body, output: &mut Output) {
        self.events += 1;
        let event_id = format!("sim-{}-{}", self.run, self.events);
        output.events.push(FleetEvent { event_id, at: self.clock(now), body });
    }

    fn plan_next_arrival(&mut self, now: f64) {
        let rate = self.plan.tasks_per_second * task::arrivals(self.plan.gpus, self.plan.storm(now));
        // Times between arrivals that know nothing of each other (a Poisson process).
        let gap = -(1.0 - self.random.random::<f64>()).ln() / rate;
        self.plan_for(now + gap, What::Arrival);
    }

    fn plan_for(&mut self, at: f64, what: What) {
        self.order += 1;
        self.due.push(Reverse(Due { at, order: self.order, what }));
    }

    fn clock(&self, now: f64) -> DateTime<Utc> {
        #[expect(clippy::cast_possible_truncation, reason = "a run lasts days, not ages")]
        let micros = (now * 1e6) as i64;
        self.start + TimeDelta::microseconds(micros)
    }
}

#[cfg(test)]
mod tests;

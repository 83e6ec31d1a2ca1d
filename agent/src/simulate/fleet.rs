//! The fleet as a pure machine: what is due lies ready by time, and time is an argument. However the time is
//! cut into steps, the same things happen at the same moments.
//!
//! `agenda` is what is due, `tasks` is how a task goes from its arrival to its end.

mod agenda;
mod tasks;

use self::agenda::{Agenda, What};
use super::event::{Body, FleetEvent};
use super::plan::Plan;
use super::task::{self, QUEUES, Running, Task};
use super::worker::Worker;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::{Heartbeat, Registration};
use rand::{SeedableRng, rngs::SmallRng};
use std::collections::VecDeque;
use std::time::Duration;

/// Time between two measurements of the queues, seconds.
const QUEUE_SAMPLES: f64 = 5.0;

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
    agenda: Agenda,
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
            agenda: Agenda::default(),
            tasks: 0,
            events: 0,
            run: format!("{}-{:x}", plan.seed, start.timestamp_micros()),
            plan,
            start,
        };
        let spread = fleet.plan.interval.as_secs_f64() / count.max(1) as f64;
        for worker in 0..count {
            fleet.agenda.plan(worker as f64 * spread, What::Beat(worker));
        }
        if fleet.plan.tasks_per_second > 0.0 {
            fleet.agenda.plan(0.0, What::QueueSample);
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
        while let Some((at, what)) = self.agenda.next(until) {
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
        self.agenda.plan(now + self.plan.interval.as_secs_f64(), What::Beat(worker));
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

    fn sample_queues(&mut self, now: f64, output: &mut Output) {
        self.agenda.plan(now + QUEUE_SAMPLES, What::QueueSample);
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

    fn clock(&self, now: f64) -> DateTime<Utc> {
        #[expect(clippy::cast_possible_truncation, reason = "a run lasts days, not ages")]
        let micros = (now * 1e6) as i64;
        self.start + TimeDelta::microseconds(micros)
    }
}

#[cfg(test)]
mod tests;

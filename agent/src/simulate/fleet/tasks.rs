//! How a task goes: it arrives, waits, is given to a free slot, and ends or is tried again.

use super::super::event::Body;
use super::super::task::{self, End, QUEUES, RETRIES, Running, Task};
use super::agenda::What;
use super::{Fleet, Output};
use rand::Rng;
use std::collections::VecDeque;

/// Tasks that wait in a queue; more are not submitted, so that a fleet without enough workers stays bounded.
const WAITING: usize = 100_000;
/// Tasks that take longer tell how far they are.
const TELLS_PROGRESS: f64 = 3.0;

impl Fleet {
    pub(super) fn arrive(&mut self, now: f64, output: &mut Output) {
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
    pub(super) fn dispatch(&mut self, now: f64, output: &mut Output) {
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
            self.agenda.plan(now + task.seconds / 2.0, What::Progress { worker, slot, task_id });
        }
        let end = task.end(self.plan.failure_share(now), &mut self.random);
        self.agenda.plan(now + task.seconds, What::End { worker, slot, task: Box::new(task), end });
    }

    pub(super) fn end(
        &mut self,
        now: f64,
        (worker, slot): (usize, u32),
        mut task: Task,
        end: End,
        output: &mut Output,
    ) {
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
                self.agenda.plan(now + pause, What::Requeue(Box::new(task)));
            }
        }
        self.dispatch(now, output);
    }

    pub(super) fn plan_next_arrival(&mut self, now: f64) {
        let rate = self.plan.tasks_per_second * task::arrivals(self.plan.gpus, self.plan.storm(now));
        // Times between arrivals that know nothing of each other (a Poisson process).
        let gap = -(1.0 - self.random.random::<f64>()).ln() / rate;
        self.agenda.plan(now + gap, What::Arrival);
    }
}

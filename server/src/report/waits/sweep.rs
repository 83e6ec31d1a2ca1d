//! Sharing waits among those whose tasks ran meanwhile, in one walk over time. Pure; times are microseconds.
//!
//! For each pool of workers and each group of users the walk knows how much of the time so far fell to the group's tasks: the
//! integral of its share of what runs there. What a wait adds is that at its end less that at its begin, so that it costs
//! as much as there are groups, however many tasks wait and run.

use std::ops::Range;

/// A time in which a task of a group waited for a pool's workers.
#[derive(Debug, Clone)]
pub(super) struct Wait {
    pub(super) pool: usize,
    pub(super) group: usize,
    pub(super) time: Range<i64>,
}

/// A time in which a task of a group ran, on a worker of some pools.
#[derive(Debug, Clone)]
pub(super) struct Run {
    /// Its place among the sets of pools.
    pub(super) pools: usize,
    pub(super) group: usize,
    pub(super) time: Range<i64>,
}

/// What is walked over.
#[derive(Debug, Clone, Default)]
pub(super) struct Load {
    pub(super) waits: Vec<Wait>,
    pub(super) runs: Vec<Run>,
    /// Which pools a worker belongs to.
    pub(super) pools_of: Vec<Vec<usize>>,
    /// How many pools there are.
    pub(super) pools: usize,
    /// How many groups of users.
    pub(super) groups: usize,
}

/// A pool of workers on the way.
struct Pool {
    /// Tasks that run, by group, and all.
    running: Vec<i32>,
    all: i32,
    /// Up to when it was followed.
    at: i64,
    /// Microseconds so far that fell to each group; the last is for those in which nothing ran.
    fallen: Vec<f64>,
}

impl Pool {
    fn advance(&mut self, to: i64) {
        let passed = (to - self.at) as f64;
        self.at = to;
        if self.all > 0 {
            for (fallen, running) in self.fallen.iter_mut().zip(&self.running).filter(|(_, running)| **running > 0) {
                *fallen += passed * f64::from(*running) / f64::from(self.all);
            }
        } else {
            *self.fallen.last_mut().expect("there is one for nothing") += passed;
        }
    }
}

/// What happens at a moment.
#[derive(Debug, Clone, Copy)]
enum Step {
    WaitBegins(usize),
    WaitEnds(usize),
    RunBegins(usize),
    RunEnds(usize),
}

/// Seconds that each group waited for each, and last for nobody.
pub(super) fn share(load: &Load) -> Vec<Vec<f64>> {
    let Load { waits, runs, pools_of, groups, .. } = load;
    let mut steps: Vec<(i64, Step)> = Vec::with_capacity(2 * (waits.len() + runs.len()));
    for (place, wait) in waits.iter().enumerate() {
        steps.extend([(wait.time.start, Step::WaitBegins(place)), (wait.time.end, Step::WaitEnds(place))]);
    }
    for (place, run) in runs.iter().enumerate() {
        steps.extend([(run.time.start, Step::RunBegins(place)), (run.time.end, Step::RunEnds(place))]);
    }
    // No time passes between what happens at the same moment: its order does not count.
    steps.sort_unstable_by_key(|(at, _)| *at);
    let begin = steps.first().map_or(0, |(at, _)| *at);
    let pool = || Pool { running: vec![0; *groups], all: 0, at: begin, fallen: vec![0.0; groups + 1] };
    let mut pools: Vec<Pool> = std::iter::repeat_with(pool).take(load.pools).collect();
    let mut micros = vec![vec![0.0; groups + 1]; *groups];
    for (at, step) in steps {
        match step {
            Step::WaitBegins(place) | Step::WaitEnds(place) => {
                let wait = &waits[place];
                let pool = &mut pools[wait.pool];
                pool.advance(at);
                let sign = if matches!(step, Step::WaitEnds(_)) { 1.0 } else { -1.0 };
                for (micros, fallen) in micros[wait.group].iter_mut().zip(&pool.fallen) {
                    *micros += sign * fallen;
                }
            }
            Step::RunBegins(place) | Step::RunEnds(place) => {
                let run = &runs[place];
                let one = if matches!(step, Step::RunBegins(_)) { 1 } else { -1 };
                for pool in &pools_of[run.pools] {
                    let pool = &mut pools[*pool];
                    pool.advance(at);
                    pool.running[run.group] += one;
                    pool.all += one;
                }
            }
        }
    }
    // Sums of differences: what is left of nothing may lie beside it by the last digits.
    micros.into_iter().map(|row| row.into_iter().map(|micros| (micros / 1e6).max(0.0)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::SmallRng;
    use rand::{Rng, SeedableRng};

    const SECOND: i64 = 1_000_000;

    /// The same, second by second and task by task, as the definition reads.
    fn second_by_second(load: &Load) -> Vec<Vec<f64>> {
        let mut seconds = vec![vec![0.0; load.groups + 1]; load.groups];
        for wait in &load.waits {
            for second in wait.time.clone().step_by(1_000_000) {
                let runs = |run: &&Run| run.time.contains(&second) && load.pools_of[run.pools].contains(&wait.pool);
                let running: Vec<usize> = load.runs.iter().filter(runs).map(|run| run.group).collect();
                for group in &running {
                    seconds[wait.group][*group] += 1.0 / running.len() as f64;
                }
                if running.is_empty() {
                    seconds[wait.group][load.groups] += 1.0;
                }
            }
        }
        seconds
    }

    /// Tasks of whole seconds, as chance has them.
    fn any(seed: u64) -> Load {
        let mut random = SmallRng::seed_from_u64(seed);
        let (pools, groups) = (random.random_range(1..5), random.random_range(1..6));
        let pools_of: Vec<Vec<usize>> =
            (0..random.random_range(1..6)).map(|_| (0..pools).filter(|_| random.random_bool(0.5)).collect()).collect();
        let time = |random: &mut SmallRng, longest: i64| {
            let begin = random.random_range(0..200) * SECOND;
            begin..begin + random.random_range(0..longest) * SECOND
        };
        let waits = (0..random.random_range(0..60))
            .map(|_| Wait {
                pool: random.random_range(0..pools),
                group: random.random_range(0..groups),
                time: time(&mut random, 40),
            })
            .collect();
        let runs = (0..random.random_range(0..60))
            .map(|_| Run {
                pools: random.random_range(0..pools_of.len()),
                group: random.random_range(0..groups),
                time: time(&mut random, 60),
            })
            .collect();
        Load { waits, runs, pools_of, pools, groups }
    }

    #[test]
    fn shares_are_those_of_the_definition_taken_second_by_second() {
        for seed in 0..300 {
            let load = any(seed);
            let (told, expected) = (share(&load), second_by_second(&load));
            for (told, expected) in told.iter().flatten().zip(expected.iter().flatten()) {
                assert!((told - expected).abs() < 1e-6, "seed {seed}: {told} beside {expected}");
            }
            let waited: i64 = load.waits.iter().map(|wait| wait.time.end - wait.time.start).sum();
            let shared: f64 = told.iter().flatten().sum();
            assert!((shared - waited as f64 / 1e6).abs() < 1e-6, "seed {seed}: nothing is lost and nothing is made");
        }
    }

    #[test]
    fn two_running_tasks_share_a_wait_and_an_idle_pool_is_nobodys() {
        // Group 0 waits for ten seconds: in the first four a task of 1 runs, from the second on one of 0 too, then none.
        let run = |group, time: Range<i64>| Run { pools: 0, group, time: time.start * SECOND..time.end * SECOND };
        let load = Load {
            waits: vec![Wait { pool: 0, group: 0, time: 0..10 * SECOND }],
            runs: vec![run(1, 0..4), run(0, 2..6)],
            pools_of: vec![vec![0]],
            pools: 1,
            groups: 2,
        };
        assert_eq!(share(&load)[0], [1.0 + 2.0, 2.0 + 1.0, 4.0]);
    }
}

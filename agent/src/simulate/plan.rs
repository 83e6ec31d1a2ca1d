//! What fleet is wanted, and what goes wrong in it, when and for whom.

use std::time::Duration;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Scenario {
    /// Nothing.
    #[default]
    Steady,
    /// One worker falls silent for half the time and comes back.
    WorkerDies,
    /// Ten times the work for the first queue.
    QueueStorm,
    /// Half of all tasks fail, and are not tried again.
    ErrorSpike,
    /// One device reaches the temperature at which it slows down.
    GpuOverheats,
    /// One device reports XID 79 and is gone.
    GpuFallsOff,
    /// Every fourth worker's clock is two hours off.
    ClockSkew,
    /// Every tenth worker is silent for half of every eight intervals.
    Flapping,
}

/// The worker that things happen to.
pub(super) const VICTIM: usize = 0;
/// How far a wrong clock is off.
pub(super) const SKEW: Duration = Duration::from_hours(2);
/// Without an end, trouble begins after this …
const CALM: f64 = 30.0;
/// … and lasts this long.
const TROUBLE: f64 = 600.0;

/// Devices a worker, where a scenario needs some and none are asked for.
const SOME_GPUS: u32 = 2;
/// Tasks a second for each slot that keep a fleet about half busy; at least [`LEAST_RATE`] in all, so that
/// enough end within five minutes for a rate to mean something.
const SOME_TASKS: f64 = 0.07;
const LEAST_RATE: f64 = 0.3;

/// What fleet is wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Workers.
    pub workers: u32,
    /// Devices of each worker.
    pub gpus: u32,
    /// Tasks submitted a second, in all.
    pub tasks_per_second: f64,
    /// The same seed gives the same fleet.
    pub seed: u64,
    /// How long it lasts; for ever when absent.
    pub duration: Option<Duration>,
    /// Time between two heartbeats of a worker.
    pub interval: Duration,
    /// What goes wrong.
    pub scenario: Scenario,
}

impl Plan {
    /// The plan with what its scenario cannot do without, and in words what was added.
    pub fn complete(mut self) -> (Self, Vec<String>) {
        let mut added = Vec::new();
        if self.gpus == 0 && matches!(self.scenario, Scenario::GpuOverheats | Scenario::GpuFallsOff) {
            self.gpus = SOME_GPUS;
            added.push(format!("the scenario needs devices: taking --gpus {SOME_GPUS}"));
        }
        if self.tasks_per_second <= 0.0 && matches!(self.scenario, Scenario::QueueStorm | Scenario::ErrorSpike) {
            let slots = f64::from(self.workers) * f64::from(self.slots());
            self.tasks_per_second = (slots * SOME_TASKS).max(LEAST_RATE);
            added.push(format!("the scenario needs tasks: taking --tasks-per-second {:.1}", self.tasks_per_second));
        }
        (self, added)
    }

    /// Whether trouble is on at `now`, seconds since the start: from a quarter to three quarters of the duration.
    pub(super) fn is_trouble(&self, now: f64) -> bool {
        let (from, to) = match self.duration {
            Some(duration) => (duration.as_secs_f64() / 4.0, duration.as_secs_f64() * 0.75),
            None => (CALM, CALM + TROUBLE),
        };
        now >= from && now < to
    }

    fn is_on(&self, scenario: Scenario, now: f64) -> bool {
        self.scenario == scenario && self.is_trouble(now)
    }

    /// Whether a worker says nothing at `now`.
    pub(super) fn is_silent(&self, worker: usize, now: f64) -> bool {
        match self.scenario {
            Scenario::WorkerDies => worker == VICTIM && self.is_trouble(now),
            Scenario::Flapping => {
                worker.is_multiple_of(10) && (now / self.interval.as_secs_f64()).rem_euclid(8.0) >= 4.0
            }
            _ => false,
        }
    }

    /// Seconds that a worker's clock is ahead.
    pub(super) fn clock_offset(&self, worker: usize) -> f64 {
        match (self.scenario, worker % 8) {
            (Scenario::ClockSkew, 0) => SKEW.as_secs_f64(),
            (Scenario::ClockSkew, 4) => -SKEW.as_secs_f64(),
            _ => 0.0,
        }
    }

    /// How many times as much work there is for the first queue.
    pub(super) fn storm(&self, now: f64) -> f64 {
        if self.is_on(Scenario::QueueStorm, now) { 10.0 } else { 1.0 }
    }

    /// Whether attempts fail that cannot be helped by another.
    pub(super) fn is_spike(&self, now: f64) -> bool {
        self.is_on(Scenario::ErrorSpike, now)
    }

    /// The share of attempts that fail.
    pub(super) fn failure_share(&self, now: f64) -> f64 {
        if self.is_spike(now) { 0.5 } else { 0.01 }
    }

    /// Whether a device cannot cool.
    pub(super) fn overheats(&self, worker: usize, device: u32, now: f64) -> bool {
        worker == VICTIM && device == 0 && self.is_on(Scenario::GpuOverheats, now)
    }

    /// Whether a device is off the bus.
    pub(super) fn is_off_the_bus(&self, worker: usize, device: u32, now: f64) -> bool {
        worker == VICTIM && device == 0 && self.is_on(Scenario::GpuFallsOff, now)
    }

    /// Tasks that a worker runs at once.
    pub(super) fn slots(&self) -> u32 {
        if self.gpus == 0 { 4 } else { self.gpus }
    }
}

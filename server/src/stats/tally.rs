//! A tally: tasks that ended, counted and summed. Exact under addition and removal; two tallies are joined by adding.

use super::sketch::Sketch;
use forewatch::Ratio;
use forewatch::group::Percentiles;

macro_rules! counts {
    ($($(#[$doc:meta])* $field:ident),+ $(,)?) => {
        /// Counts and sums over ended tasks: whole numbers, so that they are exact.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub(crate) struct Counts {
            $($(#[$doc])* pub(crate) $field: u64,)+
        }

        /// How many numbers they are.
        pub(super) const NUMBERS: usize = [$(stringify!($field)),+].len();

        impl Counts {
            /// Every number, in the order in which they are stored.
            pub(super) fn numbers(&self) -> [u64; NUMBERS] {
                [$(self.$field),+]
            }

            /// From such numbers.
            pub(super) fn of([$($field),+]: [u64; NUMBERS]) -> Self {
                Self { $($field),+ }
            }
        }
    };
}

counts! {
    completed,
    failed,
    cancelled,
    /// Ended; how is not known.
    unknown,
    /// Of the failed ones, those ended by a time limit.
    timed_out,
    /// Starts of what ended.
    attempts,
    /// How many of the starts were retries.
    retries,
    /// First start minus submission, microseconds, of those where it is known.
    wait_us,
    /// How long the last attempts of completed tasks ran, microseconds.
    run_us,
    /// How long the last attempts of all others ran, microseconds.
    wasted_us,
    /// GPU time, microseconds.
    gpu_us,
    /// Tasks that told their GPU time.
    gpu_told,
    /// GPU time of those that did not complete, microseconds.
    wasted_gpu_us,
    /// Energy, millijoules.
    energy_mj,
    /// Tasks that told their energy.
    energy_told,
    /// Energy of those that did not complete, millijoules.
    wasted_energy_mj,
}

/// Counts and sums over ended tasks, and how their times spread.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) counts: Counts,
    /// Processing times (of the last attempt) of completed tasks.
    pub(crate) run: Sketch,
    /// First start minus submission, however the task ended.
    pub(crate) wait: Sketch,
}

impl Tally {
    /// Puts `other` in.
    pub(crate) fn add(&mut self, other: &Self) {
        self.combine(other, u64::saturating_add);
    }

    /// Takes `other`, which was put in, out again.
    pub(crate) fn remove(&mut self, other: &Self) {
        self.combine(other, u64::saturating_sub);
    }

    fn combine(&mut self, other: &Self, with: fn(u64, u64) -> u64) {
        let (mine, theirs) = (self.counts.numbers(), other.counts.numbers());
        self.counts = Counts::of(std::array::from_fn(|place| with(mine[place], theirs[place])));
        self.run.combine(&other.run, with);
        self.wait.combine(&other.wait, with);
    }

    /// Mean processing time of completed tasks, seconds.
    pub(crate) fn mean_run(&self) -> Option<f64> {
        mean(self.counts.run_us, &self.run)
    }

    /// Mean wait, seconds.
    pub(crate) fn mean_wait(&self) -> Option<f64> {
        mean(self.counts.wait_us, &self.wait)
    }
}

impl Counts {
    /// All that ended, however.
    pub(crate) fn all(&self) -> u64 {
        [self.completed, self.failed, self.cancelled, self.unknown].into_iter().fold(0, u64::saturating_add)
    }

    /// Failed / (completed + failed).
    pub(crate) fn error_rate(&self) -> Option<Ratio> {
        Ratio::of(self.failed, self.completed.saturating_add(self.failed))
    }

    /// Failed by a time limit / (completed + failed).
    pub(crate) fn timeout_rate(&self) -> Option<Ratio> {
        Ratio::of(self.timed_out, self.completed.saturating_add(self.failed))
    }

    /// Retries / attempts.
    pub(crate) fn retry_rate(&self) -> Option<Ratio> {
        Ratio::of(self.retries, self.attempts)
    }

    /// GPU time, seconds; absent while no task told its own.
    pub(crate) fn gpu_seconds(&self) -> Option<f64> {
        (self.gpu_told > 0).then(|| self.gpu_us as f64 / 1e6)
    }

    /// GPU time of tasks that did not complete, seconds; absent while no task told its own.
    pub(crate) fn wasted_gpu_seconds(&self) -> Option<f64> {
        (self.gpu_told > 0).then(|| self.wasted_gpu_us as f64 / 1e6)
    }

    /// Energy, joules; absent while no task told its own.
    pub(crate) fn joules(&self) -> Option<f64> {
        (self.energy_told > 0).then(|| self.energy_mj as f64 / 1e3)
    }
}

fn mean(sum_us: u64, spans: &Sketch) -> Option<f64> {
    let count = spans.count();
    (count > 0).then(|| sum_us as f64 / 1e6 / count as f64)
}

/// Percentiles of spans, seconds, within 1 %; of none, none.
pub(crate) fn percentiles(spans: &Sketch) -> Option<Percentiles> {
    let at = |q| spans.quantile(q);
    Some(Percentiles { p50: at(0.50)?, p95: at(0.95)?, p99: at(0.99)? })
}

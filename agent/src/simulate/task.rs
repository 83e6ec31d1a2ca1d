//! Tasks on their way: what they are, which queue they wait in, how they end.

use rand::{Rng, rngs::SmallRng};

/// The queues, those for devices first.
pub(super) const QUEUES: [&str; 4] = ["gpu_priority", "gpu_fallback", "cpu_standard", "cpu_batch"];
/// How much of the work each gets.
const SHARES: [f64; 4] = [0.3, 0.1, 0.4, 0.2];
const PRIORITIES: [i64; 4] = [8, 5, 5, 1];
/// Content type, name and usual seconds of a task, by queue.
const KINDS: [[(&str, &str, f64); 2]; 4] = [
    [("video", "media.transcode", 9.0), ("image", "vision.detect", 2.0)],
    [("video", "media.upscale", 14.0), ("audio", "speech.transcribe", 6.0)],
    [("document", "docs.extract", 1.5), ("image", "images.thumbnail", 0.4)],
    [("document", "reports.render", 5.0), ("archive", "storage.compact", 8.0)],
];
/// Retries before a task fails.
pub(super) const RETRIES: u32 = 2;
const ERRORS: [&str; 4] = [
    "CUDA out of memory: tried to allocate 2.00 GiB",
    "ConnectionResetError: [Errno 104] Connection reset by peer",
    "ValueError: cannot decode frame 1184",
    "OSError: [Errno 28] No space left on device",
];

/// The queues that a worker takes from: with devices all of them, without only those for CPUs.
pub(super) fn queues_of(gpus: u32) -> &'static [&'static str] {
    if gpus == 0 { &QUEUES[2..] } else { &QUEUES }
}

/// A task.
#[derive(Debug, Clone)]
#[expect(clippy::struct_field_names, reason = "task_id is what it is called on the wire")]
pub(super) struct Task {
    pub(super) task_id: String,
    pub(super) queue: usize,
    pub(super) content_type: &'static str,
    pub(super) name: &'static str,
    pub(super) priority: i64,
    pub(super) seconds: f64,
    pub(super) input_bytes: u64,
    pub(super) retries: u32,
}

/// A task on a worker.
#[derive(Debug, Clone)]
pub(super) struct Running {
    pub(super) task_id: String,
    pub(super) slot: u32,
}

/// How an attempt ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum End {
    Completes,
    Fails { error_message: &'static str, timed_out: bool },
}

impl Task {
    /// The task of that number in a run; ids of different runs are different.
    pub(super) fn new(number: u64, run: &str, gpus: u32, storm: f64, random: &mut SmallRng) -> Self {
        let queue = queue(gpus, storm, random);
        let (content_type, name, usual) = KINDS[queue][usize::from(random.random_bool(0.4))];
        // The product of two: mostly near the usual time, sometimes four times as long.
        let seconds = usual * random.random_range(0.5..2.0) * random.random_range(0.5..2.0);
        Self {
            task_id: format!("sim-{run}-{number:08}"),
            queue,
            content_type,
            name,
            priority: PRIORITIES[queue],
            seconds,
            input_bytes: random.random_range(100_000..900_000_000),
            retries: 0,
        }
    }

    /// Decides how the attempt that begins now will end.
    pub(super) fn end(&self, failure_share: f64, random: &mut SmallRng) -> End {
        if !random.random_bool(failure_share) {
            return End::Completes;
        }
        if random.random_bool(0.15) {
            return End::Fails { error_message: "TimeLimitExceeded: the task ran for too long", timed_out: true };
        }
        // Only work on devices runs out of their memory.
        let first = usize::from(self.queue >= 2);
        End::Fails { error_message: ERRORS[random.random_range(first..ERRORS.len())], timed_out: false }
    }
}

/// Which queue the next task goes to. A storm falls on the first queue that the fleet serves.
fn queue(gpus: u32, storm: f64, random: &mut SmallRng) -> usize {
    let first = QUEUES.len() - queues_of(gpus).len();
    let share = |queue: usize| if queue == first { SHARES[queue] * storm } else { SHARES[queue] };
    let total: f64 = (first..QUEUES.len()).map(share).sum();
    let mut left = random.random_range(0.0..total);
    for queue in first..QUEUES.len() {
        left -= share(queue);
        if left < 0.0 {
            return queue;
        }
    }
    QUEUES.len() - 1
}

/// How many times as many tasks come while there is a storm.
pub(super) fn arrivals(gpus: u32, storm: f64) -> f64 {
    let first = QUEUES.len() - queues_of(gpus).len();
    let total: f64 = SHARES[first..].iter().sum();
    1.0 + SHARES[first] * (storm - 1.0) / total
}

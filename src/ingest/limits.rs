//! Bounds on what is taken in. Over them a text is cut and a list is refused.

use crate::time::TimeDelta;

/// How far ahead of Forewatch's clock an event may lie.
pub const FUTURE: TimeDelta = TimeDelta::minutes(5);

/// Characters of an error message.
pub const ERROR_MESSAGE: usize = 4_000;
/// Characters of a traceback.
pub const TRACEBACK: usize = 16_000;
/// Characters of a task's arguments, and of its result.
pub const PAYLOAD: usize = 4_000;
/// Characters of a progress message, and of a reason.
pub const MESSAGE: usize = 1_000;
/// Characters of an annotation's title.
pub const TITLE: usize = 200;
/// Characters of a descriptive text of a worker or device, such as a product name.
pub const LABEL: usize = 255;

/// Tags of a worker or an annotation.
pub const TAGS: usize = 50;
/// Content types or queues of a worker.
pub const NAMES: usize = 500;
/// GPUs of a worker.
pub const GPUS: usize = 256;
/// Processes on a GPU.
pub const PROCESSES: usize = 1_000;
/// Reasons, at one moment, why a GPU's clocks are held down.
pub const THROTTLE_REASONS: usize = 32;
/// Series in the samples of one heartbeat.
pub const SAMPLE_RUNS: usize = 10_000;
/// Points in the samples of one heartbeat, in all.
pub const SAMPLE_POINTS: usize = 100_000;
/// Seconds to the next heartbeat, at most: a day.
pub const INTERVAL: f64 = 86_400.0;

/// A count, at most: 2^53, up to which every whole number is a float too, so that sums over a fleet mean something.
pub const COUNT: u64 = 1 << 53;
/// The size of a measured value, at most: beyond every counter of bytes, and sums of so many stay finite.
pub const VALUE: f64 = 1e18;
/// Seconds of a duration, at most: ten years of 365 days.
pub const SECONDS: f64 = 10.0 * 365.0 * 86_400.0;

/// Bad fields of one body that are told.
pub const ERRORS: usize = 100;
/// Names of fields left out that are told.
pub const IGNORED_NAMES: usize = 16;
/// Characters of such a name.
pub const IGNORED_NAME: usize = 60;

/// What is wrong with a count over [`COUNT`].
pub(super) fn too_many(count: u64) -> String {
    format!("is {count}: at most 2^53 ({COUNT}) is taken")
}

/// The first `most` characters of `text`; when it is longer, the last of them is an ellipsis.
pub fn cut(text: &str, most: usize) -> String {
    // The byte length is an upper bound of the character count, so short texts are not counted.
    if text.len() <= most {
        return text.to_owned();
    }
    let mut ends = text.char_indices().map(|(at, _)| at).skip(most.saturating_sub(1));
    match (ends.next(), ends.next()) {
        (Some(end), Some(_)) => format!("{}…", &text[..end]),
        _ => text.to_owned(),
    }
}

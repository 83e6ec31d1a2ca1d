//! How long the link waits: before it tries again, before it asks, before it gives up. All in milliseconds.

use forewatch::live::{CLOSE_RESTART, CLOSE_TOO_MUCH};

/// The first wait before trying again; it doubles up to [`LONGEST_WAIT`].
pub const FIRST_WAIT: f64 = 500.0;
/// The longest wait before trying again.
pub const LONGEST_WAIT: f64 = 30_000.0;
/// The shortest wait after the server said that this client sends too much.
pub const TOO_MUCH_WAIT: f64 = 15_000.0;
/// Without a connection for so long, numbers are stale.
pub const STALE_AFTER: f64 = 5_000.0;
/// A tab hidden for so long follows light topics only.
pub const HIDDEN_FOR: f64 = 60_000.0;
/// After so much silence the server is asked for a sign of life. Its own pings are the browser's business, which says
/// nothing of them; the system is told once a second, so that silence is rare, and asking when all is well costs a record.
pub const SILENCE: f64 = 6_000.0;
/// So long it may take to give one.
pub const PATIENCE: f64 = 5_000.0;
/// So long it may take to open a socket.
pub const OPENING: f64 = 10_000.0;

/// The page is left alone for so long at most after it was kept busy.
pub const LONGEST_REST: f64 = 1_000.0;

/// How long the page is left alone after what came kept it busy for so long: a tenth of its time goes into that.
pub fn rest(busy: f64) -> f64 {
    (busy * 9.0).clamp(0.0, LONGEST_REST)
}

/// How long to wait after the `failures`-th failure in a row. Half of it is chance, so that a thousand
/// browsers do not come back in the same second.
pub fn wait(failures: u32, code: Option<u16>, chance: f64) -> f64 {
    let most = (FIRST_WAIT * f64::from(2_u32.saturating_pow(failures.min(16)))).min(LONGEST_WAIT);
    let jittered = most * (0.5 + 0.5 * chance.clamp(0.0, 1.0));
    match code {
        Some(CLOSE_TOO_MUCH) => jittered.max(TOO_MUCH_WAIT),
        // The server said that it restarts: it will need a moment, and everyone comes at once.
        Some(CLOSE_RESTART) => jittered.max(FIRST_WAIT + 1_500.0 * chance),
        _ => jittered,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_is_quick_is_never_left_alone_for_a_tick_and_a_slow_one_has_nine_tenths_of_its_time() {
        assert!(rest(16.0) < 250.0);
        assert!((rest(60.0) - 540.0).abs() < 1e-9);
        assert!((rest(5_000.0) - LONGEST_REST).abs() < 1e-9);
        // A clock that was set back.
        assert!(rest(-60_000.0).abs() < 1e-9);
    }
}

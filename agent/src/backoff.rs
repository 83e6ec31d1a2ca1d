//! How long to leave a server alone that is away: longer each time, and never all senders at once.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(500);
/// The longest pause.
pub(crate) const LONGEST: Duration = Duration::from_secs(30);

/// Counts the failures in a row.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The pause before the next attempt: between half and the whole of a span that doubles up to [`LONGEST`].
    pub(crate) fn pause(&mut self) -> Duration {
        let span = FIRST.saturating_mul(2_u32.saturating_pow(self.failures.min(16))).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        span.mul_f64(rand::random_range(0.5..=1.0))
    }

    /// The server answered.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_half_a_minute_and_no_further() {
        let mut backoff = Backoff::default();
        let pauses: Vec<Duration> = (0..100).map(|_| backoff.pause()).collect();
        assert!(pauses[0] >= FIRST / 2 && pauses[0] <= FIRST);
        assert!(pauses.iter().all(|pause| *pause <= LONGEST));
        assert!(pauses[50..].iter().all(|pause| *pause >= LONGEST / 2));
        backoff.reset();
        assert!(backoff.pause() <= FIRST);
    }
}

//! When a message that was not taken is tried again, and when it is given up.

use super::delivery::{Due, Then};
use crate::outbound::Retry;
use chrono::{DateTime, TimeDelta, Utc};
use std::time::Duration;

/// The pause after the first failure; it doubles with each.
const FIRST: Duration = Duration::from_secs(2);
/// The longest pause.
const LONGEST: Duration = Duration::from_mins(5);
/// A message that nobody took for this long is given up.
pub(crate) const GIVE_UP_AFTER: TimeDelta = TimeDelta::hours(24);

/// What becomes of a delivery that failed just now. `jitter` is 0 to 1, so that not all receivers' senders come at once.
pub(super) fn after(retry: Retry, due: &Due, now: DateTime<Utc>, jitter: f64) -> Then {
    let pause = match retry {
        Retry::Never => return Then::GivenUp,
        Retry::Later => backoff(due.tries, jitter),
        Retry::After(wanted) => wanted.max(backoff(due.tries, jitter)),
    };
    let next = now + TimeDelta::from_std(pause).unwrap_or(GIVE_UP_AFTER);
    if next >= due.give_up_at { Then::GivenUp } else { Then::Again(next) }
}

/// Half of the doubled pause, and up to the other half of it.
fn backoff(tries: u32, jitter: f64) -> Duration {
    let whole = FIRST.saturating_mul(2_u32.saturating_pow(tries.min(16))).min(LONGEST);
    whole / 2 + whole.mul_f64(jitter.clamp(0.0, 1.0) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::tests::message;
    use proptest::prelude::*;

    fn due(tries: u32, now: DateTime<Utc>) -> Due {
        Due { id: String::new(), message: message("g", "01A", now), tries, give_up_at: now + GIVE_UP_AFTER }
    }

    fn now() -> DateTime<Utc> {
        "2026-11-24T14:00:00Z".parse().expect("a time")
    }

    #[test]
    fn a_receiver_that_never_takes_it_is_asked_for_a_day_and_not_too_often() {
        let (mut at, mut tries) = (now(), 0);
        while let Then::Again(next) = after(Retry::Later, &Due { tries, ..due(0, now()) }, at, 0.5) {
            assert!(next > at);
            (at, tries) = (next, tries + 1);
        }
        assert!(at > now() + TimeDelta::hours(23) && (250..600).contains(&tries), "{at} {tries}");
    }

    proptest! {
        #[test]
        fn it_waits_for_as_long_as_the_receiver_says(tries in 0_u32..1_000, seconds in 0_u64..3_600, jitter in 0.0..=1.0) {
            let wanted = Duration::from_secs(seconds);
            let Then::Again(next) = after(Retry::After(wanted), &due(tries, now()), now(), jitter) else {
                return Err(TestCaseError::fail("it is not given up"));
            };
            let pause = (next - now()).to_std().expect("it is later");
            prop_assert!(pause >= wanted && pause <= wanted.max(LONGEST));
        }
    }

    #[test]
    fn what_was_refused_for_good_is_given_up_at_once() {
        assert_eq!(after(Retry::Never, &due(0, now()), now(), 0.0), Then::GivenUp);
    }
}

//! The clocks of an application's nodes against ours, by what their heartbeats say.
//!
//! A heartbeat tells its sender's clock, but one that was held up on the way looks like a clock that is
//! behind. So an offset is taken only when two heartbeats in a row agree on it, which those that wait
//! behind each other do not. A task's events are then moved together, so that their spans stay.

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;

/// A difference up to this is the way through the network, and moves nothing.
const TOLERATED: TimeDelta = TimeDelta::seconds(2);
/// Two heartbeats agree on an offset when theirs differ by no more than this.
const AGREE: TimeDelta = TimeDelta::milliseconds(500);
/// A clock that is off by more than this would lie outside every chart: it is set right at once.
const WRONG: TimeDelta = TimeDelta::days(1);
/// Nodes that are remembered.
const MAX_NODES: usize = 10_000;

/// What is known of the clocks of one application.
#[derive(Debug, Default)]
pub(super) struct Clocks(HashMap<String, Clock>);

#[derive(Debug, Clone, Copy, Default)]
struct Clock {
    /// What is added to its times.
    offset: TimeDelta,
    /// By what the last heartbeat was off.
    seen: Option<TimeDelta>,
}

impl Clocks {
    /// A heartbeat of `node` that was made at `at` by its clock.
    pub(super) fn beat(&mut self, node: &str, at: DateTime<Utc>, received_at: DateTime<Utc>) {
        let Some(clock) = self.entry(node) else { return };
        let off = received_at - at;
        let agreed = clock.seen.is_some_and(|seen| (seen - off).abs() <= AGREE);
        clock.seen = Some(off);
        if !agreed {
            return;
        }
        if off.abs() <= TOLERATED {
            clock.offset = TimeDelta::zero();
        } else if (off - clock.offset).abs() > TOLERATED {
            clock.offset = off;
        }
    }

    /// A time by the clock of `node` by ours, as far as its clock is known.
    pub(super) fn moved(&self, node: &str, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        at.checked_add_signed(self.0.get(node).map_or(TimeDelta::zero(), |clock| clock.offset))
    }

    /// The time of an event by the clock of `node`, told in a message received at `received_at`, by ours. `None` when it
    /// would leave the calendar.
    pub(super) fn set_right(
        &mut self,
        node: &str,
        at: DateTime<Utc>,
        received_at: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let moved = self.moved(node, at)?;
        if (received_at - moved).abs() <= WRONG {
            return Some(moved);
        }
        let off = received_at - at;
        if let Some(clock) = self.entry(node) {
            clock.offset = off;
        }
        at.checked_add_signed(off)
    }

    fn entry(&mut self, node: &str) -> Option<&mut Clock> {
        if !self.0.contains_key(node) {
            if self.0.len() >= MAX_NODES {
                return None;
            }
            self.0.insert(node.to_owned(), Clock::default());
        }
        self.0.get_mut(node)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("a valid time")
    }

    #[test]
    fn two_heartbeats_that_agree_tell_a_clock_and_its_times_are_moved() {
        for off in [-90, -3, 3, 10, 7_200] {
            let mut clocks = Clocks::default();
            for second in [0, 2] {
                clocks.beat("a", at(second - off), at(second));
            }
            assert_eq!(clocks.set_right("a", at(3 - off), at(3)), Some(at(3)), "{off}");
            assert_eq!(clocks.set_right("b", at(3 - off), at(3)), Some(at(3 - off)), "another node");
        }
    }

    #[test]
    fn heartbeats_that_were_held_up_tell_no_clock() {
        let mut clocks = Clocks::default();
        for made in [0, 2, 4] {
            clocks.beat("a", at(made), at(60));
        }
        assert_eq!(clocks.set_right("a", at(59), at(60)), Some(at(59)));
    }

    #[test]
    fn a_clock_that_is_put_right_moves_nothing_any_more() {
        let mut clocks = Clocks::default();
        for (made, received) in [(-10, 0), (-8, 2), (4, 4), (6, 6)] {
            clocks.beat("a", at(made), at(received));
        }
        assert_eq!(clocks.set_right("a", at(6), at(7)), Some(at(6)));
    }

    #[test]
    fn a_clock_that_is_days_off_is_set_right_at_once_and_spans_stay() {
        let mut clocks = Clocks::default();
        let wrong = at(0) - TimeDelta::days(400);
        assert_eq!(clocks.set_right("a", wrong, at(0)), Some(at(0)));
        assert_eq!(clocks.set_right("a", wrong + TimeDelta::seconds(5), at(7)), Some(at(5)));
    }
}

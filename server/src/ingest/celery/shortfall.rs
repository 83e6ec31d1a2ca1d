//! Events that never came, told by what workers count themselves.
//!
//! A worker's heartbeats say how many tasks it has begun since it came up (`processed`), and each of these
//! is told of by a `task-started`. Those are sent in batches, which a heartbeat may overtake: so counts are
//! compared in full only when the worker has begun nothing for a moment, and else by what exceeds a batch.
//! Where other losses are told and after a restart of the worker counting begins anew: nothing is counted twice, and what may
//! be under way is never taken for lost. Over a time without connection it goes on, which tells what began meanwhile.
//! A worker whose events were off until now has told of nothing yet, which is no loss either.

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;

/// The largest batch of Celery's dispatcher.
const MAX_BATCH: u64 = 24;
/// Within this, what a worker has told has come.
const UNDER_WAY: TimeDelta = TimeDelta::seconds(1);
/// Nodes that are compared.
const MAX_NODES: usize = 10_000;

/// What the workers of one application began, by their own count and by what came of it.
#[derive(Debug, Default)]
pub(super) struct Shortfall(HashMap<String, Count>);

#[derive(Debug, Default)]
struct Count {
    /// A start came: its events are on.
    tells: bool,
    /// It began tasks and told of none.
    was_silent: bool,
    /// `processed` where counting began; `None` until the next heartbeat.
    base: Option<u64>,
    /// Starts that came since, and those that are told as missing.
    begun: u64,
    /// The last `processed`, and since when it is so.
    processed: u64,
    since: DateTime<Utc>,
    /// What was refused of this source until counting began.
    refused: u64,
}

impl Shortfall {
    /// A `task-started` of `node` came. Only a worker that tells of its tasks is compared.
    pub(super) fn started(&mut self, node: &str) {
        let Some(count) = self.of(node) else { return };
        if !std::mem::replace(&mut count.tells, true) && count.was_silent {
            count.base = None;
        }
        count.begun += 1;
    }

    /// A heartbeat of `node` with its count; `refused` is how much of the source was refused so far. Gives the
    /// starts that are missing and were not told before.
    pub(super) fn beat(&mut self, node: &str, processed: u64, refused: u64, received_at: DateTime<Utc>) -> u64 {
        let Some(count) = self.of(node) else { return 0 };
        let comparable = count.tells && processed >= count.processed && refused == count.refused;
        let missing = count.base.filter(|_| comparable).and_then(|base| processed.checked_sub(base + count.begun));
        let Some(missing) = missing else {
            let tells = count.tells;
            let was_silent = count.was_silent || !tells && count.base.is_some_and(|base| processed > base);
            *count =
                Count { tells, was_silent, base: Some(processed), begun: 0, processed, since: received_at, refused };
            return 0;
        };
        if processed != count.processed {
            (count.processed, count.since) = (processed, received_at);
        }
        let quiet = received_at - count.since >= UNDER_WAY;
        let lost = if quiet { missing } else { missing.saturating_sub(MAX_BATCH) };
        count.begun += lost;
        lost
    }

    /// A worker came up: it counts anew, from what its next heartbeat says.
    pub(super) fn forget(&mut self, node: &str) {
        self.0.remove(node);
    }

    /// The events of a worker are on now. Unless it told of starts before, they may not have been.
    pub(super) fn switched_on(&mut self, node: &str) {
        if let Some(count) = self.0.get_mut(node).filter(|count| !count.tells) {
            count.base = None;
        }
    }

    fn of(&mut self, node: &str) -> Option<&mut Count> {
        if !self.0.contains_key(node) && self.0.len() < MAX_NODES {
            self.0.insert(node.to_owned(), Count::default());
        }
        self.0.get_mut(node)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NODE: &str = "gpu@host";

    /// What is missing after heartbeats, one every two seconds, each after so many starts that came.
    fn missing(beats: &[(u64, u64)]) -> Vec<u64> {
        let mut shortfall = Shortfall::default();
        shortfall.started(NODE);
        missing_of(&mut shortfall, beats)
    }

    /// The same of a worker that was heard of before it told of any start.
    fn missing_of(shortfall: &mut Shortfall, beats: &[(u64, u64)]) -> Vec<u64> {
        let beat = |(n, &(starts, processed)): (i64, &(u64, u64))| {
            (0..starts).for_each(|_| shortfall.started(NODE));
            shortfall.beat(NODE, processed, 0, DateTime::UNIX_EPOCH + TimeDelta::seconds(2 * n))
        };
        (0..).zip(beats).map(beat).collect()
    }

    #[test]
    fn starts_that_did_not_come_are_told_once_when_the_worker_pauses() {
        assert_eq!(missing(&[(0, 10), (3, 15), (0, 15), (0, 15), (1, 16), (0, 16)]), [0, 0, 2, 0, 0, 0]);
    }

    #[test]
    fn starts_are_missed_from_the_first_word_of_a_worker_on() {
        let mut shortfall = Shortfall::default();
        assert_eq!(missing_of(&mut shortfall, &[(0, 0), (30, 100), (0, 100)]), [0, 46, 24]);
    }

    #[test]
    fn what_a_worker_began_while_its_events_were_off_is_not_missing() {
        let mut shortfall = Shortfall::default();
        let told_late = [(0, 0), (0, 50), (1, 90), (5, 95), (0, 95), (0, 99), (0, 99)];
        assert_eq!(missing_of(&mut shortfall, &told_late), [0, 0, 0, 0, 0, 0, 4]);
        shortfall.forget(NODE);
        assert_eq!(missing_of(&mut shortfall, &[(0, 0)]), [0]);
        shortfall.switched_on(NODE);
        assert_eq!(missing_of(&mut shortfall, &[(1, 40), (0, 40), (2, 45), (0, 45)]), [0, 0, 0, 3]);
    }

    #[test]
    fn what_a_heartbeat_has_overtaken_is_not_missing() {
        assert_eq!(missing(&[(0, 10), (0, 34), (24, 34), (0, 34)]), [0; 4]);
        // Counting began while starts were under way: they are no gain that later losses are set off against.
        assert_eq!(missing(&[(0, 10), (5, 10), (0, 10), (0, 12), (0, 12)]), [0, 0, 0, 0, 2]);
    }

    #[test]
    fn of_a_worker_that_never_pauses_what_exceeds_a_batch_is_missing() {
        assert_eq!(missing(&[(0, 0), (0, 100), (100, 200), (100, 300), (0, 300)]), [0, 76, 0, 0, 24]);
    }

    #[test]
    fn counting_begins_anew_when_the_worker_does_and_when_other_losses_are_told() {
        assert_eq!(missing(&[(0, 10), (0, 3), (3, 6), (0, 6)]), [0; 4]);
        let mut shortfall = Shortfall::default();
        shortfall.started(NODE);
        let at = |seconds| DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
        let told = [(10, 0), (20, 1), (20, 1), (21, 1), (21, 1)];
        let lost = (0..).zip(told).map(|(n, (processed, refused))| shortfall.beat(NODE, processed, refused, at(2 * n)));
        assert_eq!(lost.collect::<Vec<_>>(), [0, 0, 0, 0, 1]);
    }
}

//! When it is recalled what workers had: where something was missed, the end of it may be among that.

use super::tracked::Tracked;
use super::{Known, Settings, Talk};
use std::time::Duration;
use tokio::time::Instant;

/// So long what came before may be on its way to those who know: it is recalled once more then.
const ON_ITS_WAY: Duration = Duration::from_secs(10);
/// What goes on missing is recalled no more often than this.
const SELDOM: Duration = Duration::from_mins(1);

/// Recalls what is known.
pub(super) struct Recall {
    /// None where nobody can be asked.
    known: Option<Known>,
    last: Option<Instant>,
    due: Option<Instant>,
}

impl Recall {
    pub(super) fn new(settings: &Settings, known: Known) -> Self {
        Self { known: (settings.talk != Talk::Listen).then_some(known), last: None, due: None }
    }

    /// A connection is up: until now nothing was heard.
    pub(super) fn connected(&mut self, tracked: &Tracked, now: Instant) {
        self.now(tracked, now);
        self.due = Some(now + ON_ITS_WAY);
    }

    /// Recalls what is due; `lost` says that events were lost since the last call.
    pub(super) fn look(&mut self, tracked: &Tracked, lost: bool, now: Instant) {
        if lost && self.due.is_none() {
            self.due = Some(self.last.map_or(now, |last| last + SELDOM).max(now + ON_ITS_WAY));
        }
        if self.due.is_some_and(|due| due <= now) {
            self.due = None;
            self.now(tracked, now);
        }
    }

    fn now(&mut self, tracked: &Tracked, now: Instant) {
        self.last = Some(now);
        if let Some(known) = &self.known {
            let known = known();
            tracked.tasks().recall(known);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// The seconds at which it is recalled, looking once a second for four minutes; `lost` says whether events go on being lost.
    fn recalled(talk: Talk, connected: bool, lost: bool) -> Vec<u64> {
        let settings = Settings::new("celery", "redis://localhost", talk).unwrap();
        let asked = Arc::new(AtomicU32::new(0));
        let count = asked.clone();
        let known = move || {
            count.fetch_add(1, Ordering::Relaxed);
            Vec::new()
        };
        let (mut recall, tracked, begin) =
            (Recall::new(&settings, Box::new(known)), Tracked::default(), Instant::now());
        if connected {
            recall.connected(&tracked, begin);
        }
        let mut seconds = Vec::new();
        for second in 0..240 {
            recall.look(&tracked, lost, begin + Duration::from_secs(second));
            seconds.extend(std::iter::repeat_n(second, asked.swap(0, Ordering::Relaxed) as usize));
        }
        seconds
    }

    #[test]
    fn what_is_known_is_recalled_after_connecting_and_once_more_when_what_was_on_its_way_has_come() {
        assert_eq!(recalled(Talk::Ask, true, false), [0, 10]);
    }

    #[test]
    fn of_losses_that_go_on_it_is_recalled_once_a_minute() {
        assert_eq!(recalled(Talk::AskOnly, false, true), [10, 70, 130, 190]);
    }

    #[test]
    fn where_nobody_can_be_asked_nothing_is_recalled() {
        assert_eq!(recalled(Talk::Listen, true, true), [0; 0]);
    }
}

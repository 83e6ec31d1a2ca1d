//! How a channel fares: what it counted since the start, and since when it fails.

use chrono::{DateTime, Utc};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Counts of a channel.
#[derive(Debug, Default)]
pub(crate) struct Health {
    sent: AtomicU64,
    failed: AtomicU64,
    given_up: AtomicU64,
    state: Mutex<State>,
}

/// How the newest attempts went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct State {
    /// Since when every attempt failed.
    pub(crate) failing_since: Option<DateTime<Utc>>,
    /// Why the newest one failed, while they fail.
    pub(crate) error: Option<String>,
    /// When the newest one succeeded.
    pub(crate) sent_at: Option<DateTime<Utc>>,
}

impl Health {
    /// An attempt succeeded; tells since when those before it had failed.
    pub(super) fn sent(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        let mut state = self.lock();
        (state.error, state.sent_at) = (None, Some(at));
        state.failing_since.take()
    }

    /// An attempt failed; tells whether the one before it had not.
    pub(super) fn failed(&self, at: DateTime<Utc>, reason: &str) -> bool {
        self.failed.fetch_add(1, Ordering::Relaxed);
        let mut state = self.lock();
        state.error = Some(reason.to_owned());
        let is_new = state.failing_since.is_none();
        state.failing_since.get_or_insert(at);
        is_new
    }

    /// A delivery was given up.
    pub(super) fn given_up(&self) {
        self.given_up.fetch_add(1, Ordering::Relaxed);
    }

    /// Attempts that succeeded, attempts that failed, and deliveries that were given up.
    pub(crate) fn counts(&self) -> [u64; 3] {
        [&self.sent, &self.failed, &self.given_up].map(|count| count.load(Ordering::Relaxed))
    }

    pub(crate) fn state(&self) -> State {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_fails_from_the_first_failure_until_something_was_sent() {
        let health = Health::default();
        let at = |second| DateTime::from_timestamp(second, 0).expect("a time");
        assert!(health.failed(at(1), "away") && !health.failed(at(2), "still away"));
        assert_eq!(health.state().failing_since, Some(at(1)));
        assert_eq!(health.sent(at(3)), Some(at(1)));
        assert_eq!(health.state(), State { failing_since: None, error: None, sent_at: Some(at(3)) });
        assert_eq!((health.sent(at(4)), health.counts()), (None, [2, 2, 0]));
    }
}

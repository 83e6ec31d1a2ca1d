//! One condition's way: pending, firing, recovering, resolved; and back. The same for what is live and for what would
//! have been.

use chrono::{DateTime, TimeDelta, Utc};
use forewatch::AlertState;

/// The times of a rule.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    /// True for this long before it fires.
    pub(super) lasts: TimeDelta,
    /// False for this long before it is resolved.
    pub(super) keep_firing: TimeDelta,
    /// True again within this of clearing is the same episode.
    pub(super) reopen_within: TimeDelta,
    /// Resolved by hand and still true after this is open again.
    pub(super) renotify: TimeDelta,
}

/// How a condition is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Condition {
    pub(super) state: AlertState,
    pub(super) since: DateTime<Utc>,
    /// Whether it was true; one that was resolved by hand may be over while it is.
    pub(super) is_true: bool,
    pub(super) resolved_at: Option<DateTime<Utc>>,
}

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// It stays as it is.
    Stay,
    /// It enters a state; the same one again: a person resolved it, and now it has cleared.
    Enter(AlertState),
    /// It is true again after it was over.
    Again(AlertState),
    /// It was true for too short a time to be anything.
    Drop,
    /// It is true, and that is another episode.
    Anew,
}

impl Times {
    /// The state in which an episode begins.
    pub(super) fn first(&self) -> AlertState {
        if self.lasts.is_zero() { AlertState::Firing } else { AlertState::Pending }
    }

    /// What becomes of a condition of which `truth` is known now; `None`: nothing can be said. `heard_since` is since
    /// when somebody was there to hear of it.
    pub(super) fn next(
        &self,
        was: &Condition,
        truth: Option<bool>,
        heard_since: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Next {
        use AlertState::{Firing, Pending, Recovering, Resolved};
        let lasted = now - was.since;
        match (was.state, truth) {
            (Pending, Some(true))
                if now - heard_since.map_or(was.since, |since| since.max(was.since)) >= self.lasts =>
            {
                Next::Enter(Firing)
            }
            // What cannot be seen was not seen to last.
            (Pending, Some(false) | None) if was.resolved_at.is_some() => Next::Enter(Resolved),
            (Pending, Some(false) | None) => Next::Drop,
            (Firing, Some(false)) if self.keep_firing.is_zero() => Next::Enter(Resolved),
            (Firing, Some(false)) => Next::Enter(Recovering),
            // Nor was it seen to be over.
            (Recovering, Some(true) | None) => Next::Enter(Firing),
            (Recovering, Some(false)) if lasted >= self.keep_firing => Next::Enter(Resolved),
            (Resolved, Some(true)) if was.is_true => {
                // A person resolved it: it stays so until it has cleared once, or for the renotify time.
                let resolved = was.resolved_at.unwrap_or(was.since);
                if now - resolved < self.renotify { Next::Stay } else { Next::Again(Firing) }
            }
            (Resolved, Some(true)) if lasted <= self.reopen_within => Next::Again(self.first()),
            (Resolved, Some(true)) => Next::Anew,
            // It was resolved by hand while it was true: now it has cleared.
            (Resolved, Some(false)) if was.is_true => Next::Enter(Resolved),
            _ => Next::Stay,
        }
    }
}

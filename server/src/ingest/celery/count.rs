//! What came and what did not, counted: read by `/metrics` and by the events that say what is lost.

use std::sync::atomic::{AtomicU64, Ordering};

/// Why something did not come through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reason {
    /// Longer than a message may be.
    TooLarge,
    /// Not JSON.
    Malformed,
    /// In a form that is not read.
    Serializer,
    /// Without a field that every event has.
    Field,
    /// More came than could be taken.
    Overrun,
    /// Published, by the worker's own count, and never received.
    Missing,
    /// Of a worker beyond those that are remembered.
    Untracked,
}

impl Reason {
    /// All of them, in order.
    pub(crate) const ALL: [Self; 7] =
        [Self::TooLarge, Self::Malformed, Self::Serializer, Self::Field, Self::Overrun, Self::Missing, Self::Untracked];

    /// Whether something came that could not be read.
    pub(super) fn is_unreadable(self) -> bool {
        matches!(self, Self::TooLarge | Self::Malformed | Self::Serializer | Self::Field)
    }

    /// The word used as a label.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::Malformed => "malformed",
            Self::Serializer => "serializer",
            Self::Field => "field",
            Self::Overrun => "overrun",
            Self::Missing => "missing",
            Self::Untracked => "untracked",
        }
    }
}

/// The counters of one source. They only grow.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    messages: AtomicU64,
    events: AtomicU64,
    ignored: AtomicU64,
    disconnects: AtomicU64,
    refused: [AtomicU64; Reason::ALL.len()],
}

impl Counts {
    pub(super) fn message(&self) {
        self.messages.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn event(&self) {
        self.events.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn ignored(&self) {
        self.ignored.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn disconnect(&self) {
        self.disconnects.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn refuse(&self, reason: Reason, count: u64) {
        self.refused[reason as usize].fetch_add(count, Ordering::Relaxed);
    }

    /// Messages received.
    pub(crate) fn messages(&self) -> u64 {
        self.messages.load(Ordering::Relaxed)
    }

    /// Celery events understood.
    pub(crate) fn events(&self) -> u64 {
        self.events.load(Ordering::Relaxed)
    }

    /// Events of kinds that say nothing to Forewatch.
    pub(crate) fn ignored_events(&self) -> u64 {
        self.ignored.load(Ordering::Relaxed)
    }

    /// Times the connection was lost.
    pub(crate) fn disconnects(&self) -> u64 {
        self.disconnects.load(Ordering::Relaxed)
    }

    /// Messages that came and were not handed on to be understood.
    pub(super) fn dropped(&self) -> u64 {
        self.refused(Reason::TooLarge) + self.refused(Reason::Overrun)
    }

    /// Messages or events that were handed on and could not be understood.
    pub(super) fn not_understood(&self) -> u64 {
        [Reason::Malformed, Reason::Serializer, Reason::Field].into_iter().map(|reason| self.refused(reason)).sum()
    }

    /// Messages or events that were not taken, for one reason.
    pub(crate) fn refused(&self, reason: Reason) -> u64 {
        self.refused[reason as usize].load(Ordering::Relaxed)
    }
}

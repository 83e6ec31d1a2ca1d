//! What a simulation sent, in numbers.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// What a simulation sent.
#[derive(Debug, Default)]
pub struct Summary {
    pub(super) registrations: AtomicU64,
    pub(super) heartbeats: AtomicU64,
    pub(super) heartbeats_failed: AtomicU64,
    /// All that happened.
    pub(super) events: AtomicU64,
    pub(super) accepted: AtomicU64,
    pub(super) rejected: AtomicU64,
    pub(super) seconds: AtomicU64,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |count: &AtomicU64| count.load(Relaxed);
        writeln!(f, "simulated for       {} s", of(&self.seconds))?;
        writeln!(f, "registrations       {}", of(&self.registrations))?;
        writeln!(f, "heartbeats          {} sent, {} failed", of(&self.heartbeats), of(&self.heartbeats_failed))?;
        let (accepted, rejected) = (of(&self.accepted), of(&self.rejected));
        let lost = of(&self.events).saturating_sub(accepted + rejected);
        write!(f, "task, queue events  {accepted} accepted, {rejected} rejected, {lost} not sent")
    }
}

//! Whether the server can be reached, and when to try again.

use crate::backoff::Backoff;
use crate::client::Failure;
use std::time::Duration;
use tokio::time::Instant;

/// The state of the way to the server.
#[derive(Default)]
pub(super) struct Link {
    backoff: Backoff,
    next_try: Option<Instant>,
}

impl Link {
    /// Whether the last attempt failed.
    pub(super) fn is_away(&self) -> bool {
        self.next_try.is_some()
    }

    /// Whether an attempt may be made now.
    pub(super) fn may_try(&self) -> bool {
        self.next_try.is_none_or(|at| at <= Instant::now())
    }

    /// Waits until an attempt may be made.
    pub(super) async fn until_next_try(&self) {
        if let Some(at) = self.next_try {
            tokio::time::sleep_until(at).await;
        }
    }

    pub(super) fn succeeded(&mut self, server: &str) {
        if self.next_try.take().is_some() {
            tracing::info!(server, "the server is back");
        }
        self.backoff.reset();
    }

    pub(super) fn failed(&mut self, failure: &Failure) {
        let asked = match failure {
            Failure::Away { pause, .. } => pause.unwrap_or_default(),
            _ => Duration::ZERO,
        };
        let pause = self.backoff.pause().max(asked);
        let is_new = self.next_try.is_none();
        self.next_try = Some(Instant::now() + pause);
        match failure {
            // It needs a person: said each time, which is every half minute at most after a while.
            Failure::Denied(_) => tracing::error!(%failure, "reports are refused and kept"),
            Failure::Unknown(_) => tracing::error!(%failure, "is --server the address of a Forewatch server?"),
            _ if is_new => tracing::warn!(%failure, "the server is away: readings are kept"),
            _ => tracing::debug!(%failure, ?pause, "the server is still away"),
        }
    }
}

//! How the live connection is.

use forewatch::Timestamp;

/// How the live connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// The first connection is being made.
    Connecting,
    /// What is shown is what is.
    Live {
        /// Since when.
        since: Timestamp,
    },
    /// The connection broke a moment ago and is being made again.
    Reconnecting {
        /// Since when it is broken.
        since: Timestamp,
        /// When it is tried again.
        next_try: Timestamp,
    },
    /// There has been no connection for so long that the numbers must not pass for the present.
    Stale {
        /// When they were true.
        since: Timestamp,
        /// When it is tried again.
        next_try: Timestamp,
    },
}

#[cfg(feature = "hydrate")]
impl Connection {
    /// How a link stands, by the server's clock.
    pub(super) fn of(standing: super::words::Standing, clock: &super::clock::Clock) -> Self {
        use super::words::Standing;
        match standing {
            Standing::New => Self::Connecting,
            Standing::Up(since) => Self::Live { since: clock.moment(since) },
            Standing::Down(since, next_try) => {
                Self::Reconnecting { since: clock.moment(since), next_try: clock.moment(next_try) }
            }
            Standing::Stale(since, next_try) => {
                Self::Stale { since: clock.moment(since), next_try: clock.moment(next_try) }
            }
        }
    }
}

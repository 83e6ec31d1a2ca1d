//! How a live socket ends from our side: also while it waits for a browser that takes nothing.

use crate::auth::SessionEnd;
use forewatch::live::{CLOSE_RESTART, CLOSE_SESSION_ENDED, SILENCE_SECONDS};
use std::time::Duration;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// A browser that takes nothing for this long is gone.
pub(super) const PATIENCE: Duration = Duration::from_secs(SILENCE_SECONDS);
/// Time for a last word; a browser that is stalled does not get it.
const FAREWELL: Duration = Duration::from_secs(1);

/// Why a socket ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// It is told, with a code and a reason.
    Told(u16, &'static str),
    /// Nobody is there to be told.
    Gone,
}

/// When a socket has to end whatever the browser does.
pub(super) struct Ends {
    session: SessionEnd,
    stop: CancellationToken,
}

impl Ends {
    pub(super) fn new(session: SessionEnd, stop: CancellationToken) -> Self {
        Self { session, stop }
    }

    /// Waits until it has to end.
    pub(super) async fn due(&self) -> End {
        tokio::select! {
            () = self.stop.cancelled() => End::Told(CLOSE_RESTART, "the server is restarting"),
            () = self.session.came() => End::Told(CLOSE_SESSION_ENDED, "the session has ended"),
        }
    }

    /// Waits for the browser to take something, at most for `patience`, and not past the end.
    pub(super) async fn wait<E>(
        &self,
        patience: Duration,
        taken: impl Future<Output = Result<(), E>>,
    ) -> Result<(), End> {
        tokio::select! {
            biased;
            end = self.due() => Err(end),
            taken = timeout(patience, taken) => match taken {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_)) | Err(_) => Err(End::Gone),
            },
        }
    }
}

/// Lets a last message go out, if the browser takes it at once.
pub(super) async fn farewell<E>(sent: impl Future<Output = Result<(), E>>) {
    let _ = timeout(FAREWELL, sent).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::pending;
    use tokio::time::Instant;

    /// A browser that takes nothing.
    fn stalled() -> impl Future<Output = Result<(), ()>> {
        pending()
    }

    #[tokio::test]
    async fn a_browser_that_takes_nothing_is_given_up() {
        let ends = Ends::new(SessionEnd::never(), CancellationToken::new());
        assert_eq!(ends.wait(Duration::from_millis(20), stalled()).await, Err(End::Gone));
        assert_eq!(ends.wait(PATIENCE, async { Ok::<_, ()>(()) }).await, Ok(()));
    }

    #[tokio::test]
    async fn a_shutdown_and_the_end_of_a_session_are_heard_while_a_browser_is_stalled() {
        let stop = CancellationToken::new();
        let session = SessionEnd::at(Instant::now() + Duration::from_millis(20));
        let ends = Ends::new(session, stop.clone());
        let ended = ends.wait(PATIENCE, stalled()).await;
        assert!(matches!(ended, Err(End::Told(CLOSE_SESSION_ENDED, _))), "{ended:?}");
        let ends = Ends::new(SessionEnd::never(), stop.clone());
        stop.cancel();
        let ended = ends.wait(PATIENCE, stalled()).await;
        assert!(matches!(ended, Err(End::Told(CLOSE_RESTART, _))), "{ended:?}");
    }
}

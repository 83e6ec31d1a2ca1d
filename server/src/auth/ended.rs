//! Sessions that people have ended by signing out: their cookie counts no more, and their live sockets close.
//! A restart forgets them; by then the browser has dropped the cookie.

use super::session::SessionId;
use std::collections::{HashSet, VecDeque};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// Sessions remembered; when it is full the oldest goes.
const REMEMBERED: usize = 10_000;

/// The sessions that were ended.
#[derive(Default)]
pub(super) struct Ended(watch::Sender<Sessions>);

#[derive(Debug, Default)]
struct Sessions {
    ids: HashSet<SessionId>,
    order: VecDeque<SessionId>,
}

impl Sessions {
    fn add(&mut self, id: SessionId) -> bool {
        let is_new = self.ids.insert(id);
        if is_new {
            self.order.push_back(id);
            if self.order.len() > REMEMBERED
                && let Some(oldest) = self.order.pop_front()
            {
                self.ids.remove(&oldest);
            }
        }
        is_new
    }
}

impl Ended {
    /// Ends a session, and tells everyone who waits for that.
    pub(super) fn end(&self, id: SessionId) {
        self.0.send_if_modified(|sessions| sessions.add(id));
    }

    /// Whether it was ended.
    pub(super) fn has(&self, id: SessionId) -> bool {
        self.0.borrow().ids.contains(&id)
    }

    /// The end of the session `id`, which expires at `at`.
    pub(super) fn end_of(&self, id: SessionId, at: Instant) -> SessionEnd {
        SessionEnd { signed_out: Some((id, self.0.subscribe())), ..SessionEnd::at(at) }
    }
}

/// When a session ends: at its time, or by signing out.
#[derive(Debug, Default)]
pub(crate) struct SessionEnd {
    at: Option<Instant>,
    signed_out: Option<(SessionId, watch::Receiver<Sessions>)>,
}

impl SessionEnd {
    /// For those who need no session.
    pub(crate) fn never() -> Self {
        Self::default()
    }

    /// At a time, whatever people do.
    pub(crate) fn at(at: Instant) -> Self {
        Self { at: Some(at), signed_out: None }
    }

    /// Waits for it.
    pub(crate) async fn came(&self) {
        let expired = async {
            match self.at {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        let signed_out = async {
            if let Some((id, sessions)) = &self.signed_out
                && sessions.clone().wait_for(|sessions| sessions.ids.contains(id)).await.is_ok()
            {
                return;
            }
            // Nobody can sign out any more.
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = expired => {}
            () = signed_out => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::time::timeout;

    const SOON: Duration = Duration::from_millis(20);

    fn id(n: u64) -> SessionId {
        serde_json::from_value(n.into()).expect("an id is a number")
    }

    #[tokio::test]
    async fn signing_out_ends_that_session_and_no_other() {
        let ended = Ended::default();
        let later = Instant::now() + Duration::from_hours(1);
        let (mine, other) = (ended.end_of(id(1), later), ended.end_of(id(2), later));
        ended.end(id(1));
        assert!(ended.has(id(1)) && !ended.has(id(2)));
        assert!(timeout(SOON, mine.came()).await.is_ok());
        assert!(timeout(SOON, other.came()).await.is_err());
    }

    #[tokio::test]
    async fn a_session_ends_at_its_time() {
        let end = Ended::default().end_of(id(1), Instant::now() + SOON);
        assert!(timeout(Duration::from_secs(10), end.came()).await.is_ok());
        assert!(timeout(SOON, SessionEnd::never().came()).await.is_err());
    }

    #[test]
    fn what_is_remembered_is_bounded_and_the_oldest_goes() {
        let ended = Ended::default();
        (0..=REMEMBERED as u64).for_each(|n| ended.end(id(n)));
        assert!(!ended.has(id(0)) && ended.has(id(1)) && ended.has(id(REMEMBERED as u64)));
    }
}

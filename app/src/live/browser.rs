//! What the client hears of the browser: the network, the tab, the seconds.

use super::client::Inner;
use super::link::Link;
use super::words::Hidden;
use leptos::prelude::*;
use std::time::Duration;

impl Inner {
    /// Listens for the life of the page, as the client does.
    pub(super) fn listen(&self) {
        let on = |name: &'static str, act: fn(&Inner)| {
            let this = self.this.clone();
            let _ = window_event_listener_untyped(name, move |_| {
                if let Some(inner) = this.upgrade() {
                    act(&inner);
                }
            });
        };
        on("online", |inner| inner.with_link(Link::woken));
        on("offline", |inner| inner.with_link(Link::offline));
        on("focus", |inner| inner.with_link(Link::woken));
        on("pageshow", |inner| inner.with_link(Link::woken));
        on("pagehide", |inner| inner.with_link(Link::offline));
        on("visibilitychange", |inner| {
            let hidden = if document().hidden() { Hidden::Yes } else { Hidden::No };
            inner.with_link(|link, now| link.hidden(now, hidden));
            inner.drain();
        });
        let this = self.this.clone();
        let tick = move || {
            if let Some(inner) = this.upgrade() {
                inner.turn();
            }
        };
        // Without a timer nothing ticks; the page still shows what it was rendered with.
        let _ = set_interval_with_handle(tick, Duration::from_secs(1));
    }
}

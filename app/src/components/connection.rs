//! The mark of the live connection: live, reconnecting since when, or stale.

use super::icon::{Glyph, Icon};
use super::moment::clock_seconds;
use crate::live::{Connection, use_live};
use crate::session::ZoneChoice;
use forewatch::format;
use forewatch::time::seconds_between;
use leptos::prelude::*;

/// How the connection is.
#[component]
pub fn ConnectionMark() -> impl IntoView {
    let live = use_live();
    let connection = live.connection();
    let now = live.now();
    let zone = ZoneChoice::expect().0;
    let down = move |since, next_try| {
        let wait = seconds_between(now.get(), next_try).max(0.0).ceil();
        format!(" since {}, trying again in {}", clock_seconds(since, zone.get()), format::age(wait))
    };
    move || {
        let (class, glyph, word, more) = match connection.get() {
            Connection::Live { .. } => ("conn live", Glyph::Online, "Live", String::new()),
            // Until a script has connected, and for those without one, the numbers are those of the page.
            Connection::Connecting => ("conn", Glyph::Late, "As of ", clock_seconds(now.get(), zone.get())),
            Connection::Reconnecting { since, next_try } => {
                ("conn wait", Glyph::Sync, "Reconnecting", down(since, next_try))
            }
            Connection::Stale { since, next_try } => ("conn stale", Glyph::Offline, "Stale", down(since, next_try)),
        };
        view! {
            <span class=class>
                <Icon glyph/>
                <span><span role="status">{word}</span><span class="more">{more}</span></span>
            </span>
        }
    }
}

//! The mark of the live connection: live, reconnecting since when, or stale.

use super::icon::{Glyph, Icon};
use super::moment::{clock, clock_seconds};
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
    move || {
        let (class, glyph, word, more) = match connection.get() {
            Connection::Live { .. } => ("conn live", Glyph::Online, "Live", String::new()),
            // Until a script has connected, and for those without one, the numbers are those of the page.
            Connection::Connecting => ("conn", Glyph::Late, "As of ", clock_seconds(now.get(), zone.get())),
            Connection::Reconnecting { since, next_try } => {
                let wait = seconds_between(now.get(), next_try).max(0.0).ceil();
                let more = format!(" since {}, trying again in {}", clock(since, zone.get()), format::age(wait));
                ("conn wait", Glyph::Sync, "Reconnecting", more)
            }
            Connection::Stale { since } => {
                let age = seconds_between(since, now.get()).max(0.0);
                let more = format!(": numbers are from {}, {} old", clock(since, zone.get()), format::age(age));
                ("conn stale", Glyph::Offline, "Stale", more)
            }
        };
        view! {
            <span class=class>
                <Icon glyph/>
                <span>{word}<span class="wide-only">{more}</span></span>
            </span>
        }
    }
}

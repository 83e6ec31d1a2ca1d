//! What is asked for with a key, over every page: the palette (Ctrl K), which finds pages, workers, queues, tasks and
//! alerts and does things with them, the list of shortcuts (`?`), and the question before something is resolved that is
//! still true. A part of its own: no visit loads it before it is asked for. With it comes what tells of new alerts beyond
//! the page ([`Teller`]), which is asked for as seldom.

mod dialog;
mod field;
mod hit;
mod keys;
mod list;
mod offered;
mod rank;
mod resolve;

pub use hit::{Found, Kind};
#[cfg(feature = "ssr")]
pub(crate) use hit::{alert_address, how};
pub use rank::{fit, words};
pub(crate) use resolve::still_true;

use crate::teller::Teller;
use dialog::Dialog;
use field::Palette;
use keys::Keys;
use leptos::prelude::*;
use resolve::Resolve;

/// What lies over the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overlay {
    /// The palette.
    Palette,
    /// The shortcuts.
    Keys,
    /// The question why an alert is resolved that is still true.
    Resolve,
}

/// What lies over the page now, if anything does.
#[derive(Debug, Clone, Copy)]
pub struct Overlays(pub RwSignal<Option<Overlay>>);

impl Overlays {
    /// Provides it to every page.
    pub fn provide() {
        provide_context(Self(RwSignal::new(None)));
    }

    /// This browser's.
    pub fn expect() -> Self {
        expect_context()
    }
}

/// All of them, of which at most one is open, and what tells of new alerts.
#[component]
pub fn OverlayPart() -> impl IntoView {
    view! {
        <Dialog of=Overlay::Palette class="dialog palette" label="Find or do">
            <Palette/>
        </Dialog>
        <Dialog of=Overlay::Keys class="dialog" label="Shortcuts">
            <Keys/>
        </Dialog>
        <Dialog of=Overlay::Resolve class="dialog ask" label="Resolve">
            <Resolve/>
        </Dialog>
        <Teller/>
    }
    .into_any()
}

//! The rows of the palette.

use super::hit::{Does, Hit};
use super::offered::press;
use super::{Overlay, Overlays};
use crate::components::icon::Icon;
use crate::handling::Handling;
use crate::session::{ZoneChoice, switch_theme};
use leptos::prelude::*;

/// The id of the row in place `n`, by which the field names the chosen one.
pub(super) fn row_id(n: usize) -> String {
    ["hit-", &n.to_string()].concat()
}

/// The rows; the one in place `at` is chosen by the key Enter.
#[component]
pub(super) fn Hits(hits: Memo<Vec<Hit>>, at: RwSignal<usize>) -> impl IntoView {
    let rows = move || {
        let rows = hits.get().into_iter().enumerate();
        rows.map(|(n, hit)| view! { <Row n hit at/> }).collect_view()
    };
    view! { <div class="palette-hits" id="palette-hits" role="listbox" aria-label="What fits">{rows}</div> }.into_any()
}

#[component]
fn Row(n: usize, hit: Hit, at: RwSignal<usize>) -> impl IntoView {
    let Hit { found, does } = hit;
    let shown = Overlays::expect().0;
    let zone = ZoneChoice::expect();
    let handling = Handling::expect();
    let goes = does == Does::Goes;
    let title = found.title.clone();
    let choose = move |_| {
        shown.set(None);
        match &does {
            // The link does it.
            Does::Goes => {}
            Does::Theme => switch_theme(),
            Does::Zone => zone.switch(),
            Does::Keys => shown.set(Some(Overlay::Keys)),
            Does::Wall => load("/?wall"),
            Does::Presses => press(title.clone()),
            Does::Handles(deed, alert) => {
                handling.act(vec![(**alert).clone()], *deed, None, None);
            }
        }
    };
    let selected = move || if at.get() == n { "true" } else { "false" };
    let inner = view! {
        <Icon glyph=found.kind.glyph() class="c-quiet"/>
        <span class="palette-title">{found.title}</span>
        <span class="soft palette-detail">{found.detail}</span>
        <span class="quiet">{found.kind.word()}</span>
    };
    let id = row_id(n);
    let over = move |_| at.set(n);
    if goes {
        view! {
            <a class="hit" role="option" tabindex="-1" id=id href=found.address aria-selected=selected on:click=choose on:mousemove=over>
                {inner}
            </a>
        }
        .into_any()
    } else {
        view! {
            <button class="hit" type="button" role="option" tabindex="-1" id=id aria-selected=selected on:click=choose on:mousemove=over>
                {inner}
            </button>
        }
        .into_any()
    }
}

/// Loads a page anew.
fn load(address: &str) {
    #[cfg(feature = "hydrate")]
    // A browser that refuses to navigate leaves the page where it is.
    let _ = location().assign(address);
    #[cfg(not(feature = "hydrate"))]
    let _ = address;
}

//! What the charts of a page are told by hand: range, pause, and the way back from a zoom; and the way to other dates.

use super::address::{Address, Trace};
use super::range::Range;
use super::view::ChartTime;
use crate::components::icon::{Glyph, Icon};
use crate::live::use_live;
use forewatch::time;
use leptos::prelude::*;

/// The tools.
#[component]
pub(super) fn Tools(view: ChartTime) -> impl IntoView {
    let now = use_live().now();
    let pause = move |_| {
        let next = view.paused.get_untracked().is_none().then(|| time::unix_seconds(now.get_untracked()));
        view.paused.set(next);
    };
    let is_paused = move || view.paused.get().is_some();
    // No range is the part that the page is about.
    let is_chosen = move |range: Option<Range>| match view.part() {
        Some(_) => range.is_none(),
        None => range == Some(view.range()),
    };
    let link = move |range: Option<Range>| {
        view! {
            <a
                href=move || at(view.address, range.map(Range::word).as_deref())
                data-noscroll=""
                aria-current=move || is_chosen(range).then_some("true")
            >
                {range.map_or("Around it", Range::label)}
            </a>
        }
    };
    let longer = &Range::ALL[Range::SHORT..];
    let options = longer.iter().map(|range| ["<option value=", &range.word(), ">", range.label()].concat());
    let options = options.collect::<String>();
    let long = move || longer.iter().find(|range| is_chosen(Some(**range))).map(|range| range.word());
    let choose = move |event| {
        let word = event_target_value(&event);
        if !word.is_empty() {
            view.address.go(|address| at(address, Some(&word)), Trace::Step);
        }
    };
    view! {
        <Show when=move || view.zoom().is_some()>
            <a class="btn bare" href=move || view.address.with(&[("zoom", None)]) data-noscroll="">"Zoom out"</a>
        </Show>
        <div class="seg" role="group" aria-label="Range">
            {view.about.map(|_| link(None))}
            {Range::ALL[..Range::SHORT].iter().map(|range| link(Some(*range))).collect_view()}
            <select
                class="needs-script"
                aria-label="A longer range"
                data-chosen=move || long().map(|_| "true")
                inner_html=["<option value=\"\">Longer", &options].concat()
                prop:value=move || long().unwrap_or_default()
                on:change=choose
            ></select>
        </div>
        <a class="btn bare" href=move || view.elsewhere("/trends?") title="The same on the trends page, where any time can be chosen">
            "Other dates"
        </a>
        <button
            class="btn bare icon needs-script"
            type="button"
            aria-label=move || if is_paused() { "Let the charts go on" } else { "Pause the charts" }
            on:click=pause
        >
            {move || if is_paused() { view! { <Icon glyph=Glyph::Play/> } } else { view! { <Icon glyph=Glyph::Pause/> } }}
        </button>
    }
}

/// The address of a range, or of the part that the page is about.
fn at(address: Address, word: Option<&str>) -> String {
    address.with(&[("range", word), ("zoom", None)])
}

//! What the charts of a page are told by hand: range, pause, and the way back from a zoom.

use super::view::{ChartTime, Range};
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
    let choose = move |range: Option<Range>| {
        view.zoom.set(None);
        view.is_about.set(range.is_none());
        if let Some(range) = range {
            view.range.set(range);
        }
    };
    // `None` is the part that the page is about.
    let is_chosen = move |range: Option<Range>| match view.part() {
        Some(_) => range.is_none(),
        None => range == Some(view.range.get()),
    };
    let is_long = move || Range::ALL[Range::SHORT..].iter().any(|range| is_chosen(Some(*range)));
    let button = move |range: Option<Range>| {
        view! {
            <button
                type="button"
                aria-pressed=move || if is_chosen(range) { "true" } else { "false" }
                on:click=move |_| choose(range)
            >
                {range.map_or("Around it", Range::label)}
            </button>
        }
    };
    view! {
        <Show when=move || view.zoom.get().is_some()>
            <button class="btn bare" type="button" on:click=move |_| view.zoom.set(None)>"Zoom out"</button>
        </Show>
        <div class="seg" role="group" aria-label="Range">
            {view.about.map(|_| button(None))}
            {Range::ALL[..Range::SHORT].iter().map(|range| button(Some(*range))).collect_view()}
            <select
                aria-label="A longer range"
                data-chosen=move || is_long().then_some("true")
                on:change=move |event| {
                    let range = Range::labelled(&event_target_value(&event));
                    if range.is_some() {
                        choose(range);
                    }
                }
            >
                <option value="" prop:selected=move || !is_long()>"Longer"</option>
                {Range::ALL[Range::SHORT..]
                    .iter()
                    .map(|range| view! {
                        <option value=range.label() prop:selected=move || is_chosen(Some(*range))>{range.label()}</option>
                    })
                    .collect_view()}
            </select>
        </div>
        <button
            class="btn bare icon"
            type="button"
            aria-label=move || if is_paused() { "Let the charts go on" } else { "Pause the charts" }
            on:click=pause
        >
            {move || if is_paused() { view! { <Icon glyph=Glyph::Play/> } } else { view! { <Icon glyph=Glyph::Pause/> } }}
        </button>
    }
}

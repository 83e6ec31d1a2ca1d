//! The shortcuts there are.

use super::Overlays;
use crate::components::shortcuts::GOES;
use leptos::prelude::*;

/// A key or several, with a space between, and what they do.
type Key = (&'static str, &'static str);

/// What works on every page, beside the ways to the pages.
const EVERYWHERE: [Key; 5] = [
    ("Ctrl K", "Find or do anything"),
    ("/", "Search this page"),
    ("v", "Saved views of this page"),
    ("?", "These shortcuts"),
    ("Esc", "Close"),
];

/// What works where, each as the page's own code has it.
const THERE: [(&str, &[Key]); 4] = [
    ("In the list of workers", &[("j k", "Next row, row before"), ("↓ ↑", "The same, from a row on")]),
    (
        "In a chart",
        &[
            ("← →", "Move the cursor"),
            ("Shift ← →", "Move it ten times as far"),
            ("Home End", "To the beginning, to the end"),
            ("Esc", "Take the cursor away, then the zoom"),
            ("Drag", "Zoom; a double click returns"),
            ("Shift Drag", "Ask what changed there"),
            ("Tap", "Show the values; drawn sideways they follow"),
            ("Hold Drag", "Zoom with a finger; a double tap returns"),
        ],
    ),
    (
        "On the map of a large fleet",
        &[
            ("← → ↑ ↓", "To the GPU beside it"),
            ("Home End", "To the first, to the last"),
            ("Enter", "Open its worker"),
            ("Esc", "Point at none"),
        ],
    ),
    (
        "On the wall",
        &[
            ("← →", "The one before, the next one"),
            ("p", "Pause, or go on"),
            ("f", "Fill the screen, or no longer"),
            ("Esc", "Back to the overview"),
        ],
    ),
];

/// The list of shortcuts.
#[component]
pub(super) fn Keys() -> impl IntoView {
    let shown = Overlays::expect().0;
    let goes = GOES.map(|(key, _, page)| row(&["g ", key].concat(), page));
    let there = THERE.map(|(place, keys)| {
        let keys: Vec<_> = keys.iter().map(|(keys, does)| row(keys, does)).collect();
        view! { <h3>{place}</h3><dl class="keys">{keys}</dl> }
    });
    view! {
        <div class="panel-h">
            <h2>"Shortcuts"</h2>
            <div class="right">
                <button class="btn" type="button" autofocus on:click=move |_| shown.set(None)>"Close"</button>
            </div>
        </div>
        <dl class="keys">
            {EVERYWHERE.map(|(keys, does)| row(keys, does)).into_iter().collect_view()}
            {goes.into_iter().collect_view()}
        </dl>
        {there.into_iter().collect_view()}
    }
    .into_any()
}

fn row(keys: &str, does: &'static str) -> AnyView {
    let keys: Vec<_> = keys.split(' ').map(|key| view! { <kbd>{key.to_owned()}</kbd>" " }).collect();
    view! { <div><dt>{keys}</dt><dd>{does}</dd></div> }.into_any()
}

//! The shortcuts there are.

use super::Overlays;
use crate::components::shortcuts::GOES;
use leptos::prelude::*;

/// The list of shortcuts.
#[component]
pub(super) fn Keys() -> impl IntoView {
    let shown = Overlays::expect().0;
    let goes = GOES.map(|(key, _, page)| {
        view! { <div><dt><kbd>"g"</kbd>" "<kbd>{key}</kbd></dt><dd>{page}</dd></div> }
    });
    view! {
        <div class="panel-h">
            <h2>"Shortcuts"</h2>
            <div class="right">
                <button class="btn" type="button" autofocus on:click=move |_| shown.set(None)>"Close"</button>
            </div>
        </div>
        <dl class="keys">
            <div><dt><kbd>"Ctrl"</kbd>" "<kbd>"K"</kbd></dt><dd>"Find or do anything"</dd></div>
            <div><dt><kbd>"/"</kbd></dt><dd>"Search this page"</dd></div>
            {goes.collect_view()}
            <div><dt><kbd>"v"</kbd></dt><dd>"Saved views of this page"</dd></div>
            <div><dt><kbd>"?"</kbd></dt><dd>"These shortcuts"</dd></div>
            <div><dt><kbd>"Esc"</kbd></dt><dd>"Close"</dd></div>
        </dl>
    }
    .into_any()
}

//! What a page of one thing says of itself beside its content: the way back on a phone, whose bar has no room for it, and
//! how the thing is in the window's title.

use super::icon::{Glyph, Icon};
use leptos::prelude::*;

/// The way back to the list.
#[component]
pub fn Trail(
    /// The list's address.
    address: &'static str,
    /// The list's name.
    name: &'static str,
) -> impl IntoView {
    view! {
        <nav class="trail" aria-label="Back"><a class="link st" href=address><Icon glyph=Glyph::Next/>{name}</a></nav>
    }
    .into_any()
}

/// Keeps the window's title at what the thing is called and how it is.
pub fn title_tells(title: RwSignal<String>, told: impl Fn() -> String + Send + Sync + 'static) {
    // The server writes the title with what is known now; effects run in the browser alone.
    title.set(untrack(&told));
    Effect::new(move || title.set(told()));
}

/// "gpu-7, offline"; without a state, the name alone.
pub fn with_state(name: &str, state: &str) -> String {
    if state.is_empty() { name.to_owned() } else { [name, ", ", state].concat() }
}

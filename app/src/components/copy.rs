//! A button that copies a text, such as an id or a command.

use super::icon::{Glyph, Icon};
use leptos::prelude::*;

/// Copies `text` when it is pressed and says so for a moment.
#[component]
pub fn Copy(
    /// What is copied.
    #[prop(into)]
    text: String,
    /// What it is, for the button's label: "task id".
    what: &'static str,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let copy = move |_| {
        put_on_clipboard(&text, copied);
    };
    view! {
        <button
            class="btn bare icon copy"
            type="button"
            title=format!("Copy {what}")
            aria-label=move || if copied.get() { "Copied".to_owned() } else { format!("Copy {what}") }
            on:click=copy
        >
            {move || if copied.get() {
                view! { <Icon glyph=Glyph::Check class="c-ok"/> }
            } else {
                view! { <Icon glyph=Glyph::Copy/> }
            }}
        </button>
    }
}

#[cfg(feature = "hydrate")]
fn put_on_clipboard(text: &str, copied: RwSignal<bool>) {
    let written = wasm_bindgen_futures::JsFuture::from(window().navigator().clipboard().write_text(text));
    leptos::task::spawn_local(async move {
        if written.await.is_ok() {
            copied.set(true);
            set_timeout(
                move || {
                    copied.try_set(false);
                },
                std::time::Duration::from_secs(2),
            );
        }
    });
}

#[cfg(not(feature = "hydrate"))]
fn put_on_clipboard(_: &str, _: RwSignal<bool>) {}

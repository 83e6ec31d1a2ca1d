//! The keyboard: Ctrl (or Cmd) and `k` opens the palette, `/` searches, `g` and a letter goes somewhere, `?` shows
//! what there is. Nothing else happens while somebody types or holds a modifier.

use leptos::prelude::*;

/// Where `g` and a letter go.
pub(crate) const GOES: [(&str, &str, &str); 8] = [
    ("o", "/", "Overview"),
    ("w", "/workers", "Workers"),
    ("t", "/tasks", "Tasks"),
    ("q", "/queues", "Queues"),
    ("a", "/alerts", "Alerts"),
    ("n", "/trends", "Trends"),
    ("r", "/reports", "Reports"),
    ("s", "/settings", "Settings"),
];

/// Listens to the keyboard.
#[component]
pub fn Shortcuts() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    browser::listen();
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::GOES;
    use crate::palette::{Overlay, Overlays};
    use leptos::prelude::*;
    use leptos_router::NavigateOptions;
    use leptos_router::hooks::use_navigate;
    use wasm_bindgen::JsCast;

    /// Milliseconds within which a letter belongs to the `g` before it.
    const CHORD: f64 = 1_500.0;

    pub(super) fn listen() {
        let go = use_navigate();
        let overlay = Overlays::expect().0;
        let chord_until = StoredValue::new(0.0);
        let handle = window_event_listener(leptos::ev::keydown, move |event| {
            let key = event.key();
            if event.ctrl_key() || event.meta_key() {
                if key == "k" {
                    event.prevent_default();
                    overlay.set(Some(Overlay::Palette));
                }
                return;
            }
            if event.alt_key() || is_typing() {
                return;
            }
            if event.time_stamp() < chord_until.get_value() {
                chord_until.set_value(0.0);
                if let Some((_, address, _)) = GOES.iter().find(|(letter, ..)| *letter == key) {
                    event.prevent_default();
                    go(address, NavigateOptions::default());
                    return;
                }
            }
            match key.as_str() {
                "g" => chord_until.set_value(event.time_stamp() + CHORD),
                "/" => {
                    event.prevent_default();
                    if !focus_search() {
                        go("/tasks", NavigateOptions::default());
                        focus_search_soon(40);
                    }
                }
                "?" => {
                    event.prevent_default();
                    overlay.set(Some(Overlay::Keys));
                }
                _ => {}
            }
        });
        on_cleanup(move || handle.remove());
    }

    /// Whether the keyboard belongs to a field now.
    fn is_typing() -> bool {
        let Some(active) = document().active_element() else { return false };
        matches!(active.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT") || active.has_attribute("contenteditable")
    }

    /// Puts the cursor into the page's search field; false when it has none.
    /// Gives the search the focus as soon as there is one: looks so often, 50 ms apart.
    fn focus_search_soon(times: u32) {
        let look = move || {
            if !focus_search() {
                focus_search_soon(times - 1);
            }
        };
        if times > 0 {
            set_timeout(look, std::time::Duration::from_millis(50));
        }
    }

    fn focus_search() -> bool {
        let field = document().query_selector("main [role=search] input[name=q]").ok().flatten();
        field.and_then(|f| f.dyn_into::<web_sys::HtmlElement>().ok()).is_some_and(|f| f.focus().is_ok())
    }
}

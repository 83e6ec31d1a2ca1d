//! The keyboard: `/` searches, `g` and a letter goes somewhere, `?` shows what there is. Nothing
//! happens while somebody types or holds a modifier.

use leptos::prelude::*;

/// Where `g` and a letter go.
const GOES: [(&str, &str, &str); 7] = [
    ("o", "/", "Overview"),
    ("w", "/workers", "Workers"),
    ("t", "/tasks", "Tasks"),
    ("q", "/queues", "Queues"),
    ("a", "/alerts", "Alerts"),
    ("n", "/trends", "Trends"),
    ("r", "/reports", "Reports"),
];

/// The shortcuts and the dialog that shows them.
#[component]
pub fn Shortcuts() -> impl IntoView {
    let dialog = NodeRef::<leptos::html::Dialog>::new();
    #[cfg(feature = "hydrate")]
    browser::listen(dialog);
    let goes = GOES.map(|(key, _, page)| {
        view! { <div><dt><kbd>"g"</kbd>" "<kbd>{key}</kbd></dt><dd>{page}</dd></div> }
    });
    view! {
        <dialog class="dialog" node_ref=dialog aria-labelledby="shortcuts-title">
            <form method="dialog">
                <div class="panel-h">
                    <h2 id="shortcuts-title">"Shortcuts"</h2>
                    <div class="right"><button class="btn" type="submit">"Close"</button></div>
                </div>
                <dl class="keys">
                    <div><dt><kbd>"/"</kbd></dt><dd>"Search"</dd></div>
                    {goes.collect_view()}
                    <div><dt><kbd>"?"</kbd></dt><dd>"These shortcuts"</dd></div>
                    <div><dt><kbd>"Esc"</kbd></dt><dd>"Close"</dd></div>
                </dl>
            </form>
        </dialog>
    }
    .into_any()
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::GOES;
    use leptos::html::Dialog;
    use leptos::prelude::*;
    use leptos_router::NavigateOptions;
    use leptos_router::hooks::use_navigate;
    use wasm_bindgen::JsCast;

    /// Milliseconds within which a letter belongs to the `g` before it.
    const CHORD: f64 = 1_500.0;

    pub(super) fn listen(dialog: NodeRef<Dialog>) {
        let go = use_navigate();
        let chord_until = StoredValue::new(0.0);
        let handle = window_event_listener(leptos::ev::keydown, move |event| {
            if event.ctrl_key() || event.meta_key() || event.alt_key() || is_typing() {
                return;
            }
            let key = event.key();
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
                    }
                }
                "?" => {
                    event.prevent_default();
                    if let Some(dialog) = dialog.get_untracked()
                        && !dialog.open()
                    {
                        // Cannot fail: the dialog is in the page and closed.
                        let _ = dialog.show_modal();
                    }
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
    fn focus_search() -> bool {
        let field = document().query_selector("main [role=search] input[name=q]").ok().flatten();
        field.and_then(|f| f.dyn_into::<web_sys::HtmlElement>().ok()).is_some_and(|f| f.focus().is_ok())
    }
}

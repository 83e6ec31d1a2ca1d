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
            class="btn bare icon copy needs-script"
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
    let done = move || {
        copied.set(true);
        set_timeout(
            move || {
                copied.try_set(false);
            },
            std::time::Duration::from_secs(2),
        );
    };
    let navigator = window().navigator();
    // Browsers have a clipboard only for pages that came over https, or from this machine.
    if js_sys::Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|clipboard| clipboard.is_object()) {
        let written = wasm_bindgen_futures::JsFuture::from(navigator.clipboard().write_text(text));
        leptos::task::spawn_local(async move {
            if written.await.is_ok() {
                done();
            }
        });
    } else if copy_by_selection(text).is_some_and(|copied| copied.is_truthy()) {
        done();
    }
}

/// The way from before there was a clipboard: select the text somewhere, and ask the document to copy what is selected.
#[cfg(feature = "hydrate")]
fn copy_by_selection(text: &str) -> Option<wasm_bindgen::JsValue> {
    use wasm_bindgen::JsCast;
    let call = |object: &wasm_bindgen::JsValue, method: &str, argument: &str| {
        let function = js_sys::Reflect::get(object, &method.into()).ok()?.dyn_into::<js_sys::Function>().ok()?;
        function.call1(object, &argument.into()).ok()
    };
    let area = document().create_element("textarea").ok()?;
    js_sys::Reflect::set(&area, &"value".into(), &text.into()).ok()?;
    document().body()?.append_child(&area).ok()?;
    call(&area, "select", "")?;
    let copied = call(&document(), "execCommand", "copy");
    area.remove();
    copied
}

#[cfg(not(feature = "hydrate"))]
fn put_on_clipboard(_: &str, _: RwSignal<bool>) {}

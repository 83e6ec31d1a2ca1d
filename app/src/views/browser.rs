//! Where a browser keeps its views, and that another of its windows has changed them.

use super::kept::Kept;
use leptos::prelude::*;

/// Under which name.
const KEY: &str = "forewatch_views";

/// The browser's store; none where it allows none.
fn store() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// What is kept now.
pub(crate) fn read() -> Kept {
    let text = store().and_then(|store| store.get_item(KEY).ok().flatten());
    Kept::read(text.as_deref())
}

/// Changes what is kept, as it is now: another window may have changed it meanwhile.
pub(super) fn change<T>(change: impl FnOnce(&mut Kept) -> Result<T, &'static str>) -> Result<(T, Kept), &'static str> {
    const REFUSED: &str = "This browser keeps nothing for this site: the view was not saved.";
    let mut kept = read();
    if kept.is_newer {
        return Err("The views in this browser were saved by a newer Forewatch: reload the page, then try again.");
    }
    let done = change(&mut kept)?;
    store().and_then(|store| store.set_item(KEY, &kept.write()).ok()).ok_or(REFUSED)?;
    kept.remark = None;
    Ok((done, kept))
}

/// Follows what other windows do.
pub(super) fn follow(kept: RwSignal<Kept>) {
    kept.set(read());
    let changed = window_event_listener_untyped("storage", move |_| kept.set(read()));
    on_cleanup(move || changed.remove());
}

/// Puts the focus on something once it is in the page.
pub(super) fn focus(selector: &'static str) {
    use wasm_bindgen::JsCast;
    request_animation_frame(move || {
        let found = document().query_selector(selector).ok().flatten();
        if let Some(element) = found.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
            // An element that cannot take the focus leaves it where it was.
            let _ = element.focus();
        }
    });
}

/// Calls `open` at the key `v`, unless somebody types or a dialog is open.
pub(super) fn at_key(open: impl Fn() + 'static) {
    let pressed = window_event_listener(leptos::ev::keydown, move |event| {
        let is_plain = !(event.ctrl_key() || event.meta_key() || event.alt_key() || event.default_prevented());
        let typing = document().query_selector("dialog[open], :is(input, textarea, select, [contenteditable]):focus");
        if is_plain && event.key() == "v" && typing.is_ok_and(|found| found.is_none()) {
            event.prevent_default();
            open();
        }
    });
    on_cleanup(move || pressed.remove());
}

/// The address of the site: what stands before a view's address in a link.
pub(super) fn origin() -> String {
    location().origin().unwrap_or_default()
}

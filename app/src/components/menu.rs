//! What a button opens over the page closes when one turns to something else.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, Node};

/// Tells of a press beside the first element that fits a selector, for as long as the owner lives.
pub(crate) fn on_press_beside(menu: &'static str, tell: impl Fn(Element) + 'static) {
    let pressed = window_event_listener(leptos::ev::pointerdown, move |event| {
        let at = event.target().and_then(|target| target.dyn_into::<Node>().ok());
        if let Ok(Some(menu)) = document().query_selector(menu)
            && !menu.contains(at.as_ref())
        {
            tell(menu);
        }
    });
    on_cleanup(move || pressed.remove());
}

/// Closes a `details` and gives its button the focus.
pub(crate) fn close(menu: &Element) {
    // Cannot fail: an attribute that is not there need not be removed.
    let _ = menu.remove_attribute("open");
    let button = menu.query_selector("summary").ok().flatten().and_then(|button| button.dyn_into::<HtmlElement>().ok());
    // One that cannot take the focus leaves it where it was.
    button.map(|button| button.focus());
}

/// Has a `details`, selected while it is `open`, close at a press beside it, and at Escape.
pub(crate) fn close_when_left(open: &'static str) {
    on_press_beside(open, |menu| {
        // As above; the focus goes where one pressed.
        let _ = menu.remove_attribute("open");
    });
    let pressed = window_event_listener(leptos::ev::keydown, move |event| {
        let Ok(Some(menu)) = document().query_selector(open) else { return };
        if event.key() != "Escape" || event.default_prevented() {
            return;
        }
        event.prevent_default();
        close(&menu);
    });
    on_cleanup(move || pressed.remove());
}

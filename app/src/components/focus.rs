//! The focus, where what had it is made anew or goes away: a keyboard that loses it begins again at the top of the page.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// With the next frame, where nothing has the focus by then, gives it to what `find` finds.
pub(crate) fn when_lost(find: impl Fn() -> Option<Element> + 'static) {
    request_animation_frame(move || {
        let is_lost = document().active_element().is_none_or(|active| active.tag_name() == "BODY");
        if let Some(found) = is_lost.then(find).flatten().and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
            // One that cannot take the focus leaves it where it was.
            let _ = found.focus();
        }
    });
}

/// Has a field of the page's content keep the focus though the content is made anew; after anything else, and where there
/// are several of its name, one begins at its top.
pub(crate) fn hold() {
    let Some(held) = document().active_element().filter(|held| held.closest("#main").is_ok_and(|main| main.is_some()))
    else {
        return;
    };
    let name = held.get_attribute("name").unwrap_or_default();
    when_lost(move || {
        let field = ["#main [name='", &name, "']"].concat();
        let found = document().query_selector_all(&field).ok().filter(|found| found.length() == 1);
        let field = found.and_then(|found| found.get(0)?.dyn_into().ok());
        field.or_else(|| document().get_element_by_id("main"))
    });
}

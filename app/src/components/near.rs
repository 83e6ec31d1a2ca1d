//! What is near the screen.

use leptos::prelude::StoredValue;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};

/// An observer of the browser that ends with what keeps it.
struct Watch {
    observer: IntersectionObserver,
    _told: Closure<dyn FnMut(JsValue)>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Tells with the next frame whether the element is on the screen or within `margin` of it (written as in CSS; percent
/// are those of the screen), and then whenever that changes, for as long as the owner lives.
pub(crate) fn watch(element: &Element, margin: &str, tell: impl Fn(bool) + 'static) {
    // What is told at once is in the order in which it came.
    let newest = |entries: JsValue| entries.unchecked_into::<js_sys::Array>().pop();
    let told = Closure::new(move |entries| {
        tell(newest(entries).unchecked_into::<IntersectionObserverEntry>().is_intersecting());
    });
    let around = IntersectionObserverInit::new();
    around.set_root_margin(margin);
    if let Ok(observer) = IntersectionObserver::new_with_options(told.as_ref().unchecked_ref(), &around) {
        observer.observe(element);
        StoredValue::new_local(Watch { observer, _told: told });
    }
}

//! What a picture listens to of the browser, for as long as it lives.

use leptos::prelude::{document, window};
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

/// An observer of the browser that ends with what keeps it.
pub(super) struct Watch {
    stop: Box<dyn Fn()>,
    _closure: Closure<dyn FnMut(JsValue)>,
}

impl Watch {
    /// One that is ended by `stop`.
    pub(super) fn new(stop: Box<dyn Fn()>, closure: Closure<dyn FnMut(JsValue)>) -> Self {
        Self { stop, _closure: closure }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        (self.stop)();
    }
}

/// Tells whenever the element's size or the theme changes.
pub(super) fn changes(element: &HtmlElement, told: Rc<dyn Fn()>) -> Vec<Watch> {
    let mut watching = Vec::new();
    let tell = move |_: JsValue| told();
    let closure = Closure::new(tell.clone());
    if let Ok(observer) = web_sys::ResizeObserver::new(closure.as_ref().unchecked_ref()) {
        observer.observe(element);
        watching.push(Watch::new(Box::new(move || observer.disconnect()), closure));
    }
    let closure = Closure::new(tell.clone());
    if let (Ok(observer), Some(root)) =
        (web_sys::MutationObserver::new(closure.as_ref().unchecked_ref()), document().document_element())
    {
        let what = web_sys::MutationObserverInit::new();
        what.set_attributes(true);
        let _ = observer.observe_with_options(&root, &what);
        watching.push(Watch::new(Box::new(move || observer.disconnect()), closure));
    }
    if let Ok(Some(system)) = window().match_media("(prefers-color-scheme: dark)") {
        let closure = Closure::new(tell);
        let function: js_sys::Function = closure.as_ref().unchecked_ref::<js_sys::Function>().clone();
        let _ = system.add_event_listener_with_callback("change", &function);
        let stop = move || drop(system.remove_event_listener_with_callback("change", &function));
        watching.push(Watch::new(Box::new(stop), closure));
    }
    watching
}

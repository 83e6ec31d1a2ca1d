//! What a board listens to of the browser, for as long as it lives.

use super::Board;
use leptos::prelude::{document, window};
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

/// An observer of the browser that ends with the board.
pub(super) struct Watch {
    stop: Box<dyn Fn()>,
    _closure: Closure<dyn FnMut(JsValue)>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        (self.stop)();
    }
}

impl Board {
    /// Draws anew when the size or the theme changes.
    pub(super) fn watch(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        let redraw = move |_: JsValue| {
            if let Some(board) = weak.upgrade() {
                board.axes_due.set(true);
                board.draw_soon();
            }
        };
        let mut watching = self.watching.borrow_mut();
        let closure = Closure::new(redraw.clone());
        if let Ok(observer) = web_sys::ResizeObserver::new(closure.as_ref().unchecked_ref()) {
            observer.observe(&self.element);
            watching.push(Watch { stop: Box::new(move || observer.disconnect()), _closure: closure });
        }
        let closure = Closure::new(redraw.clone());
        if let (Ok(observer), Some(root)) =
            (web_sys::MutationObserver::new(closure.as_ref().unchecked_ref()), document().document_element())
        {
            let what = web_sys::MutationObserverInit::new();
            what.set_attributes(true);
            let _ = observer.observe_with_options(&root, &what);
            watching.push(Watch { stop: Box::new(move || observer.disconnect()), _closure: closure });
        }
        if let Ok(Some(system)) = window().match_media("(prefers-color-scheme: dark)") {
            let closure = Closure::new(redraw);
            let function: js_sys::Function = closure.as_ref().unchecked_ref::<js_sys::Function>().clone();
            let _ = system.add_event_listener_with_callback("change", &function);
            let stop = move || drop(system.remove_event_listener_with_callback("change", &function));
            watching.push(Watch { stop: Box::new(stop), _closure: closure });
        }
    }

    /// Keeps something for as long as the board lives.
    pub(in crate::charts) fn keep(&self, stop: Box<dyn Fn()>, closure: Closure<dyn FnMut(JsValue)>) {
        self.watching.borrow_mut().push(Watch { stop, _closure: closure });
    }
}

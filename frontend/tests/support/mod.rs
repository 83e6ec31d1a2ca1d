//! Waiting for the browser.

use js_sys::Promise;
use leptos::prelude::{request_animation_frame, set_timeout, window};
use std::time::Duration;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// Waits until the browser has run what the next frame is for.
pub async fn frame() {
    let promise = Promise::new(&mut |done, _| {
        request_animation_frame(move || drop(done.call0(&JsValue::NULL)));
    });
    JsFuture::from(promise).await.expect("a promise that is only ever kept");
}

/// Waits until it is so, for five seconds at most; says whether it came to be so.
pub async fn until(holds: impl Fn() -> bool) -> bool {
    let now = || window().performance().expect("a browser that measures time").now();
    let began = now();
    while !holds() {
        if now() - began > 5_000.0 {
            return false;
        }
        let promise = Promise::new(&mut |done, _| {
            set_timeout(move || drop(done.call0(&JsValue::NULL)), Duration::from_millis(20));
        });
        JsFuture::from(promise).await.expect("a promise that is only ever kept");
    }
    true
}

//! The browser's side: its sound, its notifications, and whether they are allowed.

use leptos::prelude::window;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlAudioElement, Notification, NotificationOptions, NotificationPermission};

/// Where the sound lies.
const SOUND: &str = "/new-alert.wav";

/// Plays the sound. A browser may refuse it on a page that nobody has touched yet: then there is none.
pub fn ring() {
    if let Ok(Ok(playing)) = HtmlAudioElement::new_with_src(SOUND).map(|sound| sound.play()) {
        leptos::task::spawn_local(async move {
            let _ = wasm_bindgen_futures::JsFuture::from(playing).await;
        });
    }
}

/// Whether this browser has notifications here: on pages that come over HTTPS, and on its own machine.
pub fn can_notify() -> bool {
    js_sys::Reflect::get(&window(), &JsValue::from_str("Notification")).is_ok_and(|found| !found.is_undefined())
}

/// Asks the person whether notifications are allowed, unless that has been said.
pub async fn may_notify() -> bool {
    if !can_notify() {
        return false;
    }
    if Notification::permission() == NotificationPermission::Default
        && let Ok(asked) = Notification::request_permission()
    {
        // What was answered is read below.
        let _ = wasm_bindgen_futures::JsFuture::from(asked).await;
    }
    Notification::permission() == NotificationPermission::Granted
}

/// Shows a notification; one with the same tag takes its place, also from another window. A click does `open`.
pub fn notify(title: &str, tag: &str, open: impl Fn() + 'static) {
    if !can_notify() || Notification::permission() != NotificationPermission::Granted {
        return;
    }
    let options = NotificationOptions::new();
    options.set_tag(tag);
    // A browser that refuses one (some do on phones) leaves the message on the page.
    let Ok(shown) = Notification::new_with_options(title, &options) else { return };
    let open: Closure<dyn Fn()> = Closure::new(open);
    shown.set_onclick(Some(open.as_ref().unchecked_ref()));
    // As long as the notification can be clicked.
    open.forget();
}

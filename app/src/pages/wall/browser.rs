//! The browser's side of the wall: its seconds, its keys, whether somebody is there, new alerts, a screen that stays on.

use super::Wall;
use super::alarm::News;
use crate::attention::{open_ids, tell_new_alerts};
use crate::backend::BackendError;
use crate::server_fns::WallData;
use forewatch::Alert;
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Seconds between two questions for the past, which the live connection does not bring.
const FRESH: u32 = 300;
/// A new alert, and what a person can do there: while the pointer or the focus is on it, nothing moves.
const HELD: &str = ".wall :is(a, button, .strips):is(:hover, :focus-visible), dialog[open], .is-alarmed";

/// Lets the wall go on until its page is left.
pub(super) fn run(wall: Wall, data: Resource<Result<WallData, BackendError>>) {
    let age = StoredValue::new(0);
    let tick = move || {
        let is_held = document().query_selector(HELD).is_ok_and(|held| held.is_some());
        wall.turn.update(|turn| turn.tick(is_held));
        if wall.news.with_untracked(|news| !news.is_empty()) {
            wall.news.update(News::tick);
        }
        age.update_value(|age| *age += 1);
        if age.get_value() >= FRESH && !is_held {
            age.set_value(0);
            data.refetch();
        }
    };
    if let Ok(ticking) = set_interval_with_handle(tick, Duration::from_secs(1)) {
        on_cleanup(move || ticking.clear());
    }
    let attend = move || wall.turn.update(super::Turn::attend);
    let moved = window_event_listener(leptos::ev::pointermove, move |_| attend());
    let touched = window_event_listener(leptos::ev::pointerdown, move |_| attend());
    let focused = window_event_listener(leptos::ev::focusin, move |_| attend());
    let pressed = window_event_listener(leptos::ev::keydown, move |event| {
        attend();
        press(wall, &event);
    });
    on_cleanup(move || {
        for listener in [moved, touched, focused, pressed] {
            listener.remove();
        }
    });
    stay_awake();
}

fn press(wall: Wall, event: &web_sys::KeyboardEvent) {
    let is_taken = event.default_prevented() || event.ctrl_key() || event.meta_key() || event.alt_key();
    let is_elsewhere = document().query_selector("dialog[open], .strips:focus, :is(input, select):focus");
    if is_taken || is_elsewhere.is_ok_and(|found| found.is_some()) {
        return;
    }
    match event.key().as_str() {
        "ArrowRight" => show(wall, |turn| turn.go_to(turn.at + 1)),
        "ArrowLeft" => show(wall, super::Turn::back),
        "p" => wall.turn.update(|turn| turn.is_paused = !turn.is_paused),
        "f" => full_screen(),
        "Escape" => leave(),
        _ => return,
    }
    event.prevent_default();
}

/// Another slide was asked for: whoever did has seen what is new.
fn show(wall: Wall, change: impl FnOnce(&mut super::Turn)) {
    wall.news.update(News::clear);
    wall.turn.update(change);
}

/// Back to the dashboard.
fn leave() {
    // A browser that refuses to navigate leaves the wall where it is.
    let _ = location().assign("/");
}

/// Shows what is new from now on.
pub(super) fn watch(alerts: Memo<Vec<Alert>>, news: RwSignal<News>) {
    let known = open_ids(&alerts.read_untracked());
    tell_new_alerts(alerts, known, Box::new(move |new| news.update(|news| news.came(&new))));
}

/// Calls a method that a browser may not have.
fn call(object: &JsValue, method: &str, argument: &JsValue) -> Option<JsValue> {
    let function = js_sys::Reflect::get(object, &method.into()).ok()?.dyn_into::<js_sys::Function>().ok()?;
    function.call1(object, argument).ok()
}

/// Fills the screen, or gives it back. A browser that cannot, or may not, leaves it.
pub(super) fn full_screen() {
    let is_full =
        js_sys::Reflect::get(&document(), &"fullscreenElement".into()).is_ok_and(|element| element.is_object());
    let done = match (is_full, document().document_element()) {
        (true, _) => call(&document(), "exitFullscreen", &JsValue::UNDEFINED),
        (false, Some(root)) => call(&root, "requestFullscreen", &JsValue::UNDEFINED),
        (false, None) => None,
    };
    forget(done);
}

/// Waits for a promise whose refusal changes nothing, so that it is no error of the page.
fn forget(promise: Option<JsValue>) {
    if let Some(answer) = promise.and_then(answer_of) {
        leptos::task::spawn_local(async move {
            let _ = answer.await;
        });
    }
}

/// What a promise comes to. It is listened to from now on: tasks may wait for the page to become live, and a promise that
/// nobody listens to when it is refused is an error of the page.
fn answer_of(promise: JsValue) -> Option<JsFuture> {
    promise.dyn_into::<js_sys::Promise>().ok().map(JsFuture::from)
}

/// Keeps the screen on where the browser can. It lets go by itself when the page is hidden, so it is asked again.
fn stay_awake() {
    let held = StoredValue::new_local(None::<JsValue>);
    let ask = move || {
        let lock = js_sys::Reflect::get(&window().navigator(), &"wakeLock".into()).ok().filter(JsValue::is_object);
        let Some(lock) = lock.filter(|_| !document().hidden()) else { return };
        let Some(asked) = call(&lock, "request", &"screen".into()).and_then(answer_of) else { return };
        leptos::task::spawn_local(async move {
            // Refused for instance when the battery is low: then the screen goes off as it would without.
            if let Ok(lock) = asked.await
                && held.try_update_value(|held| *held = Some(lock.clone())).is_none()
            {
                forget(call(&lock, "release", &JsValue::UNDEFINED));
            }
        });
    };
    ask();
    let shown = window_event_listener_untyped("visibilitychange", move |_| ask());
    on_cleanup(move || {
        shown.remove();
        if let Some(lock) = held.try_update_value(Option::take).flatten() {
            forget(call(&lock, "release", &JsValue::UNDEFINED));
        }
    });
}

//! How far a page was scrolled, in pixels, is the state of its entry of the browser's history. The browser keeps it too, but
//! goes there at once when one comes back: here the page has its height only when its content has come.

use js_sys::Date;
use leptos::prelude::*;
use web_sys::Event;

/// For how long a page that one comes back to is scrolled to where it was, milliseconds: its content comes meanwhile.
const COMES: f64 = 3_000.0;

/// Keeps it for every page, for as long as the owner lives.
pub(super) fn keep() {
    // Until when the page is being scrolled to where it was.
    let until = StoredValue::new(0.0);
    let rest = move || {
        if until.try_get_value().is_some_and(|until| Date::now() >= until) {
            save();
        }
    };
    // Whoever presses or scrolls is not taken elsewhere any more. A swipe to the side is how one goes back on some machines.
    let stop = move |_: Event| until.set_value(0.0);
    go_back(until);
    let listeners = [
        window_event_listener_untyped("popstate", move |_| go_back(until)),
        window_event_listener_untyped("scrollend", move |_| rest()),
        // What leads away is pressed, often before it has come to rest.
        window_event_listener_untyped("pointerdown", move |event| {
            rest();
            stop(event);
        }),
        window_event_listener_untyped("keydown", stop),
        window_event_listener(leptos::ev::wheel, move |event| {
            if event.delta_y().abs() > event.delta_x().abs() {
                stop(event.into());
            }
        }),
    ];
    on_cleanup(move || listeners.into_iter().for_each(WindowListenerHandle::remove));
}

/// Only what is new, and only at rest: a browser takes so many entries in a while, and the router needs them.
fn save() {
    let (Ok(history), Ok(y)) = (window().history(), window().scroll_y()) else { return };
    let y = y.round().into();
    if history.state().is_ok_and(|kept| kept != y) {
        // One that refuses keeps what it was told last.
        let _ = history.replace_state(&y, "");
    }
}

/// Scrolls to where the page was.
fn go_back(until: StoredValue<f64>) {
    let kept = window().history().and_then(|history| history.state()).ok().and_then(|y| y.as_f64());
    let Some(y) = kept.filter(|y| *y > 0.0) else { return until.set_value(0.0) };
    let end = Date::now() + COMES;
    until.set_value(end);
    follow(until, end, y);
}

/// Frame by frame, as far as the page is high, until its time is over or another begins.
fn follow(until: StoredValue<f64>, end: f64, y: f64) {
    if until.try_get_value() == Some(end) && Date::now() < end {
        if window().scroll_y().is_ok_and(|now| (now - y).abs() > 1.0) {
            window().scroll_to_with_x_and_y(0.0, y);
        }
        request_animation_frame(move || follow(until, end, y));
    }
}

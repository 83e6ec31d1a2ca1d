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
    // What leaves the page is pressed. Whoever presses or scrolls is not taken elsewhere any more.
    let press = move |_: Event| {
        rest();
        until.set_value(0.0);
    };
    go_back(until);
    let listeners = [
        window_event_listener_untyped("popstate", move |_| go_back(until)),
        window_event_listener_untyped("scrollend", move |_| rest()),
        window_event_listener_untyped("pointerdown", press),
        window_event_listener_untyped("keydown", press),
        window_event_listener_untyped("wheel", press),
    ];
    on_cleanup(move || listeners.into_iter().for_each(WindowListenerHandle::remove));
}

fn save() {
    if let (Ok(history), Ok(y)) = (window().history(), window().scroll_y()) {
        // A browser that is asked too often refuses for a while: then it goes to where it was kept last.
        let _ = history.replace_state(&y.round().into(), "");
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

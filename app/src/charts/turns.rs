//! Charts are drawn in turns: so many in a frame as leave time for the rest of the page, the others with the next ones. A page
//! of twenty charts that all have something new is never busy for as long as all of them take.

use js_sys::Date;
use leptos::prelude::request_animation_frame;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

/// What draws a chart.
type Draw = Box<dyn FnOnce()>;

/// Milliseconds of a frame after which the next chart waits for the next one.
const SHARE: f64 = 5.0;

thread_local! {
    static WAITING: RefCell<VecDeque<Draw>> = const { RefCell::new(VecDeque::new()) };
    static IS_ARRANGED: Cell<bool> = const { Cell::new(false) };
}

/// Has `draw` called with one of the next frames, after those that wait already.
pub(super) fn draw_in_turn(draw: impl FnOnce() + 'static) {
    WAITING.with_borrow_mut(|waiting| waiting.push_back(Box::new(draw)));
    arrange();
}

fn arrange() {
    if !IS_ARRANGED.replace(true) {
        request_animation_frame(take_turns);
    }
}

fn take_turns() {
    IS_ARRANGED.set(false);
    let begin = Date::now();
    while let Some(draw) = WAITING.with_borrow_mut(VecDeque::pop_front) {
        draw();
        if Date::now() - begin >= SHARE {
            break;
        }
    }
    if WAITING.with_borrow(|waiting| !waiting.is_empty()) {
        arrange();
    }
}

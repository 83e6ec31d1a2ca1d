//! What takes turns on the page's one thread, so that none of it keeps the page busy for long: charts are drawn and rows are
//! written in frames, so many in each as leave time for the rest; others go on in tasks of their own.

use js_sys::{Date, Function, Promise};
use leptos::prelude::{request_animation_frame, set_timeout};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::{Context, Poll};
use std::time::Duration;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// What is done in a turn.
type Turn = Box<dyn FnOnce()>;

/// Milliseconds after which what is left waits for the next frame or task.
pub(crate) const SHARE: f64 = 4.0;

thread_local! {
    static WAITING: RefCell<VecDeque<Turn>> = const { RefCell::new(VecDeque::new()) };
    static IS_ARRANGED: Cell<bool> = const { Cell::new(false) };
}

/// Has `act` called with one of the next frames, after what waits already.
pub(crate) fn in_turn(act: impl FnOnce() + 'static) {
    WAITING.with_borrow_mut(|waiting| waiting.push_back(Box::new(act)));
    arrange();
}

fn arrange() {
    if !IS_ARRANGED.replace(true) {
        request_animation_frame(|| spawn_local(take_turns()));
    }
}

async fn take_turns() {
    IS_ARRANGED.set(false);
    let begin = Date::now();
    while let Some(act) = WAITING.with_borrow_mut(VecDeque::pop_front) {
        act();
        // What follows from it is a part of its turn.
        run_others().await;
        if Date::now() - begin >= SHARE {
            break;
        }
    }
    if WAITING.with_borrow(|waiting| !waiting.is_empty()) {
        arrange();
    }
}

/// Comes back when what was spawned before has run as far as it can.
pub(crate) async fn run_others() {
    let mut was_asked = false;
    let ask = |context: &mut Context<'_>| {
        context.waker().wake_by_ref();
        if std::mem::replace(&mut was_asked, true) { Poll::Ready(()) } else { Poll::Pending }
    };
    poll_fn(ask).await;
}

/// Comes back in another task.
pub(crate) async fn next_task() {
    let mut wake = |resolve: Function, _| set_timeout(move || drop(resolve.call0(&JsValue::NULL)), Duration::ZERO);
    let _ = JsFuture::from(Promise::new(&mut wake)).await;
}

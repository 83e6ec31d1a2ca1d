//! Pointer and keyboard on a strip chart: the cursor, zooming, the way back. What a pointer means says [`Gesture`].

use super::board::Board;
use super::gesture::{Deed, Gesture, Hand};
use super::watch::Watch;
use leptos::prelude::{GetUntracked, Set, event_target};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, KeyboardEvent, PointerEvent};

/// Arrow keys move the cursor by this share of what is shown.
const STEP: f64 = 1.0 / 120.0;

/// Listens on the chart for as long as the board lives.
pub(super) fn listen(board: &Rc<Board>) {
    let gesture = Rc::new(RefCell::new(Gesture::default()));
    let touch = |name: &'static str, act: fn(&Board, &mut Gesture, &PointerEvent)| {
        let gesture = Rc::clone(&gesture);
        on(board, name, move |board, event| act(board, &mut gesture.borrow_mut(), event.unchecked_ref()));
    };
    touch("pointerdown", |board, gesture, event| {
        give_up(board, gesture);
        if event.is_primary() && event.button() == 0 && inside(board, event) {
            gesture.down(hand(event), x(event), event.time_stamp());
        } else if hand(event) == Hand::Finger {
            // Beside the plot, or with another finger.
            board.view().cursor.set(None);
        }
    });
    touch("pointermove", |board, gesture, event| {
        if hand(event) == Hand::Finger && !(event.is_primary() && gesture.is_touched()) {
            return;
        }
        if !gesture.marks() && !inside(board, event) {
            return leave(board, event);
        }
        do_it(board, gesture.moved(x(event), event.time_stamp()));
        if gesture.marks() {
            do_it(board, Deed::Show(x(event)));
            // It stays ours beyond the chart's edge. A pointer that is gone by now cannot be held.
            let _ = board.element().set_pointer_capture(event.pointer_id());
        }
    });
    touch("pointerup", |board, gesture, event| {
        board.view().marked.set(None);
        do_it(board, gesture.up(x(event), event.time_stamp()));
    });
    touch("pointercancel", |board, gesture, _| give_up(board, gesture));
    touch("pointerleave", |board, _, event| leave(board, event));
    // A finger that is held is not for the browser's menu; one on a link is.
    touch("contextmenu", |_, gesture, event| {
        if gesture.is_touched() && !is_on_link(event) {
            event.prevent_default();
        }
    });
    on(board, "dblclick", |board, _| do_it(board, Deed::Return));
    on(board, "keydown", |board, event| press(board, event.unchecked_ref()));
}

fn give_up(board: &Board, gesture: &mut Gesture) {
    gesture.gone();
    board.view().marked.set(None);
}

fn do_it(board: &Board, deed: Deed) {
    let view = board.view();
    let moments = |from, to| Some((moment(board, from), moment(board, to)));
    match deed {
        Deed::Show(x) => view.cursor.set(Some(moment(board, x))),
        Deed::Pick(x) => {
            view.cursor.set(Some(moment(board, x)));
            view.picked.set(Some(moment(board, x)));
        }
        Deed::Mark(from, to) => view.marked.set(moments(from, to)),
        Deed::Zoom(from, to) => view.zoom_to(moments(from, to)),
        Deed::Ask(from, to) => view.ask_what_changed(moment(board, from), moment(board, to)),
        Deed::Return => view.zoom_to(None),
        Deed::None => {}
    }
}

/// A mouse that is gone shows nothing; what a finger has shown stays.
fn leave(board: &Board, event: &PointerEvent) {
    if hand(event) != Hand::Finger {
        board.view().cursor.set(None);
    }
}

/// Moves the cursor by the keyboard.
fn press(board: &Board, event: &KeyboardEvent) {
    let (from, to) = board.shown();
    let cursor = board.view().cursor;
    let at = cursor.get_untracked().unwrap_or(to);
    let step = (to - from) * if event.shift_key() { STEP * 10.0 } else { STEP };
    let next = match event.key().as_str() {
        "ArrowLeft" => Some(at - step),
        "ArrowRight" => Some(at + step),
        "Home" => Some(from),
        "End" => Some(to),
        "Escape" => {
            match cursor.get_untracked() {
                Some(_) => cursor.set(None),
                None => board.view().zoom_to(None),
            }
            return;
        }
        _ => return,
    };
    event.prevent_default();
    cursor.set(next.map(|at| at.clamp(from, to)));
}

fn hand(event: &PointerEvent) -> Hand {
    match (event.pointer_type() == "mouse", event.shift_key()) {
        (false, _) => Hand::Finger,
        (true, true) => Hand::Shift,
        (true, false) => Hand::Mouse,
    }
}

fn x(event: &PointerEvent) -> f64 {
    f64::from(event.client_x())
}

fn is_on_link(event: &Event) -> bool {
    event_target::<Element>(event).closest("a").is_ok_and(|link| link.is_some())
}

/// Whether a pointer is over the plot.
fn inside(board: &Board, event: &PointerEvent) -> bool {
    let (left, width) = board.plot();
    let x = x(event) - board.element().get_bounding_client_rect().left() - left;
    (0.0..=width).contains(&x)
}

/// The moment under a place of the window.
fn moment(board: &Board, x: f64) -> f64 {
    let (left, width) = board.plot();
    let (from, to) = board.shown();
    let share = (x - board.element().get_bounding_client_rect().left() - left) / width.max(1.0);
    from + share.clamp(0.0, 1.0) * (to - from)
}

fn on(board: &Rc<Board>, name: &'static str, act: impl Fn(&Board, &JsValue) + 'static) {
    let weak = Rc::downgrade(board);
    let closure = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
        if let Some(board) = weak.upgrade() {
            act(&board, &event);
        }
    });
    let function: js_sys::Function = closure.as_ref().unchecked_ref::<js_sys::Function>().clone();
    let element = board.element().clone();
    let _ = element.add_event_listener_with_callback(name, &function);
    let stop = move || drop(element.remove_event_listener_with_callback(name, &function));
    board.keep(Watch::new(Box::new(stop), closure));
}

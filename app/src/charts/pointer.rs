//! Pointer and keyboard on a strip chart: the cursor, zooming by dragging, the way back.

use super::board::Board;
use super::watch::Watch;
use leptos::prelude::{GetUntracked, Set};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{KeyboardEvent, PointerEvent};

/// A drag shorter than this is a click, CSS pixels.
const DRAG: f64 = 8.0;
/// Arrow keys move the cursor by this share of what is shown.
const STEP: f64 = 1.0 / 120.0;

/// Listens on the chart for as long as the board lives.
pub(super) fn listen(board: &Rc<Board>) {
    let drag = Rc::new(Cell::new(None::<f64>));
    let start = Rc::clone(&drag);
    on(board, "pointerdown", move |board, event| {
        if let Some(event) =
            event.dyn_ref::<PointerEvent>().filter(|e| e.button() == 0 && !e.shift_key() && e.pointer_type() == "mouse")
        {
            start.set(inside(board, event).then(|| f64::from(event.client_x())));
        }
    });
    on(board, "pointermove", |board, event| {
        if let Some(event) = event.dyn_ref::<PointerEvent>() {
            board.view().cursor.set(inside(board, event).then(|| moment(board, f64::from(event.client_x()))));
        }
    });
    on(board, "pointerleave", |board, _| board.view().cursor.set(None));
    on(board, "pointerup", move |board, event| {
        let (Some(event), Some(from)) = (event.dyn_ref::<PointerEvent>(), drag.take()) else { return };
        let to = f64::from(event.client_x());
        if (to - from).abs() >= DRAG {
            let (a, b) = (moment(board, from), moment(board, to));
            board.view().zoom.set(Some((a.min(b), a.max(b).max(a.min(b) + 10.0))));
        }
    });
    on(board, "dblclick", |board, _| board.view().zoom.set(None));
    on(board, "keydown", |board, event| {
        if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
            press(board, event);
        }
    });
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
                None => board.view().zoom.set(None),
            }
            return;
        }
        _ => return,
    };
    event.prevent_default();
    cursor.set(next.map(|at| at.clamp(from, to)));
}

/// Whether a pointer is over the plot.
fn inside(board: &Board, event: &PointerEvent) -> bool {
    let (left, width) = board.plot();
    let x = f64::from(event.client_x()) - board.element().get_bounding_client_rect().left() - left;
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

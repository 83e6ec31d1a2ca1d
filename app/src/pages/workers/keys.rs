//! The keyboard in the list: `j` and `k`, or the arrows once a row has the focus, go from row to row.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlTableElement, KeyboardEvent};

/// Listens for as long as the list is shown.
pub(super) fn listen(table: NodeRef<leptos::html::Table>) {
    let handle = window_event_listener(leptos::ev::keydown, move |event| {
        if let Some(table) = table.try_get_untracked().flatten() {
            press(&table, &event);
        }
    });
    on_cleanup(move || handle.remove());
}

fn press(table: &HtmlTableElement, event: &KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() || event.default_prevented() {
        return;
    }
    let active = document().active_element();
    let row = active.as_ref().and_then(|active| active.closest("tbody tr").ok().flatten());
    let row = row.filter(|row| table.contains(Some(row)));
    let (is_down, is_letter) = match event.key().as_str() {
        "j" => (true, true),
        "k" => (false, true),
        "ArrowDown" => (true, false),
        "ArrowUp" => (false, false),
        _ => return,
    };
    let is_elsewhere = active.is_some_and(|active| active.tag_name() != "BODY");
    let next = match row {
        Some(row) if is_down => row.next_element_sibling(),
        Some(row) => row.previous_element_sibling(),
        // The arrows scroll the page until a row has been entered; letters belong to what has the focus.
        None if is_letter && !is_elsewhere => first_in_view(table),
        None => None,
    };
    let Some(row) = next else { return };
    if enter(&row) {
        event.prevent_default();
    }
}

/// The first row whose top is on the screen.
fn first_in_view(table: &HtmlTableElement) -> Option<Element> {
    let mut row = table.query_selector("tbody tr:not(.filler)").ok()?;
    while let Some(found) = row {
        if found.get_bounding_client_rect().top() >= 0.0 {
            return Some(found);
        }
        row = found.next_element_sibling();
    }
    None
}

/// Gives the focus to the link or button of a row; false where it has none.
pub(super) fn enter(row: &Element) -> bool {
    let found = row.query_selector("th a, th button").ok().flatten();
    found.is_some_and(|link| link.unchecked_ref::<HtmlElement>().focus().is_ok())
}

//! The rows' order in the page. Leptos has a row a place and leaves it where it is; here some are put where they belong,
//! once nothing scrolls, and that which has the focus last of all: it would lose it. The focus stays with its worker.

use super::keys;
use super::slot::InView;
use leptos::html::Table;
use leptos::prelude::*;
use std::collections::HashMap;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlTableElement};

/// Keeps the rows of the table as they are in view.
pub(super) fn keep(table: NodeRef<Table>, visible: Memo<InView>) {
    Effect::new(move |before: Option<InView>| {
        let now = visible.get();
        if let Some(table) = table.get_untracked() {
            let rows = Rows::of(&table);
            if let Some(before) = &before {
                rows.follow(before, &now);
            }
            let held = focused().and_then(|(_, place)| place);
            rows.put(&now.order(before.as_ref(), held));
            rows.give_back(held);
        }
        now
    });
}

/// The rows in the page.
struct Rows {
    /// By their places.
    placed: HashMap<usize, Element>,
    /// The first of them.
    top: Option<Element>,
}

impl Rows {
    fn of(table: &HtmlTableElement) -> Self {
        let (mut placed, mut top) = (HashMap::new(), None);
        let Ok(found) = table.query_selector_all("tr[data-slot]") else { return Self { placed, top } };
        for row in (0..found.length()).filter_map(|n| found.get(n)?.dyn_into::<Element>().ok()) {
            top = top.or_else(|| Some(row.clone()));
            if let Some(place) = place_of(&row) {
                placed.insert(place, row);
            }
        }
        Self { placed, top }
    }

    /// Moves those that do not lie where they must.
    fn put(&self, order: &[(usize, bool)]) {
        let mut last: Option<&Element> = None;
        for (row, stays) in order.iter().filter_map(|(place, stays)| Some((self.placed.get(place)?, stays))) {
            let next = match last {
                Some(last) => last.next_sibling(),
                None => self.top.clone().map(Into::into),
            };
            if let (false, Some(body)) = (stays, row.parent_node()) {
                let _ = body.insert_before(row, next.as_ref());
            }
            last = Some(row);
        }
    }

    /// Gives the focus back to the row that had it, where there was no other way than to move that one.
    fn give_back(&self, held: Option<usize>) {
        if focused().is_none_or(|(_, place)| place != held)
            && let Some(row) = held.and_then(|held| self.placed.get(&held))
        {
            keys::enter(row);
        }
    }

    /// Has the focus go with what the row that has it showed; where that is out of view, nothing has it: what a key does
    /// next must not happen to another worker.
    fn follow(&self, before: &InView, now: &InView) {
        let Some((active, Some(place))) = focused() else { return };
        match now.place_of(before, place) {
            Some(now) if now == place => {}
            Some(now) => {
                self.placed.get(&now).map(keys::enter);
            }
            None => {
                let _ = active.blur();
            }
        }
    }
}

/// What has the focus, and the place whose row it is in.
fn focused() -> Option<(HtmlElement, Option<usize>)> {
    let active = document().active_element()?.dyn_into::<HtmlElement>().ok()?;
    let row = active.closest("tr[data-slot]").ok().flatten();
    Some((active, row.as_ref().and_then(place_of)))
}

/// The place that a row is for.
fn place_of(row: &Element) -> Option<usize> {
    row.get_attribute("data-slot")?.parse().ok()
}

//! The focus after something was done with an alert: its row is made anew or leaves the list, and what had the focus is gone.

use crate::components::focus::when_lost;
use forewatch::AlertId;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// The field of each form about an alert that names it.
const FIELDS: &str = "form[action$=alert-command] > [name=id]";

/// Where nothing has the focus once the page has changed, it goes to the alert's first button; where the alert has left the
/// list, to the name of that which has come into its place, and where none has, to the content of the page.
pub(super) fn keep(alert: &AlertId) {
    let is_own = {
        let alert = alert.clone();
        move |field: &Element| field.get_attribute("value").is_some_and(|id| *id == *alert)
    };
    let place = fields().iter().position(&is_own).unwrap_or(0);
    when_lost(move || {
        let fields = fields();
        let first = |field: &Element, around, within| field.closest(around).ok()??.query_selector(within).ok()?;
        match fields.iter().find(|field| is_own(field)) {
            Some(own) => first(own, "form", "button"),
            None => fields.get(place).or(fields.last()).and_then(|next| first(next, "tr, li, article", "a[href]")),
        }
        .or_else(|| document().get_element_by_id("main"))
    });
}

fn fields() -> Vec<Element> {
    let Ok(found) = document().query_selector_all(FIELDS) else { return Vec::new() };
    (0..found.length()).filter_map(|n| found.get(n)?.dyn_into().ok()).collect()
}

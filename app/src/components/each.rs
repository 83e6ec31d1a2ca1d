//! Keyed lists. All of them go through one compiled piece of code: what makes a row is boxed, so that the browser's
//! side does not carry the machinery of a list once for every kind of row.

use forewatch::Alert;
use leptos::prelude::*;
use std::sync::Arc;

/// What makes a row; called once, when the row is new.
type Make = Box<dyn FnOnce() -> AnyView + Send>;

struct Row {
    key: String,
    make: Make,
}

/// A row for each item. A row stays as long as its key does; what changes within it must be reactive, or in the key.
pub fn each<T: Send + 'static>(
    items: impl Fn() -> Vec<T> + Send + Sync + 'static,
    key: impl Fn(&T) -> String + Send + Sync + 'static,
    row: impl Fn(T) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let row = Arc::new(row);
    rows(Box::new(move || {
        let keyed = |item: T| {
            let row = Arc::clone(&row);
            Row { key: key(&item), make: Box::new(move || row(item)) }
        };
        items().into_iter().map(keyed).collect()
    }))
}

fn rows(rows: Box<dyn Fn() -> Vec<Row> + Send + Sync>) -> AnyView {
    view! { <For each=rows key=|row| row.key.clone() children=|row| (row.make)()/> }.into_any()
}

/// What tells one state of an alert from another: its row is made anew when it changes. What this browser believes of it
/// has the time of what it knew, and the server's answer may have it too.
pub fn alert_key(alert: &Alert) -> String {
    let Alert { alert_id, updated_at, acknowledged, acknowledged_until, is_active, .. } = alert;
    let who = [&alert.acknowledged_by, &alert.resolved_by].map(|who| who.as_deref().unwrap_or_default()).join(" ");
    let until = acknowledged_until.map_or(0, |until| until.timestamp_millis());
    format!("{alert_id} {updated_at} {acknowledged} {who} {until} {is_active}")
}

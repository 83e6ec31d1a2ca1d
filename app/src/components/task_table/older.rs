//! A page of rows that is emptied while it is far out of sight, so that of a list of thousands the browser has some
//! hundreds. It keeps its place meanwhile by the height that it had: on a phone no row is as high as the next. The first
//! page of a list is none of these: it stays, and follows what happens.

use leptos::html::Tbody;
use leptos::prelude::*;

/// The page; `fill` makes its rows.
pub(super) fn older_page(fill: impl Fn() -> Vec<AnyView> + Send + Sync + 'static) -> AnyView {
    let body = NodeRef::<Tbody>::new();
    let held = RwSignal::new(None::<f64>);
    #[cfg(feature = "hydrate")]
    browser::watch(body, held);
    let rows = move || match held.get() {
        Some(height) => view! {
            <tr class="filler" aria-hidden="true"><td><svg width="1" height=height></svg></td></tr>
        }
        .into_any(),
        None => fill().into_any(),
    };
    view! { <tbody class="older" node_ref=body>{rows}</tbody> }.into_any()
}

#[cfg(feature = "hydrate")]
mod browser {
    use crate::components::near;
    use leptos::ev::{FocusEvent, focusout};
    use leptos::html::Tbody;
    use leptos::prelude::*;
    use wasm_bindgen::JsCast;
    use web_sys::{HtmlTableSectionElement, Node};

    /// Beyond the screen, above and below: what is farther away is emptied.
    const NEAR: &str = "200% 0px";

    /// Writes the height in pixels that is to be held while the page is empty.
    pub(super) fn watch(body: NodeRef<Tbody>, held: RwSignal<Option<f64>>) {
        let is_near = StoredValue::new(true);
        Effect::new(move || {
            let Some(body) = body.get() else { return };
            let place = Place { body, held, is_near };
            let left = place.clone();
            // A row that has the focus is not taken away: its page is emptied when the focus has gone elsewhere.
            let leave = move |event: FocusEvent| left.settle(event.related_target().and_then(|to| to.dyn_into().ok()));
            StoredValue::new_local(place.body.on(focusout, leave));
            near::watch(&place.body.clone(), NEAR, move |is_near| {
                let _ = place.is_near.try_set_value(is_near);
                place.settle(document().active_element().map(Into::into));
            });
        });
    }

    #[derive(Clone)]
    struct Place {
        body: HtmlTableSectionElement,
        held: RwSignal<Option<f64>>,
        is_near: StoredValue<bool>,
    }

    impl Place {
        fn settle(&self, focus: Option<Node>) {
            // The list may be gone by now.
            let (Some(is_near), Some(held)) = (self.is_near.try_get_value(), self.held.try_get_untracked()) else {
                return;
            };
            if is_near && held.is_some() {
                self.held.set(None);
            } else if !is_near && held.is_none() && !self.body.contains(focus.as_ref()) {
                self.held.set(Some(self.body.get_bounding_client_rect().height()));
            }
        }
    }
}

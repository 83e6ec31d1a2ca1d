//! A part of a page that becomes live in a task of its own (see `hydration`).

use leptos::prelude::*;

/// Shows `children`; where the server rendered them they become live after what was put off before them.
#[component]
pub fn Later(
    /// The part.
    children: Children,
) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    if crate::hydration::is_under_way() {
        let place = NodeRef::new();
        crate::hydration::put_off(place, children);
        return view! { <div class="later" node_ref=place></div> }.into_any();
    }
    view! { <div class="later">{children()}</div> }.into_any()
}

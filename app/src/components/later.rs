//! Parts of a page that become live in tasks of their own (see `hydration`).

use leptos::prelude::*;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;

/// Shows `children`; where the server rendered them they become live after what was put off before them.
#[component]
pub fn Later(
    /// The part.
    children: Children,
    /// Whether it becomes live after all others.
    #[prop(optional)]
    last: bool,
) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    if crate::hydration::is_under_way() {
        let place = NodeRef::new();
        crate::hydration::put_off(place, children, last);
        return view! { <div class="later" node_ref=place></div> }.into_any();
    }
    let _ = last;
    view! { <div class="later">{children()}</div> }.into_any()
}

/// A row of a table whose cells are such a part.
pub fn later_row(attributes: Vec<AnyAttribute>, cells: impl FnOnce() -> AnyView + Send + 'static) -> AnyView {
    #[cfg(feature = "hydrate")]
    if crate::hydration::is_under_way() {
        let place = NodeRef::new();
        crate::hydration::put_off(place, Box::new(cells), false);
        return view! { <tr {..attributes} node_ref=place></tr> }.into_any();
    }
    view! { <tr {..attributes}>{cells()}</tr> }.into_any()
}

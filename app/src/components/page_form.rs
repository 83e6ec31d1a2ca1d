//! A form that asks for another state of a page. Without a script it is sent as any form is; with one the page changes in
//! place.

use leptos::prelude::*;
use leptos::web_sys::SubmitEvent;

/// A form, by what leads to the page that it asks for.
#[component]
pub fn PageForm(
    /// The page.
    action: &'static str,
    /// Its class.
    class: &'static str,
    /// What it is called where its fields do not say it.
    #[prop(optional, into)]
    label: Option<String>,
    /// Whether it searches: what it finds is read from the top on.
    #[prop(optional)]
    searches: bool,
    children: Children,
) -> impl IntoView {
    let role = searches.then_some("search");
    let on_submit = submit(action, searches);
    view! {
        <form method="get" action=action class=class role=role aria-label=label on:submit=on_submit>{children()}</form>
    }
    .into_any()
}

#[cfg(not(feature = "hydrate"))]
fn submit(_: &'static str, _: bool) -> impl Fn(SubmitEvent) {
    |_| ()
}

/// Goes to what the form asks, and closes the menu that it stands in.
#[cfg(feature = "hydrate")]
fn submit(action: &'static str, searches: bool) -> impl Fn(SubmitEvent) {
    use leptos_router::NavigateOptions;
    use wasm_bindgen::JsCast;
    use web_sys::{FormData, HtmlFormElement, UrlSearchParams};

    let go = leptos_router::hooks::use_navigate();
    move |event| {
        let Some(form) = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok()) else { return };
        let asked =
            FormData::new_with_form(&form).and_then(|data| UrlSearchParams::new_with_str_sequence_sequence(&data));
        // Without them the browser sends the form itself.
        let Ok(asked) = asked else { return };
        event.prevent_default();
        if let Ok(Some(menu)) = form.closest("details[open]") {
            crate::components::menu::close(&menu);
        }
        let address = [action, "?", &String::from(asked.to_string())].concat();
        go(&address, NavigateOptions { scroll: searches, ..NavigateOptions::default() });
    }
}

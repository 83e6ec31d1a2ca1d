//! The search above the list, and by what it is grouped. Both live in the page's address.

use crate::components::icon::{Glyph, Icon};
use crate::roster::Grouping;
use leptos::prelude::*;
use leptos_router::components::Form;
use leptos_router::location::Url;

/// The search and the grouping.
#[component]
pub(super) fn SearchBar(search: Memo<String>, group: Memo<Grouping>) -> impl IntoView {
    let links = Grouping::ALL.map(|choice| {
        let address = move || match search.get() {
            search if search.is_empty() => format!("/workers?group={}", choice.as_str()),
            search => format!("/workers?q={}&group={}", Url::escape(&search), choice.as_str()),
        };
        view! {
            <a href=address aria-current=move || (group.get() == choice).then_some("true")>{choice.label()}</a>
        }
    });
    view! {
        <div class="title-row search-row">
            <Form method="get" action="/workers" attr:role="search" attr:class="filter grow">
                <Icon glyph=Glyph::Search class="quiet"/>
                <input
                    class="input"
                    type="search"
                    name="q"
                    aria-label="Search workers"
                    placeholder="Search by name, tag, host or version"
                    prop:value=move || search.get()
                    value=search.get_untracked()
                />
                <input type="hidden" name="group" value=move || group.get().as_str()/>
                <button class="btn" type="submit">"Search"</button>
            </Form>
            <div class="seg" role="group" aria-label="Group by">{links.collect_view()}</div>
        </div>
    }
    .into_any()
}

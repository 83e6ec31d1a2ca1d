//! The search above the list, and by what it is grouped. Both live in the page's address.

use crate::components::icon::{Glyph, Icon};
use crate::components::page_form::PageForm;
use crate::roster::{Grouping, RosterAsk};
use leptos::prelude::*;

/// The search and the grouping.
#[component]
pub(super) fn SearchBar(asked: Memo<RosterAsk>) -> impl IntoView {
    let links = Grouping::ALL.map(|group| {
        // Another grouping has other groups.
        let address = move || RosterAsk { search: asked.read().search.clone(), group, closed: Vec::new() }.address();
        view! {
            <a href=address aria-current=move || (asked.read().group == group).then_some("true")>{group.label()}</a>
        }
    });
    let closed = move || {
        let hidden = |group: String| view! { <input type="hidden" name="closed" value=group/> };
        asked.read().closed.iter().cloned().map(hidden).collect_view()
    };
    view! {
        <div class="title-row search-row">
            <PageForm action="/workers" class="filter grow" searches=true>
                <Icon glyph=Glyph::Search class="quiet"/>
                <input
                    class="input"
                    type="search"
                    name="q"
                    aria-label="Search workers"
                    placeholder="Search by name, tag, host, version or queue:name"
                    prop:value=move || asked.read().search.clone()
                    value=asked.read_untracked().search.clone()
                />
                <input type="hidden" name="group" value=move || asked.read().group.as_str()/>
                {closed}
                <button class="btn" type="submit">"Search"</button>
            </PageForm>
            <div class="seg" role="group" aria-label="Group by">{links.collect_view()}</div>
        </div>
    }
    .into_any()
}

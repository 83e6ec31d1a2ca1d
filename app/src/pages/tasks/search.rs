//! The search above the list of tasks: one form, its filters as pills that can be taken away, and
//! hints at what can be asked.

use crate::components::icon::{Glyph, Icon};
use crate::task_groups::GroupsAsk;
use crate::task_search::{terms, write};
use leptos::prelude::*;
use leptos_router::components::Form;
use leptos_router::location::Url;

/// What can be asked, ready to be added.
const HINTS: [&str; 7] = [
    "status:failed",
    "status:processing",
    "queue:gpu_*",
    "name:transcribe",
    "worker:gpu-07",
    "error:\"out of memory\"",
    "took:>5m",
];

/// The search.
#[component]
pub(super) fn SearchBar(search: Memo<String>, ask: Memo<Option<GroupsAsk>>) -> impl IntoView {
    // The address of another search, of the list or of the same groups.
    let address_of = move |search: &str| match ask.get() {
        Some(ask) => GroupsAsk { q: search.to_owned(), ..ask.clone() }.address(&ask.by, &ask.since),
        None => format!("/tasks?q={}", Url::escape(search)),
    };
    let pills = move || {
        let all = terms(&search.read());
        (0..all.len())
            .filter(|n| all[*n].qualifier.is_some())
            .map(|n| {
                let mut others = all.clone();
                let term = others.remove(n);
                let without = address_of(&write(&others));
                let label = format!("Remove {}", term.text());
                view! {
                    <span class="pill">
                        <span>{term.qualifier.unwrap_or_default()}":"</span>
                        {term.value}
                        <a href=without aria-label=label><Icon glyph=Glyph::Close/></a>
                    </span>
                }
            })
            .collect_view()
    };
    let hints = HINTS.map(|hint| {
        let address = move || {
            let search = search.get();
            let joined = if search.is_empty() { hint.to_owned() } else { format!("{search} {hint}") };
            address_of(&joined)
        };
        view! { <a class="hint" href=address>{hint}</a> }
    });
    view! {
        <div class="stack tight">
            <Form method="get" action="/tasks" attr:role="search" attr:class="filter">
                <Icon glyph=Glyph::Search class="quiet"/>
                <input
                    class="input"
                    type="search"
                    name="q"
                    aria-label="Search tasks"
                    placeholder="Words, or filters such as status:failed took:>5m"
                    autocomplete="off"
                    prop:value=move || search.get()
                    value=search.get_untracked()
                />
                {move || ask.get().map(|ask| view! {
                    <input type="hidden" name="by" value=ask.by/>
                    <input type="hidden" name="since" value=ask.since/>
                })}
                <button class="btn" type="submit">"Search"</button>
            </Form>
            <div class="hints pills">{pills}</div>
            <div class="hints"><span class="cap">"Add"</span>{hints.collect_view()}</div>
        </div>
    }
    .into_any()
}

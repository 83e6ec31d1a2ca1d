//! The search above the list of tasks: one form with words to go on with, its filters as pills that can be taken away, and
//! hints at what can be asked.

use super::columns::Columns;
use crate::components::icon::{Glyph, Icon};
use crate::components::page_form::PageForm;
use crate::task_groups::GroupsAsk;
use crate::task_search::{terms, write};
use crate::task_words::{TaskWords, hints};
use forewatch::TaskMetrics;
use leptos::prelude::*;

/// The address of another search, of the list or of the same groups.
fn address_of(search: &str, ask: Memo<Option<GroupsAsk>>, columns: Columns) -> String {
    match ask.get() {
        Some(ask) => GroupsAsk { q: search.to_owned(), ..ask.clone() }.address(&ask.by, &ask.since),
        None => super::address(search, &columns.ending()),
    }
}

/// The search.
#[component]
pub(super) fn SearchBar(search: Memo<String>, ask: Memo<Option<GroupsAsk>>, columns: Columns) -> impl IntoView {
    let pills = move || {
        let all = terms(&search.read());
        (0..all.len())
            .filter(|n| all[*n].qualifier.is_some())
            .map(|n| {
                let mut others = all.clone();
                let term = others.remove(n);
                let without = address_of(&write(&others), ask, columns);
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
    let typed = RwSignal::new(None::<String>);
    let words = RwSignal::new(TaskWords::default());
    // The names are asked for when somebody begins to type.
    let ask_names = move |_| {
        if typed.read_untracked().is_some() {
            return;
        }
        typed.set(Some(search.get_untracked()));
        leptos::task::spawn_local(async move {
            // Without an answer the qualifiers are offered all the same.
            if let Ok(known) = crate::server_fns::load_task_words().await {
                let _ = words.try_set(known);
            }
        });
    };
    let ways_on = move || {
        let typed = typed.get().map(|typed| words.read().complete(&typed)).unwrap_or_default();
        typed.into_iter().map(|way| view! { <option value=way></option> }).collect_view()
    };
    view! {
        <div class="stack tight">
            <PageForm action="/tasks" searches=true class="filter">
                <Icon glyph=Glyph::Search class="quiet"/>
                <input
                    class="input"
                    type="search"
                    name="q"
                    aria-label="Search tasks"
                    placeholder="Words, or filters such as status:failed took:>5m"
                    autocomplete="off"
                    list="task-words"
                    prop:value=move || search.get()
                    value=search.get_untracked()
                    on:focus=ask_names
                    on:input=move |event| typed.set(Some(event_target_value(&event)))
                />
                <datalist id="task-words">{ways_on}</datalist>
                {move || ask.get().map(|ask| view! {
                    <input type="hidden" name="by" value=ask.by/>
                    <input type="hidden" name="since" value=ask.since/>
                })}
                {columns.fields()}
                <button class="btn" type="submit">"Search"</button>
            </PageForm>
            <div class="hints pills">{pills}</div>
        </div>
    }
    .into_any()
}

/// What can be asked of what is listed, ready to be added.
#[component]
pub(super) fn Hints(
    listed: Vec<TaskMetrics>,
    search: Memo<String>,
    ask: Memo<Option<GroupsAsk>>,
    columns: Columns,
) -> impl IntoView {
    let hints = move || {
        let search = search.read();
        let hint = |hint: String| {
            let joined = [search.as_str(), &hint].join(" ");
            view! { <a class="hint" href=address_of(joined.trim(), ask, columns)>{hint}</a> }
        };
        hints(&search, &listed).into_iter().map(hint).collect_view()
    };
    view! { <div class="hints"><span class="cap">"Add"</span>{hints}</div> }.into_any()
}

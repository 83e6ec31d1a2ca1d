//! Tasks: a search with typed qualifiers, newest first, page by page.

mod search;

use crate::components::icon::{Glyph, Icon};
use crate::components::page_title::PageTitle;
use crate::components::task_table::{NoTasks, TaskTable};
use crate::live::use_live;
use crate::server_fns::{TasksData, load_tasks};
use forewatch::format;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::location::Url;
use search::SearchBar;

/// The list of tasks.
#[component]
pub fn TasksPage() -> impl IntoView {
    let query = use_query_map();
    let search = Memo::new(move |_| query.read().get("q").unwrap_or_default().trim().to_owned());
    let cursor = Memo::new(move |_| query.read().get("cursor").filter(|c| !c.is_empty()));
    let data = Resource::new(move || (search.get(), cursor.get()), |(search, cursor)| load_tasks(search, cursor));
    view! {
        <PageTitle name="Tasks"/>
        {super::loaded(data, "The list of tasks did not load", move |page| view! { <Tasks page search cursor data/> })}
    }
    .into_any()
}

#[component]
fn Tasks(
    page: TasksData,
    search: Memo<String>,
    cursor: Memo<Option<String>>,
    data: Resource<Result<TasksData, crate::backend::BackendError>>,
) -> impl IntoView {
    let TasksData { now, page, live, remarks, any } = page;
    let total = format!("{}{}", if page.total_exact { "" } else { "more than " }, format::count(page.total));
    let words = if page.total == 1 { "1 task".to_owned() } else { format!("{total} tasks") };
    let is_first = cursor.read_untracked().is_none();
    let older = page.next_cursor.clone().map(|next| {
        let address = format!("/tasks?q={}&cursor={}", Url::escape(&search.read_untracked()), Url::escape(&next));
        view! { <a class="btn" href=address>"Older"<Icon glyph=Glyph::Next/></a> }
    });
    let newest = (!is_first).then(|| {
        let address = format!("/tasks?q={}", Url::escape(&search.read_untracked()));
        view! { <a class="btn" href=address>"Newest"</a> }
    });
    // How many tasks came since this page was made; the page itself does not move under the finger.
    let live = use_live().tasks(live);
    let came = Memo::new(move |_| {
        live.read()
            .iter()
            .filter(|t| t.timestamp > now && t.submitted_at.or(t.started_at).is_some_and(|at| at > now))
            .count()
    });
    let fresh = move || {
        let count = came.get();
        (is_first && count > 0).then(|| {
            view! {
                <button class="btn" type="button" on:click=move |_| data.refetch()>
                    <Icon glyph=Glyph::Play/>"Show "{format::count(count as u64)}" new"
                </button>
            }
        })
    };
    let remarks = remarks.into_iter().map(|text| {
        view! {
            <p class="note"><Icon glyph=Glyph::Warning class="c-warning"/><span>{text}</span></p>
        }
    });
    let rows = page.items;
    view! {
        <div class="title-row"><h1>"Tasks"</h1><span class="soft">{words}</span></div>
        <SearchBar search/>
        {remarks.collect_view()}
        <section class="panel" aria-labelledby="tasks-list">
            <div class="panel-h">
                <h2 id="tasks-list">"Newest first"</h2>
                <div class="right">{fresh}</div>
            </div>
            {if rows.is_empty() {
                view! { <NoTasks any/> }.into_any()
            } else {
                view! {
                    <TaskTable tasks=Signal::stored(rows)/>
                    <div class="panel-h foot-row">
                        <span class="cap">"Outlined bar: waited. Filled bar: ran. The longest fills the width."</span>
                        <div class="right">{newest}{older}</div>
                    </div>
                }
                .into_any()
            }}
        </section>
    }
    .into_any()
}

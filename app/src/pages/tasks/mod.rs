//! Tasks: a search with typed qualifiers, newest first, page by page. The first page follows what happens, and
//! stands still while someone reads in it.

mod groups;
mod rows;
mod search;

use crate::components::icon::{Glyph, Icon};
use crate::components::later::Later;
use crate::components::once::once_on_server;
use crate::components::page_title::PageTitle;
use crate::components::task_table::{NoTasks, TaskTable};
use crate::control::tasks::of_search;
use crate::control::{Answer, AnswerPlace, Deeds};
use crate::server_fns::{TasksData, load_tasks};
use crate::task_groups::GroupsAsk;
use crate::views::Views;
use forewatch::format;
use groups::{Groups, Ways};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::location::Url;
use rows::Rows;
use search::SearchBar;

/// The list of tasks.
#[component]
pub fn TasksPage() -> impl IntoView {
    let query = use_query_map();
    let search = Memo::new(move |_| query.read().get("q").unwrap_or_default().trim().to_owned());
    let cursor = Memo::new(move |_| query.read().get("cursor").filter(|c| !c.is_empty()));
    let ask = Memo::new(move |_| {
        let query = query.read();
        GroupsAsk::of(|part| query.get(part).filter(|word| !word.is_empty()))
    });
    let is_list = Memo::new(move |_| ask.read().is_none());
    view! {
        <PageTitle name="Tasks"/>
        <div class="title-row"><h1>"Tasks"</h1><Ways ask search/><Views/></div>
        <SearchBar search ask/>
        {once_on_server(move || match is_list.get() {
            true => view! { <List search cursor/> }.into_any(),
            false => view! { <Groups ask/> }.into_any(),
        })}
    }
    .into_any()
}

#[component]
fn List(search: Memo<String>, cursor: Memo<Option<String>>) -> impl IntoView {
    let data = Resource::new(move || (search.get(), cursor.get()), |(search, cursor)| load_tasks(search, cursor));
    super::loaded(data, "The list of tasks did not load", move |page| view! { <Tasks page search cursor/> })
}

#[component]
fn Tasks(page: TasksData, search: Memo<String>, cursor: Memo<Option<String>>) -> impl IntoView {
    let is_first = cursor.read_untracked().is_none();
    let remarks = page.remarks.clone().into_iter().map(|text| {
        view! {
            <p class="note"><Icon glyph=Glyph::Warning class="c-warning"/><span>{text}</span></p>
        }
    });
    let any = page.any;
    let commanded = page.commanded.clone();
    let answer = Answer::new();
    let rows = Rows::of(page, search.get_untracked(), is_first);
    let listed = rows.tasks();
    let asks = Memo::new(move |_| of_search(&search.read(), &listed.read(), &commanded));
    let address = move |cursor: Option<&str>| {
        let search = Url::escape(&search.read());
        match cursor {
            Some(cursor) => format!("/tasks?q={search}&cursor={}", Url::escape(cursor)),
            None => format!("/tasks?q={search}"),
        }
    };
    let older = move || {
        rows.next_cursor().map(|next| {
            view! { <a class="btn" href=address(Some(&next))>"Older"<Icon glyph=Glyph::Next/></a> }.into_any()
        })
    };
    let file = move || "/tasks.csv?q=".to_owned() + &Url::escape(&search.read());
    let newest = (!is_first).then(|| view! { <a class="btn" href=move || address(None)>"Newest"</a> });
    let is_empty = Memo::new(move |_| rows.is_empty());
    let table = move || match is_empty.get() {
        true => view! { <NoTasks any/> }.into_any(),
        false => view! { <TaskTable tasks=rows.tasks() stuck_from=rows.stuck_from()/> }.into_any(),
    };
    view! {
        {remarks.collect_view()}
        <Later><section
            class="panel"
            aria-labelledby="tasks-list"
            on:pointerenter=move |_| rows.read_by_pointer(true)
            on:pointerleave=move |_| rows.read_by_pointer(false)
        >
            <div class="panel-h">
                <h2 id="tasks-list">"Newest first"</h2>
                <span class="soft">{move || rows.sentence()}</span>
                <div class="right"><Deeds asks answer/>{is_first.then(|| view! { <Following rows/> })}</div>
            </div>
            <AnswerPlace answer/>
            {table}
            <div class="panel-h foot-row">
                <span class="cap">"Outlined bar: waited. Filled bar: ran. The longest fills the width."</span>
                <div class="right"><a class="btn bare" href=file download="" rel="external">"CSV"</a>{newest}{older}</div>
            </div>
        </section></Later>
    }
    .into_any()
}

/// Pause and go on; what has come meanwhile.
#[component]
fn Following(rows: Rows) -> impl IntoView {
    let came = move || {
        let count = rows.came();
        (count > 0).then(|| {
            let more = if count >= rows::KNOWN { "+" } else { "" };
            let words = format!("Show {}{more} new", format::count(count as u64));
            view! {
                <button class="btn" type="button" on:click=move |_| rows.refresh()>{words}</button>
            }
            .into_any()
        })
    };
    let label = move || match rows.is_paused() {
        true => view! { <Icon glyph=Glyph::Play/>"Follow" }.into_any(),
        false => view! { <Icon glyph=Glyph::Pause/>"Pause" }.into_any(),
    };
    view! {
        {came}
        <button class="btn needs-script" type="button" aria-pressed=move || rows.is_paused().to_string() on:click=move |_| rows.pause_or_follow()>
            {label}
        </button>
    }
    .into_any()
}

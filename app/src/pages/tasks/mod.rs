//! Tasks: a search with typed qualifiers, newest first. The first page follows what happens, and stands still while
//! someone reads in it. Older pages are appended as their reader comes to the end; a link leads to them, too.

mod columns;
mod groups;
mod rows;
mod search;

use crate::components::icon::{Glyph, Icon};
use crate::components::later::Later;
use crate::components::once::once_on_server;
use crate::components::page_title::PageTitle;
use crate::components::task_table::columns::TaskColumn;
use crate::components::task_table::{NoTasks, TaskTable};
use crate::control::tasks::of_search;
use crate::control::{Answer, AnswerPlace, Deeds};
use crate::escape::escape;
use crate::server_fns::{TasksData, load_tasks};
use crate::task_groups::GroupsAsk;
use crate::views::Views;
use columns::{Columns, ColumnsMenu};
use forewatch::format;
use groups::{Groups, Ways};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use rows::Rows;
use search::{Hints, SearchBar};

/// The address of the list: a search, and what the address ends with.
fn address(search: &str, ending: &str) -> String {
    ["/tasks?q=", &escape(search), ending].concat()
}

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
    let columns = Columns::of_address();
    view! {
        <PageTitle name="Tasks"/>
        <div class="title-row"><h1>"Tasks"</h1><Ways ask search/><Views/></div>
        <Later><SearchBar search ask columns/></Later>
        {once_on_server(move || match is_list.get() {
            true => view! { <List search cursor ask columns/> }.into_any(),
            false => view! { <Hints listed=Vec::new() search ask columns/><Groups ask/> }.into_any(),
        })}
    }
    .into_any()
}

#[component]
fn List(
    search: Memo<String>,
    cursor: Memo<Option<String>>,
    ask: Memo<Option<GroupsAsk>>,
    columns: Columns,
) -> impl IntoView {
    let data = Resource::new(move || (search.get(), cursor.get()), |(search, cursor)| load_tasks(search, cursor));
    super::loaded(data, "The list of tasks did not load", move |page| {
        let listed = page.page.items.clone();
        view! { <Hints listed search ask columns/><Tasks page search cursor columns/> }
    })
}

#[component]
fn Tasks(page: TasksData, search: Memo<String>, cursor: Memo<Option<String>>, columns: Columns) -> impl IntoView {
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
    let loaded = rows.loaded();
    let asks = Memo::new(move |_| of_search(&search.read(), loaded.read().tasks(), &commanded));
    let address = move |cursor: Option<&str>| {
        let cursor = cursor.map(|cursor| ["&cursor=", &escape(cursor)].concat()).unwrap_or_default();
        address(&search.read(), &(columns.ending() + &cursor))
    };
    let older = move || {
        rows.next_cursor().map(|next| {
            view! { <a class="btn" href=address(Some(&next))>"Older"<Icon glyph=Glyph::Next/></a> }.into_any()
        })
    };
    let file = move || "/tasks.csv?q=".to_owned() + &escape(&search.read());
    let newest = (!is_first).then(|| view! { <a class="btn" href=move || address(None)>"Newest"</a> });
    let has_time = move || columns.shown.read().contains(&TaskColumn::Time);
    let legend = move || has_time().then_some("Outlined bar: waited. Filled bar: ran. The longest fills the width.");
    let is_empty = Memo::new(move |_| rows.is_empty());
    let table = move || match is_empty.get() {
        true => view! { <NoTasks any/> }.into_any(),
        false => {
            let stuck_from = rows.stuck_from();
            view! { <TaskTable tasks=rows.tasks() older=rows.older() columns=columns.shown stuck_from/> }.into_any()
        }
    };
    view! {
        {remarks.collect_view()}
        <Later><section
            class="panel"
            aria-labelledby="tasks-list"
            on:pointerenter=move |_| rows.read_by_pointer(true)
            on:pointerleave=move |_| rows.read_by_pointer(false)
            on:focusin=move |event| rows.read_by_keys(is_in_rows(event.target(), "tbody :focus-visible"))
            on:focusout=move |event| rows.read_by_keys(rows.is_read_by_keys() && is_in_rows(event.related_target(), "tbody *"))
        >
            <div class="panel-h" node_ref=rows.head>
                <h2 id="tasks-list">"Newest first"</h2>
                <span class="soft">{move || rows.sentence()}</span>
                <div class="right"><Deeds asks answer/><ColumnsMenu columns search/>{is_first.then(|| view! { <Following rows/> })}</div>
            </div>
            <AnswerPlace answer/>
            {table}
            <div class="panel-h foot-row" node_ref=rows.foot>
                <span class="cap">{legend}</span>
                <div class="right"><Missing rows/><a class="btn bare" href=file download="" rel="external">"CSV"</a>{newest}{older}</div>
            </div>
        </section></Later>
    }
    .into_any()
}

/// Whether what an event is about is among the rows.
fn is_in_rows(target: Option<leptos::web_sys::EventTarget>, selector: &str) -> bool {
    use leptos::wasm_bindgen::JsCast;
    let place = target.and_then(|target| target.dyn_into::<leptos::web_sys::Element>().ok());
    place.is_some_and(|place| place.matches(selector).unwrap_or_default())
}

/// That the next page did not come, and a button to ask for it again.
#[component]
fn Missing(rows: Rows) -> impl IntoView {
    let words = move || rows.older_failed().then_some("The next tasks did not load");
    let ask = move |_| rows.load_older();
    let again = move || {
        let button =
            || view! { <button class="btn" type="button" on:click=ask><Icon glyph=Glyph::Retry/>"Try again"</button> };
        rows.older_failed().then(|| button().into_any())
    };
    view! { <span class="soft" role="status">{words}</span>{again} }.into_any()
}

/// Pause and go on; what has come meanwhile.
#[component]
fn Following(rows: Rows) -> impl IntoView {
    let pause = NodeRef::<leptos::html::Button>::new();
    // The button goes away: the next one has the focus then.
    let show = move |_| {
        rows.refresh();
        pause.get_untracked().map(|pause| pause.focus());
    };
    let came = move || {
        let count = rows.came();
        (count > 0).then(|| {
            let more = if count >= rows::KNOWN { "+" } else { "" };
            let words = format!("Show {}{more} new", format::count(count as u64));
            view! {
                <button class="btn" type="button" on:click=show>{words}</button>
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
        <button class="btn needs-script" type="button" node_ref=pause on:click=move |_| rows.pause_or_follow()>
            {label}
        </button>
    }
    .into_any()
}

//! Workers: a row each, grouped, searched, live. Only the rows in view are drawn, so 5,000 scroll
//! like 50. Without any script the first 50 are there, and links lead to the others.

#[cfg(feature = "hydrate")]
mod keys;
mod loads;
#[cfg(feature = "hydrate")]
mod order;
mod row;
mod search;
mod slot;
mod window;

use crate::components::each::each;
use crate::components::empty::Empty;
use crate::components::later::Later;
use crate::components::page_title::PageTitle;
use crate::escape::escape;
use crate::live::use_live;
use crate::roster::{RosterAsk, RosterCounts, RosterRow};
use crate::server_fns::{FIRST_ROWS, WorkersData, load_workers};
use crate::views::Views;
use forewatch::WorkerSummary;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use loads::Loads;
use row::PlacedRow;
use search::SearchBar;
use slot::InView;
use std::ops::Range;
use std::sync::Arc;
use window::{RowWindow, Window};

/// The list of workers.
#[component]
pub fn WorkersPage() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let query = query.read();
        RosterAsk::of(|word| query.get_all(word).unwrap_or_default())
    });
    let page = move || query.read_untracked().get("page").and_then(|page| page.parse::<usize>().ok()).unwrap_or(1);
    // Only the page matters to the server once the live list is there: searching and grouping happen here.
    let data = Resource::new_blocking(|| (), move |()| load_workers(asked.get_untracked(), page().max(1) - 1));
    view! {
        <PageTitle name="Workers"/>
        {super::loaded(data, "The list of workers did not load", move |data| view! { <Workers data asked/> })}
    }
    .into_any()
}

#[component]
fn Workers(data: WorkersData, asked: Memo<RosterAsk>) -> impl IntoView {
    let live = use_live();
    let now = live.known_until();
    let (counted, rows, sent) = (data.counts, data.rows, data.workers.data.len());
    let workers = live.workers(data.workers);
    // Until the live list is there, the page has one page of the rows only.
    let has_all = move || workers.read().len() > sent;
    let counts = Memo::new(move |_| match sent == counted.total || has_all() {
        true => RosterCounts::of(&workers.read(), now.get()),
        false => counted,
    });
    let first = data.listed.map(|listed| (asked.get_untracked(), listed));
    let is_cut = first.is_some();
    let search = Memo::new(move |_| asked.read().search.clone());
    let listed = Memo::new(move |_| match &first {
        Some((first, listed)) if *asked.read() == *first && !has_all() => listed.clone(),
        _ => asked.read().rows(&workers.read()),
    });
    let heads = Memo::new(move |_| {
        let listed = listed.read();
        let is_head = |n: &usize| matches!(listed[*n], RosterRow::Group(_));
        (0..listed.len()).filter(is_head).collect::<Vec<_>>()
    });
    let window = RowWindow::new(Signal::derive(move || listed.read().len()), heads);
    #[cfg(feature = "hydrate")]
    keys::listen(window.table);
    let (before, matching) = (data.before, data.matching);
    let sentence = move || {
        let part = (is_cut && !has_all()).then_some((before, matching));
        range_sentence(window.range(), &listed.read(), part)
    };
    let row_count = move || {
        let rows = if is_cut && !has_all() { rows } else { listed.read().len() };
        (rows + 1).to_string()
    };
    let command = format!("forewatch-agent run --server {}", data.public_url);
    let file = move || "/workers.csv?q=".to_owned() + &escape(&search.read());
    let pages = if is_cut { rows.div_ceil(FIRST_ROWS) } else { 1 };
    let table = move || {
        view! {
            <Later><section class="panel" aria-label="Workers">
                <div class="scroll roster-box" tabindex="0" role="region" aria-label="Worker table">
                    <table class="tbl cards roster" node_ref=window.table aria-rowcount=row_count>
                        <thead>
                            <tr aria-rowindex="1">
                                <th scope="col" class="c-name">"Worker"</th>
                                <th scope="col" class="c-status">"Status"</th>
                                <th scope="col" class="c-heard">"Heard from"</th>
                                <th scope="col" class="c-meter">"CPU"</th>
                                <th scope="col" class="c-meter">"Memory"</th>
                                <th scope="col" class="c-meter">"GPU"</th>
                                <th scope="col" class="c-meter">"VRAM"</th>
                                <th scope="col" class="c-spark">"Load, 15 min"</th>
                                <th scope="col" class="num c-tasks">"Tasks"</th>
                                <th scope="col" class="c-capability">"Capability"</th>
                                <th scope="col" class="c-tags">"Tags"</th>
                                <th scope="col" class="c-version">"Version"</th>
                            </tr>
                        </thead>
                        <tbody><Rows workers listed window asked/></tbody>
                    </table>
                </div>
                {move || (listed.read().is_empty()).then(|| view! {
                    <Empty title="No worker matches" text="Shorten the search, or clear it to see every worker."/>
                })}
            </section></Later>
            <p class="cap">
                {sentence}
                " "<a class="link" href=file download="" rel="external">"All as CSV"</a>
            </p>
            <noscript><Pages pages asked/></noscript>
        }
    };
    view! {
        <div class="title-row">
            <h1>"Workers"</h1>
            <span class="soft">{move || counts.get().sentence()}</span>
            <Views/>
        </div>
        <SearchBar asked/>
        {if counted.total == 0 {
            view! {
                <Show when=move || workers.read().is_empty() fallback=table>
                    <section class="panel">
                        <Empty
                            title="No workers yet"
                            text="Run this on a machine with work to do. It appears here within ten seconds."
                            command=command.clone()
                        />
                    </section>
                </Show>
            }
            .into_any()
        } else {
            table().into_any()
        }}
    }
    .into_any()
}

/// The rows in view, between two fillers that hold the place of the others.
#[component]
fn Rows(
    workers: Signal<Arc<Vec<WorkerSummary>>>,
    listed: Memo<Vec<RosterRow>>,
    window: RowWindow,
    asked: Memo<RosterAsk>,
) -> impl IntoView {
    let visible = Memo::new(move |before: Option<&InView>| InView::of(&listed.read(), window.range(), before));
    let places = Memo::new(move |_| visible.read().places());
    let loads = Loads::of(visible, workers);
    #[cfg(feature = "hydrate")]
    order::keep(window.table, visible);
    let height = Memo::new(move |_| window.range().height);
    let room = Memo::new(move |_| visible.read().room());
    let filler = move |rows: Range<usize>| {
        let height = window.height_of(rows);
        (height > 0.0).then(|| {
            view! {
                <tr class="filler" aria-hidden="true">
                    <td colspan=row::COLUMNS>
                        <svg width="1" height=height></svg>
                    </td>
                </tr>
            }
        })
    };
    view! {
        {move || filler(0..room.get().start)}
        {each(
            move || (0..places.get()).collect(),
            ToString::to_string,
            move |place| view! { <PlacedRow place visible height listed workers loads asked/> }.into_any(),
        )}
        {move || filler(room.get().end..listed.read().len())}
    }
    .into_any()
}

/// Which of the workers are drawn. Of a list that is a part of one: how many are before it, and how many there are in all.
fn range_sentence(range: Window, rows: &[RosterRow], part: Option<(usize, usize)>) -> String {
    let is_worker = |row: &&RosterRow| matches!(row, RosterRow::Worker(_));
    let (earlier, total) = part.unwrap_or_else(|| (0, rows.iter().filter(is_worker).count()));
    let before = earlier + rows.iter().take(range.first).filter(is_worker).count();
    let shown = rows.get(range.first..range.last).unwrap_or_default().iter().filter(is_worker).count();
    if shown == 0 { String::new() } else { format!("Rows {} to {} of {total}.", before + 1, before + shown) }
}

/// Links to the pages of the list, for those without any script.
#[component]
fn Pages(pages: usize, asked: Memo<RosterAsk>) -> impl IntoView {
    let page = use_query_map().read_untracked().get("page").and_then(|page| page.parse::<usize>().ok()).unwrap_or(1);
    let address = asked.read_untracked().address() + "&page=";
    let links = (1..=pages).map(|n| {
        let address = [&*address, &n.to_string()].concat();
        view! { <a class="btn" href=address aria-current=(n == page).then_some("page")>{n}</a> }
    });
    view! { <nav class="acts" aria-label="Pages">{(pages > 1).then(|| links.collect_view())}</nav> }
}

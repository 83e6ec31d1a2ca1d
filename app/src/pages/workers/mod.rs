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
use crate::live::use_live;
use crate::roster::{Grouping, RosterCounts, RosterRow, rows};
use crate::server_fns::{FIRST_ROWS, WorkersData, load_workers};
use crate::views::Views;
use forewatch::WorkerSummary;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::location::Url;
use loads::Loads;
use row::PlacedRow;
use search::SearchBar;
use slot::InView;
use std::sync::Arc;
use window::{RowWindow, Window};

/// The list of workers.
#[component]
pub fn WorkersPage() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let query = query.read();
        let page = query.get("page").and_then(|p| p.parse::<usize>().ok()).unwrap_or(1).max(1);
        (query.get("q").unwrap_or_default(), Grouping::from_word(&query.get("group").unwrap_or_default()), page - 1)
    });
    // Only the page matters to the server once the live list is there: searching and grouping happen here.
    let data = Resource::new_blocking(
        || (),
        move |()| {
            let (search, group, page) = asked.get_untracked();
            load_workers(search, group, page)
        },
    );
    view! {
        <PageTitle name="Workers"/>
        {super::loaded(data, "The list of workers did not load", move |data| view! { <Workers data asked/> })}
    }
    .into_any()
}

#[component]
fn Workers(data: WorkersData, asked: Memo<(String, Grouping, usize)>) -> impl IntoView {
    let live = use_live();
    let now = live.known_until();
    let counted = data.counts;
    let workers = live.workers(data.workers);
    let counts = Memo::new(move |_| {
        let workers = workers.read();
        if workers.len() < counted.total.min(FIRST_ROWS + 1)
            || workers.len() <= FIRST_ROWS && counted.total > FIRST_ROWS
        {
            counted
        } else {
            RosterCounts::of(&workers, now.get())
        }
    });
    let closed = RwSignal::new(Vec::<String>::new());
    let search = Memo::new(move |_| asked.read().0.clone());
    let group = Memo::new(move |_| asked.read().1);
    let listed = Memo::new(move |_| rows(&workers.read(), &search.read(), group.get(), &closed.read()));
    let window = RowWindow::new(Signal::derive(move || listed.read().len()));
    #[cfg(feature = "hydrate")]
    keys::listen(window.table);
    let matching = data.matching;
    let row_count = move || {
        // Until the live list is there, the page has the first rows only.
        let first_only = workers.read().len() <= FIRST_ROWS && matching > FIRST_ROWS;
        let rows = if first_only { matching } else { listed.read().len() };
        (rows + 1).to_string()
    };
    let command = format!("forewatch-agent run --server {}", data.public_url);
    let file = move || "/workers.csv?q=".to_owned() + &Url::escape(&search.read());
    let pages = data.matching.div_ceil(FIRST_ROWS);
    let table = move || {
        view! {
            <Later><section class="panel" aria-label="Workers">
                <div class="scroll" tabindex="0" role="region" aria-label="Worker table">
                    <table class="tbl cards roster" node_ref=window.table aria-rowcount=row_count>
                        <thead>
                            <tr aria-rowindex="1">
                                <th scope="col" class="c-name">"Worker"</th>
                                <th scope="col">"Status"</th>
                                <th scope="col" class="c-heard">"Heard from"</th>
                                <th scope="col" class="c-meter">"CPU"</th>
                                <th scope="col" class="c-meter">"Memory"</th>
                                <th scope="col" class="c-meter">"GPU"</th>
                                <th scope="col" class="c-meter">"VRAM"</th>
                                <th scope="col" class="c-spark">"Load, 15 min"</th>
                                <th scope="col" class="num">"Tasks"</th>
                                <th scope="col">"Tags"</th>
                                <th scope="col">"Version"</th>
                            </tr>
                        </thead>
                        <tbody><Rows workers listed window closed/></tbody>
                    </table>
                </div>
                {move || (listed.read().is_empty()).then(|| view! {
                    <Empty title="No worker matches" text="Shorten the search, or clear it to see every worker."/>
                })}
            </section></Later>
            <p class="cap">
                {move || range_sentence(window.range(), &listed.read())}
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
        <SearchBar search group/>
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
    closed: RwSignal<Vec<String>>,
) -> impl IntoView {
    let visible = Memo::new(move |_| InView::of(&listed.read(), window.range()));
    let places = Memo::new(move |_| visible.read().places());
    let loads = Loads::of(visible, workers);
    #[cfg(feature = "hydrate")]
    order::keep(window.table, visible);
    let filler = move |height: f64| {
        (height > 0.0).then(|| {
            view! {
                <tr class="filler" aria-hidden="true">
                    <td colspan="11">
                        <svg width="1" height=height></svg>
                    </td>
                </tr>
            }
        })
    };
    view! {
        {move || filler(window.range().above)}
        {each(
            move || (0..places.get()).collect(),
            ToString::to_string,
            move |place| view! { <PlacedRow place visible listed workers loads closed/> }.into_any(),
        )}
        {move || filler(window.range().below)}
    }
    .into_any()
}

fn range_sentence(range: Window, rows: &[RosterRow]) -> String {
    let is_worker = |row: &&RosterRow| matches!(row, RosterRow::Worker(_));
    let before = rows.iter().take(range.first).filter(is_worker).count();
    let shown = rows.get(range.first..range.last).unwrap_or_default().iter().filter(is_worker).count();
    let total = rows.iter().filter(is_worker).count();
    if shown == 0 { String::new() } else { format!("Rows {} to {} of {total}.", before + 1, before + shown) }
}

/// Links to the pages of the list, for those without any script.
#[component]
fn Pages(pages: usize, asked: Memo<(String, Grouping, usize)>) -> impl IntoView {
    let (search, group, page) = asked.get_untracked();
    let links = (0..pages).map(|n| {
        let address = format!("/workers?q={}&group={}&page={}", Url::escape(&search), group.as_str(), n + 1);
        view! { <a class="btn" href=address aria-current=(n == page).then_some("page")>{n + 1}</a> }
    });
    view! { <nav class="acts" aria-label="Pages">{(pages > 1).then(|| links.collect_view())}</nav> }
}

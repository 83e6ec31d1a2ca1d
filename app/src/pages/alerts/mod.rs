//! Alerts: active, acknowledged, suppressed, pending, resolved; filtered by severity, component, rule, time and
//! words, one or many handled at once. The whole choice lives in the page's address.

mod filters;
mod selection;
mod table;

use crate::alert_search::{AlertSearch, belongs, fits};
use crate::attention::is_open;
use crate::causes::heads;
use crate::components::icon::{Glyph, Icon};
use crate::components::later::Later;
use crate::components::page_title::PageTitle;
use crate::escape::escape;
use crate::handling::shown_alerts;
use crate::live::use_live;
use crate::server_fns::{AlertsData, load_alerts};
use crate::views::Views;
use filters::{Filters, Tabs};
use forewatch::alert::AlertState;
use forewatch::{Alert, format};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use selection::{Selection, SelectionBar};
use std::collections::HashMap;
use table::{AlertTable, NoAlerts};

/// The list of alerts.
#[component]
pub fn AlertsPage() -> impl IntoView {
    let query = use_query_map();
    let now = use_live().now();
    let asked = Memo::new(move |_| {
        let query = query.read();
        AlertSearch::of(|key| query.get(key).filter(|value| !value.is_empty()))
    });
    let data = Resource::new(move || asked.get(), move |asked| load_alerts(asked.filter(now.get_untracked())));
    view! {
        <PageTitle name="Alerts"/>
        {super::loaded(data, "The list of alerts did not load", move |data| view! { <Alerts data asked/> })}
    }
    .into_any()
}

#[component]
fn Alerts(data: AlertsData, asked: Memo<AlertSearch>) -> impl IntoView {
    let asked = asked.get_untracked();
    let filter = asked.filter(data.now);
    let tab = asked.tab.clone();
    let live = shown_alerts(data.live);
    let listed = StoredValue::new(data.page.items);
    // Rows stay where they are; their content is the live one. On the first page of what is still going
    // on, new ones come in at the top.
    let joins = filter.cursor.is_none() && tab != "resolved" && tab != "all";
    let rows = Memo::new({
        let tab = tab.clone();
        // The topic forgets an alert an hour after its end, and one that was only pending at once: what was seen last stays.
        move |before: Option<&Vec<Alert>>| {
            let live = live.read();
            let newest: HashMap<_, _> = live.iter().map(|a| (&a.alert_id, a)).collect();
            let mut rows: Vec<Alert> = listed.with_value(|listed| {
                let seen = |a: &Alert| before.and_then(|rows| rows.iter().find(|row| row.alert_id == a.alert_id));
                let last = |a: &Alert| newest.get(&a.alert_id).copied().or_else(|| seen(a)).unwrap_or(a).clone();
                listed.iter().map(last).collect()
            });
            let is_over = |a: &Alert| a.state == AlertState::Pending && !newest.contains_key(&a.alert_id);
            let had_live = before.is_some_and(|rows| !rows.is_empty());
            rows.retain(|a| !(had_live && joins && is_over(a)));
            if joins {
                let new = live.iter().filter(|a| belongs(a, &tab) && fits(a, &filter));
                let new: Vec<Alert> = new.filter(|a| !rows.iter().any(|r| r.alert_id == a.alert_id)).cloned().collect();
                rows.splice(0..0, new);
                rows.retain(|a| belongs(a, &tab));
            }
            rows
        }
    });
    // What follows from another row stands under it, except where people ask for what is quiet.
    let rows = match tab.as_str() {
        "suppressed" => rows,
        _ => Memo::new(move |_| heads(rows.get(), &live.read())),
    };
    let older = data.page.next_cursor.map(|cursor| {
        let address = format!("{}&cursor={}", asked.address(None), escape(&cursor));
        view! { <a class="btn" href=address>"Older"<Icon glyph=Glyph::Next/></a> }
    });
    let file = asked.csv_address();
    let open = move || live.read().iter().filter(|a| is_open(a)).count();
    let selection = Selection::of(rows);
    let none = asked.clone();
    view! {
        <div class="title-row">
            <h1>"Alerts"</h1>
            <span class="soft">{move || match open() {
                0 => "nothing needs someone".to_owned(),
                1 => "1 needs someone".to_owned(),
                many => format!("{} need someone", format::count(many as u64)),
            }}</span>
            <Views/>
        </div>
        <Tabs asked=asked.clone() live/>
        <Later><Filters asked=asked.clone() rules=data.rules/></Later>
        <Later><section class="panel" aria-label="Alerts">
            <SelectionBar selection/>
            <Show when=move || !rows.read().is_empty() fallback=move || view! { <NoAlerts asked=none.clone()/> }>
                <AlertTable rows live selection/>
            </Show>
            <div class="panel-h foot-row">
                <div class="right"><a class="btn bare" href=file download="" rel="external">"CSV"</a>{older}</div>
            </div>
        </section></Later>
    }
    .into_any()
}

//! Alerts: active, acknowledged, suppressed, pending, resolved; filtered by severity, component and
//! words. The whole choice lives in the page's address.

use crate::components::alert_card::Subject;
use crate::components::alert_deeds::Deeds;
use crate::components::each::{alert_key, each};
use crate::components::icon::{Glyph, Icon};
use crate::components::moment::{Moment, Style};
use crate::components::page_title::PageTitle;
use crate::components::severity::{SeverityBadge, word};
use crate::handling::{is_open, shown_alerts};
use crate::query::AlertFilter;
use crate::server_fns::{AlertsData, FIRST_ROWS, load_alerts};
use forewatch::alert::{AlertComponent, AlertState};
use forewatch::{Alert, AlertSeverity, format};
use leptos::prelude::*;
use leptos_router::components::Form;
use leptos_router::hooks::use_query_map;
use leptos_router::location::Url;
use std::collections::HashMap;

/// The tabs: the word in the address, the word on the screen.
const TABS: [(&str, &str); 5] = [
    ("active", "Active"),
    ("acknowledged", "Acknowledged"),
    ("suppressed", "Suppressed"),
    ("pending", "Pending"),
    ("resolved", "Resolved"),
];

/// The list of alerts.
#[component]
pub fn AlertsPage() -> impl IntoView {
    let query = use_query_map();
    let filter = Memo::new(move |_| {
        let query = query.read();
        let given = |key: &str| query.get(key).filter(|v| !v.is_empty());
        AlertFilter {
            state: Some(given("state").unwrap_or_else(|| "active".to_owned())),
            severity: given("severity").and_then(|s| s.parse().ok()).into_iter().collect(),
            component: given("component").and_then(|c| c.parse().ok()),
            component_id: given("component_id"),
            q: given("q"),
            cursor: given("cursor"),
            limit: FIRST_ROWS,
            ..AlertFilter::default()
        }
    });
    let data = Resource::new(move || filter.get(), load_alerts);
    view! {
        <PageTitle name="Alerts"/>
        {super::loaded(data, "The list of alerts did not load", move |data| view! { <Alerts data filter/> })}
    }
    .into_any()
}

#[component]
fn Alerts(data: AlertsData, filter: Memo<AlertFilter>) -> impl IntoView {
    let asked = filter.get_untracked();
    let tab = asked.state.clone().unwrap_or_default();
    let live = shown_alerts(data.live);
    let listed = StoredValue::new(data.page.items);
    // Rows stay where they are; their content is the live one. On the first page of what is still going
    // on, new ones come in at the top.
    let joins = asked.cursor.is_none() && tab != "resolved" && tab != "all";
    let rows = Memo::new({
        let (tab, asked) = (tab.clone(), asked.clone());
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
                let new = live.iter().filter(|a| belongs(a, &tab) && fits(a, &asked));
                let new: Vec<Alert> = new.filter(|a| !rows.iter().any(|r| r.alert_id == a.alert_id)).cloned().collect();
                rows.splice(0..0, new);
                rows.retain(|a| belongs(a, &tab));
            }
            rows
        }
    });
    let older = data.page.next_cursor.map(|cursor| {
        let address = format!("{}&cursor={}", address(&asked, None), Url::escape(&cursor));
        view! { <a class="btn" href=address>"Older"<Icon glyph=Glyph::Next/></a> }
    });
    let open = move || live.read().iter().filter(|a| is_open(a)).count();
    let empty_tab = tab.clone();
    view! {
        <div class="title-row">
            <h1>"Alerts"</h1>
            <span class="soft">{move || match open() {
                0 => "nothing needs someone".to_owned(),
                1 => "1 needs someone".to_owned(),
                many => format!("{} need someone", format::count(many as u64)),
            }}</span>
        </div>
        <Tabs asked=asked.clone() live/>
        <Filters asked/>
        <section class="panel" aria-label="Alerts">
            <Show when=move || !rows.read().is_empty() fallback=move || view! { <NoAlerts tab=empty_tab.clone()/> }>
                <AlertTable rows/>
            </Show>
            {older.map(|link| view! { <div class="panel-h foot-row"><div class="right">{link}</div></div> })}
        </section>
    }
    .into_any()
}

/// Whether a live alert belongs on a tab.
fn belongs(alert: &Alert, tab: &str) -> bool {
    match tab {
        "acknowledged" => alert.is_active && alert.acknowledged,
        "suppressed" => alert.is_active && alert.suppressed_by.is_some(),
        "pending" => alert.state == AlertState::Pending,
        "resolved" => alert.state == AlertState::Resolved,
        _ => alert.is_active,
    }
}

/// Whether a live alert fits the other filters.
fn fits(alert: &Alert, asked: &AlertFilter) -> bool {
    let has = |q: &String| alert.title.to_lowercase().contains(&q.to_lowercase());
    (asked.severity.is_empty() || asked.severity.contains(&alert.severity))
        && asked.component.is_none_or(|c| c == alert.component)
        && asked.component_id.as_ref().is_none_or(|id| *id == alert.component_id)
        && asked.q.as_ref().is_none_or(has)
}

/// The address of the list with these filters, on another tab when one is named.
fn address(asked: &AlertFilter, tab: Option<&str>) -> String {
    let tab = tab.or(asked.state.as_deref()).unwrap_or("active");
    let mut address = format!("/alerts?state={}", Url::escape(tab));
    for severity in &asked.severity {
        address.push_str(&format!("&severity={severity}"));
    }
    if let Some(component) = asked.component {
        address.push_str(&format!("&component={component}"));
    }
    for (key, value) in [("component_id", &asked.component_id), ("q", &asked.q)] {
        if let Some(value) = value {
            address.push_str(&format!("&{key}={}", Url::escape(value)));
        }
    }
    address
}

/// The tabs, each with how many there are now.
#[component]
fn Tabs(asked: AlertFilter, live: Memo<Vec<Alert>>) -> impl IntoView {
    let here = asked.state.clone().unwrap_or_default();
    let tabs = TABS.map(|(word, label)| {
        let count = move || {
            let count = live.read().iter().filter(|a| belongs(a, word)).count();
            (count > 0 && word != "resolved").then(|| view! { <span class="count">{count}</span> })
        };
        view! {
            <a href=address(&asked, Some(word)) aria-current=(here == word).then_some("page")>{label}{count}</a>
        }
    });
    view! { <nav class="seg tabs" aria-label="State">{tabs.collect_view()}</nav> }
}

/// The filters: one form, which works without any script.
#[component]
fn Filters(asked: AlertFilter) -> impl IntoView {
    let (severity, component) = (asked.severity.first().copied(), asked.component);
    let severities = AlertSeverity::ALL.iter().rev().map(move |s| {
        view! { <option value=s.as_str() selected=severity == Some(*s)>{word(*s)}</option> }
    });
    let components = AlertComponent::ALL.iter().map(move |c| {
        view! { <option value=c.as_str() selected=component == Some(*c)>{c.as_str()}</option> }
    });
    view! {
        <Form method="get" action="/alerts" attr:role="search" attr:class="filter">
            <Icon glyph=Glyph::Search class="quiet"/>
            <input type="hidden" name="state" value=asked.state.clone().unwrap_or_default()/>
            <input class="input" type="search" name="q" aria-label="Search alerts" placeholder="Words in the title" value=asked.q.clone().unwrap_or_default()/>
            <select class="select" name="severity" aria-label="Severity">
                <option value="">"Any severity"</option>
                {severities.collect_view()}
            </select>
            <select class="select" name="component" aria-label="Component">
                <option value="">"Any component"</option>
                {components.collect_view()}
            </select>
            {asked.component_id.clone().map(|id| view! { <input type="hidden" name="component_id" value=id/> })}
            <button class="btn" type="submit">"Search"</button>
        </Form>
    }
    .into_any()
}

/// The rows.
#[component]
fn AlertTable(rows: Memo<Vec<Alert>>) -> impl IntoView {
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label="Alert table">
            <table class="tbl cards alerts">
                <thead>
                    <tr>
                        <th scope="col">"Severity"</th>
                        <th scope="col" class="wide">"Alert"</th>
                        <th scope="col">"Where"</th>
                        <th scope="col">"Since"</th>
                        <th scope="col">"Who has it"</th>
                        <th scope="col"><span class="vh">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody>
                    {each(move || rows.get(), alert_key, |alert| view! { <AlertRow alert/> }.into_any())}
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

/// One alert.
#[component]
fn AlertRow(alert: Alert) -> impl IntoView {
    let address = format!("/alerts/{}", alert.alert_id);
    let ended = alert.resolved_at.map(|at| view! { <span class="cap">" ended "<Moment at/></span> });
    let holder = match (&alert.suppressed_by, &alert.acknowledged_by, &alert.resolved_by) {
        (Some(why), _, _) => view! { <span class="st soft"><Icon glyph=Glyph::Mute/>{why.clone()}</span> }.into_any(),
        (None, Some(who), _) => view! { <span class="st"><Icon glyph=Glyph::Person/>{who.clone()}</span> }.into_any(),
        (None, None, Some(who)) => {
            view! { <span class="st soft"><Icon glyph=Glyph::Check/>{who.clone()}</span> }.into_any()
        }
        (None, None, None) => {
            view! { <span class="quiet">{if alert.is_active { "nobody" } else { "–" }}</span> }.into_any()
        }
    };
    let deeds = (alert.state != AlertState::Pending).then(|| view! { <Deeds alert=alert.clone()/> });
    view! {
        <tr>
            <td><SeverityBadge severity=alert.severity/></td>
            <th scope="row" class="full title"><a class="strong" href=address>{alert.title.clone()}</a></th>
            <td data-l="Where"><Subject alert=alert.clone()/></td>
            <td class="soft" data-l="Since">
                <span><Moment at=alert.timestamp/>", "<Moment at=alert.timestamp style=Style::Ago/>{ended}</span>
            </td>
            <td data-l="Who has it">{holder}</td>
            <td class="full"><div class="acts">{deeds}</div></td>
        </tr>
    }
    .into_any()
}

/// What stands where no alert is listed.
#[component]
fn NoAlerts(tab: String) -> impl IntoView {
    let (title, text) = match tab.as_str() {
        "acknowledged" => {
            ("Nobody has an alert in hand", "Acknowledge one to say that you have it; others then see your name.")
        }
        "suppressed" => {
            ("Nothing is held back", "Alerts that follow from another, or of what is in maintenance, wait here.")
        }
        "pending" => {
            ("Nothing is about to fire", "A condition that is true, but not yet for long enough, shows here first.")
        }
        "resolved" => ("No alert has ended yet", "Alerts that have ended are kept for 30 days."),
        _ => ("Nothing is wrong", "No condition of any rule is true now. What has ended is under Resolved."),
    };
    view! {
        <div class="empty">
            <p class="st strong"><Icon glyph=Glyph::Ok class="c-ok"/>{title}</p>
            <p class="soft">{text}</p>
        </div>
    }
    .into_any()
}

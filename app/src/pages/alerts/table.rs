//! The alerts, a row each, and what stands where there are none.

use super::selection::{Pick, PickAll, Selection};
use crate::alert_search::AlertSearch;
use crate::causes::following;
use crate::components::alert_card::Subject;
use crate::components::alert_deeds::Deeds;
use crate::components::each::{alert_key, each};
use crate::components::following::{CauseLink, Following, follow_from_it};
use crate::components::icon::{Glyph, Icon};
use crate::components::later::later_row;
use crate::components::moment::{Moment, Style};
use crate::components::severity::SeverityBadge;
use forewatch::alert::AlertState;
use forewatch::{Alert, AlertId};
use leptos::prelude::*;
use std::collections::{HashMap, HashSet};

/// What the rows show beside themselves.
#[derive(Clone, Copy)]
struct Beside {
    /// All that are active now.
    live: Memo<Vec<Alert>>,
    /// What follows from each row.
    following: Memo<HashMap<AlertId, Vec<Alert>>>,
    /// The rows whose followers are shown: a row is made anew when its alert changes.
    opened: RwSignal<HashSet<AlertId>>,
}

/// The rows.
#[component]
pub(super) fn AlertTable(rows: Memo<Vec<Alert>>, live: Memo<Vec<Alert>>, selection: Selection) -> impl IntoView {
    let following = Memo::new(move |_| following(&rows.read(), &live.read()));
    let beside = Beside { live, following, opened: RwSignal::new(HashSet::new()) };
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label="Alert table">
            <table class="tbl cards alerts">
                <thead>
                    <tr>
                        <th scope="col" class="pick"><PickAll selection/></th>
                        <th scope="col">"Severity"</th>
                        <th scope="col" class="wide">"Alert"</th>
                        <th scope="col">"Where"</th>
                        <th scope="col">"Since"</th>
                        <th scope="col">"Who has it"</th>
                        <th scope="col"><span class="vh">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody>
                    {each(move || rows.get(), alert_key, move |alert| view! { <AlertRow alert beside selection/> }.into_any())}
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

/// One alert.
#[component]
fn AlertRow(alert: Alert, beside: Beside, selection: Selection) -> impl IntoView {
    let address = format!("/alerts/{}", alert.alert_id);
    let ended = alert.resolved_at.map(|at| view! { <span class="cap">" ended "<Moment at/></span> });
    let holder = match (&alert.suppressed_by, &alert.acknowledged_by, &alert.resolved_by) {
        _ if alert.is_active && alert.inhibited_by.is_some() => view! {
            <span class="st soft held">
                <Icon glyph=Glyph::Mute/>
                <span>"follows from "<CauseLink alert=alert.clone() among=beside.live/></span>
            </span>
        }
        .into_any(),
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
    let id = alert.alert_id.clone();
    let cells = move || {
        view! {
            <td class="pick"><Pick alert=alert.clone() selection/></td>
            <td><SeverityBadge severity=alert.severity/></td>
            <th scope="row" class="full title"><a class="strong" href=address>{alert.title.clone()}</a></th>
            <td class="full" data-l="Where"><Subject alert=alert.clone()/></td>
            <td class="soft full" data-l="Since">
                <span><Moment at=alert.timestamp/>", "<Moment at=alert.timestamp style=Style::Ago/>{ended}</span>
            </td>
            <td class="full" data-l="Who has it">{holder}</td>
            <td class="full"><div class="acts">{deeds}</div></td>
        }
        .into_any()
    };
    view! {
        {later_row(Vec::new(), cells)}
        <FollowingRow id beside/>
    }
    .into_any()
}

/// What follows from a row, behind a line that opens it.
#[component]
fn FollowingRow(id: AlertId, beside: Beside) -> impl IntoView {
    let alerts = {
        let id = id.clone();
        Memo::new(move |_| beside.following.read().get(&id).cloned().unwrap_or_default())
    };
    let is_any = Memo::new(move |_| !alerts.read().is_empty());
    move || {
        let id = id.clone();
        let is_opened = beside.opened.read_untracked().contains(&id);
        let toggled = move |event: leptos::ev::Event| {
            let is_open = event_target::<leptos::web_sys::Element>(&event).has_attribute("open");
            beside.opened.update(|opened| {
                if is_open {
                    opened.insert(id.clone())
                } else {
                    opened.remove(&id)
                };
            });
        };
        is_any.get().then(|| {
            view! {
                <tr class="follow">
                    <td class="full" colspan="7">
                        <details class="fold" open=is_opened on:toggle=toggled>
                            <summary><Icon glyph=Glyph::Next class="chev"/>{move || follow_from_it(alerts.read().len() as u64)}</summary>
                            <Following alerts/>
                        </details>
                    </td>
                </tr>
            }
        })
    }
}

/// What stands where no alert is listed.
#[component]
pub(super) fn NoAlerts(asked: AlertSearch) -> impl IntoView {
    let (title, text) = match asked.tab.as_str() {
        _ if asked.is_filtered() => ("No alert matches", "Take a filter away, or look under another state."),
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

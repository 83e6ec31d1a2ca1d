//! The alerts, a row each, and what stands where there are none.

use super::selection::{Pick, PickAll, Selection};
use crate::alert_search::AlertSearch;
use crate::components::alert_card::Subject;
use crate::components::alert_deeds::Deeds;
use crate::components::each::{alert_key, each};
use crate::components::icon::{Glyph, Icon};
use crate::components::moment::{Moment, Style};
use crate::components::severity::SeverityBadge;
use forewatch::Alert;
use forewatch::alert::AlertState;
use leptos::prelude::*;

/// The rows.
#[component]
pub(super) fn AlertTable(rows: Memo<Vec<Alert>>, selection: Selection) -> impl IntoView {
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
                    {each(move || rows.get(), alert_key, move |alert| view! { <AlertRow alert selection/> }.into_any())}
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

/// One alert.
#[component]
fn AlertRow(alert: Alert, selection: Selection) -> impl IntoView {
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
            <td class="pick"><Pick alert=alert.clone() selection/></td>
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

//! An active alert in place: what it is, since when, how bad it stands, who has it, and what can be
//! done. Below it, in a neutral panel, what somebody has or what is held back.

use super::alert_deeds::Deeds;
use super::each::each;
use super::icon::{Glyph, Icon};
use super::moment::{Moment, Style};
use super::severity::{SeverityBadge, word};
use forewatch::alert::{AlertComponent, AlertState};
use forewatch::{Alert, format};
use leptos::prelude::*;
use leptos_router::location::Url;

/// Alerts that need someone, a card each. A card stays while its facts change: what is being written in it is not lost.
#[component]
pub fn AlertCards(
    /// The alerts.
    #[prop(into)]
    alerts: Signal<Vec<Alert>>,
) -> impl IntoView {
    each(move || alerts.get(), card_key, move |alert| view! { <AlertCard alert alerts/> }.into_any())
}

fn card_key(alert: &Alert) -> String {
    let Alert { alert_id, title, acknowledged, is_active, .. } = alert;
    format!("{alert_id} {} {acknowledged} {is_active} {title}", alert.severity.as_str())
}

/// An alert that needs someone.
#[component]
fn AlertCard(alert: Alert, alerts: Signal<Vec<Alert>>) -> impl IntoView {
    let known = alert.clone();
    let now = Memo::new(move |before: Option<&Alert>| {
        let alerts = alerts.read();
        alerts.iter().find(|alert| alert.alert_id == known.alert_id).or(before).unwrap_or(&known).clone()
    });
    let address = format!("/alerts/{}", alert.alert_id);
    let title = alert.title.clone();
    let class = format!("panel alert {}", alert.severity.as_str());
    view! {
        <section class=class aria-label=title.clone()>
            <div class="alert-main">
                <div class="alert-t">
                    <SeverityBadge severity=alert.severity/>
                    <h2><a href=address.clone()>{title.clone()}</a></h2>
                </div>
                <div class="acts">
                    <Deeds alert with_note=true/>
                    <a class="btn wide-only" href=address aria-label=format!("Details: {title}")>"Details"</a>
                </div>
                {move || view! { <AlertFacts alert=now.get()/> }}
            </div>
        </section>
    }
    .into_any()
}

/// The four facts of an alert, in the order in which they are needed.
#[component]
pub fn AlertFacts(
    /// The alert.
    alert: Alert,
) -> impl IntoView {
    let holder = alert.acknowledged_by.clone().unwrap_or_else(|| "Nobody".to_owned());
    let value = alert.write(alert.metric_value);
    let limit = alert.write(alert.threshold).map(|limit| format!("limit {limit}"));
    view! {
        <dl class="facts">
            <div>
                <dt>"Since"</dt>
                <dd><Moment at=alert.timestamp/><small><Moment at=alert.timestamp style=Style::Age/></small></dd>
            </div>
            <div>
                <dt>"Reading"</dt>
                <dd>{value.unwrap_or_else(|| format::UNKNOWN.to_owned())}<small>{limit}</small></dd>
            </div>
            <div>
                <dt>"Who has it"</dt>
                <dd>{holder}<small>{match (alert.acknowledged, alert.acknowledged_until) {
                    (false, _) => view! { "open" }.into_any(),
                    (true, None) => view! { "until it ends" }.into_any(),
                    (true, Some(until)) => view! { "until " <Moment at=until/> }.into_any(),
                }}</small></dd>
            </div>
            <div>
                <dt>"Where"</dt>
                <dd><Subject alert=alert.clone()/><small>{alert.rule_id.to_string()}</small></dd>
            </div>
        </dl>
    }
    .into_any()
}

/// What an alert is about, with a link to it where it has a page.
#[component]
pub fn Subject(
    /// The alert.
    alert: Alert,
) -> impl IntoView {
    let id = alert.component_id;
    let address = match alert.component {
        AlertComponent::Worker => Some(format!("/workers/{}", Url::escape(&id))),
        AlertComponent::Gpu => {
            let worker = id.rsplit_once('/').map_or(id.as_str(), |(worker, _)| worker);
            Some(format!("/workers/{}", Url::escape(worker)))
        }
        AlertComponent::Queue => Some(format!("/queues/{}", Url::escape(&id))),
        AlertComponent::Task | AlertComponent::System | AlertComponent::Source => None,
    };
    match address {
        Some(address) => view! { <a class="link" href=address>{id}</a> }.into_any(),
        None => id.into_any(),
    }
}

/// What is in hand or held back, a line each.
#[component]
pub fn HandledAlerts(
    /// The alerts.
    #[prop(into)]
    alerts: Signal<Vec<Alert>>,
) -> impl IntoView {
    move || {
        let alerts = alerts.get();
        (!alerts.is_empty()).then(|| {
            view! {
                <section class="panel" aria-label="Handled alerts">
                    <ul class="quietly">
                        {alerts.into_iter().map(|alert| view! { <HandledAlert alert/> }).collect_view()}
                    </ul>
                </section>
            }
        })
    }
}

/// One alert that somebody has or that is held back.
#[component]
fn HandledAlert(
    /// The alert.
    alert: Alert,
) -> impl IntoView {
    let address = format!("/alerts/{}", alert.alert_id);
    let link = view! { <a class="link" href=address>{alert.title.clone()}</a> };
    let (glyph, what) = match (&alert.suppressed_by, &alert.acknowledged_by) {
        (Some(why), _) => {
            (Glyph::Mute, view! { <span class="strong">"Suppressed: "</span>{link}", "{why.clone()} }.into_any())
        }
        (None, who) => {
            let who = who.clone().unwrap_or_else(|| "somebody".to_owned());
            let until = alert.acknowledged_until.map(|until| view! { " until " <Moment at=until/> });
            (
                Glyph::Person,
                view! { <span class="strong">"Acknowledged: "</span>{link}", "{who}" has it"{until} }.into_any(),
            )
        }
    };
    let recovering = (alert.state == AlertState::Recovering).then_some(", recovering");
    view! {
        <li>
            <Icon glyph/>
            <span>{what}{recovering}</span>
            <span class="cap">{word(alert.severity)}", since "<Moment at=alert.timestamp/></span>
        </li>
    }
    .into_any()
}

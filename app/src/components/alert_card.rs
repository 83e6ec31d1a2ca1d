//! An active alert in place: what it is, since when, how bad it stands, who has it, and what can be done.

use super::alert_deeds::{Deeds, is_written_about};
use super::each::each;
use super::moment::{Moment, Style};
use super::severity::SeverityBadge;
use crate::escape::escape;
use crate::task_search::{Term, address};
use forewatch::alert::{AlertComponent, AlertState};
use forewatch::{Alert, format};
use leptos::prelude::*;

/// Alerts that need someone, a card each. A card stays while its facts change, and while a note is being written in it:
/// what stands there is not lost when somebody else is faster.
#[component]
pub fn AlertCards(
    /// The alerts.
    #[prop(into)]
    alerts: Signal<Vec<Alert>>,
    /// All that are known: the truth of one that no longer needs someone.
    #[prop(optional, into)]
    among: Option<Signal<Vec<Alert>>>,
) -> impl IntoView {
    let among = among.unwrap_or(alerts);
    let cards = Memo::new(move |before: Option<&Vec<Alert>>| with_written(alerts.get(), before, is_written_about));
    each(move || cards.get(), card_key, move |alert| view! { <AlertCard alert among/> }.into_any())
}

/// These, and of those that were shown before the ones that somebody writes about, in their places.
fn with_written(mut cards: Vec<Alert>, before: Option<&Vec<Alert>>, is_written: impl Fn(&str) -> bool) -> Vec<Alert> {
    for (place, card) in before.into_iter().flatten().enumerate() {
        if cards.iter().all(|other| other.alert_id != card.alert_id) && is_written(&card.alert_id) {
            cards.insert(place.min(cards.len()), card.clone());
        }
    }
    cards
}

fn card_key(alert: &Alert) -> String {
    [&alert.alert_id, alert.severity.as_str(), &alert.title].join(" ")
}

/// An alert that needs someone.
#[component]
fn AlertCard(alert: Alert, among: Signal<Vec<Alert>>) -> impl IntoView {
    let known = alert.clone();
    let now = Memo::new(move |before: Option<&Alert>| {
        let among = among.read();
        among.iter().find(|alert| alert.alert_id == known.alert_id).or(before).unwrap_or(&known).clone()
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
                    <Deeds alert=now with_note=true/>
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
    let is_over = alert.state == AlertState::Resolved;
    let holder = match is_over {
        true => alert.resolved_by.clone().unwrap_or_else(|| "itself".to_owned()),
        false => alert.acknowledged_by.clone().unwrap_or_else(|| "Nobody".to_owned()),
    };
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
                <dt>{if is_over { "Resolved by" } else { "Who has it" }}</dt>
                <dd>{holder}<small>{match (alert.acknowledged, alert.acknowledged_until) {
                    _ if is_over => alert.resolved_at.map(|at| view! { <Moment at/> }).into_any(),
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
        AlertComponent::Worker => Some(format!("/workers/{}", escape(&id))),
        AlertComponent::Gpu => {
            let worker = id.rsplit_once('/').map_or(id.as_str(), |(worker, _)| worker);
            Some(format!("/workers/{}", escape(worker)))
        }
        AlertComponent::Queue => Some(format!("/queues/{}", escape(&id))),
        AlertComponent::Task => match (alert.metadata.get("task"), alert.metadata.get("name")) {
            (Some(task), _) => Some(format!("/tasks/{}", escape(task))),
            (None, Some(name)) => Some(address(&[Term::exactly("name", name)])),
            (None, None) => None,
        },
        AlertComponent::System | AlertComponent::Source => None,
    };
    match address {
        Some(address) => view! { <a class="link" href=address>{id}</a> }.into_any(),
        None => id.into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert(id: &str) -> Alert {
        let text = include_str!("../../../tests/golden/alert.json");
        let alert: Alert = serde_json::from_str(text).expect("an alert");
        Alert { alert_id: forewatch::AlertId::new(id).expect("an id"), ..alert }
    }

    #[test]
    fn a_card_in_which_somebody_writes_stays_where_it_was() {
        let before = ["a", "b", "c"].map(alert).to_vec();
        let shown = |now: &[&str], written: &str| {
            let cards = with_written(now.iter().map(|id| alert(id)).collect(), Some(&before), |id| id == written);
            cards.iter().map(|card| card.alert_id.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(shown(&["a", "c", "d"], "b"), ["a", "b", "c", "d"]);
        assert_eq!(shown(&["a", "c", "d"], "a"), ["a", "c", "d"]);
        assert_eq!(shown(&[], "c"), ["c"]);
    }
}

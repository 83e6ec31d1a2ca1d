//! Alerts that follow from another one, under it; and the way back to their cause.

use super::alert_card::Subject;
use super::each::{alert_key, each};
use super::moment::Moment;
use super::severity::SeverityMark;
use forewatch::alert::MAX_HELD_BACK;
use forewatch::{Alert, format};
use leptos::prelude::*;

/// What follows from an alert, a line each.
#[component]
pub fn Following(
    /// The alerts.
    #[prop(into)]
    alerts: Signal<Vec<Alert>>,
) -> impl IntoView {
    let more = move || {
        let more = alerts.read().len().saturating_sub(MAX_HELD_BACK);
        (more > 0).then(|| {
            let text = ["and ", &format::count(more as u64), " more"].concat();
            view! { <p class="panel-b"><a class="link" href="/alerts?state=suppressed">{text}</a></p> }
        })
    };
    view! {
        <ul class="lines">
            {each(
                move || alerts.read().iter().take(MAX_HELD_BACK).cloned().collect(),
                alert_key,
                |alert| view! { <Line alert/> }.into_any(),
            )}
        </ul>
        {more}
    }
    .into_any()
}

#[component]
fn Line(alert: Alert) -> impl IntoView {
    let address = "/alerts/".to_owned() + &alert.alert_id;
    view! {
        <li>
            <SeverityMark severity=alert.severity/>
            <span class="grow"><a class="link" href=address>{alert.title.clone()}</a></span>
            <span class="soft">"since "<Moment at=alert.timestamp/></span>
            <span><Subject alert/></span>
        </li>
    }
    .into_any()
}

/// How many alerts an alert holds back, in words.
pub fn follow_from_it(count: u64) -> String {
    ["and ", &format::count(count), if count == 1 { " that follows from it" } else { " that follow from it" }].concat()
}

/// A link to the alert that holds another one back; nothing where none does.
#[component]
pub fn CauseLink(
    /// The alert that is held back.
    alert: Alert,
    /// All that are active, among which its cause has its title.
    #[prop(into)]
    among: Signal<Vec<Alert>>,
) -> impl IntoView {
    let why = alert.suppressed_by;
    alert.inhibited_by.map(|cause| {
        let address = "/alerts/".to_owned() + &cause;
        let title = Memo::new(move |_| {
            let title = among.read().iter().find(|other| other.alert_id == cause).map(|other| other.title.clone());
            title.or_else(|| why.clone()).unwrap_or_else(|| cause.to_string())
        });
        view! { <a class="link" href=address>{title}</a> }
    })
}

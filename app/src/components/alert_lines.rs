//! Active alerts a line each, with what can be done: those that need someone and have no card, and, in a neutral panel,
//! what somebody has or what is held back.

use super::alert_deeds::Deeds;
use super::each::{alert_key, each};
use super::icon::{Glyph, Icon};
use super::moment::Moment;
use super::severity::{mark, word};
use forewatch::Alert;
use forewatch::alert::AlertState;
use leptos::prelude::*;

/// Lines that are not folded.
const FEW: usize = 5;
/// Lines at most; the others are a click away.
const MOST: usize = 20;

/// Alerts that need someone, folded where they are many.
#[component]
pub fn MoreAlerts(
    /// The alerts, the worst first.
    #[prop(into)]
    alerts: Signal<Vec<Alert>>,
) -> impl IntoView {
    let count = Memo::new(move |_| alerts.read().len());
    let is_any = Memo::new(move |_| count.get() > 0);
    let others = move || {
        (count.get() > MOST).then(|| view! { <p class="panel-h"><a class="link" href="/alerts">"All alerts"</a></p> })
    };
    move || {
        is_any.get().then(|| {
            view! {
                <section class="panel" aria-label="More alerts">
                    <details class="fold" open=count.get_untracked() <= FEW>
                        <summary><Icon glyph=Glyph::Next class="chev"/>{count}" more that need someone"</summary>
                        <Lines alerts=Signal::derive(move || alerts.read().iter().take(MOST).cloned().collect())/>
                        {others}
                    </details>
                </section>
            }
        })
    }
}

/// What is in hand or held back.
#[component]
pub fn HandledAlerts(
    /// The alerts.
    #[prop(into)]
    alerts: Signal<Vec<Alert>>,
) -> impl IntoView {
    let is_any = Memo::new(move |_| !alerts.read().is_empty());
    move || {
        is_any.get().then(|| {
            view! { <section class="panel" aria-label="Handled alerts"><Lines alerts/></section> }
        })
    }
}

#[component]
fn Lines(alerts: Signal<Vec<Alert>>) -> impl IntoView {
    let lines = each(move || alerts.get(), alert_key, |alert| view! { <Line alert/> }.into_any());
    view! { <ul class="quietly">{lines}</ul> }.into_any()
}

/// One alert, and what can be done; with what is quiet for a reason nothing has to be.
#[component]
fn Line(alert: Alert) -> impl IntoView {
    let address = ["/alerts/", &alert.alert_id].concat();
    let link = view! { <a class="link" href=address>{alert.title.clone()}</a> };
    let (glyph, class, what) = match (&alert.suppressed_by, alert.acknowledged) {
        (Some(why), _) => {
            let what = view! { <span class="strong">"Suppressed: "</span>{link}", "{why.clone()} }.into_any();
            (Glyph::Mute, "", what)
        }
        (None, true) => {
            let who = alert.acknowledged_by.clone().unwrap_or_else(|| "somebody".to_owned());
            let until = alert.acknowledged_until.map(|until| view! { " until " <Moment at=until/> });
            let what = view! { <span class="strong">"Acknowledged: "</span>{link}", "{who}" has it"{until} }.into_any();
            (Glyph::Person, "", what)
        }
        (None, false) => {
            let (glyph, class) = mark(alert.severity);
            (glyph, class, link.into_any())
        }
    };
    let recovering = (alert.state == AlertState::Recovering).then_some(", recovering");
    let (severity, at) = (word(alert.severity), alert.timestamp);
    let deeds = (alert.acknowledged || alert.suppressed_by.is_none()).then(|| view! { <Deeds alert/> });
    view! {
        <li>
            <Icon glyph class/>
            <span>{what}{recovering}</span>
            <span class="cap">{severity}", since "<Moment at/></span>
            {deeds}
        </li>
    }
    .into_any()
}

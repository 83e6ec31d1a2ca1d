//! Who did what when, newest first.

use crate::components::each::each;
use crate::components::icon::{Glyph, Icon};
use crate::components::moment::{Moment, Style};
use crate::components::severity::mark;
use forewatch::alert::{AlertMoment, AlertStep};
use forewatch::{Alert, AlertSeverity};
use leptos::prelude::*;

/// The timeline.
#[component]
pub(super) fn WhoDidWhat(alert: Memo<Alert>) -> impl IntoView {
    let moments = Memo::new(move |_| {
        let mut moments: Vec<(usize, AlertMoment)> = alert.read().timeline.iter().cloned().enumerate().collect();
        moments.reverse();
        moments
    });
    let severity = move || alert.read().severity;
    view! {
        <section class="panel" aria-labelledby="who-did-what">
            <div class="panel-h"><h2 id="who-did-what">"Who did what"</h2></div>
            <div class="panel-b">
                <ol class="events">
                    {each(
                        move || moments.get(),
                        |(n, moment)| format!("{n} {}", moment.at),
                        move |(_, moment)| view! { <Entry moment severity=severity()/> }.into_any(),
                    )}
                </ol>
            </div>
        </section>
    }
    .into_any()
}

/// One entry.
#[component]
fn Entry(moment: AlertMoment, severity: AlertSeverity) -> impl IntoView {
    let who = moment.by.clone().unwrap_or_else(|| "Forewatch".to_owned());
    let (glyph, class) = match moment.what {
        AlertStep::Pending => (Glyph::Late, "c-warning"),
        AlertStep::Firing | AlertStep::SeverityChanged => mark(severity),
        AlertStep::Recovering => (Glyph::Check, "c-ok"),
        AlertStep::Resolved => (Glyph::Ok, "c-ok"),
        AlertStep::Reopened => (Glyph::Retry, "c-warning"),
        AlertStep::Acknowledged => (Glyph::Person, "c-info"),
        AlertStep::Unacknowledged | AlertStep::AcknowledgementExpired => (Glyph::Person, ""),
        AlertStep::Commented => (Glyph::Note, ""),
    };
    let text = match (moment.what, moment.by.is_some()) {
        (AlertStep::Pending, _) => "The condition became true".to_owned(),
        (AlertStep::Firing, _) => "Raised".to_owned(),
        (AlertStep::Recovering, _) => "The condition became false".to_owned(),
        (AlertStep::Resolved, true) => format!("{who} resolved it"),
        (AlertStep::Resolved, false) => "Resolved by itself".to_owned(),
        (AlertStep::Reopened, true) => format!("{who} reopened it"),
        (AlertStep::Reopened, false) => "Open again: the condition came back".to_owned(),
        (AlertStep::Acknowledged, _) => format!("{who} acknowledged it"),
        (AlertStep::Unacknowledged, _) => format!("{who} gave it back"),
        (AlertStep::AcknowledgementExpired, _) => "Open again: the acknowledgement's time was up".to_owned(),
        (AlertStep::Commented, _) => format!("{who} added a note"),
        (AlertStep::SeverityChanged, _) => "Its severity changed".to_owned(),
    };
    let is_words = moment.by.is_some() && !matches!(moment.what, AlertStep::Firing | AlertStep::Pending);
    let detail = moment.detail.filter(|d| !d.is_empty()).map(|detail| {
        if is_words {
            view! { <blockquote>{detail}</blockquote> }.into_any()
        } else {
            // What Forewatch itself notes is the metric's value at that moment.
            view! { <p>{detail}</p> }.into_any()
        }
    });
    view! {
        <li>
            <Moment at=moment.at style=Style::Seconds/>
            <Icon glyph class/>
            <div><p>{text}</p>{detail}</div>
        </li>
    }
    .into_any()
}

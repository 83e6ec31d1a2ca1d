//! What people were told: each message with what became of it.

use crate::components::csv::CsvFoot;
use crate::components::icon::{Glyph, Icon};
use crate::components::moment::{Moment, Style};
use crate::components::severity::SeverityMark;
use forewatch::notification::{Delivery, DeliveryStatus};
use leptos::prelude::*;

/// The messages, newest first; nothing when there is none.
#[component]
pub fn Deliveries(
    /// What was told.
    deliveries: Vec<Delivery>,
    /// All of it as a file, where a page offers it.
    #[prop(optional)]
    file: &'static str,
) -> impl IntoView {
    (!deliveries.is_empty()).then(|| {
        let foot = (!file.is_empty()).then(|| view! { <CsvFoot file what="What was told"/> });
        let rows = deliveries.into_iter().map(|delivery| view! { <Row delivery/> }).collect_view();
        view! {
            <section class="panel" aria-labelledby="deliveries">
                <div class="panel-h">
                    <h2 id="deliveries">"Who was told"</h2>
                    <span class="soft">"the newest messages, and what became of them"</span>
                </div>
                <ul class="lines">{rows}</ul>
                {foot}
            </section>
        }
        .into_any()
    })
}

#[component]
fn Row(delivery: Delivery) -> impl IntoView {
    let answer = delivery.attempts.last().map(|attempt| attempt.answer.clone());
    let tries = match delivery.attempts.len() {
        0 => "not tried yet".to_owned(),
        1 => "one attempt".to_owned(),
        many => [&many.to_string(), " attempts"].concat(),
    };
    let (glyph, class, word) = match delivery.status {
        DeliveryStatus::Sent => (Glyph::Ok, "c-ok", "sent"),
        DeliveryStatus::Waiting => (Glyph::Late, "c-quiet", "waiting"),
        DeliveryStatus::Dead => (Glyph::Error, "c-error", "given up"),
    };
    let again = (delivery.status == DeliveryStatus::Dead).then(|| {
        let label = ["Send again: ", &delivery.title].concat();
        view! {
            <form method="post" action="/api/ui/send-again">
                <input type="hidden" name="id" value=delivery.id.clone()/>
                <button class="btn" type="submit" aria-label=label>"Send again"</button>
            </form>
        }
    });
    view! {
        <li>
            <span class="soft"><Moment at=delivery.created_at style=Style::Seconds/></span>
            <SeverityMark severity=delivery.severity/>
            <span class="grow">{delivery.title}<span class="soft beside">"by "{delivery.channel}</span></span>
            <span class="st"><Icon glyph class/>{word}</span>
            <span class="soft">{tries}{answer.map(|answer| [": ", &answer].concat())}</span>
            {again}
        </li>
    }
    .into_any()
}

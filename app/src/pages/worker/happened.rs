//! What happened to the worker, newest first.

use crate::components::each::each;
use crate::components::icon::{Glyph, Icon};
use crate::components::moment::{Moment, Style};
use crate::components::severity::mark;
use crate::escape::escape;
use crate::happened::{Happened, Line, Sign};
use forewatch::{Alert, WorkerId, WorkerMetrics};
use leptos::prelude::*;

/// The panel.
#[component]
pub(super) fn WhatHappened(
    id: WorkerId,
    worker: Signal<WorkerMetrics>,
    concerns: Memo<Vec<Alert>>,
    happened: Happened,
) -> impl IntoView {
    let all = ["/alerts?state=all&component_id=", &escape(&id)].concat();
    let devices = [&all, "%2F*"].concat();
    let happened = RwSignal::new(happened);
    #[cfg(feature = "hydrate")]
    follow(id, worker, concerns, happened);
    #[cfg(not(feature = "hydrate"))]
    let _ = (worker, concerns);
    let of_devices = move || {
        let devices = devices.clone();
        happened.read().has_devices.then(|| view! { <a class="link" href=devices>"Those of its devices"</a> })
    };
    let cut = move || {
        happened.read().is_cut.then(|| {
            view! { <p class="panel-b cap">"The newest are shown; the alerts of any age are in the list of alerts."</p> }
        })
    };
    view! {
        <section class="panel" aria-labelledby="worker-happened">
            <div class="panel-h">
                <h2 id="worker-happened">"What happened"</h2>
                <div class="right"><a class="link" href=all>"All its alerts"</a>{of_devices}</div>
            </div>
            <div class="panel-b">
                <ol class="events dated">
                    {each(
                        move || happened.read().lines.clone(),
                        |line| [&line.at.timestamp_micros().to_string(), " ", &*line.text, line.more.as_deref().unwrap_or_default()].concat(),
                        |line| view! { <Entry line/> }.into_any(),
                    )}
                </ol>
            </div>
            {cut}
        </section>
    }
    .into_any()
}

/// One line.
#[component]
fn Entry(line: Line) -> impl IntoView {
    let (glyph, class) = match line.sign {
        Sign::Well => (Glyph::Ok, "c-ok"),
        Sign::Gone => (Glyph::Offline, "c-error"),
        Sign::Bad(severity) => mark(severity),
        Sign::Person => (Glyph::Person, "c-info"),
        Sign::Out => (Glyph::Maintenance, ""),
        Sign::Turn => (Glyph::Retry, ""),
        Sign::Note => (Glyph::Note, ""),
    };
    let text = match line.link {
        Some(link) => view! { <a class="link" href=link>{line.text}</a> }.into_any(),
        None => line.text.into_any(),
    };
    let more = line.more.map(|more| view! { " "<span class="soft">{more}</span> });
    view! {
        <li>
            <Moment at=line.at style=Style::Clock/>
            <Icon glyph class/>
            <div><p>{text}{more}</p></div>
        </li>
    }
    .into_any()
}

/// Asks again when the worker or one of its alerts says something new.
#[cfg(feature = "hydrate")]
fn follow(id: WorkerId, worker: Signal<WorkerMetrics>, concerns: Memo<Vec<Alert>>, happened: RwSignal<Happened>) {
    use std::time::Duration;
    const AT_MOST: Duration = Duration::from_secs(2);

    let told = Memo::new(move |_| {
        let worker = worker.read();
        let xids: Vec<_> = worker.gpus.iter().filter_map(|gpu| gpu.xid_last).collect();
        let alerts: Vec<_> = concerns.read().iter().map(|alert| alert.updated_at).collect();
        let state = if worker.is_online { "" } else { worker.status.as_str() };
        (state, worker.drained.clone(), worker.version.clone(), xids, alerts)
    });
    let reason = move || told.with(|_| true);
    crate::live::again::ask_again(AT_MOST, reason, move || {
        let id = id.to_string();
        async move {
            // What does not arrive is asked for again; the mark of the connection tells why.
            if let Ok(newest) = crate::server_fns::load_happened(id).await {
                let _ = happened.try_set(newest);
            }
        }
    });
}

//! What the wall shows, one after the other: the overview's own parts, large, and what is not well.

use super::plan::Slide;
use crate::attention::is_open;
use crate::charts::{ChartTime, HeatMap};
use crate::components::alert_card::Subject;
use crate::components::each::{alert_key, each};
use crate::components::icon::{Glyph, Icon};
use crate::components::moment::{Moment, Style};
use crate::components::queue_table::{QueueTable, is_growing, is_unserved};
use crate::components::severity::SeverityBadge;
use crate::components::status::{HeardFrom, WorkerState};
use crate::live::use_live;
use crate::pages::overview::{Headline, Numbers, Past};
use crate::roster::{RosterCounts, is_well};
use crate::server_fns::{FIRST_UNWELL, OverviewData, WallData};
use forewatch::time::unix_seconds;
use forewatch::{Alert, QueueStats, WorkerSummary, format};
use leptos::prelude::*;
use std::sync::Arc;

/// Rows that fit on a screen.
const ROWS: usize = 8;

/// A slide.
pub(super) fn show(slide: Slide, data: WallData, alerts: Memo<Vec<Alert>>) -> AnyView {
    match slide {
        Slide::Overview => view! { <OverviewSlide data=data.overview alerts/> }.into_any(),
        Slide::Charts => view! { <ChartSlide data=data.overview alerts/> }.into_any(),
        Slide::Workers => view! { <WorkerSlide data/> }.into_any(),
        Slide::Queues => view! { <QueueSlide data=data.overview/> }.into_any(),
        Slide::Alerts => view! { <AlertSlide alerts/> }.into_any(),
    }
}

/// The name of a slide, and how things are.
#[component]
fn Title(name: &'static str, #[prop(into)] sentence: Signal<String>) -> impl IntoView {
    view! { <div class="title-row"><h1>{name}</h1><span class="soft">{sentence}</span></div> }.into_any()
}

#[component]
fn OverviewSlide(data: OverviewData, alerts: Memo<Vec<Alert>>) -> impl IntoView {
    let live = use_live();
    let (system, queues) = (live.system(data.system), live.queues(data.queues));
    view! {
        <Headline system queues alerts/>
        <Numbers system trends=data.trends/>
    }
    .into_any()
}

#[component]
fn ChartSlide(data: OverviewData, alerts: Memo<Vec<Alert>>) -> impl IntoView {
    let system = use_live().system(data.system);
    let now = unix_seconds(data.now);
    let oldest = data.trends.iter().filter_map(|trend| trend.today.first()).map(|point| point.0);
    ChartTime::of_page().suit(oldest.reduce(f64::min).unwrap_or(now), now);
    view! {
        <h1 class="vh">"Charts"</h1>
        <Past system alerts error_rate_limit=data.error_rate_limit/>
    }
    .into_any()
}

#[component]
fn WorkerSlide(data: WallData) -> impl IntoView {
    let live = use_live();
    let fleet = live.fleet(data.overview.fleet);
    let now = live.known_until();
    let counted = data.counts;
    let workers = live.workers(data.unwell);
    // Until the live list is there, what came with the page stands.
    let is_whole = move || workers.read().len() > FIRST_UNWELL.min(counted.total.saturating_sub(1));
    let counts = Memo::new(move |_| if is_whole() { RosterCounts::of(&workers.read(), now.get()) } else { counted });
    let unwell = Memo::new(move |_| {
        let (workers, now) = (workers.read(), now.get());
        workers.iter().filter(|worker| !is_well(worker, now)).take(ROWS).cloned().collect::<Vec<_>>()
    });
    view! {
        <Title name="Workers" sentence=Signal::derive(move || counts.read().sentence())/>
        <Show when=move || !unwell.read().is_empty()>
            <section class="panel" aria-label="Not well">
                <ul class="wall-rows">
                    {each(move || unwell.get(), worker_key, |worker| view! { <Unwell worker/> }.into_any())}
                </ul>
            </section>
        </Show>
        <HeatMap fleet/>
    }
    .into_any()
}

fn worker_key(worker: &WorkerSummary) -> String {
    [&*worker.worker_id, worker.status.as_str(), &worker.last_heartbeat.timestamp().to_string()].join(" ")
}

/// A worker that is not well.
#[component]
fn Unwell(worker: WorkerSummary) -> impl IntoView {
    view! {
        <li>
            <WorkerState status=worker.status/>
            <span class="strong">{worker.name}</span>
            <span class="right"><HeardFrom last=worker.last_heartbeat limit=worker.health_limit/></span>
        </li>
    }
    .into_any()
}

#[component]
fn QueueSlide(data: OverviewData) -> impl IntoView {
    let queues = use_live().queues(data.queues);
    // Those first in which most waits.
    let longest = Signal::derive(move || {
        let mut longest: Vec<QueueStats> = queues.get().to_vec();
        longest.sort_by(|a, b| b.pending_tasks.cmp(&a.pending_tasks).then_with(|| a.id.cmp(&b.id)));
        longest.truncate(ROWS);
        Arc::new(longest)
    });
    view! {
        <Title name="Queues" sentence=Signal::derive(move || queues_sentence(&queues.read()))/>
        <section class="panel" aria-label="Queues"><QueueTable queues=longest depths=data.depths/></section>
    }
    .into_any()
}

/// "430 tasks wait; 1 queue grows; nobody serves 1".
fn queues_sentence(queues: &[QueueStats]) -> String {
    let waiting: u64 = queues.iter().map(|queue| queue.pending_tasks).sum();
    let mut text = match waiting {
        0 => "nothing waits".to_owned(),
        1 => "1 task waits".to_owned(),
        many => format::count(many) + " tasks wait",
    };
    let mut add = |count: usize, one: &str, many: &str| match count {
        0 => {}
        1 => text.push_str(one),
        count => text.push_str(&["; ", &count.to_string(), many].concat()),
    };
    add(queues.iter().filter(|queue| is_growing(queue)).count(), "; 1 queue grows", " queues grow");
    add(queues.iter().filter(|queue| is_unserved(queue)).count(), "; nobody serves 1", " are served by nobody");
    text
}

#[component]
fn AlertSlide(alerts: Memo<Vec<Alert>>) -> impl IntoView {
    let open = Memo::new(move |_| {
        let mut open: Vec<Alert> = alerts.read().iter().filter(|alert| is_open(alert)).cloned().collect();
        open.sort_by(|a, b| b.severity.cmp(&a.severity).then(b.timestamp.cmp(&a.timestamp)));
        open
    });
    let sentence = Signal::derive(move || match open.read().len() {
        0 => String::new(),
        1 => "1 needs someone".to_owned(),
        many if many > ROWS => [&many.to_string(), " need someone, the worst ", &ROWS.to_string()].concat(),
        many => many.to_string() + " need someone",
    });
    view! {
        <Title name="Alerts" sentence/>
        <Show
            when=move || !open.read().is_empty()
            fallback=|| view! { <p class="st wall-calm"><Icon glyph=Glyph::Ok class="c-ok"/>"Nothing needs someone."</p> }
        >
            <section class="panel" aria-label="Open alerts">
                <ul class="wall-rows">
                    {each(
                        move || open.read().iter().take(ROWS).cloned().collect(),
                        alert_key,
                        |alert| view! { <OpenAlert alert/> }.into_any(),
                    )}
                </ul>
            </section>
        </Show>
    }
    .into_any()
}

/// An alert that needs someone.
#[component]
fn OpenAlert(alert: Alert) -> impl IntoView {
    let address = ["/alerts/", alert.alert_id.as_ref()].concat();
    view! {
        <li>
            <SeverityBadge severity=alert.severity/>
            <a class="strong" href=address>{alert.title.clone()}</a>
            <span class="soft right">
                <Subject alert=alert.clone()/>", since "<Moment at=alert.timestamp/>", "<Moment at=alert.timestamp style=Style::Age/>
            </span>
        </li>
    }
    .into_any()
}

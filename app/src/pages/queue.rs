//! One queue: what waits, what comes and goes, who serves it, its past.

mod serving;

use super::limits::{Why, limits, of_queue as limit_of};
use crate::backend::{BackendError, Link};
use crate::causes::without_consequences;
use crate::charts::{Happenings, Line, Source, Strip, StripChart, Tone};
use crate::components::alert_card::AlertCards;
use crate::components::copy::Copy;
use crate::components::empty::Failure;
use crate::components::icon::{Glyph, Icon};
use crate::components::later::Later;
use crate::components::links::Links;
use crate::components::once::once_on_server;
use crate::components::page_title::PageTitle;
use crate::components::queue_table::{find_queue, is_growing, is_unserved, per_minute};
use crate::components::trail::{Trail, title_tells, with_state};
use crate::control::held::HeldNote;
use crate::control::queues::of_queue;
use crate::control::{Answer, AnswerPlace, Deeds};
use crate::handling::shown_alerts;
use crate::live::use_live;
use crate::server_fns::{QueuesData, load_queues};
use crate::task_search::{Term, address};
use crate::trends::About;
use forewatch::objective::Objective;
use forewatch::{Alert, QueueStats, SourceName, format};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serving::WhoServes;

/// The page of one queue.
#[component]
pub fn QueuePage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let data = Resource::new(move || id.get(), |id| load_queues(Some(id)));
    let title = RwSignal::new(id.get_untracked());
    view! {
        <PageTitle name=title/>
        <Trail address="/queues" name="Queues"/>
        {super::loaded(data, "The queue did not load", move |data| view! { <Queue data id title/> })}
    }
    .into_any()
}

#[component]
fn Queue(data: QueuesData, id: Memo<String>, title: RwSignal<String>) -> impl IntoView {
    let links = StoredValue::new(data.links);
    let queues = use_live().queues(data.queues);
    let alerts = shown_alerts(data.alerts);
    let limits = limits(data.limits, queues);
    let queue = Memo::new(move |_| find_queue(&queues.read(), &id.read()).cloned());
    title_tells(title, move || match &*queue.read() {
        Some(queue) if queue.paused.is_some() => with_state(&queue.id, "paused"),
        Some(queue) => with_state(&queue.id, &(format::count(queue.pending_tasks) + " waiting")),
        None => id.get(),
    });
    let limit = limit_of(limits, queue);
    let is_paused = Memo::new(move |_| queue.read().as_ref().is_some_and(|queue| queue.paused.is_some()));
    let objectives = StoredValue::new(data.objectives);
    let commanded = StoredValue::new(data.commanded);
    let (serving, untold) = (RwSignal::new(data.serving), data.untold);
    let missing = move || {
        let error = BackendError::NotFound(format!("No queue is called \"{}\". It may be empty and gone.", id.get()));
        crate::session::tell_status(&error);
        view! { <Failure title="" error/> }.into_any()
    };
    let found = move || {
        view! {
            <Head queue links commanded/>
            <Paused queue/>
            <Later>
                <Why limit=Signal::derive(move || limit.get().filter(|_| !is_paused.get()))/>
                <Concerns alerts queue/>
            </Later>
            <Later>
                <Facts queue untold/>
                <WhoServes queue serving/>
            </Later>
            <Later>
                <Objectives objectives queue/>
                <Past queue alerts/>
            </Later>
        }
        .into_any()
    };
    let is_known = Memo::new(move |_| queue.read().is_some());
    once_on_server(move || if is_known.get() { found() } else { missing() })
}

#[component]
fn Head(
    queue: Memo<Option<QueueStats>>,
    links: StoredValue<Vec<(String, Vec<Link>)>>,
    commanded: StoredValue<Vec<SourceName>>,
) -> impl IntoView {
    let answer = Answer::new();
    let asks = Memo::new(move |_| {
        let queue = queue.read();
        let queue = queue.as_ref().filter(|queue| commanded.with_value(|sources| sources.contains(&queue.source)));
        queue.map(of_queue).into_iter().collect::<Vec<_>>()
    });
    let tasks = move || {
        let queue = queue.read();
        address(&[Term::exactly("queue", queue.as_ref().map_or("", |queue| &queue.id))])
    };
    let state = move || {
        let queue = queue.read();
        let queue = queue.as_ref()?;
        Some(if queue.paused.is_some() {
            view! { <span class="badge warning"><Icon glyph=Glyph::Pause/>"Paused"</span> }.into_any()
        } else if is_unserved(queue) {
            view! { <span class="badge error">"Nobody serves it"</span> }.into_any()
        } else if is_growing(queue) {
            view! { <span class="badge warning">"Growing"</span> }.into_any()
        } else {
            view! { <span class="badge plain">{queue.class.as_str()}</span> }.into_any()
        })
    };
    // Made anew when the page turns to another queue, not with its readings.
    let id = Memo::new(move |_| queue.read().as_ref().map(|queue| queue.id.to_string()));
    let own_links = move || {
        let own = |links: &Vec<(String, Vec<Link>)>| {
            links.iter().find(|(of, _)| Some(of) == id.read().as_ref()).map(|(_, links)| links.clone())
        };
        links.with_value(own).unwrap_or_default()
    };
    view! {
        <div class="title-row">
            <span class="st">
                <h1>{move || id.get()}</h1>
                {move || id.get().map(|text| view! { <Copy text what="queue id"/> })}
            </span>
            {state}
            <Deeds asks answer/>
            <div class="acts"><a class="btn" href=tasks>"Its tasks"</a></div>
            {move || view! { <Links links=own_links()/> }}
            <AnswerPlace answer/>
        </div>
    }
    .into_any()
}

/// Who paused it.
#[component]
fn Paused(queue: Memo<Option<QueueStats>>) -> impl IntoView {
    let held = Memo::new(move |_| queue.read().as_ref()?.paused.clone());
    view! { <HeldNote held what="Paused".to_owned() so="workers take nothing from it.".to_owned()/> }.into_any()
}

/// Alerts about this queue.
#[component]
fn Concerns(alerts: Memo<Vec<Alert>>, queue: Memo<Option<QueueStats>>) -> impl IntoView {
    let own = Memo::new(move |_| {
        let queue = queue.read();
        let id = queue.as_ref().map(|q| q.id.as_str());
        alerts.read().iter().filter(|a| a.is_active && Some(a.component_id.as_str()) == id).cloned().collect::<Vec<_>>()
    });
    view! {
        <AlertCards alerts=Signal::derive(move || without_consequences(own.get()))/>
    }
    .into_any()
}

/// What is left of the budgets of the objectives that name this queue.
#[component]
fn Objectives(objectives: StoredValue<Vec<(Objective, String)>>, queue: Memo<Option<QueueStats>>) -> impl IntoView {
    let lines = Memo::new(move |_| {
        let queue = queue.read();
        let is_own = |objective: &Objective| queue.as_ref().is_some_and(|queue| objective.is_of_queue(queue));
        let all = objectives.read_value();
        all.iter().filter(|(objective, _)| is_own(objective)).map(|(_, line)| line.as_str()).collect::<String>()
    });
    move || {
        let lines = lines.get();
        (!lines.is_empty()).then(|| {
            view! {
                <section class="panel" aria-labelledby="objectives">
                    <div class="panel-h"><h2 id="objectives">"Objectives"</h2></div>
                    <ul class="quietly" inner_html=lines></ul>
                </section>
            }
            .into_any()
        })
    }
}

/// The past of the queue.
#[component]
fn Past(queue: Memo<Option<QueueStats>>, alerts: Memo<Vec<Alert>>) -> impl IntoView {
    let id = queue.read_untracked().as_ref().map(|q| q.id.to_string()).unwrap_or_default();
    let line = |name: &str, metric, tone| Line::new(name, metric, tone).of("queue", &id);
    let strips = vec![
        Strip::new("Waiting", "tasks", vec![line("", "queue.pending", Tone::BLUE).with_yesterday()]),
        Strip::new(
            "Arrivals and ends",
            "of tasks",
            vec![line("arrive", "queue.arrival_rate", Tone::BLUE), line("end", "queue.service_rate", Tone::GREEN)],
        ),
        Strip::new("Oldest waiting", "its age", vec![line("", "queue.oldest_age", Tone::OCHRE)]),
    ];
    let happenings = Happenings { about: About::These(vec![id]), alerts };
    view! { <StripChart strips source=Source::Queue(queue.into(), use_live().known_until()) happenings/> }.into_any()
}

/// The queue in numbers.
#[component]
fn Facts(queue: Memo<Option<QueueStats>>, untold: u64) -> impl IntoView {
    let read = move |what: fn(&QueueStats) -> String| move || queue.read().as_ref().map(what);
    let source = queue.read_untracked().as_ref().map(|queue| queue.source.to_string()).unwrap_or_default();
    let untold = (untold > 0).then(|| {
        let told = format!("{} of {source} ended without telling their queue", format::count(untold));
        view! { <dd class="cap" title="With task_send_sent_event on, Celery tells it of every task.">{told}</dd> }
    });
    view! {
        <section class="panel" aria-label="Now">
            <dl class="tiles plain">
                <div class="tile"><dt>"Waiting"</dt><dd class="strong big">{read(|q| format::count(q.pending_tasks))}</dd><dd class="cap">{read(waiting_where)}</dd></div>
                <div class="tile"><dt>"Running"</dt><dd class="strong big">{read(|q| format::count(q.processing_tasks))}</dd><dd class="cap">{read(served_by)}</dd></div>
                <div class="tile"><dt>"Oldest waiting"</dt><dd class="strong big">{read(|q| q.oldest_pending_age.map_or_else(dash, format::age))}</dd></div>
                <div class="tile"><dt>"Arrive / min"</dt><dd class="strong big">{read(|q| q.arrival_rate.map_or_else(dash, per_minute))}</dd></div>
                <div class="tile"><dt>"Finish / min"</dt><dd class="strong big">{read(|q| q.service_rate.map_or_else(dash, per_minute))}</dd></div>
                <div class="tile"><dt>"Empty in"</dt><dd class="strong big">{read(|q| q.drain_time.map_or_else(dash, format::duration))}</dd><dd class="cap">"at the rates of the last minute"</dd></div>
                <div class="tile"><dt>"Mean wait"</dt><dd class="strong big">{read(|q| q.average_wait_time.map_or_else(dash, format::duration))}</dd><dd class="cap">"of what ended in the last hour"</dd></div>
                <div class="tile"><dt>"Mean run time"</dt><dd class="strong big">{read(|q| q.average_processing_time.map_or_else(dash, format::duration))}</dd><dd class="cap">"of what completed in the last hour"</dd></div>
                <div class="tile"><dt>"Completed"</dt><dd class="strong big">{read(|q| format::count(q.completed_tasks))}</dd><dd class="cap">{read(|q| format!("{} failed", format::count(q.failed_tasks)))}</dd>{untold}</div>
            </dl>
        </section>
    }
    .into_any()
}

fn dash() -> String {
    format::UNKNOWN.to_owned()
}

/// Where the waiting tasks are, as far as it is known.
fn waiting_where(queue: &QueueStats) -> String {
    match (queue.length, queue.delayed_tasks) {
        (Some(length), 0) => format!("{} in the broker", format::count(length)),
        (Some(length), delayed) => {
            format!("{} in the broker, {} delayed", format::count(length), format::count(delayed))
        }
        (None, 0) => String::new(),
        (None, delayed) => format!("{} delayed", format::count(delayed)),
    }
}

fn served_by(queue: &QueueStats) -> String {
    match queue.worker_count {
        None => String::new(),
        Some(0) => "nobody serves it".to_owned(),
        Some(1) => "1 worker serves it".to_owned(),
        Some(many) => format!("{} workers serve it", format::count(many)),
    }
}

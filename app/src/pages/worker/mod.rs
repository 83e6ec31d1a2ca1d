//! One worker: how it is, its alerts, a panel a GPU, its readings over the last hour, its newest
//! tasks, what happened to it, its hardware.

mod drained;
mod gpu;
mod happened;
mod host;
mod readings;
mod recent;

use crate::causes::without_consequences;
use crate::charts::ChartTime;
use crate::components::alert_card::AlertCards;
use crate::components::copy::Copy;
use crate::components::later::Later;
use crate::components::links::Links;
use crate::components::page_title::PageTitle;
use crate::components::status::{HeardFrom, WorkerState};
use crate::components::trail::{Trail, title_tells, with_state};
use crate::control::workers::of_worker;
use crate::control::{Answer, AnswerPlace, Deeds};
use crate::handling::shown_alerts;
use crate::live::use_live;
use crate::server_fns::{WorkerData, load_worker};
use drained::Drained;
use forewatch::time::unix_seconds;
use forewatch::{Alert, WorkerId, WorkerMetrics, WorkerStatus, format};
use gpu::GpuPanels;
use happened::WhatHappened;
use host::HostFacts;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use readings::Readings;
use recent::RecentTasks;

/// The page of one worker.
#[component]
pub fn WorkerPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let data = Resource::new(move || id.get(), load_worker);
    let title = RwSignal::new(id.get_untracked());
    view! {
        <PageTitle name=title/>
        <Trail address="/workers" name="Workers"/>
        {super::loaded(data, "The worker did not load", move |data| view! { <Worker data title/> })}
    }
    .into_any()
}

#[component]
fn Worker(data: WorkerData, title: RwSignal<String>) -> impl IntoView {
    let id = data.worker.data.worker_id.clone();
    ChartTime::of_page().suit(unix_seconds(data.worker.data.first_seen), unix_seconds(data.worker.at));
    let worker = use_live().worker(id.clone(), data.worker);
    // What it said last is kept, and marked as that.
    let is_offline = Memo::new(move |_| worker.read().status == WorkerStatus::Offline);
    title_tells(title, move || {
        let worker = worker.read();
        with_state(&worker.name, worker.status.as_str())
    });
    let alerts = shown_alerts(data.alerts);
    let concerns = Memo::new({
        let id = id.clone();
        move |_| concerns(&alerts.read(), &id)
    });
    let (recent, of) = (id.clone(), id.clone());
    let answer = Answer::new();
    let tasks = RwSignal::new(data.tasks);
    let takes_commands = data.takes_commands;
    let asks = Memo::new(move |_| {
        if !takes_commands {
            return Vec::new();
        }
        let mut names: Vec<String> = tasks.read().tasks.iter().filter_map(|task| task.name.clone()).collect();
        names.sort();
        names.dedup();
        of_worker(&worker.read(), &names)
    });
    view! {
        <div class="title-row">
            <h1>{move || worker.read().name.clone()}</h1>
            {move || view! { <WorkerState status=worker.read().status/> }}
            <span class="soft">
                {move || if is_offline.get() { "" } else { "heard from " }}
                <HeardFrom last=Signal::derive(move || worker.read().last_heartbeat) limit=worker.read_untracked().health_limit ago=true/>
            </span>
            <span class="st"><span class="mono soft">{id.to_string()}</span><Copy text=id.to_string() what="worker id"/></span>
            <Deeds asks answer/>
            <Links links=data.links/>
            <AnswerPlace answer/>
        </div>
        <Later>
            <Drained id=id.clone() worker left=data.left/>
            <Running worker/>
            <Concerns concerns/>
        </Later>
        <Later><GpuPanels worker is_offline loads=data.gpu_loads/></Later>
        <Later>
            <div class:is-stale=is_offline>
                <Readings worker alerts/>
            </div>
        </Later>
        <div class="two">
            <div class="stack">
                <Later><RecentTasks id=recent worker tasks/></Later>
                <Later><WhatHappened id=of worker concerns happened=data.happened/></Later>
            </div>
            <Later><HostFacts worker is_offline/></Later>
        </div>
    }
    .into_any()
}

/// What it has done and is doing.
#[component]
fn Running(worker: Signal<WorkerMetrics>) -> impl IntoView {
    let running = move || {
        let worker = worker.read();
        match worker.max_concurrent_tasks {
            Some(most) => format!("{} of {most}", worker.active_tasks),
            None => format::count(worker.active_tasks),
        }
    };
    let failures = move || {
        let row = worker.read().consecutive_failures;
        match row {
            0 => "none in a row now".to_owned(),
            1 => "the last task failed".to_owned(),
            many => format!("the last {} failed", format::count(many)),
        }
    };
    view! {
        <section class="panel" aria-label="Work">
            <dl class="tiles plain">
                <div class="tile">
                    <dt>"Running"</dt>
                    <dd class="strong big">{running}</dd>
                </div>
                <div class="tile">
                    <dt>"Completed"</dt>
                    <dd class="strong big">{move || format::count(worker.read().completed_tasks)}</dd>
                    <dd class="cap">"within the time tasks are kept"</dd>
                </div>
                <div class="tile">
                    <dt>"Failed"</dt>
                    <dd class="strong big">{move || format::count(worker.read().failed_tasks)}</dd>
                    <dd class="cap">{failures}</dd>
                </div>
                <div class="tile">
                    <dt>"Mean run time"</dt>
                    <dd class="strong big">
                        {move || worker.read().average_task_duration.map_or_else(|| format::UNKNOWN.to_owned(), format::duration)}
                    </dd>
                    <dd class="cap">"of its completed tasks"</dd>
                </div>
            </dl>
        </section>
    }
    .into_any()
}

/// Active alerts about this worker or its devices, worst first.
fn concerns(alerts: &[Alert], id: &WorkerId) -> Vec<Alert> {
    let device = format!("{id}/");
    let about = |a: &&Alert| a.component_id == **id || a.component_id.starts_with(&device);
    let mut own: Vec<Alert> = alerts.iter().filter(|a| a.is_active).filter(about).cloned().collect();
    own.sort_by_key(|alert| std::cmp::Reverse(alert.severity));
    own
}

/// Those alerts, in place.
#[component]
fn Concerns(concerns: Memo<Vec<Alert>>) -> impl IntoView {
    view! {
        <AlertCards alerts=Signal::derive(move || without_consequences(concerns.get()))/>
    }
    .into_any()
}

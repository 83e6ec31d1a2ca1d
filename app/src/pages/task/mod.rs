//! One task: how it went, as a picture and in numbers, what it was given, why it failed, and what
//! stands around it.

mod facts;
mod family;
mod meanwhile;
mod timeline;
mod why;

use crate::components::copy::Copy;
use crate::components::each::{alert_key, each};
use crate::components::icon::{Glyph, Icon};
use crate::components::later::Later;
use crate::components::links::Links;
use crate::components::page_title::PageTitle;
use crate::components::severity::SeverityMark;
use crate::components::status::{Progress, progress, task_mark};
use crate::components::task_table::{short_id, task_name};
use crate::components::trail::{Trail, title_tells, with_state};
use crate::control::tasks::of_task;
use crate::control::{Answer, AnswerPlace, Deeds};
use crate::handling::shown_alerts;
use crate::live::use_live;
use crate::server_fns::{TaskData, load_task};
use crate::task_search::{Term, address, without_quotes};
use facts::{Details, Spans};
use family::FamilyPanel;
use forewatch::{Alert, TaskMetrics, TaskStatus};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use meanwhile::Meanwhile;
use timeline::Timeline;
use why::{IsStuck, Waits};

/// The page of one task.
#[component]
pub fn TaskPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let data = Resource::new(move || id.get(), load_task);
    let title = RwSignal::new(["Task ", &short_id(&id.read_untracked())].concat());
    view! {
        <PageTitle name=title/>
        <Trail address="/tasks" name="Tasks"/>
        {super::loaded(data, "The task did not load", move |data| view! { <Task data title/> })}
    }
    .into_any()
}

#[component]
fn Task(data: TaskData, title: RwSignal<String>) -> impl IntoView {
    let TaskData { now, task, worker, family, limit, usual, alerts, links, takes_commands, queues } = data;
    let id = task.task_id.to_string();
    let task = use_live().task(now, task);
    let known = worker.as_ref().map(|worker| worker.data.clone());
    // What changes with its progress has its own place; the rest is made anew only when it is different.
    let calm = Memo::new(move |_| TaskMetrics { events: Vec::new(), progress: None, timestamp: now, ..task.get() });
    title_tells(title, move || {
        let task = calm.read();
        with_state(&task_name(&task), &task_mark(&task).2.to_lowercase())
    });
    let alerts = shown_alerts(alerts);
    let answer = Answer::new();
    let named = worker.as_ref().map(|worker| (worker.data.worker_id.clone(), worker.data.name.clone()));
    let asks = Memo::new(move |_| {
        let task = calm.read();
        let named = named.as_ref().filter(|(id, _)| Some(id) == task.worker_id.as_ref()).map(|(_, name)| &**name);
        if takes_commands { of_task(&task, named.or(task.worker_id.as_deref()), &queues) } else { Vec::new() }
    });
    let same_name = move || {
        calm.read().name.as_ref().map(|name| {
            let address = address(&[Term::exactly("name", name)]);
            view! { <div class="acts"><a class="btn" href=address><Icon glyph=Glyph::Tasks/>"Same name"</a></div> }
        })
    };
    view! {
        <div class="title-row">
            <h1>{move || task_name(&calm.read())}</h1>
            {move || view! { <StateBadge task=task.get()/> }}
            <span class="st"><span class="mono soft id">{id.clone()}</span><Copy text=id what="task id"/></span>
            <Deeds asks answer/>
            {same_name}
            <Links links/>
            <AnswerPlace answer/>
        </div>
        <Later>
            <Waits task=calm limit/>
            <IsStuck task usual/>
            <Spans task/>
        </Later>
        <Later><Timeline task/></Later>
        <div class="two">
            <div class="stack">
                <Later>
                    {move || view! { <ErrorPanel task=calm.get()/> }}
                    <Meanwhile task=calm worker alerts/>
                    <FamilyPanel task family/>
                    {move || view! { <Texts task=calm.get()/> }}
                </Later>
            </div>
            <div class="stack">
                <Later>
                    <Touching task=calm alerts/>
                    {move || view! { <Details task=calm.get() worker=known.clone()/> }}
                </Later>
            </div>
        </div>
    }
    .into_any()
}

/// How it is, with the attempt.
#[component]
fn StateBadge(task: TaskMetrics) -> impl IntoView {
    let (glyph, _, word) = task_mark(&task);
    let class = match task.status {
        TaskStatus::Completed => "badge ok",
        TaskStatus::Failed => "badge error",
        TaskStatus::Processing => "badge info",
        TaskStatus::Pending | TaskStatus::Cancelled | TaskStatus::Unknown => "badge plain",
    };
    let attempt = (task.retry_count > 0).then(|| format!(" on attempt {}", task.retry_count + 1));
    let progress = progress(&task).map(|value| view! { <Progress value/> });
    view! { <span class=class><Icon glyph/>{word}{progress}{attempt}</span> }
}

/// Why it failed.
#[component]
fn ErrorPanel(task: TaskMetrics) -> impl IntoView {
    let TaskMetrics { error_message, traceback, .. } = task;
    (error_message.is_some() || traceback.is_some()).then(|| {
        let all = [error_message.clone(), traceback.clone()].into_iter().flatten().collect::<Vec<_>>().join("\n");
        let same = error_message.clone().map(|error| {
            let words: String = error.chars().take(60).collect();
            let address = address(&[Term::of("status", "failed"), Term::of("error", without_quotes(&words))]);
            view! { <a class="link" href=address>"Tasks with this error"</a> }
        });
        view! {
            <section class="panel" aria-labelledby="task-error">
                <div class="panel-h">
                    <h2 id="task-error">"Error"</h2>
                    <div class="right">{same}<Copy text=all what="error"/></div>
                </div>
                <div class="panel-b stack tight">
                    {error_message.map(|text| view! { <p class="mono message">{text}</p> })}
                    {traceback.map(|text| view! { <pre tabindex="0" role="region" aria-label="Traceback">{text}</pre> })}
                </div>
            </section>
        }
    })
}

/// What it was given and what came out.
#[component]
fn Texts(task: TaskMetrics) -> impl IntoView {
    let texts = [("Arguments", task.args), ("Named arguments", task.kwargs), ("Result", task.result)];
    texts
        .into_iter()
        .filter_map(|(name, text)| Some((name, text.filter(|t| !t.is_empty())?)))
        .map(|(name, text)| {
            view! {
                <section class="panel" aria-label=name>
                    <div class="panel-h"><h2>{name}</h2><div class="right"><Copy text=text.clone() what="text"/></div></div>
                    <div class="panel-b"><pre tabindex="0" role="region" aria-label=format!("{name}, text")>{text}</pre></div>
                </section>
            }
        })
        .collect_view()
}

/// Active alerts about it, its worker or its queue.
#[component]
fn Touching(task: Memo<TaskMetrics>, alerts: Memo<Vec<Alert>>) -> impl IntoView {
    let touching = Memo::new(move |_| {
        let task = task.read();
        let (name, queue) = (task.name.as_deref(), task.queue_id());
        let about = [Some(task.task_id.as_str()), task.worker_id.as_deref(), queue.as_deref(), name];
        let touches = |alert: &&Alert| alert.is_active && about.contains(&Some(alert.component_id.as_str()));
        alerts.read().iter().filter(touches).cloned().collect::<Vec<_>>()
    });
    let row = |alert: Alert| {
        let address = format!("/alerts/{}", alert.alert_id);
        view! { <li class="line"><SeverityMark severity=alert.severity/><a class="link" href=address>{alert.title}</a></li> }
            .into_any()
    };
    let show = move || {
        view! {
            <section class="panel" aria-labelledby="task-alerts">
                <div class="panel-h"><h2 id="task-alerts">"Alerts that touch it"</h2></div>
                <ul class="panel-b stack tight">{each(move || touching.get(), alert_key, row)}</ul>
            </section>
        }
    };
    let is_any = Memo::new(move |_| !touching.read().is_empty());
    move || is_any.get().then(show)
}

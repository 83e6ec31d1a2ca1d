//! A task in numbers: what it took, and what else is known of it.

use crate::components::moment::Moment;
use crate::components::status::WorkerState;
use crate::escape::escape;
use crate::live::use_live;
use crate::task_search::{Term, address};
use forewatch::attempts::running_since;
use forewatch::time::seconds_between;
use forewatch::{TaskMetrics, TaskStatus, Timestamp, WorkerMetrics, format};
use leptos::prelude::*;

/// What it took. Of a task that waits or runs, the texts go on with the seconds.
#[component]
pub(super) fn Spans(task: Signal<TaskMetrics>) -> impl IntoView {
    let now = use_live().known_until();
    let span = move |known: Option<f64>, since: Option<Timestamp>| match (known, since) {
        (_, Some(since)) => format::age(seconds_between(since, now.get())) + " so far",
        (Some(known), None) => format::duration(known),
        (None, None) => format::UNKNOWN.to_owned(),
    };
    let known = |text: Option<String>| text.unwrap_or_else(|| format::UNKNOWN.to_owned());
    let waiting = |task: &TaskMetrics| {
        task.submitted_at.filter(|_| task.started_at.is_none() && task.status == TaskStatus::Pending)
    };
    view! {
        <section class="panel" aria-label="What it took">
            <dl class="tiles plain">
                {tile("Took", move || span(task.read().total_time, None), String::new)}
                {tile(
                    "Waited",
                    move || span(task.read().queue_wait_time, waiting(&task.read())),
                    move || task.read().queue.as_ref().map(|queue| "in ".to_owned() + queue).unwrap_or_default(),
                )}
                {tile(
                    "Ran",
                    move || span(task.read().processing_time, running_since(&task.read())),
                    move || if task.read().timed_out { "hit its time limit".to_owned() } else { String::new() },
                )}
                {tile(
                    "GPU time",
                    move || known(task.read().gpu_time.map(format::duration)),
                    move || task.read().energy_joules.map(format::joules).unwrap_or_default(),
                )}
                {tile(
                    "Peak memory",
                    move || known(task.read().memory_peak.map(|b| format::bytes(b as f64))),
                    move || task.read().cpu_time.map(|s| "CPU time ".to_owned() + &format::duration(s)).unwrap_or_default(),
                )}
            </dl>
        </section>
    }
    .into_any()
}

fn tile(
    name: &'static str,
    text: impl Fn() -> String + Send + Sync + 'static,
    more: impl Fn() -> String + Send + Sync + 'static,
) -> AnyView {
    view! { <div class="tile"><dt>{name}</dt><dd class="strong big">{text}</dd><dd class="cap">{more}</dd></div> }
        .into_any()
}

/// What else is known of it. What is not known is not listed.
#[component]
pub(super) fn Details(task: TaskMetrics, worker: Option<WorkerMetrics>) -> impl IntoView {
    // Of a worker that took it over after the page was loaded, only the id is known.
    let worker = worker.filter(|worker| Some(&worker.worker_id) == task.worker_id.as_ref());
    let worker = match (worker, task.worker_id.clone()) {
        (Some(worker), _) => Some(
            view! {
                <a class="link" href=format!("/workers/{}", escape(&worker.worker_id))>{worker.name}</a>
                " "<WorkerState status=worker.status/>
            }
            .into_any(),
        ),
        (None, Some(id)) => {
            Some(view! { <a class="link" href=format!("/workers/{}", escape(&id))>{id.to_string()}</a> }.into_any())
        }
        (None, None) => None,
    };
    let queue = task.queue.clone().zip(task.queue_id()).map(|(queue, id)| {
        let address = address(&[Term::exactly("queue", &id)]);
        view! { <a class="link" href=address>{queue}</a> }
    });
    let size = |bytes: u64| format::bytes(bytes as f64);
    let state = match &task.source_state {
        Some(own) => format!("{} ({own})", task.state),
        None => task.state.to_string(),
    };
    let rows = [
        ("State", Some(state)),
        ("Priority", task.priority.map(priority)),
        ("User", task.user_id),
        ("Type", task.content_type.filter(|t| Some(t) != task.name.as_ref())),
        ("Input", task.input_file_size.map(size)),
        ("Output", task.output_file_size.map(size)),
        ("Confidence", task.confidence_score.map(|c| format::ratio(c.get()))),
        ("Quality", task.quality_degraded.map(|d| if d { "degraded".to_owned() } else { "full".to_owned() })),
        ("Source", Some(task.source.to_string())),
    ];
    let rows =
        rows.into_iter().filter_map(|(name, text)| Some(view! { <dt>{name}</dt><dd>{text?}</dd> })).collect_view();
    view! {
        <section class="panel" aria-labelledby="task-details">
            <div class="panel-h"><h2 id="task-details">"Details"</h2></div>
            <div class="panel-b">
                <dl class="kv wide">
                    {worker.map(|link| view! { <dt>"Worker"</dt><dd>{link}</dd> })}
                    {queue.map(|link| view! { <dt>"Queue"</dt><dd>{link}</dd> })}
                    {rows}
                    {task.eta.map(|at| view! { <dt>"Not before"</dt><dd><Moment at/></dd> })}
                    {task.expires.map(|at| view! { <dt>"Expires"</dt><dd><Moment at/></dd> })}
                </dl>
            </div>
        </section>
    }
    .into_any()
}

/// "8 (high)".
fn priority(priority: i32) -> String {
    match priority {
        10 => "10 (urgent)".to_owned(),
        8 => "8 (high)".to_owned(),
        5 => "5 (normal)".to_owned(),
        3 => "3 (low)".to_owned(),
        1 => "1 (batch)".to_owned(),
        other => other.to_string(),
    }
}

//! A task in numbers: what it took, and what else is known of it.

use crate::components::moment::Moment;
use crate::components::status::WorkerState;
use forewatch::time::seconds_between;
use forewatch::{TaskMetrics, TaskStatus, Timestamp, WorkerSummary, format};
use leptos::prelude::*;
use leptos_router::location::Url;

/// What it took.
#[component]
pub(super) fn Spans(task: TaskMetrics, now: Timestamp) -> impl IntoView {
    let ended = task.status.is_ended();
    let running = task.started_at.filter(|_| task.status == TaskStatus::Processing).map(|at| seconds_between(at, now));
    let waiting = task.submitted_at.filter(|_| task.started_at.is_none() && !ended).map(|at| seconds_between(at, now));
    let span = |known: Option<f64>, so_far: Option<f64>| match (known, so_far) {
        (_, Some(so_far)) => format!("{} so far", format::age(so_far)),
        (Some(known), None) => format::duration(known),
        (None, None) => format::UNKNOWN.to_owned(),
    };
    let energy = task.energy_joules.map(format::joules);
    let tiles = [
        ("Took", span(task.total_time, None), String::new()),
        (
            "Waited",
            span(task.queue_wait_time, waiting),
            task.queue.clone().map(|q| format!("in {q}")).unwrap_or_default(),
        ),
        (
            "Ran",
            span(task.processing_time, running),
            if task.timed_out { "hit its time limit".to_owned() } else { String::new() },
        ),
        (
            "GPU time",
            task.gpu_time.map_or_else(|| format::UNKNOWN.to_owned(), format::duration),
            energy.unwrap_or_default(),
        ),
        (
            "Peak memory",
            task.memory_peak.map_or_else(|| format::UNKNOWN.to_owned(), |b| format::bytes(b as f64)),
            task.cpu_time.map(|s| format!("CPU time {}", format::duration(s))).unwrap_or_default(),
        ),
    ];
    let tiles = tiles.map(|(name, text, more)| {
        view! { <div class="tile"><dt>{name}</dt><dd class="strong big">{text}</dd><dd class="cap">{more}</dd></div> }
    });
    view! { <section class="panel" aria-label="What it took"><dl class="tiles plain">{tiles.collect_view()}</dl></section> }
}

/// What else is known of it. What is not known is not listed.
#[component]
pub(super) fn Details(task: TaskMetrics, worker: Option<WorkerSummary>) -> impl IntoView {
    let worker = match (worker, task.worker_id.clone()) {
        (Some(worker), _) => Some(
            view! {
                <a class="link" href=format!("/workers/{}", Url::escape(&worker.worker_id))>{worker.name}</a>
                " "<WorkerState status=worker.status/>
            }
            .into_any(),
        ),
        (None, Some(id)) => Some(
            view! { <a class="link" href=format!("/workers/{}", Url::escape(&id))>{id.to_string()}</a> }.into_any(),
        ),
        (None, None) => None,
    };
    let queue = task.queue.clone().map(|queue| {
        let address = format!("/tasks?q={}", Url::escape(&format!("queue:\"{queue}\"")));
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

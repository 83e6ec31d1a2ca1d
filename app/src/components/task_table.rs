//! Tasks, a row each.

use super::each::each;
use super::icon::{Glyph, Icon};
use super::moment::{Moment, Style};
use super::status::TaskStateMark;
use crate::live::use_live;
use forewatch::time::seconds_between;
use forewatch::{TaskId, TaskMetrics, TaskStatus, Timestamp, format};
use leptos::prelude::*;
use leptos_router::location::Url;

/// What a task is called: its name, else what it works on, else its id.
pub fn task_name(task: &TaskMetrics) -> String {
    task.name.clone().or_else(|| task.content_type.clone()).unwrap_or_else(|| short_id(&task.task_id))
}

/// What tells an id from others, in a few characters: the beginning of a UUID, which is random; the end of ids that count.
pub fn short_id(id: &str) -> String {
    const SHOWN: usize = 8;
    let is_uuid = id.len() == 36 && id.bytes().enumerate().all(|(n, b)| (b == b'-') == matches!(n, 8 | 13 | 18 | 23));
    let length = id.chars().count();
    if is_uuid {
        id.chars().take(SHOWN).collect()
    } else if length <= SHOWN + 4 {
        id.to_owned()
    } else {
        format!("…{}", id.chars().skip(length - SHOWN).collect::<String>())
    }
}

/// The table.
#[component]
pub fn TaskTable(
    /// The tasks, in their order.
    #[prop(into)]
    tasks: Signal<Vec<TaskMetrics>>,
    /// Whether the columns of worker and retries are left out: on a worker's own page, where there is less room.
    #[prop(optional)]
    of_one_worker: bool,
    /// From when on each that runs is stuck, where that can be told.
    #[prop(into)]
    stuck_from: Signal<Vec<(TaskId, Timestamp)>>,
) -> impl IntoView {
    let longest = Memo::new(move |_| {
        let spans = tasks.read();
        spans.iter().map(|t| t.queue_wait_time.unwrap_or(0.0) + t.processing_time.unwrap_or(0.0)).fold(1.0, f64::max)
    });
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label="Task table">
            <table class="tbl cards tasks">
                <thead>
                    <tr>
                        <th scope="col">"Heard"</th>
                        <th scope="col">"Task"</th>
                        <th scope="col">"Status"</th>
                        <th scope="col">"Queue"</th>
                        {(!of_one_worker).then(|| view! { <th scope="col">"Worker"</th> })}
                        <th scope="col">"Waited, ran"</th>
                        {(!of_one_worker).then(|| view! { <th scope="col" class="num">"Retries"</th> })}
                        <th scope="col" class="wide">"Error"</th>
                    </tr>
                </thead>
                <tbody>
                    {each(move || tasks.get(), row_key, move |task| view! { <TaskRow task longest of_one_worker stuck_from/> }.into_any())}
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

/// What tells one state of a task from another.
fn row_key(task: &TaskMetrics) -> String {
    format!("{} {} {}", task.task_id, task.timestamp, task.state.as_str())
}

/// One task.
#[component]
fn TaskRow(
    task: TaskMetrics,
    longest: Memo<f64>,
    of_one_worker: bool,
    stuck_from: Signal<Vec<(TaskId, Timestamp)>>,
) -> impl IntoView {
    let address = format!("/tasks/{}", Url::escape(&task.task_id));
    let worker = task.worker_id.clone().map(|id| {
        view! { <a href=format!("/workers/{}", Url::escape(&id))>{id.to_string()}</a> }
    });
    let worker = (!of_one_worker).then(|| match worker {
        Some(link) => view! { <td data-l="Worker">{link}</td> }.into_any(),
        None => view! { <td data-l="Worker" class="quiet">"–"</td> }.into_any(),
    });
    let stuck = (task.status == TaskStatus::Processing).then(|| {
        let (now, id) = (use_live().known_until(), task.task_id.clone());
        let from = move || stuck_from.read().iter().find(|(task, _)| *task == id).map(|(_, from)| *from);
        let is_stuck = Memo::new(move |_| from().is_some_and(|from| from <= now.get()));
        move || is_stuck.get().then(|| view! { <span class="badge warning beside">"stuck"</span> })
    });
    let error = task.error_message.clone().unwrap_or_default();
    let error_class = if error.is_empty() { "clip soft hide-s" } else { "clip soft full" };
    view! {
        <tr>
            <td class="soft" data-l="Heard"><Moment at=task.timestamp style=Style::Seconds/></td>
            <th scope="row" class="full first">
                <a class="strong" href=address>{task_name(&task)}</a>
                <span class="mono quiet beside">{short_id(&task.task_id)}</span>
            </th>
            <td data-l="Status"><TaskStateMark task=task.clone()/>{stuck}</td>
            <td class="soft" data-l="Queue">{task.queue.clone().unwrap_or_else(|| "–".to_owned())}</td>
            {worker}
            <td class="full"><WaitedRan task=task.clone() longest/></td>
            {(!of_one_worker).then(|| view! { <td class="num soft hide-s">{task.retry_count}</td> })}
            <td class=error_class title=error.clone()>{error.clone()}</td>
        </tr>
    }
    .into_any()
}

/// How long a task waited and ran: two bars on a common scale, and the two times. What runs goes on with the seconds.
#[component]
fn WaitedRan(task: TaskMetrics, longest: Memo<f64>) -> impl IntoView {
    let waited = task.queue_wait_time;
    // Of one that is tried again, a list does not know when this attempt began.
    let since = task.started_at.filter(|_| task.status == TaskStatus::Processing && task.retry_count == 0);
    let now = use_live().known_until();
    let known = task.processing_time;
    let ran = move || since.map_or(known, |since| Some(seconds_between(since, now.get()).max(0.0)));
    let share = move |part: f64| format!("{:.1}%", (part / longest.get() * 100.0).min(100.0));
    let is_bad = task.status == TaskStatus::Failed;
    let write = |span: Option<f64>| span.map_or_else(|| "–".to_owned(), format::duration);
    let text = move || match (waited, ran()) {
        (None, None) => "–".to_owned(),
        (waited, ran) => [write(waited), write(ran)].join(", "),
    };
    let w = waited.unwrap_or(0.0);
    view! {
        <span class="waited-ran">
            <svg class="two-tone" aria-hidden="true">
                <rect class="w" height="100%" rx="2" width=move || share(w)></rect>
                <rect class=if is_bad { "f" } else { "r" } height="100%" rx="2" x=move || share(w) width=move || share(ran().unwrap_or(0.0))></rect>
            </svg>
            <span>{text}</span>
        </span>
    }
    .into_any()
}

/// What stands where no task is listed.
#[component]
pub fn NoTasks(
    /// Whether any task is known at all.
    any: bool,
) -> impl IntoView {
    if any {
        view! {
            <div class="empty">
                <p class="st strong"><Icon glyph=Glyph::Search/>"No task matches"</p>
                <p class="soft">"Take a filter away, or widen it: queue:gpu_* stands for every queue that begins so."</p>
                <a class="btn" href="/tasks">"Show all tasks"</a>
            </div>
        }
        .into_any()
    } else {
        view! {
            <div class="empty">
                <p class="strong">"No tasks yet"</p>
                <p class="soft">
                    "Tasks appear when a Celery broker is attached (forewatch serve --celery redis://…) or when a worker reports them over HTTP."
                </p>
            </div>
        }
        .into_any()
    }
}

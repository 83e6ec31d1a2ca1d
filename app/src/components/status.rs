//! How a worker or a task is: a mark and a word.

use super::icon::{Glyph, Icon};
use super::meter::Bar;
use crate::live::use_live;
use crate::roster::Heard;
use forewatch::{Ratio, TaskMetrics, TaskState, TaskStatus, Timestamp, WorkerStatus, format};
use leptos::prelude::*;

/// How a worker is.
#[component]
pub fn WorkerState(
    /// Its status.
    status: WorkerStatus,
    /// Whether it takes no new tasks.
    #[prop(optional)]
    drained: bool,
) -> impl IntoView {
    let (glyph, colour, class, word) = match status {
        WorkerStatus::Online | WorkerStatus::Busy if drained => (Glyph::Maintenance, "", "st soft", "Drained"),
        WorkerStatus::Online => (Glyph::Online, "c-ok", "st", "Online"),
        WorkerStatus::Busy => (Glyph::Busy, "c-ok", "st", "Busy"),
        WorkerStatus::Error => (Glyph::Error, "", "st c-error strong", "Error"),
        WorkerStatus::Maintenance => (Glyph::Maintenance, "", "st soft", "Maintenance"),
        WorkerStatus::Offline => (Glyph::Offline, "", "st c-error strong", "Offline"),
    };
    view! { <span class=class><Icon glyph class=colour/>{word}</span> }
}

/// When a worker was last heard from: an age, marked when it is late or lost.
#[component]
pub fn HeardFrom(
    /// Its last sign of life.
    #[prop(into)]
    last: Signal<Timestamp>,
    /// Seconds of silence after which it counts as offline.
    #[prop(into)]
    limit: Signal<f64>,
    /// Whether it goes on a sentence: "heard from 3 s ago".
    #[prop(optional)]
    ago: bool,
) -> impl IntoView {
    let ago = if ago { " ago" } else { "" };
    // While this browser hears nothing, the worker is not to blame.
    let now = use_live().known_until();
    let heard = Memo::new(move |_| Heard::of(last.get(), limit.get(), now.get()));
    // Ages move every second, the mark only when the grade changes.
    let mark = Memo::new(move |_| match heard.get() {
        Heard::Fresh(_) => None,
        Heard::Late(_) => Some((Glyph::Late, "st c-warning strong")),
        Heard::Lost(_) => Some((Glyph::Offline, "st c-error strong")),
    });
    let text = move || match heard.get() {
        Heard::Fresh(age) => format::age(age) + ago,
        Heard::Late(age) => format::age(age) + ago + ", late",
        Heard::Lost(age) => ["lost ", &format::age_roughly(age), " ago"].concat(),
    };
    move || match mark.get() {
        None => view! { <span class="soft">{text}</span> }.into_any(),
        Some((glyph, class)) => view! { <span class=class><Icon glyph/>{text}</span> }.into_any(),
    }
}

/// The mark and the word for how a task is.
pub fn task_mark(task: &TaskMetrics) -> (Glyph, &'static str, &'static str) {
    match (task.status, task.state) {
        (TaskStatus::Failed, _) if task.timed_out => (Glyph::Late, "c-error strong", "Timed out"),
        (TaskStatus::Failed, TaskState::Lost) => (Glyph::Offline, "c-error strong", "Lost"),
        (TaskStatus::Failed, _) => (Glyph::Error, "c-error strong", "Failed"),
        (TaskStatus::Completed, _) => (Glyph::Ok, "c-ok", "Completed"),
        (TaskStatus::Processing, _) => (Glyph::Busy, "c-info", "Running"),
        (TaskStatus::Cancelled, _) => (Glyph::Close, "c-quiet", "Cancelled"),
        (TaskStatus::Pending, TaskState::Retrying) => (Glyph::Retry, "c-warning", "Retrying"),
        (TaskStatus::Pending, TaskState::Scheduled) => (Glyph::Late, "c-quiet", "Scheduled"),
        (TaskStatus::Pending, TaskState::Received) => (Glyph::Late, "c-quiet", "Reserved"),
        (TaskStatus::Pending, _) => (Glyph::Late, "c-quiet", "Waiting"),
        (TaskStatus::Unknown, _) => (Glyph::Flat, "c-quiet", "Ended"),
    }
}

/// How far a task is, of one that runs and tells.
pub fn progress(task: &TaskMetrics) -> Option<Ratio> {
    task.progress.filter(|_| task.status == TaskStatus::Processing)
}

/// How far a task is: a bar and the number.
#[component]
pub fn Progress(
    /// The share of it that is done.
    value: Ratio,
) -> impl IntoView {
    view! { " "<span class="done"><Bar value/></span>{format::ratio(value.get())} }.into_any()
}

/// How a task is.
#[component]
pub fn TaskStateMark(
    /// The task.
    #[prop(into)]
    task: Signal<TaskMetrics>,
) -> impl IntoView {
    let shown = Memo::new(move |_| {
        let task = task.read();
        (task_mark(&task), task.status == TaskStatus::Failed, progress(&task))
    });
    move || {
        let ((glyph, class, word), is_bad, progress) = shown.get();
        view! {
            <span class=if is_bad { "st c-error strong" } else { "st" }>
                <Icon glyph class=if is_bad { "" } else { class }/>
                {word}
                {progress.map(|value| view! { <Progress value/> })}
            </span>
        }
        .into_any()
    }
}

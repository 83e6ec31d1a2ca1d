//! Where a task's time went.

use crate::live::use_live;
use forewatch::time::seconds_between;
use forewatch::{TaskMetrics, TaskStatus, format};
use leptos::prelude::*;

/// How long a task waited and ran: two bars on a common scale, and the two times. What runs goes on with the seconds.
#[component]
pub(super) fn WaitedRan(task: Signal<TaskMetrics>, longest: Memo<f64>) -> impl IntoView {
    let now = use_live().known_until();
    let waited = move || task.read().queue_wait_time;
    let ran = move || {
        let task = task.read();
        // Of one that is tried again, a list does not know when this attempt began.
        let since = task.started_at.filter(|_| task.status == TaskStatus::Processing && task.retry_count == 0);
        since.map_or(task.processing_time, |since| Some(seconds_between(since, now.get()).max(0.0)))
    };
    let share = move |part: Option<f64>| format!("{:.1}%", (part.unwrap_or(0.0) / longest.get() * 100.0).min(100.0));
    let class = move || if task.read().status == TaskStatus::Failed { "f" } else { "r" };
    let write = |span: Option<f64>| span.map_or_else(|| "–".to_owned(), format::duration);
    let text = move || match (waited(), ran()) {
        (None, None) => "–".to_owned(),
        (waited, ran) => [write(waited), write(ran)].join(", "),
    };
    view! {
        <span class="waited-ran">
            <svg class="two-tone" aria-hidden="true">
                <rect class="w" height="100%" rx="2" width=move || share(waited())></rect>
                <rect class=class height="100%" rx="2" x=move || share(waited()) width=move || share(ran())></rect>
            </svg>
            <span>{text}</span>
        </span>
    }
    .into_any()
}

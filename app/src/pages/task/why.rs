//! Why the task waits, and whether it is stuck.

use crate::components::icon::{Glyph, Icon};
use crate::live::use_live;
use crate::pages::limits::Why;
use forewatch::limit::Limit;
use forewatch::stuck::Usual;
use forewatch::{TaskMetrics, TaskStatus, format};
use leptos::prelude::*;

/// Why it waits, while it does.
#[component]
pub(super) fn Waits(task: Memo<TaskMetrics>, limit: Option<Limit>) -> impl IntoView {
    let limit = RwSignal::new(limit);
    let waits = Memo::new(move |_| task.read().status == TaskStatus::Pending);
    #[cfg(feature = "hydrate")]
    follow(task, waits, limit);
    view! { <Why limit=Signal::derive(move || limit.get().filter(|_| waits.get()))/> }
}

/// Asks again while it waits.
#[cfg(feature = "hydrate")]
fn follow(task: Memo<TaskMetrics>, waits: Memo<bool>, limit: RwSignal<Option<Limit>>) {
    /// Seconds between two questions.
    const BEAT: i64 = 3;
    let now = use_live().known_until();
    let beat = Memo::new(move |_| waits.get().then(|| (task.read().state, now.get().timestamp() / BEAT)));
    Effect::new(move |before: Option<()>| {
        if beat.get().is_none() || before.is_none() || document().hidden() {
            return;
        }
        let id = task.read_untracked().task_id.to_string();
        leptos::task::spawn_local(async move {
            // What does not arrive is asked for again; the mark of the connection tells why.
            if let Ok(newest) = crate::server_fns::load_task_limit(id).await {
                let _ = limit.try_set(newest);
            }
        });
    });
}

/// That it has been running without a word for far longer than others of its name do.
#[component]
pub(super) fn IsStuck(task: Signal<TaskMetrics>, usual: Option<Usual>) -> impl IntoView {
    let now = use_live().known_until();
    let stuck = Memo::new(move |_| usual?.stuck(&task.read(), now.get()));
    let is_stuck = Memo::new(move |_| stuck.read().is_some());
    let sentence = move || {
        stuck.get().map(|stuck| {
            let (times, usual) = (format::number(stuck.times.floor()), format::duration(stuck.usual));
            format!("Runs {times}× longer than 95 % of the tasks of this name, without a word of progress. Those end within {usual}.")
        })
    };
    move || {
        is_stuck.get().then(|| {
            view! { <p class="note why"><Icon glyph=Glyph::Warning class="c-warning"/><span>{sentence}</span></p> }
        })
    }
}

//! The tasks behind an alert: the newest of them, and the way to all.

use crate::components::task_table::TaskTable;
use crate::components::task_table::columns::BEHIND;
use crate::escape::escape;
use crate::server_fns::TasksBehind;
use crate::task_search::terms;
use forewatch::{Alert, format};
use leptos::prelude::*;

/// The panel; nothing where tasks do not explain the alert.
#[component]
pub(super) fn Behind(alert: Memo<Alert>, behind: Option<TasksBehind>) -> impl IntoView {
    let Some(behind) = behind else { return ().into_any() };
    let behind = RwSignal::new(behind);
    #[cfg(feature = "hydrate")]
    follow(alert, behind);
    #[cfg(not(feature = "hydrate"))]
    let _ = alert;
    let tasks = Signal::derive(move || behind.read().tasks.tasks.clone());
    let stuck_from = Signal::derive(move || behind.read().tasks.stuck_from.clone());
    let is_any = Memo::new(move |_| !behind.read().tasks.tasks.is_empty());
    let which = behind.read_untracked().search.clone().unwrap_or_default();
    let none = match which.split_once(' ').map_or(&*which, |(first, _)| first) {
        "status:processing" => "Nothing runs there now.",
        "status:pending" => "Nothing waits there now.",
        "state:started,progress,lost" => "It had none.",
        _ => "None of them is known any more.",
    };
    let table = move || match is_any.get() {
        true => view! { <TaskTable tasks columns=Signal::stored(BEHIND.to_vec()) stuck_from/> }.into_any(),
        false => view! { <p class="panel-b soft">{none}</p> }.into_any(),
    };
    let count = move || match behind.read().total {
        1 => "1 task".to_owned(),
        total => format!("{} tasks", format::count(total)),
    };
    let ways = move || {
        let search = behind.read().search.clone()?;
        let q = escape(&search);
        let failed = terms(&search).iter().any(|term| term.value.ends_with("failed"));
        let groups = failed.then(|| view! { <a class="link" href=["/tasks?by=error&q=", &q].concat()>"By error"</a> });
        Some(
            view! { <div class="right">{groups}<a class="link" href=["/tasks?q=", &q].concat()>"All of them"</a></div> },
        )
    };
    view! {
        <section class="panel" aria-labelledby="behind">
            <div class="panel-h"><h2 id="behind">"Tasks behind it"</h2><span class="soft">{count}</span>{ways}</div>
            {table}
        </section>
    }
    .into_any()
}

/// Asks again when the alert says something new.
#[cfg(feature = "hydrate")]
fn follow(alert: Memo<Alert>, behind: RwSignal<TasksBehind>) {
    use std::time::Duration;
    const AT_MOST: Duration = Duration::from_secs(2);

    let told = Memo::new(move |_| alert.read().updated_at);
    let reason = move || told.with(|_| true);
    crate::live::again::ask_again(AT_MOST, reason, move || {
        let id = alert.read_untracked().alert_id.to_string();
        async move {
            // What does not arrive is asked for again; the mark of the connection tells why.
            if let Ok(Some(newest)) = crate::server_fns::load_tasks_behind(id).await {
                let _ = behind.try_set(newest);
            }
        }
    });
}

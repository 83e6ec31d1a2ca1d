//! The newest tasks of a worker, asked for again whenever its record says that one began or ended, and while one runs.

use crate::components::csv::CsvFoot;
use crate::components::task_table::TaskTable;
use crate::components::task_table::columns::OF_ONE_WORKER;
use crate::server_fns::WorkerTasks;
use crate::task_search::{Term, address};
use forewatch::{WorkerId, WorkerMetrics};
use leptos::prelude::*;

/// The table.
#[component]
pub(super) fn RecentTasks(id: WorkerId, worker: Signal<WorkerMetrics>, tasks: RwSignal<WorkerTasks>) -> impl IntoView {
    let all = address(&[Term::exactly("worker", &id)]);
    let file = all.replacen("/tasks", "/tasks.csv", 1);
    #[cfg(feature = "hydrate")]
    follow(id, worker, tasks);
    #[cfg(not(feature = "hydrate"))]
    let _ = worker;
    let is_any = Memo::new(move |_| !tasks.read().tasks.is_empty());
    let stuck_from = Signal::derive(move || tasks.read().stuck_from.clone());
    let rows = Signal::derive(move || tasks.read().tasks.clone());
    let table = move || {
        if is_any.get() {
            view! { <TaskTable tasks=rows columns=Signal::stored(OF_ONE_WORKER.to_vec()) stuck_from/> }.into_any()
        } else {
            view! {
                <div class="empty">
                    <p class="strong">"No tasks known"</p>
                    <p class="soft">"Tasks appear here when this worker runs some and its source tells of them."</p>
                </div>
            }
            .into_any()
        }
    };
    view! {
        <section class="panel" aria-labelledby="worker-tasks">
            <div class="panel-h">
                <h2 id="worker-tasks">"Recent tasks"</h2>
                <div class="right"><a class="link" href=all>"All tasks of this worker"</a></div>
            </div>
            {table}
            <CsvFoot file what="Tasks of this worker"/>
        </section>
    }
    .into_any()
}

/// Asks once a second at most. The topic of all tasks would not do: it forgets those that run for long.
#[cfg(feature = "hydrate")]
fn follow(id: WorkerId, worker: Signal<WorkerMetrics>, tasks: RwSignal<WorkerTasks>) {
    use crate::live::{again::ask_again, use_live};
    use crate::server_fns::load_worker_tasks;
    use std::time::Duration;

    /// Between two questions.
    const AT_MOST: Duration = Duration::from_secs(1);
    /// Seconds after which a task that has not ended is asked for again: it may tell of its progress.
    const BEAT: i64 = 2;

    let now = use_live().known_until();
    // The records that are asked follow what the worker says with a short delay.
    let is_open = move || tasks.read().tasks.iter().any(|task| !task.status.is_ended());
    let runs = Memo::new(move |_| worker.read().active_tasks > 0 || is_open());
    let told = Memo::new(move |_| {
        let worker = worker.read();
        let beat = runs.get().then(|| now.get().timestamp() / BEAT);
        (worker.active_tasks, worker.completed_tasks, worker.failed_tasks, beat)
    });
    let reason = move || told.with(|_| true);
    ask_again(AT_MOST, reason, move || {
        let id = id.to_string();
        async move {
            // What does not arrive is asked for again; the mark of the connection tells why.
            if let Ok(newest) = load_worker_tasks(id).await {
                let _ = tasks.try_set(newest);
            }
        }
    });
}

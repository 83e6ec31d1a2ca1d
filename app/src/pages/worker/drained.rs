//! A worker that takes no more tasks: who asked for it, what it still has, and when it can be stopped without harm.

use crate::control::held::HeldNote;
use forewatch::{WorkerId, WorkerMetrics, format};
use leptos::prelude::*;

/// The note; nothing while it takes tasks.
#[component]
pub(super) fn Drained(
    id: WorkerId,
    worker: Signal<WorkerMetrics>,
    /// Tasks that it has, as the page was loaded.
    left: Option<u64>,
) -> impl IntoView {
    let held = Memo::new(move |_| worker.read().drained.clone());
    let left = RwSignal::new(left);
    #[cfg(feature = "hydrate")]
    follow(id, worker, held, left);
    #[cfg(not(feature = "hydrate"))]
    let _ = id;
    let so = Signal::derive(move || has(left.get()));
    view! { <HeldNote held what="Drained".to_owned() so/> }.into_any()
}

fn has(left: Option<u64>) -> String {
    match left {
        None => "it takes no more tasks.".to_owned(),
        Some(0) => "it has no task left and is safe to stop.".to_owned(),
        Some(1) => "it takes no more tasks, and has 1 left.".to_owned(),
        Some(many) => ["it takes no more tasks, and has ", &format::count(many), " left."].concat(),
    }
}

/// Asks how many are left while it is drained: again with whatever it tells of its tasks, and every other second.
#[cfg(feature = "hydrate")]
fn follow(
    id: WorkerId,
    worker: Signal<WorkerMetrics>,
    held: Memo<Option<forewatch::queue::HeldBack>>,
    left: RwSignal<Option<u64>>,
) {
    use crate::live::use_live;
    use crate::server_fns::count_worker_tasks;

    /// Seconds.
    const BEAT: i64 = 2;

    let now = use_live().known_until();
    let told = Memo::new(move |_| {
        held.read().is_some().then(|| {
            let worker = worker.read();
            (worker.active_tasks, worker.completed_tasks, worker.failed_tasks, now.get().timestamp() / BEAT)
        })
    });
    let asking = StoredValue::new(false);
    Effect::new(move || {
        if told.get().is_none() {
            left.set(None);
            return;
        }
        if asking.get_value() || document().hidden() {
            return;
        }
        asking.set_value(true);
        let id = id.to_string();
        leptos::task::spawn_local(async move {
            // What does not arrive is asked for again; the mark of the connection tells why.
            if let Ok(count) = count_worker_tasks(id).await {
                let _ = left.try_set(Some(count));
            }
            let _ = asking.try_set_value(false);
        });
    });
}

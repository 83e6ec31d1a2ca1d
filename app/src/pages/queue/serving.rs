//! The workers that take from the queue, and how each is.

use crate::components::csv::CsvFoot;
use crate::components::each::each;
use crate::components::status::{HeardFrom, WorkerState};
use crate::escape::escape;
use crate::server_fns::Serving;
use forewatch::{QueueStats, WorkerSummary, format};
use leptos::prelude::*;

/// The panel.
#[component]
pub(super) fn WhoServes(queue: Memo<Option<QueueStats>>, serving: RwSignal<Serving>) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    follow(queue, serving);
    let ids = Memo::new(move |_| serving.read().workers.iter().map(|w| w.worker_id.clone()).collect::<Vec<_>>());
    let all = move || {
        let queue = queue.read();
        let search = queue.as_ref().map(|q| ["queue:", &*q.queue_type, " ", &*q.source].concat()).unwrap_or_default();
        ["/workers?group=none&q=", &escape(&search)].concat()
    };
    let file = move || all().replacen("/workers?group=none&", "/workers.csv?", 1);
    let sentence = move || {
        let serving = serving.read();
        match (serving.is_told, serving.total) {
            (false, _) => "its workers do not tell from which queues they take".to_owned(),
            (true, 0) => "nobody takes from it".to_owned(),
            (true, total) => {
                [&format::count(serving.able as u64), " of ", &format::count(total as u64), " can"].concat()
            }
        }
    };
    let is_any = Memo::new(move |_| serving.read().total > 0);
    let more = move || {
        let serving = serving.read();
        let more = serving.total - serving.workers.len();
        (more > 0).then(|| view! { <li><a class="link" href=all>{more}" more"</a></li> })
    };
    let row = move |id| {
        let worker = Memo::new(move |_| serving.read().workers.iter().find(|w| w.worker_id == id).cloned());
        view! { <Row worker/> }.into_any()
    };
    view! {
        <section class="panel" aria-labelledby="queue-serving">
            <div class="panel-h">
                <h2 id="queue-serving">"Who serves it"</h2>
                <span class="soft">{sentence}</span>
                {move || is_any.get().then(|| view! {
                    <div class="right"><a class="link" href=all>"In the list of workers"</a></div>
                })}
            </div>
            <ul class="lines">{each(move || ids.get(), ToString::to_string, row)}{more}</ul>
            {move || is_any.get().then(|| view! { <CsvFoot file=file() what="Who serves it"/> })}
        </section>
    }
    .into_any()
}

/// One worker; its cells are empty when it is gone, until its row leaves.
#[component]
fn Row(worker: Memo<Option<WorkerSummary>>) -> impl IntoView {
    let read = move |what: fn(&WorkerSummary) -> String| move || worker.read().as_ref().map(what);
    let state = Memo::new(move |_| worker.read().as_ref().map(|w| (w.status, w.drained.is_some())));
    let last = Signal::derive(move || worker.read().as_ref().map(|w| w.last_heartbeat).unwrap_or_default());
    let limit = Signal::derive(move || worker.read().as_ref().map_or(60.0, |w| w.health_limit));
    let how = move || {
        let (status, drained) = state.get()?;
        Some(view! { <WorkerState status drained/> })
    };
    view! {
        <li>
            <span class="grow"><a class="link strong" href=read(address)>{read(|w| w.name.clone())}</a></span>
            {how}
            <span class="soft">"heard from "<HeardFrom last limit ago=true/></span>
            <span class="num">{read(running)}</span>
        </li>
    }
    .into_any()
}

fn address(worker: &WorkerSummary) -> String {
    ["/workers/", &escape(&worker.worker_id)].concat()
}

/// "3 of 8 running".
fn running(worker: &WorkerSummary) -> String {
    let most = worker.max_concurrent_tasks.map(|most| [" of ", &most.to_string()].concat()).unwrap_or_default();
    [&format::count(worker.active_tasks), &*most, " running"].concat()
}

/// Asks again when other workers take from it, and every few seconds: how each is.
#[cfg(feature = "hydrate")]
fn follow(queue: Memo<Option<QueueStats>>, serving: RwSignal<Serving>) {
    use crate::live::{again::ask_again, use_live};
    use std::time::Duration;

    /// Between two questions.
    const AT_MOST: Duration = Duration::from_secs(1);
    /// Seconds.
    const BEAT: i64 = 5;

    let now = use_live().known_until();
    let told = Memo::new(move |_| {
        let queue = queue.read();
        (queue.as_ref().and_then(|queue| queue.worker_count), now.get().timestamp() / BEAT)
    });
    let reason = move || told.with(|_| true);
    ask_again(AT_MOST, reason, move || {
        let id = queue.read_untracked().as_ref().map(|queue| queue.id.to_string());
        async move {
            let Some(id) = id else { return };
            // What does not arrive is asked for again; the mark of the connection tells why.
            if let Ok(newest) = crate::server_fns::load_serving(id).await {
                let _ = serving.try_set(newest);
            }
        }
    });
}

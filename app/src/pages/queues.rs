//! Queues: what waits where, for how long, and whether it gets less.

use super::limits::{column, limits};
use crate::components::csv::CsvFoot;
use crate::components::empty::Empty;
use crate::components::later::Later;
use crate::components::page_title::PageTitle;
use crate::components::queue_table::{More, QueueTable, is_growing, is_unserved};
use crate::control::queues::of_queue;
use crate::control::{Answer, AnswerPlace, Deeds};
use crate::live::use_live;
use crate::server_fns::{QueuesData, load_queues};
use crate::views::Views;
use forewatch::{QueueName, QueueStats, SourceName, format};
use leptos::prelude::*;
use std::sync::Arc;

/// The list of queues.
#[component]
pub fn QueuesPage() -> impl IntoView {
    let data = Resource::new(|| (), |()| load_queues(None));
    view! {
        <PageTitle name="Queues"/>
        {super::loaded(data, "The list of queues did not load", |data| view! { <Queues data/> })}
    }
    .into_any()
}

#[component]
fn Queues(data: QueuesData) -> impl IntoView {
    let queues = use_live().queues(data.queues);
    let depths = StoredValue::new(data.depths);
    let limits = limits(data.limits, queues);
    let answer = Answer::new();
    let mut more = vec![column(limits)];
    if !data.commanded.is_empty() {
        more.push(deeds(queues, data.commanded, answer));
    }
    let more = StoredValue::new(more);
    view! {
        <div class="title-row"><h1>"Queues"</h1><span class="soft">{move || sentence(&queues.read())}</span><AnswerPlace answer/><Views/></div>
        <Later><section class="panel" aria-label="Queues">
            <Show
                when=move || !queues.read().is_empty()
                fallback=|| view! {
                    <Empty
                        title="No queues yet"
                        text="Queues appear when a Celery broker is attached as Forewatch starts, or when a worker reports one over HTTP."
                        command="forewatch serve --celery redis://127.0.0.1:6379/0"
                    />
                }
            >
                <QueueTable queues depths=depths.get_value() more=more.get_value()/>
                <CsvFoot file="/queues.csv" what="Queues"/>
            </Show>
        </section></Later>
    }
    .into_any()
}

/// The column of what can be done with each queue whose source takes commands.
fn deeds(queues: Signal<Arc<Vec<QueueStats>>>, commanded: Vec<SourceName>, answer: Answer) -> More {
    let cell = move |id: &QueueName| {
        let (id, commanded) = (id.clone(), commanded.clone());
        let asks = Memo::new(move |_| {
            let queues = queues.read();
            let own = queues.iter().filter(|queue| queue.id == id && commanded.contains(&queue.source));
            own.map(of_queue).collect::<Vec<_>>()
        });
        view! { <Deeds asks answer/> }.into_any()
    };
    More { head: "Act", cell: Arc::new(cell) }
}

/// "430 tasks wait in 6 queues; 1 growing; 1 paused; nobody serves 1 of them".
fn sentence(queues: &[QueueStats]) -> String {
    let waiting: u64 = queues.iter().map(|q| q.pending_tasks).sum();
    let growing = queues.iter().filter(|q| is_growing(q)).count();
    let unserved = queues.iter().filter(|q| is_unserved(q)).count();
    let mut text = match waiting {
        0 => format!("nothing waits in {}", counted(queues.len(), "queue", "queues")),
        1 => format!("1 task waits in {}", counted(queues.len(), "queue", "queues")),
        many => format!("{} tasks wait in {}", format::count(many), counted(queues.len(), "queue", "queues")),
    };
    if growing > 0 {
        text.push_str(&format!("; {growing} growing"));
    }
    let paused = queues.iter().filter(|q| q.paused.is_some()).count();
    if paused > 0 {
        text.push_str(&format!("; {paused} paused"));
    }
    if unserved > 0 {
        text.push_str(&format!("; nobody serves {unserved} of them"));
    }
    text
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

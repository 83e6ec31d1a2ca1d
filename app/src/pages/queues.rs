//! Queues: what waits where, for how long, and whether it gets less.

use super::limits::{column, limits};
use crate::components::empty::Empty;
use crate::components::page_title::PageTitle;
use crate::components::queue_table::{QueueTable, is_growing, is_unserved};
use crate::live::use_live;
use crate::server_fns::{QueuesData, load_queues};
use forewatch::{QueueStats, format};
use leptos::prelude::*;

/// The list of queues.
#[component]
pub fn QueuesPage() -> impl IntoView {
    let data = Resource::new(|| (), |()| load_queues());
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
    view! {
        <div class="title-row"><h1>"Queues"</h1><span class="soft">{move || sentence(&queues.read())}</span></div>
        <section class="panel" aria-label="Queues">
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
                <QueueTable queues depths=depths.get_value() more=column(limits)/>
                <div class="panel-h foot-row">
                    <div class="right"><a class="btn bare" href="/queues.csv" download="" rel="external">"CSV"</a></div>
                </div>
            </Show>
        </section>
    }
    .into_any()
}

/// "430 tasks wait in 6 queues; 1 grows, nobody serves 1".
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
    if unserved > 0 {
        text.push_str(&format!("; nobody serves {unserved} of them"));
    }
    text
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

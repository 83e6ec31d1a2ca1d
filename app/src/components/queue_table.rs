//! Queues, a row each.

use super::each::each;
use super::icon::{Glyph, Icon};
use crate::charts::Sparkline;
use crate::escape::escape;
use forewatch::series::Point;
use forewatch::{QueueName, QueueStats, format};
use leptos::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;

/// More arrives than ends, by more than a task in ten minutes.
pub fn is_growing(queue: &QueueStats) -> bool {
    queue.pending_tasks > 0 && growth(queue).is_some_and(|rate| rate > 1.0 / 600.0)
}

/// Tasks a second by which a queue grows.
fn growth(queue: &QueueStats) -> Option<f64> {
    Some(queue.arrival_rate? - queue.service_rate?)
}

/// Nobody takes tasks from it, and some wait.
pub fn is_unserved(queue: &QueueStats) -> bool {
    queue.worker_count == Some(0) && queue.pending_tasks > 0 && queue.paused.is_none()
}

/// The queue with this id, or with this name when only one has it.
pub fn find_queue<'a>(queues: &'a [QueueStats], id: &str) -> Option<&'a QueueStats> {
    let mut named = queues.iter().filter(|q| q.queue_type == id);
    let only = named.next().filter(|_| named.next().is_none());
    queues.iter().find(|q| *q.id == *id).or(only)
}

/// One more column, of what only a page of its own knows of queues.
#[derive(Clone)]
pub struct More {
    /// Its head.
    pub head: &'static str,
    /// What it says of a queue.
    pub cell: Arc<dyn Fn(&QueueName) -> AnyView + Send + Sync>,
}

/// The headings: plain text, since as elements the browser's code would be larger by all that elements can do.
const HEADS: &str = r#"<tr><th scope="col">Queue<th scope="col" class="num">Waiting"#;
const LAST_HOUR: &str = r#"<th scope="col">Last hour"#;
const MORE_HEADS: &str = concat!(
    r#"<th scope="col" class="num">Running<th scope="col" class="num">Oldest<th scope="col" class="num">Arrive / min"#,
    r#"<th scope="col" class="num">Finish / min<th scope="col">Empty in<th scope="col" class="num">Served by"#,
);

/// The table.
#[component]
pub fn QueueTable(
    /// The queues.
    #[prop(into)]
    queues: Signal<Arc<Vec<QueueStats>>>,
    /// The last hour of what waits in each, by its id; the column is left out when there is none.
    depths: Vec<(String, Vec<Point>)>,
    /// More columns.
    #[prop(optional)]
    more: Vec<More>,
) -> impl IntoView {
    let with_history = !depths.is_empty();
    let mut heads = [HEADS, if with_history { LAST_HOUR } else { "" }, MORE_HEADS].concat();
    for more in &more {
        heads += &[r#"<th scope="col">"#, more.head].concat();
    }
    let depths: StoredValue<HashMap<String, Vec<Point>>> = StoredValue::new(depths.into_iter().collect());
    let ids = Memo::new(move |_| queues.read().iter().map(|q| q.id.clone()).collect::<Vec<_>>());
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label="Queue table">
            <table class="tbl cards">
                <thead inner_html=heads></thead>
                <tbody>
                    {each(move || ids.get(), ToString::to_string, move |id| {
                        let history = with_history
                            .then(|| depths.with_value(|d| d.get(id.as_str()).cloned()).unwrap_or_default());
                        let cell = |more: &More| {
                            view! { <td class="full" data-l=more.head>{(more.cell)(&id)}</td> }.into_any()
                        };
                        let more = more.iter().map(cell).collect::<Vec<_>>();
                        let queue = Memo::new(move |_| queues.read().iter().find(|q| q.id == id).cloned());
                        view! { <QueueRow queue history more/> }.into_any()
                    })}
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

/// One queue.
#[component]
fn QueueRow(queue: Memo<Option<QueueStats>>, history: Option<Vec<Point>>, more: Vec<AnyView>) -> impl IntoView {
    let depth = Signal::derive(move || queue.read().as_ref().map(|q| q.pending_tasks as f64));
    let history = history.map(|points| {
        let colour = move || if queue.read().as_ref().is_some_and(is_growing) { "k-warning" } else { "k6" };
        view! { <td data-l="1 h"><span class=colour><Sparkline points live=depth/></span></td> }
    });
    // A queue that is gone leaves with its row; until then its cells are empty.
    let cell = move |read: fn(&QueueStats) -> AnyView| move || queue.get().as_ref().map(read);
    view! {
        <tr>
            <th scope="row" class="full">{cell(name)}</th>
            <td class="num" data-l="Waiting">{cell(waiting)}</td>
            {history}
            <td class="num soft hide-s">{cell(|q| format::count(q.processing_tasks).into_any())}</td>
            <td class="num soft" data-l="Oldest">{cell(|q| or_dash(q.oldest_pending_age.map(format::age)))}</td>
            <td class="num soft hide-s">{cell(|q| or_dash(q.arrival_rate.map(per_minute)))}</td>
            <td class="num soft hide-s">{cell(|q| or_dash(q.service_rate.map(per_minute)))}</td>
            <td data-l="Empty in">{cell(empty_in)}</td>
            <td class="num soft full" data-l="Served by">{cell(served_by)}</td>
            {more}
        </tr>
    }
    .into_any()
}

fn name(queue: &QueueStats) -> AnyView {
    let address = format!("/queues/{}", escape(&queue.id));
    view! { <a class="strong" href=address>{queue.id.to_string()}</a> }.into_any()
}

fn waiting(queue: &QueueStats) -> AnyView {
    let count = format::count(queue.pending_tasks);
    if is_growing(queue) || is_unserved(queue) {
        marked("st c-warning strong", Glyph::Warning, count)
    } else {
        count.into_any()
    }
}

/// A text with a mark that calls for something.
fn marked(class: &'static str, glyph: Glyph, text: String) -> AnyView {
    view! { <span class=class><Icon glyph/>{text}</span> }.into_any()
}

fn empty_in(queue: &QueueStats) -> AnyView {
    if queue.pending_tasks == 0 {
        return view! { <span class="soft">"is empty"</span> }.into_any();
    }
    if is_growing(queue) {
        let rate = growth(queue).map(per_minute).unwrap_or_default();
        return marked("st c-warning strong", Glyph::Rise, ["grows by ", &rate, "/min"].concat());
    }
    or_dash(queue.drain_time.map(format::duration))
}

fn served_by(queue: &QueueStats) -> AnyView {
    match queue.worker_count {
        _ if queue.paused.is_some() => marked("st c-warning strong", Glyph::Pause, "paused".to_owned()),
        Some(0) if queue.pending_tasks > 0 => marked("st c-error strong", Glyph::Offline, "nobody".to_owned()),
        Some(0) => "nobody".into_any(),
        Some(1) => "1 worker".into_any(),
        Some(count) => format!("{} workers", format::count(count)).into_any(),
        None => format::UNKNOWN.into_any(),
    }
}

/// A rate a second as one a minute.
pub fn per_minute(rate: f64) -> String {
    format::number((rate * 600.0).round() / 10.0)
}

fn or_dash(text: Option<String>) -> AnyView {
    text.unwrap_or_else(|| format::UNKNOWN.to_owned()).into_any()
}

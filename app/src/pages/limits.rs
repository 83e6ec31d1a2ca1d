//! What holds back the tasks of queues, asked for again while the queues change.

use crate::components::icon::{Glyph, Icon};
use crate::components::queue_table::More;
use crate::escape::escape;
use forewatch::limit::{Limit, LimitWord};
use forewatch::{QueueName, QueueStats};
use leptos::prelude::*;
use std::sync::Arc;

/// What holds back each queue.
pub(super) type Limits = RwSignal<Vec<(QueueName, Limit)>>;

/// As the page came with them, then as the server says anew.
pub(super) fn limits(first: Vec<(QueueName, Limit)>, queues: Signal<Arc<Vec<QueueStats>>>) -> Limits {
    let limits = RwSignal::new(first);
    #[cfg(feature = "hydrate")]
    follow(limits, queues);
    #[cfg(not(feature = "hydrate"))]
    let _ = queues;
    limits
}

/// Asks every two seconds at most, while something changes and somebody looks.
#[cfg(feature = "hydrate")]
fn follow(limits: Limits, queues: Signal<Arc<Vec<QueueStats>>>) {
    const AT_MOST: std::time::Duration = std::time::Duration::from_secs(2);
    let reason = move || queues.with(|_| true);
    crate::live::again::ask_again(AT_MOST, reason, move || async move {
        // What does not arrive is asked for with the next change; the mark of the connection tells why.
        if let Ok(newest) = crate::server_fns::load_limits().await {
            let _ = limits.try_set(newest);
        }
    });
}

fn of(limits: Limits, id: &str) -> Option<Limit> {
    limits.read().iter().find(|(queue, _)| **queue == *id).map(|(_, limit)| limit.clone())
}

/// The column of the table: a word a queue, with the sentence behind it.
pub(super) fn column(limits: Limits) -> More {
    let cell = move |id: &QueueName| {
        let id = id.clone();
        let limit = Memo::new(move |_| of(limits, &id));
        (move || limit.get().map(word)).into_any()
    };
    More { head: "Held up by", cell: Arc::new(cell) }
}

fn word(limit: Limit) -> AnyView {
    let (class, glyph, word) = match limit.word {
        LimitWord::Empty => ("quiet", None, "–"),
        LimitWord::Delayed => ("soft", None, "its time"),
        LimitWord::Unserved => ("st c-error strong", Some(Glyph::Offline), "no worker"),
        LimitWord::Offline => ("st c-error strong", Some(Glyph::Offline), "workers away"),
        LimitWord::Paused => ("st c-warning strong", Some(Glyph::Maintenance), "a pause"),
        LimitWord::Reserved => ("st c-warning strong", Some(Glyph::Warning), "a prefetch"),
        LimitWord::Gpu => ("", None, "GPU load"),
        LimitWord::Busy => ("", None, "busy workers"),
        LimitWord::Served => ("soft", None, "nothing"),
        LimitWord::Unknown => ("soft", None, "not known"),
    };
    view! { <span class=class title=limit.sentence>{glyph.map(|glyph| view! { <Icon glyph/> })}{word}</span> }
        .into_any()
}

/// What holds back one queue.
pub(super) fn of_queue(limits: Limits, queue: Memo<Option<QueueStats>>) -> Memo<Option<Limit>> {
    Memo::new(move |_| of(limits, &queue.read().as_ref()?.id))
}

/// Why something waits, in a sentence with the way to who or what has to do with it; nothing where nothing is to be said.
#[component]
pub(super) fn Why(#[prop(into)] limit: Signal<Option<Limit>>) -> impl IntoView {
    // Made anew when it is another one; within it only the text changes.
    let mark = Memo::new(move |_| limit.read().as_ref().map(|limit| limit.word));
    let sentence = move || limit.read().as_ref().map(|limit| limit.sentence.clone());
    let worker = move || {
        let id = limit.read().as_ref()?.worker_id.clone()?;
        Some(view! { <a class="link" href=format!("/workers/{}", escape(&id))>"The worker"</a> })
    };
    let task = move || {
        let id = limit.read().as_ref()?.task_id.clone()?;
        Some(view! { <a class="link" href=format!("/tasks/{}", escape(&id))>"The task"</a> })
    };
    move || {
        let (glyph, class) = match mark.get()? {
            LimitWord::Unserved | LimitWord::Offline => (Glyph::Offline, "c-error"),
            LimitWord::Paused => (Glyph::Maintenance, "c-warning"),
            LimitWord::Reserved => (Glyph::Warning, "c-warning"),
            LimitWord::Gpu | LimitWord::Busy => (Glyph::Busy, "c-info"),
            LimitWord::Empty | LimitWord::Served => (Glyph::Ok, "c-ok"),
            LimitWord::Delayed | LimitWord::Unknown => (Glyph::Info, ""),
        };
        Some(view! {
            <p class="note why"><Icon glyph class/><span>{sentence}</span>{worker}{task}</p>
        })
    }
}

//! One sentence that says how things are.

use crate::attention::{is_in_hand, is_open};
use crate::components::icon::{Glyph, Icon};
use crate::components::moment::Moment;
use crate::components::severity::mark;
use forewatch::{Alert, QueueStats, SystemMetrics, format};
use leptos::prelude::*;
use std::sync::Arc;

/// The sentence.
#[component]
pub(in crate::pages) fn Headline(
    system: Signal<SystemMetrics>,
    queues: Signal<Arc<Vec<QueueStats>>>,
    alerts: Memo<Vec<Alert>>,
) -> impl IntoView {
    let worst = Memo::new(move |_| {
        let alerts = alerts.read();
        let open = alerts.iter().filter(|a| is_open(a));
        open.max_by(|a, b| a.severity.cmp(&b.severity).then(b.timestamp.cmp(&a.timestamp))).cloned()
    });
    let count = Memo::new(move |_| alerts.read().iter().filter(|a| is_open(a)).count());
    let in_hand = Memo::new(move |_| {
        let alerts = alerts.read();
        alerts.iter().filter(|a| is_in_hand(a, &alerts)).count()
    });
    move || match worst.get() {
        Some(alert) => {
            let (glyph, class) = mark(alert.severity);
            let problems = if count.get() == 1 {
                "1 problem: ".to_owned()
            } else {
                format!("{} problems, the worst: ", count.get())
            };
            let waiting = system.read().pending_tasks;
            let tail = (waiting > 0).then(|| format!("; {} wait", counted(waiting, "task", "tasks")));
            view! {
                <div class="headline">
                    <Icon glyph class/>
                    <h1>{problems}{alert.title}", since "<Moment at=alert.timestamp/>{tail}"."</h1>
                </div>
            }
            .into_any()
        }
        None => {
            let text = calm(&system.read(), &queues.read(), in_hand.get());
            let (glyph, class) =
                if system.read().total_workers == 0 { (Glyph::Info, "c-info") } else { (Glyph::Ok, "c-ok") };
            view! { <div class="headline"><Icon glyph class/><h1>{text}</h1></div> }.into_any()
        }
    }
}

/// The sentence when nothing needs someone.
fn calm(system: &SystemMetrics, queues: &[QueueStats], in_hand: usize) -> String {
    if system.total_workers == 0 {
        return "Nothing is being watched yet.".to_owned();
    }
    let start = match in_hand {
        0 => "All is well.".to_owned(),
        count => format!("{} in hand.", counted(count as u64, "problem", "problems")),
    };
    let oldest = queues
        .iter()
        .filter_map(|q| q.oldest_pending_age)
        .fold(None, |a: Option<f64>, b| Some(a.map_or(b, |a| a.max(b))));
    let waiting = match oldest {
        Some(age) => format!(" and the oldest task has waited {}", format::age(age)),
        None if system.pending_tasks == 0 => " and no task waits".to_owned(),
        None => format!(" and {} wait", counted(system.pending_tasks, "task", "tasks")),
    };
    format!(
        "{start} {} of {} are online{waiting}.",
        format::count(system.online_workers),
        counted(system.total_workers, "worker", "workers")
    )
}

/// "1 task", "148 tasks".
fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", format::count(count), if count == 1 { one } else { many })
}

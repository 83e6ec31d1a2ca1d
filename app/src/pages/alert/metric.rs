//! The metric that an alert watches, with its threshold, around the time of the alert.

use crate::charts::{Line, Mark, Source, Strip, StripChart, Tone};
use crate::components::alert_card::reading;
use crate::live::use_live;
use crate::server_fns::Subject;
use forewatch::Alert;
use leptos::prelude::*;

/// The chart; nothing for an alert whose metric has no past of its own.
#[component]
pub(super) fn MetricAround(alert: Memo<Alert>, subject: Subject) -> impl IntoView {
    let live = use_live();
    let shown = alert.get_untracked();
    let (Some(line), Some(source)) = (line_of(&shown), source_of(live, subject)) else { return ().into_any() };
    let strip = Strip::new("Metric", line.metric, vec![line]);
    let strip = match (shown.threshold, reading(&shown, shown.threshold)) {
        (Some(limit), Some(text)) => strip.with_limit(limit, format!("limit {text}")),
        _ => strip,
    };
    let marks = Signal::derive(move || vec![Mark::of_alert(&alert.read())]);
    view! { <StripChart title="The metric around it" strips=vec![strip] source marks/> }.into_any()
}

/// The line of the alert's metric: its labels are those of the rule.
fn line_of(alert: &Alert) -> Option<Line> {
    let metric = forewatch::catalogue::find(alert.metric_name.as_deref()?)?.metric();
    let line = Line::new("", metric.name, Tone::BLUE);
    let worker_and_gpu = alert.component_id.rsplit_once('/');
    Some(match (metric.name.split_once('.')?.0, worker_and_gpu) {
        ("worker", _) => line.of("worker", &alert.component_id),
        ("gpu", Some((worker, gpu))) => line.of("worker", worker).of("gpu", gpu),
        ("queue", _) => line.of("queue", &alert.component_id),
        // A system's metric has no labels: one of a queue or a task name is another series.
        ("system", _) if alert.metadata.is_empty() => line,
        _ => return None,
    })
}

fn source_of(live: crate::live::Live, subject: Subject) -> Option<Source> {
    Some(match subject {
        Subject::System(system) => Source::System(live.system(*system)),
        Subject::Worker(worker) => Source::Worker(live.worker(worker.data.worker_id.clone(), *worker)),
        Subject::Queue(id, queues) => {
            let queues = live.queues(queues);
            let queue = Signal::derive(move || queues.read().iter().find(|q| *q.id == *id).cloned());
            Source::Queue(queue, live.known_until())
        }
        Subject::None => return None,
    })
}

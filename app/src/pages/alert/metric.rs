//! The metric that an alert watches, with its threshold, around the time of the alert.

use crate::charts::{ChartTime, Line, Mark, Part, Source, Strip, StripChart, Tone};
use crate::components::icon::Glyph;
use crate::live::use_live;
use crate::server_fns::Subject;
use forewatch::Alert;
use forewatch::event::Annotation;
use forewatch::time::unix_seconds;
use leptos::prelude::*;

/// What is shown before an episode, and after its end: a share of its length, within bounds. Seconds.
const AROUND: f64 = 0.25;
const AROUND_LEAST: f64 = 900.0;
const AROUND_MOST: f64 = 86_400.0;

/// The chart; nothing for an alert whose metric has no past of its own.
#[component]
pub(super) fn MetricAround(alert: Memo<Alert>, subject: Subject, annotations: Vec<Annotation>) -> impl IntoView {
    let live = use_live();
    let shown = alert.get_untracked();
    let Some(line) = line_of(&shown) else { return ().into_any() };
    // Its rule looks at a shorter window, which the limit is for.
    let is_of_an_hour = line.metric == "system.error_rate";
    let caption = if is_of_an_hour { "system.error_rate, of the last hour" } else { line.metric };
    let strip = Strip::new("Metric", caption, vec![line]);
    let strip = match (shown.threshold, shown.write(shown.threshold)) {
        (Some(limit), Some(text)) if !is_of_an_hour => strip.with_limit(limit, "limit ".to_owned() + &text),
        _ => strip,
    };
    let now = live.now();
    // How long it had lasted when the page came: what is shown before it does not move with every second.
    let began = unix_seconds(shown.timestamp);
    let lasted = shown.resolved_at.map_or_else(|| unix_seconds(now.get_untracked()), unix_seconds) - began;
    let around = (lasted * AROUND).clamp(AROUND_LEAST, AROUND_MOST);
    let part = Memo::new(move |_| Part {
        from: began - around,
        to: alert.read().resolved_at.map(|at| (unix_seconds(at) + around).min(unix_seconds(now.get_untracked()))),
    });
    ChartTime::provide(Some(part.into()));
    let notes: Vec<Mark> = annotations.iter().filter_map(note).collect();
    let marks = Signal::derive(move || {
        let mut marks = notes.clone();
        marks.push(Mark::of_alert(&alert.read()));
        marks
    });
    view! { <StripChart title="The metric around it" strips=vec![strip] source=source_of(live, subject) marks/> }
        .into_any()
}

/// The mark of a note on the time line.
fn note(note: &Annotation) -> Option<Mark> {
    let at = unix_seconds(note.at?);
    let text = note.title.clone();
    Some(Mark { at, until: Some(at), glyph: Glyph::Note, tone: Tone::INFO, text, link: None, weight: Mark::OWN })
}

/// The line of the alert's metric: its labels are those of the rule.
pub(super) fn line_of(alert: &Alert) -> Option<Line> {
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

/// Where its live points come from; what is gone has only a past.
fn source_of(live: crate::live::Live, subject: Subject) -> Source {
    match subject {
        Subject::System(system) => Source::System(live.system(*system)),
        Subject::Worker(worker) => Source::Worker(live.worker(worker.data.worker_id.clone(), *worker)),
        Subject::Queue(id, queues) => {
            let queues = live.queues(queues);
            let queue = Signal::derive(move || queues.read().iter().find(|q| *q.id == *id).cloned());
            Source::Queue(queue, live.known_until())
        }
        Subject::None => Source::Gone,
    }
}

//! The picture of one chart, its lines in numbers, and its data as a table.

use super::Shared;
use super::legend::Legend;
use super::table::Readings;
use crate::charts::history::{LineMemory, Memory, Newest};
use crate::charts::mark_labels::MarkLabels;
use crate::charts::moments::names;
use crate::charts::source::Source;
use crate::charts::still;
use crate::charts::strip::{Line, PALETTE, Strip, Stroke, Tone};
use crate::charts::strip_chart::scale;
use crate::charts::track::Track;
use crate::session::{Zone, ZoneChoice};
use crate::trends::{Chart, Compare, Question, Span};
use leptos::prelude::*;
use std::sync::Arc;

/// Height of a chart, CSS pixels; the style sheet has the same.
const HEIGHT: i32 = 240;

/// The lines of a chart, those that it is compared with behind them.
struct Drawn {
    strip: Strip,
    memory: Memory,
}

/// The colour and stroke of the line in place `n`: six colours, then the same in dashes.
pub(super) fn look(n: usize) -> (Tone, Stroke) {
    (PALETTE[n % PALETTE.len()], if n < PALETTE.len() { Stroke::Solid } else { Stroke::Dashed })
}

fn drawn(chart: &Chart, question: &Question, only: Option<&str>, window: Span, step: f64) -> Drawn {
    let metric = question.known().map_or("", |metric| metric.name);
    let line = |name: &str, tone, stroke| Line { stroke, unit: question.unit(), ..Line::new(name, metric, tone) };
    let track = |values: &[Option<f64>]| {
        let points = chart.points(values, step);
        LineMemory {
            own: Track::from_history(&points, points.len()),
            ghost: Vec::new(),
            band: None,
            newest: Newest::default(),
        }
    };
    let chosen: Vec<_> =
        chart.traces.iter().enumerate().filter(|(_, trace)| only.is_none_or(|only| only == trace.name)).collect();
    let (mut lines, mut tracks) = (Vec::new(), Vec::new());
    for (n, trace) in chosen.iter().filter(|(_, trace)| !trace.before.is_empty()) {
        let tone = if chosen.len() == 1 { Tone::GHOST } else { look(*n).0 };
        lines.push(line("before", tone, Stroke::Dotted));
        tracks.push(track(&trace.before));
    }
    for (n, trace) in &chosen {
        let (tone, stroke) = look(*n);
        lines.push(line(&trace.name, tone, stroke));
        tracks.push(track(&trace.values));
    }
    Drawn { strip: Strip::new(metric, "", lines), memory: Memory::past(tracks, window.to, step) }
}

/// The picture and what belongs to it.
#[component]
pub(super) fn Picture(
    chart: Arc<Chart>,
    question: Question,
    only: Option<String>,
    window: Span,
    step: f64,
    n: usize,
    shared: Shared,
) -> impl IntoView {
    // A name that no line has hides nothing.
    let only = only.filter(|only| chart.traces.iter().any(|trace| trace.name == *only));
    let Drawn { strip, memory } = drawn(&chart, &question, only.as_deref(), window, step);
    let zone = ZoneChoice::expect().0;
    let edges = (window.from, window.to);
    let compare = shared.ask.get_untracked().compare;
    let still = cfg!(feature = "ssr").then(|| {
        let scale = scale(&strip, &memory.strips[0], edges);
        still::strip(&strip, (&memory.strips[0], None), &scale, (edges, memory.gap), HEIGHT)
    });
    let axis = cfg!(feature = "ssr").then(|| still::axis(edges, &names(edges, 7, Zone::Utc)));
    let dots = strip
        .lines
        .iter()
        .map(|line| view! { <span class=format!("dot {}", line.tone.class) hidden></span> })
        .collect_view();
    let container = NodeRef::<leptos::html::Div>::new();
    let spoken = RwSignal::new(String::new());
    // Only what began within the time shown has a name above its line.
    let marks = shared.marks;
    let has_names = Memo::new(move |_| n == 0 && marks.read().iter().any(|mark| mark.at >= window.from));
    #[cfg(feature = "hydrate")]
    crate::charts::board::take_over(crate::charts::board::Setting {
        container,
        strips: Arc::new(vec![strip]),
        memory,
        source: Source::Past,
        marks: crate::charts::Marks::of(marks.into(), None),
        view: shared.view,
        table: NodeRef::new(),
        spoken,
        ends: None,
        zone,
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = (Source::Past, zone);
    let has_before = compare != Compare::Nothing && chart.traces.iter().any(|trace| !trace.before.is_empty());
    view! {
        <div
            class="strips trend-strips"
            node_ref=container
            tabindex="0"
            role="group"
            aria-label=format!("{}, {}: arrow keys move the cursor, Escape removes it", question.metric, question.sentence())
        >
            {move || has_names.get().then(|| view! { <MarkLabels marks/> })}
            <figure class="strip chart">
                <figcaption class="vh">{question.metric.clone()} ", " {question.sentence()}</figcaption>
                <div class="plot">
                    <canvas class="axes" aria-hidden="true"></canvas>
                    <canvas class="ink" aria-hidden="true"></canvas>
                    <div class="area">
                        <div class="still" inner_html=still.unwrap_or_default()></div>
                        <Picked shared window/>
                        <span class="cursor" hidden><span class="cur-v"></span></span>
                        {dots}
                    </div>
                </div>
            </figure>
            <div class="strip axis">
                <div class="plot">
                    <canvas class="axes" aria-hidden="true"></canvas>
                    <div class="area"><div class="still" inner_html=axis.unwrap_or_default()></div></div>
                </div>
            </div>
            <div class="vh" role="status" aria-live="polite">{spoken}</div>
        </div>
        {(compare != Compare::Nothing && !has_before).then(|| view! {
            <p class="cap panel-b">"Nothing is known of " {compare.label()} "."</p>
        })}
        <Legend chart=Arc::clone(&chart) question=question.clone() only step n shared has_before/>
        <Readings chart question step n compare/>
    }
    .into_any()
}

/// The span that somebody asks about: a light veil over the plot.
#[component]
fn Picked(shared: Shared, window: Span) -> impl IntoView {
    let veil = move || {
        let span = shared.ask.read().changed?;
        let share = |at: f64| ((at - window.from) / window.seconds() * 100.0).clamp(0.0, 100.0);
        let (left, right) = (share(span.from), share(span.to));
        let (x, width) = (format!("{left:.3}%"), format!("{:.3}%", right - left));
        (right > left).then(|| view! { <rect x=x width=width height="100%"></rect> })
    };
    view! { <svg class="picked" aria-hidden="true">{veil}</svg> }
}

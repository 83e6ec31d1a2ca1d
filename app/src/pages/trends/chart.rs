//! One chart: its question, its picture, its lines in numbers, and its data as a table and as a file.

use super::Shared;
use super::form::QuestionForm;
use super::legend::Legend;
use super::table::Readings;
use crate::charts::history::{LineMemory, Memory};
use crate::charts::source::Source;
use crate::charts::still;
use crate::charts::strip::{Line, Mark, PALETTE, Strip, Stroke, Tone};
use crate::charts::moments::names;
use crate::charts::strip_chart::{MarkLabels, scale};
use crate::charts::track::Track;
use crate::components::icon::{Glyph, Icon};
use crate::session::{Zone, ZoneChoice};
use crate::trends::{Chart, Compare, Question, Span, Trends};
use leptos::prelude::*;
use std::sync::Arc;

/// Height of a chart, CSS pixels; the style sheet has the same.
const HEIGHT: i32 = 240;

/// The panel of the chart in place `n`.
#[component]
pub(super) fn ChartPanel(data: Arc<Trends>, n: usize, shared: Shared, marks: Vec<Mark>) -> impl IntoView {
    let ask = shared.ask;
    let question = ask.get_untracked().charts.get(n).cloned().unwrap_or_else(|| Question::of(""));
    let help = question.known().map(|metric| metric.help);
    let (metric, title) = (question.metric.clone(), question.metric.clone());
    let only = Memo::new(move |_| ask.read().charts.get(n).and_then(|chart| chart.only.clone()));
    let (shown, total) = match &data.charts[n] {
        Ok(chart) => (chart.traces.len(), chart.total),
        Err(_) => (0, 0),
    };
    let more = (total > shown).then(|| view! {
        <span class="cap">"the " {shown} " largest of " {forewatch::format::count(total as u64)} ": narrow them by a filter"</span>
    });
    // A range that ends now would end later when the file is asked for.
    let window = data.shown;
    let file = move || ask.read().with(|ask| ask.zoom = Some(window)).file(n);
    let remove = move || {
        let ask = ask.read();
        let metric = &ask.charts.get(n).filter(|_| ask.charts.len() > 1)?.metric;
        let address = ask.with(|ask| drop(ask.charts.remove(n))).address();
        Some({
            view! {
                <a class="btn bare icon" href=address data-noscroll="" aria-label=format!("Remove {metric}") title="Remove this chart">
                    <Icon glyph=Glyph::Close/>
                </a>
            }
        })
    };
    let body = match data.charts[n].clone() {
        Err(error) => view! { <Missing title="There is no chart" text=super::reason(&error)/> }.into_any(),
        Ok(chart) if chart.is_empty() => view! {
            <Missing title="No readings" text="Nothing of this was reported in the time that is shown. Choose another time, or take filters away.".to_owned()/>
        }
        .into_any(),
        Ok(chart) => {
            let chart = Arc::new(chart);
            let (question, step) = (question.clone(), data.step);
            view! {
                {remark(&question, &chart, window)}
                {move || view! { <Picture chart=Arc::clone(&chart) question=question.clone() only=only.get() window step n shared marks=marks.clone()/> }}
            }
            .into_any()
        }
    };
    view! {
        <section class="panel trend" aria-label=metric>
            <div class="panel-h">
                <h2>{title}</h2>
                <span class="soft">{help}</span>
                <div class="right">
                    {more}
                    <a class="btn bare" href=file download="" rel="external">"CSV"</a>
                    {remove}
                </div>
            </div>
            <QuestionForm shared n question/>
            {body}
        </section>
    }
    .into_any()
}

/// What stands where there is no picture.
#[component]
fn Missing(title: &'static str, text: String) -> impl IntoView {
    view! { <div class="empty"><p class="strong">{title}</p><p class="soft">{text}</p></div> }
}

/// What a reader must know of percentiles in the past: they need every sample, and those are not kept for ever.
fn remark(question: &Question, chart: &Chart, window: Span) -> Option<impl IntoView + use<>> {
    let known = |trace: &crate::trends::Trace| trace.values.iter().position(Option::is_some);
    let first = chart.traces.iter().filter_map(known).min()?;
    let is_late = first * 5 > chart.traces.first()?.values.len() && window.seconds() > 86_400.0;
    (question.aggregation().is_percentile() && is_late).then(|| view! {
        <p class="cap panel-b">
            "A percentile needs every single sample, and older ones are kept as means, minima and maxima only: choose one of these to look further back."
        </p>
    })
}

/// The lines of a chart, those that it is compared with behind them.
pub(super) struct Drawn {
    pub(super) strip: Strip,
    pub(super) memory: Memory,
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
        LineMemory { own: Track::from_history(&points, points.len()), ghost: Vec::new(), band: None }
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

#[component]
fn Picture(
    chart: Arc<Chart>,
    question: Question,
    only: Option<String>,
    window: Span,
    step: f64,
    n: usize,
    shared: Shared,
    marks: Vec<Mark>,
) -> impl IntoView {
    // A name that no line has hides nothing.
    let only = only.filter(|only| chart.traces.iter().any(|trace| trace.name == *only));
    let Drawn { strip, memory } = drawn(&chart, &question, only.as_deref(), window, step);
    let zone = ZoneChoice::expect().0;
    let edges = (window.from, window.to);
    let compare = shared.ask.get_untracked().compare;
    let still = cfg!(feature = "ssr").then(|| {
        still::strip(&strip, &memory.strips[0], &scale(&strip, &memory.strips[0], edges), edges, memory.gap, HEIGHT)
    });
    let axis = cfg!(feature = "ssr").then(|| still::axis(edges, &names(edges, 7, Zone::Utc)));
    let dots = strip
        .lines
        .iter()
        .map(|line| view! { <span class=format!("dot {}", line.tone.class) hidden></span> })
        .collect_view();
    let container = NodeRef::<leptos::html::Div>::new();
    let spoken = RwSignal::new(String::new());
    let marks = Signal::stored(marks);
    #[cfg(feature = "hydrate")]
    crate::charts::board::take_over(crate::charts::board::Setting {
        container,
        strips: Arc::new(vec![strip]),
        memory,
        source: Source::Past,
        marks,
        view: shared.view,
        isolated: RwSignal::new(None),
        spoken,
        zone,
    });
    #[cfg(feature = "hydrate")]
    super::drag::listen(container, shared, window);
    #[cfg(not(feature = "hydrate"))]
    let _ = (Source::Past, zone);
    let named = compare != Compare::Nothing && chart.traces.iter().any(|trace| !trace.before.is_empty());
    view! {
        <div
            class="strips trend-strips"
            node_ref=container
            tabindex="0"
            role="group"
            aria-label=format!("{}, {}: arrow keys move the cursor, Escape removes it", question.metric, question.sentence())
        >
            {(n == 0 && !marks.read_untracked().is_empty()).then(|| view! { <MarkLabels marks/> })}
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
        <Legend chart=Arc::clone(&chart) question=question.clone() only step n shared named/>
        <Readings chart question step compare/>
    }
    .into_any()
}

/// The span that somebody asks about, and the one that is being marked: a light veil over the plot.
#[component]
fn Picked(shared: Shared, window: Span) -> impl IntoView {
    let veil =
        move |class: &'static str, span: Option<Span>| {
            let span = span?;
            let share = |at: f64| ((at - window.from) / window.seconds() * 100.0).clamp(0.0, 100.0);
            let (left, right) = (share(span.from), share(span.to));
            (right > left).then(|| view! {
            <rect class=class x=format!("{left:.3}%") width=format!("{:.3}%", right - left) height="100%"></rect>
        })
        };
    view! {
        <svg class="picked" aria-hidden="true">
            {move || veil("asked", shared.ask.read().changed)}
            {move || veil("brush", shared.brush.get())}
        </svg>
    }
}

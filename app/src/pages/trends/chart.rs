//! One chart's panel: its question, and its picture with its numbers, or why there is none.

use super::Shared;
use super::form::QuestionForm;
use super::picture::Picture;
use crate::components::icon::{Glyph, Icon};
use crate::trends::{Chart, Question, Span, Trends};
use leptos::prelude::*;
use std::sync::Arc;

/// The panel of the chart in place `n`.
#[component]
pub(super) fn ChartPanel(data: Arc<Trends>, n: usize, shared: Shared) -> impl IntoView {
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
                {move || view! { <Picture chart=Arc::clone(&chart) question=question.clone() only=only.get() window step n shared/> }}
            }
            .into_any()
        }
    };
    view! {
        <section class="panel trend" aria-label=format!("Chart {}: {metric}", n + 1)>
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

//! What one chart asks, as a form: metric, how values become one, which lines, filters on labels.

use super::Shared;
use super::bar::Others;
use crate::components::page_form::PageForm;
use crate::trends::ask::key;
use crate::trends::question::{aggregations, groupings};
use crate::trends::{MOST_CHARTS, Question};
use forewatch::catalogue::{self, METRICS};
use leptos::prelude::*;

/// The id of the list of values that a label's filter offers.
pub(super) fn list_of(label: &str) -> String {
    format!("values-of-{label}")
}

/// The form of the chart in place `n`.
#[component]
pub(super) fn QuestionForm(shared: Shared, n: usize, question: Question) -> impl IntoView {
    let own = ["metric", "agg", "by", "worker", "gpu", "queue", "only"].map(|name| key(name, n));
    let metric = RwSignal::new(question.metric.clone());
    let by = question.by.join(",");
    let labels = move || catalogue::find(&metric.read()).map_or(&[][..], |id| id.metric().labels);
    let ways = move || {
        let options = groupings(labels()).into_iter().map(|(value, label)| {
            let selected = value == by;
            view! { <option value=value selected=selected>{label}</option> }
        });
        options.collect_view()
    };
    let (agg, asked) = (question.aggregation(), question.clone());
    let aggs = move || {
        let of = Question { metric: metric.get(), ..asked.clone() };
        let chosen = if of.metric == asked.metric { agg } else { of.aggregation() };
        let options = aggregations(of.is_counter()).map(|(agg, label)| {
            view! { <option value=agg.as_str() selected=agg == chosen>{label}</option> }
        });
        options.collect_view()
    };
    let filters = move || {
        let fields = labels().iter().map(|label| {
            let value = question.labels.get(*label).cloned().unwrap_or_default();
            view! {
                <label class="st">
                    <span class="cap">{*label}</span>
                    <input
                        class="input" name=key(label, n) value=value placeholder="any" list=list_of(label) maxlength="300"
                        autocomplete="off" title="A name; * stands for any text"
                    />
                </label>
            }
        });
        fields.collect_view()
    };
    let no_grouping = move || labels().is_empty();
    view! {
        <PageForm action="/trends" class="question">
            <Others ask=shared.ask drop=own.to_vec()/>
            <select class="select" name=key("metric", n) aria-label="Metric" on:change=move |event| metric.set(event_target_value(&event))>
                <MetricOptions chosen=question.metric.clone()/>
            </select>
            <select class="select" name=key("agg", n) aria-label="How values become one">{aggs}</select>
            <select class="select" name=key("by", n) aria-label="Lines" hidden=no_grouping>{ways}</select>
            {filters}
            <button class="btn" type="submit">"Show"</button>
        </PageForm>
    }
    .into_any()
}

/// Every metric, by its subject.
#[component]
fn MetricOptions(chosen: String) -> impl IntoView {
    let unknown =
        catalogue::find(&chosen).is_none().then(|| view! { <option value="" selected=true>"Choose a metric"</option> });
    let groups = [("system", "Everything"), ("worker", "Workers"), ("gpu", "GPUs"), ("queue", "Queues")].map(
        |(subject, label)| {
            let of = METRICS.iter().filter(move |metric| metric.name.split('.').next() == Some(subject));
            let options = of.map(|metric| {
            view! { <option value=metric.name selected=metric.name == chosen title=metric.help>{metric.name}</option> }
        });
            view! { <optgroup label=label>{options.collect_view()}</optgroup> }
        },
    );
    view! { {unknown}{groups.collect_view()} }
}

/// Another chart below the others, while there is room for one.
#[component]
pub(super) fn AddChart(shared: Shared) -> impl IntoView {
    let place = move || shared.ask.read().charts.len();
    view! {
        <Show
            when=move || place() < MOST_CHARTS
            fallback=move || view! { <p class="cap">"No more than " {MOST_CHARTS} " charts are shown at once."</p> }
        >
            <PageForm action="/trends" class="question">
                <Others ask=shared.ask drop=Vec::new()/>
                <select class="select" name=move || key("metric", place()) aria-label="Metric of another chart">
                    <MetricOptions chosen="worker.cpu_usage".to_owned()/>
                </select>
                <button class="btn" type="submit">"Add a chart"</button>
            </PageForm>
        </Show>
    }
    .into_any()
}

//! What else changed when an alert began: the metrics that moved most, once somebody asks, and the way to all of them.

use super::metric::line_of;
use crate::backend::BackendError;
use crate::components::icon::{Glyph, Icon};
use crate::live::use_live;
use crate::pages::trends::{around, moved};
use crate::server_fns::load_changes;
use crate::trends::{Change, Changes, Span};
use forewatch::time::unix_seconds;
use forewatch::{Alert, Unit, catalogue, format};
use leptos::prelude::*;
use leptos::web_sys::Element;

/// Metrics that are told.
const MOST: usize = 5;
/// What is compared with as long just before: from so long before the condition became true, seconds.
const BEFORE: f64 = 300.0;
/// To so long after it.
const AFTER: f64 = 600.0;
/// Of an alert that is newer the end moves on by so much at a time.
const MINUTE: f64 = 60.0;

/// The time around the beginning of an alert, as of `now`.
fn beginning(alert: &Alert, now: f64) -> Span {
    let first = alert.timeline.first().map_or(alert.timestamp, |moment| moment.at.min(alert.timestamp));
    let began = unix_seconds(first).round();
    let newest = (now / MINUTE).ceil() * MINUTE;
    Span { from: began - BEFORE, to: (began + AFTER).min(newest).max(began) }
}

/// The trends page with the alert's own metric and all that changed in the span.
fn all_of_it(alert: &Alert, span: Span) -> String {
    let own = line_of(alert);
    let mut ask = around(own.as_ref().map_or("", |line| line.metric), span);
    match (own, ask.charts.first_mut()) {
        (Some(line), Some(chart)) => chart.labels = line.labels,
        // A figure that has no past of its own: the page shows what it shows first.
        _ => ask.charts.clear(),
    }
    ask.address() + "#changes"
}

/// The panel. Comparing all metrics takes the server a while, so that it waits to be asked.
#[component]
pub(super) fn WhatElseChanged(alert: Memo<Alert>) -> impl IntoView {
    let now = use_live().now();
    let span = Memo::new(move |_| beginning(&alert.read(), unix_seconds(now.get())));
    let answer = RwSignal::new(None);
    let toggled = move |event| {
        let is_open = event_target::<Element>(&event).has_attribute("open");
        if is_open && !matches!(*answer.read_untracked(), Some(Ok(_))) {
            answer.set(None);
            leptos::task::spawn_local(async move {
                let found = load_changes(span.get_untracked()).await;
                // The page may be gone by now.
                let _ = answer.try_set(Some(found));
            });
        }
    };
    let told = move || match answer.get() {
        None => view! { <p class="panel-b soft">"Comparing all metrics…"</p> }.into_any(),
        Some(found) => view! { <Told found own=alert.read_untracked().metric_name.clone()/> }.into_any(),
    };
    view! {
        <section class="panel" aria-labelledby="what-else">
            <div class="panel-h">
                <h2 id="what-else">"What else changed"</h2>
                <span class="soft">"when it began"</span>
                <div class="right"><a class="link" href=move || all_of_it(&alert.read(), span.get())>"All of it"</a></div>
            </div>
            <details class="fold data needs-script" on:toggle=toggled>
                <summary><Icon glyph=Glyph::Next class="chev"/>"The metrics that moved most"</summary>
                <div aria-live="polite">{told}</div>
            </details>
        </section>
    }
    .into_any()
}

/// What the comparison found.
#[component]
fn Told(found: Result<Changes, BackendError>, own: Option<String>) -> impl IntoView {
    let Changes { span, compared, changes, .. } = match found {
        Ok(changes) => changes,
        Err(error) => {
            let text = ["They could not be compared: ", &error.to_string()].concat();
            return view! { <p class="panel-b soft">{text}</p> }.into_any();
        }
    };
    let others = changes.into_iter().filter(|change| Some(&change.metric) != own.as_ref()).take(MOST);
    let rows: Vec<_> = others.map(|change| view! { <Row change span/> }).collect();
    let none = rows.is_empty().then(|| view! { <p class="panel-b soft">"Nothing else moved."</p> });
    let length = format::duration(span.seconds());
    view! {
        <ul class="lines">{rows}</ul>
        {none}
        <p class="panel-h cap">{compared}" metrics compared: the "{length.clone()}" around its beginning against the "{length}" before, by how far each moved for what it usually wavers."</p>
    }
    .into_any()
}

/// One metric; its name leads to its trend around that time.
#[component]
fn Row(change: Change, span: Span) -> impl IntoView {
    let Change { metric, before, within, .. } = change;
    let (unit, help) = catalogue::find(&metric).map_or((Unit::Count, ""), |id| (id.metric().unit, id.metric().help));
    let (glyph, text) = moved(unit, before, within);
    let address = around(&metric, span).address();
    let values = [format::value(unit, before), format::value(unit, within)].join(" → ");
    view! {
        <li>
            <span class="grow"><a class="link" href=address>{metric}</a>" "<span class="soft">{help}</span></span>
            <span class="soft">{values}</span>
            <span class="st"><Icon glyph class="quiet"/>{text}</span>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trends::Ask;
    use forewatch::alert::AlertComponent;
    use std::collections::BTreeMap;

    fn alert() -> Alert {
        let text = include_str!("../../../../tests/golden/alert.json");
        serde_json::from_str(text).expect("an alert")
    }

    #[test]
    fn the_time_begins_before_the_condition_became_true_and_ends_with_now_at_the_latest() {
        let mut alert = alert();
        let raised = unix_seconds(alert.timestamp).round();
        alert.timeline.clear();
        let later = beginning(&alert, raised + 7_200.0);
        assert_eq!((later.from, later.to), (raised - BEFORE, raised + AFTER));
        let soon = beginning(&alert, raised + 1.0);
        assert!(soon.to >= raised && soon.to <= raised + 2.0 * MINUTE, "{soon:?}");
        let pending = self::alert().timeline.first().cloned().map(|moment| {
            let at = alert.timestamp - chrono::TimeDelta::seconds(120);
            forewatch::alert::AlertMoment { at, ..moment }
        });
        alert.timeline = pending.into_iter().collect();
        assert!((beginning(&alert, raised + 7_200.0).from - (raised - 120.0 - BEFORE)).abs() < 1.0);
    }

    #[test]
    fn the_way_to_all_of_it_has_the_alerts_metric_and_asks_what_changed() {
        let alert = Alert {
            component: AlertComponent::Worker,
            component_id: "gpu-7".to_owned(),
            metric_name: Some("worker.cpu_usage".to_owned()),
            ..alert()
        };
        let span = beginning(&alert, 4e9);
        let address = all_of_it(&alert, span);
        let query = address.strip_prefix("/trends?").and_then(|rest| rest.strip_suffix("#changes")).expect("the page");
        let pairs: BTreeMap<&str, &str> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        let (ask, remarks) = Ask::read(|key| pairs.get(key).map(|value| (*value).to_owned()));
        assert_eq!(remarks, Vec::<String>::new());
        assert_eq!((ask.charts[0].metric.as_str(), ask.changed), ("worker.cpu_usage", Some(span)));
        assert_eq!(ask.charts[0].labels["worker"], "gpu-7");
        let by_hand = Alert { metric_name: None, ..alert };
        assert!(!all_of_it(&by_hand, span).contains("metric="));
    }
}

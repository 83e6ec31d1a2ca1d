//! One alert: what it is, the metric around it, who did what, and what can be done.

mod behind;
mod changed;
mod decide;
mod metric;
mod timeline;

use crate::causes::following;
use crate::components::alert_card::AlertFacts;
use crate::components::copy::Copy;
use crate::components::deliveries::Deliveries;
use crate::components::following::{CauseLink, Following};
use crate::components::icon::{Glyph, Icon};
use crate::components::later::Later;
use crate::components::links::Links;
use crate::components::page_title::PageTitle;
use crate::components::severity::SeverityBadge;
use crate::components::trail::{Trail, title_tells, with_state};
use crate::escape::escape;
use crate::handling::{shown_alert, shown_alerts};
use crate::server_fns::{AlertData, load_alert};
use behind::Behind;
use changed::WhatElseChanged;
use decide::Decide;
use forewatch::Alert;
use forewatch::alert::AlertState;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use metric::MetricAround;
use timeline::WhoDidWhat;

/// The page of one alert.
#[component]
pub fn AlertPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let data = Resource::new(move || id.get(), load_alert);
    let name = RwSignal::new("Alert".to_owned());
    view! {
        <PageTitle name/>
        <Trail address="/alerts" name="Alerts"/>
        {super::loaded(data, "The alert did not load", move |data| view! { <AlertView data title=name/> })}
    }
    .into_any()
}

#[component]
fn AlertView(data: AlertData, title: RwSignal<String>) -> impl IntoView {
    let id = data.alert.alert_id.to_string();
    let silence = {
        let (rule, about) = (escape(&data.alert.rule_id), escape(&data.alert.component_id));
        ["/settings?rule=", &rule, "&component_id=", &about, "#silences"].concat()
    };
    let live = shown_alerts(data.live.clone());
    let alert = shown_alert(data.alert, data.live);
    title_tells(title, move || {
        let alert = alert.read();
        let state = match (alert.is_active, alert.acknowledged, &alert.suppressed_by) {
            (false, ..) => "resolved",
            (true, true, _) => "acknowledged",
            (true, false, Some(_)) => "suppressed",
            (true, false, None) => "",
        };
        with_state(&alert.title, state)
    });
    let following = Memo::new(move |_| {
        let alert = alert.get();
        following(std::slice::from_ref(&alert), &live.read()).remove(&alert.alert_id).unwrap_or_default()
    });
    view! {
        <div class="stack tight">
            <div class="title-row alert-head">
                {move || view! { <StateBadge alert=alert.get()/> }}
                <h1>{move || alert.read().title.clone()}</h1>
            </div>
            {move || view! { <AlertFacts alert=alert.get()/> }}
            {move || {
                let text = alert.read().description.clone();
                (!text.is_empty()).then(|| view! { <p class="soft">{text}</p> })
            }}
            <Quiet alert live/>
        </div>
        <div class="two decided">
            <div class="stack"><Later><Decide alert/></Later></div>
            <div class="stack">
                <Later><MetricAround alert subject=data.subject annotations=data.annotations/></Later>
                <Later>
                    <Behind alert behind=data.behind/>
                    <FollowingPanel following/>
                    <WhatElseChanged alert/>
                    <WhoDidWhat alert/>
                    <Deliveries deliveries=data.deliveries/>
                </Later>
            </div>
            <div class="stack">
                <Later>
                    <RulePanel alert id/>
                    <Links links=data.links/>
                    <p><a class="btn" href=silence><Icon glyph=Glyph::Mute/>"Silence alerts like this"</a></p>
                </Later>
            </div>
        </div>
    }
    .into_any()
}

/// How bad it is, or that it is over.
#[component]
fn StateBadge(alert: Alert) -> impl IntoView {
    match alert.state {
        AlertState::Resolved => view! { <span class="badge ok"><Icon glyph=Glyph::Ok/>"Resolved"</span> }.into_any(),
        AlertState::Pending => view! { <span class="badge plain"><Icon glyph=Glyph::Late/>"Pending"</span> }.into_any(),
        AlertState::Recovering => view! {
            <SeverityBadge severity=alert.severity/>
            <span class="badge plain"><Icon glyph=Glyph::Check/>"Recovering"</span>
        }
        .into_any(),
        AlertState::Firing => view! { <SeverityBadge severity=alert.severity/> }.into_any(),
    }
}

/// Why nobody is told of it, where that is so.
#[component]
fn Quiet(alert: Memo<Alert>, live: Memo<Vec<Alert>>) -> impl IntoView {
    move || {
        let alert = alert.get();
        match (&alert.inhibited_by, &alert.suppressed_by) {
            _ if alert.state == AlertState::Resolved => ().into_any(),
            (Some(_), _) => view! {
                <p class="note">
                    <Icon glyph=Glyph::Mute/>
                    <span>"Nobody is told of it: it follows from "<CauseLink alert among=live/>"."</span>
                </p>
            }
            .into_any(),
            (None, Some(why)) => view! {
                <p class="note"><Icon glyph=Glyph::Mute/><span>"Nobody is told of it: "{why.clone()}"."</span></p>
            }
            .into_any(),
            (None, None) => ().into_any(),
        }
    }
}

/// The alerts of which nobody is told because this one tells their cause.
#[component]
fn FollowingPanel(following: Memo<Vec<Alert>>) -> impl IntoView {
    let count = Memo::new(move |_| following.read().len());
    let is_any = Memo::new(move |_| count.get() > 0);
    move || {
        is_any.get().then(|| {
            view! {
                <section class="panel" aria-labelledby="following">
                    <div class="panel-h">
                        <h2 id="following">{move || count.get()}{move || if count.get() == 1 { " follows from it" } else { " follow from it" }}</h2>
                        <span class="soft">"quiet while this one is true"</span>
                    </div>
                    <Following alerts=following/>
                </section>
            }
        })
    }
}

/// The rule behind it.
#[component]
fn RulePanel(alert: Memo<Alert>, id: String) -> impl IntoView {
    let labels = move || {
        let alert = alert.read();
        // An alert raised by hand is told from others by its own id, which stands below.
        let labels = alert.metadata.iter().filter(|(key, _)| *key != "alert");
        let rows = labels.map(|(key, value)| view! { <dt>{key.clone()}</dt><dd>{value.clone()}</dd> });
        rows.collect_view()
    };
    let tags = move || {
        let tags = alert.read().tags.clone();
        (!tags.is_empty()).then(|| {
            view! {
                <dt>"Tags"</dt>
                <dd>{tags.into_iter().map(|t| view! { <span class="tag">{t}</span> " " }).collect_view()}</dd>
            }
        })
    };
    let runbook = move || {
        alert.read().runbook.clone().map(|text| match text.starts_with("https://") || text.starts_with("http://") {
            true => {
                view! { <div class="right"><a class="link" href=text rel="noreferrer">"Runbook"</a></div> }.into_any()
            }
            false => view! { <p class="soft panel-note">{text}</p> }.into_any(),
        })
    };
    view! {
        <section class="panel" aria-labelledby="alert-rule">
            <div class="panel-h"><h2 id="alert-rule">"Rule"</h2>{runbook}</div>
            <div class="panel-b">
                <dl class="kv wide">
                    <dt>"Rule"</dt>
                    <dd><a class="link mono" href=move || "/alerts?state=all&rule=".to_owned() + &escape(&alert.read().rule_id)>
                        {move || alert.read().rule_id.to_string()}
                    </a></dd>
                    <dt>"Metric"</dt><dd class="mono">{move || alert.read().metric_name.clone().unwrap_or_else(|| "raised by hand".to_owned())}</dd>
                    <dt>"Occurrences"</dt><dd>{move || alert.read().occurrences}</dd>
                    {labels}
                    {tags}
                    <dt>"Alert"</dt><dd><span class="st"><span class="mono id">{id.clone()}</span><Copy text=id what="alert id"/></span></dd>
                </dl>
            </div>
        </section>
    }
    .into_any()
}

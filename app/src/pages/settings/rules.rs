//! Every alert rule, how close each is to firing, and what it would have done lately.

use super::Trial;
use super::panel::{Column, Panel, Table};
use super::trial::TrialRow;
use crate::components::meter::Bar;
use crate::components::once::once_on_server;
use crate::components::severity::SeverityMark;
use crate::escape::escape;
use forewatch::rule::{RuleOrigin, RuleStatus};
use forewatch::{Ratio, format};
use leptos::prelude::*;

pub(super) const COLUMNS: &[(Column, &str)] = &[
    (Column::Words, "Rule"),
    (Column::Words, "Severity"),
    (Column::Wide, "Fires when"),
    (Column::Words, "Closest now"),
    (Column::Words, "Share of its threshold"),
    (Column::Numbers, "Active"),
    (Column::Words, "Last 7 days"),
];

/// The rules, those that are closest to firing first.
#[component]
pub(super) fn Rules(rules: Vec<RuleStatus>, trial: Trial) -> impl IntoView {
    let mut rules = rules;
    let share = |rule: &RuleStatus| rule.nearest.as_ref().and_then(|nearest| nearest.share).unwrap_or(-1.0);
    rules.sort_by(|a, b| b.active.cmp(&a.active).then(share(b).total_cmp(&share(a))));
    let about = format::count(rules.len() as u64) + " rules, the closest to firing first";
    let rows = rules.into_iter().map(|rule| view! { <Row rule trial/> }).collect_view().into_any();
    view! {
        <Panel id="settings-rules" title="Alert rules" about file="/rules.csv">
            <Table label="Rule table" columns=COLUMNS rows/>
        </Panel>
    }
    .into_any()
}

#[component]
fn Row(rule: RuleStatus, trial: Trial) -> impl IntoView {
    let id = rule.rule_id.to_string();
    let address = ["/alerts?state=all&rule=", &escape(&id)].concat();
    let origin = match rule.origin {
        RuleOrigin::Default => None,
        RuleOrigin::Changed => Some("changed"),
        RuleOrigin::Configured => Some("your own"),
    };
    let origin = origin.map(|word| view! { " "<span class="tag">{word}</span> });
    let nearest = rule.nearest.as_ref().map(|nearest| {
        let value = format::value(rule.unit, nearest.value);
        view! { <span>{nearest.name.clone()}<span class="soft beside">{value}</span></span> }
    });
    let share = rule.nearest.as_ref().and_then(|nearest| nearest.share).map(share);
    let none = if rule.subjects == 0 { "nothing to watch" } else { format::UNKNOWN };
    let is_tried = {
        let id = id.clone();
        Memo::new(move |_| trial.asked.read().rule == id)
    };
    let (condition, severity, active) = (rule.condition.clone(), rule.severity, rule.active);
    let tried = once_on_server(move || is_tried.get().then(|| view! { <TrialRow rule=rule.clone() trial/> }));
    view! {
        <tr>
            <th scope="row" class="full"><a class="strong" href=address>{id.clone()}</a>{origin}</th>
            <td data-l="Severity" class="full"><SeverityMark severity/></td>
            <td data-l="Fires when" class="soft said full">{condition}</td>
            <td data-l="Closest now" class="full">{nearest.map_or_else(|| view! { <span class="quiet">{none}</span> }.into_any(), IntoAny::into_any)}</td>
            <td data-l="Share" class="share full">{share}</td>
            <td data-l="Active" class="num">{format::count(active)}</td>
            <td data-l="Last 7 days"><Opener id is_tried/></td>
        </tr>
        {tried}
    }
    .into_any()
}

/// What opens a rule's trial, and closes it again: a link, so that it does without any script.
#[component]
fn Opener(id: String, is_tried: Memo<bool>) -> impl IntoView {
    let address = ["/settings?try=", &escape(&id)].concat();
    let href = move || if is_tried.get() { "/settings".to_owned() } else { address.clone() };
    let label = move || match is_tried.get() {
        true => ["Close the trial of ", &id].concat(),
        false => ["Try ", &id, " on the last 7 days"].concat(),
    };
    view! {
        <a class="btn" href=href data-noscroll="" aria-label=label aria-expanded=move || is_tried.get().to_string()>
            {move || if is_tried.get() { "Close" } else { "Try it" }}
        </a>
    }
    .into_any()
}

/// A value as a share of its threshold.
fn share(share: f64) -> AnyView {
    let class = if share >= 1.0 { "m warn" } else { "m" };
    let bar = Ratio::new(share.clamp(0.0, 1.0)).ok().map(|value| view! { <Bar value/> });
    view! { <span class=class>{bar}<span class="v">{format::ratio(share)}</span></span> }.into_any()
}

//! Every alert rule, and how close each is to firing.

use crate::components::meter::Bar;
use crate::components::severity::SeverityMark;
use forewatch::rule::{Nearest, RuleOrigin, RuleStatus};
use forewatch::{Ratio, Unit, format};
use leptos::prelude::*;
use leptos_router::location::Url;

/// The rules, those that are closest to firing first.
#[component]
pub(super) fn Rules(rules: Vec<RuleStatus>) -> impl IntoView {
    let mut rules = rules;
    let share = |rule: &RuleStatus| rule.nearest.as_ref().and_then(|nearest| nearest.share).unwrap_or(-1.0);
    rules.sort_by(|a, b| b.active.cmp(&a.active).then(share(b).total_cmp(&share(a))));
    let count = rules.len();
    let rows = rules.into_iter().map(|rule| view! { <Row rule/> }).collect_view();
    view! {
        <section class="panel" aria-labelledby="settings-rules">
            <div class="panel-h">
                <h2 id="settings-rules">"Alert rules"</h2>
                <span class="soft">{count}" rules, the closest to firing first"</span>
            </div>
            <div class="scroll" tabindex="0" role="region" aria-label="Rule table">
                <table class="tbl cards">
                    <thead>
                        <tr>
                            <th scope="col">"Rule"</th>
                            <th scope="col">"Severity"</th>
                            <th scope="col">"Fires when"</th>
                            <th scope="col">"Closest now"</th>
                            <th scope="col" class="wide">"Share of its threshold"</th>
                            <th scope="col" class="num">"Active"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Row(rule: RuleStatus) -> impl IntoView {
    let address = ["/alerts?state=all&rule=", &Url::escape(&rule.rule_id)].concat();
    let origin = match rule.origin {
        RuleOrigin::Default => None,
        RuleOrigin::Changed => Some("changed"),
        RuleOrigin::Configured => Some("your own"),
    };
    let origin = origin.map(|word| view! { " "<span class="tag">{word}</span> });
    let condition = condition(&rule);
    let nearest = rule.nearest.as_ref().map(|nearest| {
        let value = format::value(rule.unit, nearest.value);
        view! { <span>{nearest.name.clone()}</span><span class="soft beside">{value}</span> }
    });
    let share = rule.nearest.as_ref().and_then(|nearest| nearest.share).map(share);
    let none = if rule.subjects == 0 { "nothing to watch" } else { format::UNKNOWN };
    view! {
        <tr>
            <th scope="row" class="full"><a class="strong" href=address>{rule.rule_id.to_string()}</a>{origin}</th>
            <td data-l="Severity"><SeverityMark severity=rule.severity/></td>
            <td data-l="Fires when" class="soft">{condition}</td>
            <td data-l="Closest now">{nearest.map_or_else(|| view! { <span class="quiet">{none}</span> }.into_any(), IntoAny::into_any)}</td>
            <td data-l="Share">{share}</td>
            <td data-l="Active" class="num">{format::count(rule.active)}</td>
        </tr>
    }
    .into_any()
}

/// "queue.pending > 100 for 1 min".
fn condition(rule: &RuleStatus) -> String {
    let lasts = if rule.for_seconds > 0.0 { [" for ", &format::age(rule.for_seconds)].concat() } else { String::new() };
    let threshold = match (&rule.nearest, rule.unit) {
        // A device's own bound is told with the device.
        (Some(Nearest { threshold, .. }), Unit::Celsius) => *threshold,
        _ => rule.threshold,
    };
    [&rule.watches, " ", &rule.op, " ", &format::value(rule.unit, threshold), &lasts].concat()
}

/// A value as a share of its threshold.
fn share(share: f64) -> AnyView {
    let class = if share >= 1.0 { "m warn" } else { "m" };
    let bar = Ratio::new(share.clamp(0.0, 1.0)).ok().map(|value| view! { <Bar value/> });
    view! { <span class=class>{bar}<span class="v">{format::ratio(share)}</span></span> }.into_any()
}

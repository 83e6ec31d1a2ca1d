//! Of which alerts nobody is told, until when, and a form for one more.

use super::panel::Panel;
use crate::components::icon::{Glyph, Icon};
use crate::components::moment::{Moment, Style};
use forewatch::silence::Silence;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// For how long: hours, and what people read.
const LASTS: [(&str, &str); 5] =
    [("1", "for 1 h"), ("4", "for 4 h"), ("24", "for a day"), ("72", "for 3 days"), ("168", "for a week")];
/// What can be asked for: the field, and what people read.
const FIELDS: [(&str, &str); 4] =
    [("rule", "Rule"), ("component_id", "About"), ("worker", "Worker"), ("queue", "Queue")];

/// The silences.
#[component]
pub(super) fn Silences(silences: Vec<Silence>) -> impl IntoView {
    let file = if silences.is_empty() { "" } else { "/silences.csv" };
    let none = silences.is_empty().then(|| view! { <p class="panel-b soft">"Nothing is silenced."</p> });
    let rows = silences.into_iter().map(|silence| view! { <Row silence/> }).collect_view();
    view! {
        <Panel
            id="silences"
            title="Silences"
            about="silenced alerts stay on the dashboard, marked; nobody is told of them"
            file
        >
            {none}
            <ul class="lines">{rows}</ul>
            <New/>
        </Panel>
    }
    .into_any()
}

#[component]
fn Row(silence: Silence) -> impl IntoView {
    let matchers = silence.matchers.iter().map(|matcher| {
        let text = [matcher.label.as_str(), " ", matcher.op.as_str(), " ", &matcher.value].concat();
        view! { <span class="tag mono">{text}</span>" " }
    });
    let label = ["End the silence: ", &silence.comment].concat();
    view! {
        <li>
            <Icon glyph=Glyph::Mute class="c-quiet"/>
            <span>{matchers.collect_view()}</span>
            <span class="grow">{silence.comment.clone()}</span>
            <span class="soft">{silence.created_by}", until "<Moment at=silence.ends_at style=Style::Clock/></span>
            <form method="post" action="/api/ui/end-silence">
                <input type="hidden" name="id" value=silence.silence_id.to_string()/>
                <button class="btn" type="submit" aria-label=label>"End"</button>
            </form>
        </li>
    }
    .into_any()
}

/// The form; a link from an alert has filled in what it is about.
#[component]
fn New() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let fields = FIELDS.map(|(name, label)| {
        let value = query.get(name).unwrap_or_default();
        view! { <label>{label}" "<input class="input" name=name maxlength="255" autocomplete="off" placeholder="any" value=value/></label> }
    });
    let lasts = LASTS.map(|(hours, label)| view! { <option value=hours>{label}</option> });
    view! {
        <form class="panel-b line-form" method="post" action="/api/ui/silence" aria-label="Silence alerts">
            {fields.collect_view()}
            <select class="select" name="hours" aria-label="For how long">{lasts.collect_view()}</select>
            <input class="input grow" name="comment" required maxlength="2000" autocomplete="off" aria-label="Why" placeholder="Why, for those who wonder"/>
            <button class="btn pri" type="submit">"Silence"</button>
            <p class="cap">"An asterisk stands for any text, an exclamation mark before it means \"not\": gpu-*, !batch."</p>
        </form>
    }
    .into_any()
}

//! What chooses among the alerts: tabs, and a form that works without any script.

use crate::alert_search::{AlertSearch, belongs};
use crate::components::icon::{Glyph, Icon};
use crate::components::page_form::PageForm;
use crate::components::severity::word;
use forewatch::alert::AlertComponent;
use forewatch::{Alert, AlertSeverity};
use leptos::prelude::*;

/// The tabs: the word in the address, the word on the screen.
const TABS: [(&str, &str); 5] = [
    ("active", "Active"),
    ("acknowledged", "Acknowledged"),
    ("suppressed", "Suppressed"),
    ("pending", "Pending"),
    ("resolved", "Resolved"),
];

/// Since when alerts can be asked for: the word in the address, the word on the screen.
const SINCE: [(&str, &str); 5] = [
    ("now-1h", "Last hour"),
    ("now-24h", "Last 24 hours"),
    ("now-7d", "Last 7 days"),
    ("now-30d", "Last 30 days"),
    ("now-90d", "Last 90 days"),
];

/// The tabs, each with how many there are now.
#[component]
pub(super) fn Tabs(asked: AlertSearch, live: Memo<Vec<Alert>>) -> impl IntoView {
    let here = asked.tab.clone();
    let tabs = TABS.map(|(word, label)| {
        let count = move || {
            let count = live.read().iter().filter(|a| belongs(a, word)).count();
            (count > 0 && word != "resolved").then(|| view! { <span class="count">{count}</span> })
        };
        view! {
            <a href=asked.address(Some(word)) aria-current=(here == word).then_some("page")>{label}{count}</a>
        }
    });
    view! { <nav class="seg tabs" aria-label="State">{tabs.collect_view()}</nav> }
}

/// The filters.
#[component]
pub(super) fn Filters(
    asked: AlertSearch,
    /// Every rule there is.
    rules: Vec<String>,
) -> impl IntoView {
    let chosen = |word: Option<&str>| word.unwrap_or_default().to_owned();
    let severities = AlertSeverity::ALL.iter().rev().map(|s| (s.as_str().to_owned(), word(*s).to_owned())).collect();
    let components = AlertComponent::ALL.iter().map(|c| (c.as_str().to_owned(), c.as_str().to_owned())).collect();
    let mut rules: Vec<_> = rules.into_iter().map(|rule| (rule.clone(), rule)).collect();
    if let Some(rule) = asked.rule.as_ref().filter(|rule| rules.iter().all(|(known, _)| *known != ***rule)) {
        rules.push((rule.to_string(), rule.to_string()));
    }
    let mut since: Vec<_> = SINCE.iter().map(|(word, label)| ((*word).to_owned(), (*label).to_owned())).collect();
    if let Some(from) = asked.from.as_ref().filter(|from| SINCE.iter().all(|(word, _)| word != from)) {
        since.push((from.clone(), "Since ".to_owned() + from));
    }
    let hidden = [("component_id", asked.component_id.clone()), ("to", asked.to.clone())].into_iter();
    let hidden = hidden.filter_map(|(name, value)| Some(view! { <input type="hidden" name=name value=value?/> }));
    let before = asked.to.clone().map(|to| {
        let without = AlertSearch { to: None, ..asked.clone() }.address(None);
        view! { <span class="pill">"before "{to}<a href=without aria-label="Take the end away"><Icon glyph=Glyph::Close/></a></span> }
    });
    let all = asked.is_filtered().then(|| {
        view! { <a class="btn bare" href="/alerts?state=".to_owned() + &asked.tab>"Clear"</a> }
    });
    view! {
        <PageForm action="/alerts" searches=true class="filter">
            <Icon glyph=Glyph::Search class="quiet"/>
            <input type="hidden" name="state" value=asked.tab.clone()/>
            <input class="input" type="search" name="q" aria-label="Search alerts" placeholder="Words in the title" value=asked.q.clone().unwrap_or_default()/>
            {before}
            <Choice name="severity" label="Severity" any="Any severity" options=severities chosen=chosen(asked.severity.map(AlertSeverity::as_str))/>
            <Choice name="component" label="Component" any="Any component" options=components chosen=chosen(asked.component.map(AlertComponent::as_str))/>
            <Choice name="rule" label="Rule" any="Any rule" options=rules chosen=chosen(asked.rule.as_deref())/>
            <Choice name="from" label="Raised" any="Any time" options=since chosen=chosen(asked.from.as_deref())/>
            <Day name="since" word="From" label="From day, UTC" chosen=asked.since.clone()/>
            <Day name="until" word="to" label="to day, UTC" chosen=asked.until.clone()/>
            {hidden.collect_view()}
            <button class="btn" type="submit">"Search"</button>
            {all}
        </PageForm>
    }
    .into_any()
}

/// One choice of the form: what it sends, what people read.
#[component]
fn Choice(
    name: &'static str,
    label: &'static str,
    /// What stands for no choice.
    any: &'static str,
    options: Vec<(String, String)>,
    chosen: String,
) -> impl IntoView {
    let options = options.into_iter().map(|(value, words)| {
        let selected = value == chosen;
        view! { <option value=value selected=selected>{words}</option> }
    });
    view! {
        <select class="select" name=name aria-label=label>
            <option value="">{any}</option>
            {options.collect_view()}
        </select>
    }
    .into_any()
}

/// A day of the form, with which the time begins or ends.
#[component]
fn Day(name: &'static str, word: &'static str, label: &'static str, chosen: Option<String>) -> impl IntoView {
    view! {
        <label class="st">
            <span class="cap">{word}</span>
            <input class="input" type="date" name=name aria-label=label value=chosen/>
        </label>
    }
    .into_any()
}

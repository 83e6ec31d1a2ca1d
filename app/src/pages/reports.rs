//! Reports: a period in figures beside the period before; to read, to print and to hand on.
//!
//! The report itself is written by the server and only shown here: it has no parts that change.

use crate::backend::{ReportAsked, ReportShown};
use crate::components::page_title::PageTitle;
use crate::server_fns::load_report;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// Periods to choose: the word in the address, and what it is called.
const RANGES: [(&str, &str); 6] = [
    ("24h", "Last 24 hours"),
    ("7d", "Last 7 days"),
    ("30d", "Last 30 days"),
    ("day", "Yesterday"),
    ("week", "Last week"),
    ("month", "Last month"),
];

/// Forms to take away: the word in the address, and what it is called.
const FORMS: [(&str, &str); 4] = [("html", "HTML"), ("pdf", "PDF"), ("csv", "CSV"), ("json", "JSON")];

/// The page.
#[component]
pub fn ReportsPage() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let query = query.read();
        let word = |name: &str| query.get(name).filter(|word| !word.is_empty());
        ReportAsked { range: word("range"), from: word("from"), to: word("to") }
    });
    let data = Resource::new(move || asked.get(), load_report);
    view! {
        <PageTitle name="Reports"/>
        <div class="title-row"><h1>"Report"</h1></div>
        <Choice asked/>
        {super::loaded(data, "The report was not made", |shown| view! { <Shown shown/> })}
    }
    .into_any()
}

/// The choice of the period: links, and a form for any other.
#[component]
fn Choice(asked: Memo<ReportAsked>) -> impl IntoView {
    let chosen = move |word: &str| {
        let asked = asked.read();
        let is_default = word == "7d" && *asked == ReportAsked::default();
        (is_default || asked.range.as_deref() == Some(word)).then_some("true")
    };
    let links = RANGES.map(|(word, name)| {
        view! { <a href=format!("/reports?range={word}") aria-current=move || chosen(word)>{name}</a> }
    });
    view! {
        <div class="report-choice">
            <nav class="seg" aria-label="Period">{links.collect_view()}</nav>
            <form method="get" action="/reports">
                <label>"From " <input type="date" name="from" required prop:value=move || asked.read().from.clone()/></label>
                <label>"To " <input type="date" name="to" required prop:value=move || asked.read().to.clone()/></label>
                <button type="submit" class="btn">"Show"</button>
            </form>
        </div>
    }
    .into_any()
}

#[component]
fn Shown(shown: ReportShown) -> impl IntoView {
    let links = FORMS.map(|(form, name)| {
        let address = format!("/api/v1/reports?from={}&to={}&format={form}", shown.from, shown.to);
        view! { <a class="btn" href=address download rel="external">{name}</a> }
    });
    view! {
        <article class="report" inner_html=shown.html></article>
        <p class="report-take" aria-label="Take the report away">{links.collect_view()}</p>
    }
    .into_any()
}

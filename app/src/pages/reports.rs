//! Reports: a period in figures beside the period before; to read, to print and to hand on.
//!
//! The report itself is written by the server and only shown here: it has no parts that change. Below it are those that
//! the schedule made.

use crate::backend::{ReportAsked, ReportShown};
use crate::components::csv::CsvFoot;
use crate::components::page_title::PageTitle;
use crate::server_fns::{load_kept_reports, load_report};
use crate::views::Views;
use forewatch::format;
use forewatch::report::{KeptFile, KeptReport};
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
    let kept = Resource::new(|| (), |()| load_kept_reports());
    view! {
        <PageTitle name="Reports"/>
        <div class="title-row"><h1>"Reports"</h1><Views/></div>
        <Choice asked/>
        {super::loaded(data, "The report was not made", |shown| view! { <Shown shown/> })}
        {super::loaded(kept, "The kept reports were not listed", |kept| view! { <Kept kept/> })}
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
    // The attribute for the page as the server sends it, the property for what is asked for later.
    let date = move |label, name, of: fn(&ReportAsked) -> Option<String>| {
        let first = of(&asked.read_untracked());
        view! {
            <label>
                {label}
                <input class="input" type="date" name=name required value=first prop:value=move || of(&asked.read()).unwrap_or_default()/>
            </label>
        }
    };
    view! {
        <div class="report-choice">
            <nav class="seg" aria-label="Period">{links.collect_view()}</nav>
            <form method="get" action="/reports">
                {date("From ", "from", |asked| day(asked.from.as_deref()))}
                {date("To ", "to", |asked| day(asked.to.as_deref()))}
                <button type="submit" class="btn">"Show"</button>
            </form>
        </div>
    }
    .into_any()
}

/// The day of a date or a time; a field for a day has no other.
fn day(word: Option<&str>) -> Option<String> {
    word?.get(..10).filter(|day| day.parse::<chrono::NaiveDate>().is_ok()).map(str::to_owned)
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

/// The reports that the schedule made; where there are none, nothing.
#[component]
fn Kept(kept: Vec<KeptReport>) -> impl IntoView {
    let is_any = !kept.is_empty();
    let rows = kept.into_iter().map(row).collect_view();
    is_any
        .then(|| {
            view! {
                <section class="panel report-kept" aria-label="Kept reports">
                    <div class="panel-h"><h2>"Made by schedule"</h2></div>
                    <div class="scroll" tabindex="0" role="region" aria-label="Kept reports">
                        <table class="tbl">
                            <thead><tr>
                                <th scope="col">"Report"</th>
                                <th scope="col">"Period"</th>
                                <th scope="col">"Zone"</th>
                                <th scope="col">"Files"</th>
                            </tr></thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </div>
                    <CsvFoot file="/kept-reports.csv" what="Kept reports"/>
                </section>
            }
        })
        .into_any()
}

fn row(kept: KeptReport) -> AnyView {
    let days = match kept.first_day == kept.last_day {
        true => kept.first_day,
        false => format!("{} to {}", kept.first_day, kept.last_day),
    };
    view! {
        <tr>
            <td>{kept.title.unwrap_or(kept.name)}</td>
            <td>{days}</td>
            <td>{kept.zone}</td>
            <td><div class="acts">{kept.files.into_iter().map(file).collect_view()}</div></td>
        </tr>
    }
    .into_any()
}

fn file(file: KeptFile) -> AnyView {
    let address = format!("/api/v1/reports/kept/{}", file.name);
    let size = format::bytes(file.bytes as f64);
    view! { <a class="btn" href=address download rel="external" title=size>{file.format.to_uppercase()}</a> }.into_any()
}

//! The time of all charts: a range, dates, what it is compared with, and the ways on from there.

use super::Shared;
use super::note::AddNote;
use crate::charts::Range;
use crate::components::icon::{Glyph, Icon};
use crate::components::page_form::PageForm;
use crate::task_search::{Term, address};
use crate::trends::{Ask, Compare, Period, Span, span};
use leptos::prelude::*;

/// The bar above the charts.
#[component]
pub(super) fn Bar(shared: Shared, shown: Span, now: f64) -> impl IntoView {
    let ask = shared.ask;
    let ranges = Range::ALL.iter().map(|range| {
        let chosen = move || {
            let ask = ask.read();
            (ask.zoom.is_none() && ask.period == Period::Last(*range)).then_some("true")
        };
        let address = move || ask.read().with(|ask| (ask.period, ask.zoom) = (Period::Last(*range), None)).address();
        view! { <a href=address aria-current=chosen data-noscroll="" title=range.title()>{range.label()}</a> }
    });
    let compares = Compare::ALL.map(|(compare, _, label)| {
        let address = move || ask.read().with(|ask| ask.compare = compare).address();
        let chosen = move || (ask.read().compare == compare).then_some("true");
        view! { <a href=address aria-current=chosen data-noscroll="">{label}</a> }
    });
    let whole = move || {
        ask.read().zoom.is_some().then(|| {
            let address = ask.read().with(|ask| ask.zoom = None).address();
            view! { <a class="btn" href=address data-noscroll="">"Zoom out"</a> }
        })
    };
    // A range that ends now means the next question's now; what was seen is what is asked about.
    let changed = move || format!("{}#changes", ask.read().with(|ask| ask.changed = Some(shown)).address());
    let moment = |at: f64| span::write(at) + "Z";
    let tasks = address(&[Term::of("from", moment(shown.from)), Term::of("to", moment(shown.to))]);
    view! {
        <section class="panel trend-bar" aria-label="Time">
            <nav class="seg tabs" aria-label="Range">{ranges.collect_view()}</nav>
            <Dates ask shown now/>
            <div class="st">
                <span class="cap" id="compare-with">"Compare with"</span>
                <div class="seg tabs" role="group" aria-labelledby="compare-with">{compares.collect_view()}</div>
            </div>
            <div class="acts">
                <a class="btn bare" href="" rel="external"><Icon glyph=Glyph::Retry/>"Refresh"</a>
                {whole}
                <a class="btn" href=tasks title="Those that were last heard of in the time shown">
                    <Icon glyph=Glyph::Tasks/>"Tasks of this time"
                </a>
                <a class="btn" href=changed title="Ranks all metrics by how much they differ in the time shown from just before">
                    <Icon glyph=Glyph::Search/>"What changed here?"
                </a>
            </div>
            <AddNote shared shown now/>
        </section>
    }
    .into_any()
}

/// A time by its two ends.
#[component]
fn Dates(ask: Memo<Ask>, shown: Span, now: f64) -> impl IntoView {
    // To the minute: what a field of a form has.
    let field = |at: f64| {
        let mut text = span::write(at);
        text.truncate("2026-11-24T14:02".len());
        text
    };
    let (from, to) = (field(shown.from), field(shown.to));
    let latest = field(now + 60.0);
    view! {
        <PageForm action="/trends" class="st dates">
            <Others ask drop=vec!["from".to_owned(), "to".to_owned(), "range".to_owned(), "zoom".to_owned()]/>
            <label class="st"><span class="cap">"From"</span><input class="input" type="datetime-local" name="from" value=from max=latest.clone()/></label>
            <label class="st"><span class="cap">"to"</span><input class="input" type="datetime-local" name="to" value=to max=latest/></label>
            <span class="cap">"UTC"</span>
            <button class="btn" type="submit">"Show"</button>
        </PageForm>
    }
    .into_any()
}

/// What a form leaves as it is, as fields that nobody sees.
#[component]
pub(super) fn Others(ask: Memo<Ask>, drop: Vec<String>) -> impl IntoView {
    move || {
        let pairs = ask.read().pairs().into_iter().filter(|(key, _)| !drop.contains(key));
        pairs.map(|(key, value)| view! { <input type="hidden" name=key value=value/> }).collect_view()
    }
}

//! Trends: any metric of any time, beside what it was before, and what changed. The whole choice lives in the page's
//! address; every control is a link or a plain form, so that all of it works without any script.

mod bar;
mod changes;
mod chart;
mod form;
mod legend;
mod note;
mod picture;
mod table;

use crate::backend::BackendError;
use crate::charts::ChartTime;
use crate::charts::strip::Mark;
use crate::components::icon::{Glyph, Icon};
use crate::components::later::Later;
use crate::components::moment::{absolute, clock, clock_seconds, date};
use crate::components::page_title::PageTitle;
use crate::server_fns::load_trends;
use crate::session::{Zone, ZoneChoice};
use crate::trends::{Ask, Span, Trends};
use crate::views::Views;
use bar::Bar;
use changes::ChangesPanel;
pub(super) use changes::around;
use chart::ChartPanel;
use forewatch::time;
use form::AddChart;
pub(super) use legend::moved;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use note::Draft;
use std::sync::Arc;

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Shared {
    /// What the address asks.
    ask: Memo<Ask>,
    /// The charts' common cursor and time.
    view: ChartTime,
    /// The time that the charts show, Unix seconds; `None` until they do.
    shown: RwSignal<Option<(f64, f64)>>,
    /// What happened meanwhile.
    marks: RwSignal<Vec<Mark>>,
    /// The note that is being written.
    draft: StoredValue<Draft>,
}

/// The trends page.
#[component]
pub fn TrendsPage() -> impl IntoView {
    let query = use_query_map();
    let read = Memo::new(move |_| {
        let query = query.read();
        Ask::read(|key| query.get(key))
    });
    let ask = Memo::new(move |_| read.read().0.clone());
    let shown = RwSignal::new(None);
    let (marks, draft) = (RwSignal::new(Vec::new()), StoredValue::new(Draft::default()));
    let shared = Shared { ask, view: ChartTime::showing(shown), shown, marks, draft };
    let numbers = Memo::new(move |_| ask.read().numbers());
    let data = Resource::new(move || numbers.get(), load_trends);
    let changed = changes::asked(ask);
    let remarks = move || {
        let notes = read.read().1.clone().into_iter().map(|text| {
            view! { <p class="note"><Icon glyph=Glyph::Warning class="c-warning"/><span>{text}</span></p> }
        });
        notes.collect_view()
    };
    view! {
        <PageTitle name="Trends"/>
        {super::loaded(data, "The trends did not load", move |data| view! { <Page data shared/> })}
        {remarks}
        <ChangesPanel asked=changed shared/>
    }
    .into_any()
}

#[component]
fn Page(data: Trends, shared: Shared) -> impl IntoView {
    shared.shown.set(Some((data.shown.from, data.shown.to)));
    shared.marks.set(data.happenings.iter().map(Mark::of).collect());
    let data = Arc::new(data);
    let asked = shared.ask.get_untracked();
    let charts: Vec<_> = (0..data.charts.len())
        .filter(|n| *n < asked.charts.len())
        .map(|n| {
            let data = Arc::clone(&data);
            view! { <Later><ChartPanel data n shared/></Later> }
        })
        .collect();
    let (shown, step, left_out) = (data.shown, data.step, data.left_out);
    let zone = ZoneChoice::expect().0;
    let values = data.values.iter().map(|(label, values)| {
        let options = values.iter().map(|value| view! { <option value=value.clone()></option> }).collect_view();
        view! { <datalist id=form::list_of(label)>{options}</datalist> }
    });
    view! {
        <div class="title-row">
            <h1>"Trends"</h1>
            <span class="soft">
                {move || between(shown, zone.get())} ", a reading every " {forewatch::format::duration(step)}
            </span>
            <Views/>
        </div>
        <Bar shared shown now=time::unix_seconds(data.now)/>
        <p class="cap">
            "Drag over a chart to zoom, double-click to return; with Shift held, dragging asks what changed there. A finger is held first, then drawn; a double tap returns. The arrow keys move the cursor."
        </p>
        {charts}
        {(left_out > 0).then(|| view! {
            <p class="cap">{left_out} " more alerts are not marked on the charts: narrow the time to see them."</p>
        })}
        <Later><AddChart shared/></Later>
        {values.collect_view()}
    }
    .into_any()
}

/// From when until when, as short as it can be: "25 Nov, 14:02 to 15:02 UTC".
fn between(span: Span, zone: Zone) -> String {
    let at = |at: f64| time::from_unix_seconds(at).unwrap_or_default();
    let (from, to) = (at(span.from), at(span.to));
    let write = if span.seconds() < 600.0 { clock_seconds } else { clock };
    let zone_name = if zone == Zone::Utc { " UTC" } else { ", local time" };
    match (date(from, zone), date(to, zone)) {
        (day, other) if day == other && span.seconds() < 172_800.0 => {
            format!("{day}, {} to {}{zone_name}", write(from, zone), write(to, zone))
        }
        (day, other) if span.seconds() < 7_776_000.0 => {
            format!("{day} {} to {other} {}{zone_name}", write(from, zone), write(to, zone))
        }
        _ => format!("{} to {}", absolute(from, zone), absolute(to, zone)),
    }
}

/// Why one chart is missing.
fn reason(error: &BackendError) -> String {
    match error {
        BackendError::NotFound(text) | BackendError::Invalid(text) => text.clone(),
        other => other.to_string(),
    }
}

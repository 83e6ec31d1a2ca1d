//! "What changed here?": every metric ranked by how much it differs in a span from just before.

use super::Shared;
use super::legend::moved;
use crate::backend::BackendError;
use crate::components::icon::{Glyph, Icon};
use crate::components::once::once_on_server;
use crate::server_fns::load_changes;
use crate::session::ZoneChoice;
use crate::trends::{Ask, Change, Changes, Compare, Period, Question, Span};
use forewatch::{Unit, catalogue, format};
use leptos::prelude::*;

/// A score at which the bar is full.
const FULL: f64 = 5.0;

/// What the panel shows: nothing until a span is asked about.
pub(super) type Asked = Resource<Result<Option<Changes>, BackendError>>;

/// Asks what changed. It is made before anything of the page, whose parts are made in another order in the browser:
/// resources are found by their numbers.
pub(super) fn asked(ask: Memo<Ask>) -> Asked {
    let span = Memo::new(move |_| ask.read().changed);
    Resource::new(
        move || span.get(),
        |span| async move {
            match span {
                Some(span) => load_changes(span).await.map(Some),
                None => Ok(None),
            }
        },
    )
}

/// The panel.
#[component]
pub(super) fn ChangesPanel(asked: Asked, shared: Shared) -> impl IntoView {
    view! {
        <div id="changes">
            <Suspense fallback=|| view! { <span class="skel skel-panel"></span> }>
                {once_on_server(move || Suspend::new(async move {
                    match asked.await {
                        Ok(None) => ().into_any(),
                        Ok(Some(changes)) => view! { <Ranking changes shared/> }.into_any(),
                        Err(error) => view! {
                            <section class="panel" aria-label="What changed">
                                <div class="empty" role="alert">
                                    <p class="st strong c-error"><Icon glyph=Glyph::Error/>"The metrics could not be compared"</p>
                                    <p class="soft">{super::reason(&error)}</p>
                                </div>
                            </section>
                        }
                        .into_any(),
                    }
                }))}
            </Suspense>
        </div>
    }
    .into_any()
}

#[component]
fn Ranking(changes: Changes, shared: Shared) -> impl IntoView {
    let zone = ZoneChoice::expect().0;
    let span = changes.span;
    let close = move || shared.ask.read().with(|ask| ask.changed = None).address();
    let rows = changes.changes.iter().map(|change| view! { <Row change=change.clone() span/> }).collect_view();
    let unknown = (changes.unknown > 0).then(|| format!(", {} had too few readings", changes.unknown));
    let left_out =
        (changes.left_out > 0).then(|| format!(", {} were left out because it took too long", changes.left_out));
    let is_empty = changes.changes.is_empty();
    view! {
        <section class="panel" aria-labelledby="changes-title">
            <div class="panel-h">
                <h2 id="changes-title">"What changed"</h2>
                <span class="soft">
                    {move || super::between(span, zone.get())} ", against the " {format::duration(span.seconds())} " before"
                </span>
                <div class="right">
                    <a class="btn bare icon" href=close data-noscroll="" aria-label="Close what changed"><Icon glyph=Glyph::Close/></a>
                </div>
            </div>
            <p class="panel-b soft">
                "Ranked by how far the mean of each metric moved, in units of how much it usually wavers around its mean (the standard deviation of both spans together). "
                "At 1 it moved as far as it usually wavers; above 3 it hardly ever does so by chance. What moved together need not be the cause."
            </p>
            {if is_empty {
                view! { <div class="empty"><p class="strong">"Nothing moved"</p><p class="soft">"No metric differs from just before by more than half of what it usually wavers."</p></div> }.into_any()
            } else {
                view! {
                    <div class="scroll" tabindex="0" role="region" aria-label="Metrics that moved">
                        <table class="tbl cards">
                            <thead><tr>
                                <th scope="col">"Metric"</th>
                                <th scope="col">"What it is"</th>
                                <th scope="col" class="num">"Before"</th>
                                <th scope="col" class="num">"Here"</th>
                                <th scope="col" class="num">"Change"</th>
                                <th scope="col" class="wide">"Against what it usually wavers"</th>
                            </tr></thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </div>
                }.into_any()
            }}
            <p class="panel-h cap">{changes.compared} " metrics compared, all their series together" {unknown} {left_out} "."</p>
        </section>
    }
    .into_any()
}

/// One metric; its name leads to its trend around the span.
#[component]
fn Row(change: Change, span: Span) -> impl IntoView {
    let (unit, help) =
        catalogue::find(&change.metric).map_or((Unit::Count, ""), |id| (id.metric().unit, id.metric().help));
    let (glyph, text) = moved(unit, change.before, change.within);
    let address = around(&change.metric, span).address();
    let width = (change.score.abs() / FULL).min(1.0) * 100.0;
    view! {
        <tr>
            <th scope="row" class="full"><a class="strong" href=address>{change.metric.clone()}</a></th>
            <td class="full soft">{help}</td>
            <td class="num" data-l="Before">{format::value(unit, change.before)}</td>
            <td class="num" data-l="Here">{format::value(unit, change.within)}</td>
            <td class="num" data-l="Change"><span class="st"><Icon glyph class="quiet"/>{text}</span></td>
            <td class="full">
                <span class="m">
                    <svg class="tr" aria-hidden="true"><rect width=format!("{width:.1}%") height="100%"></rect></svg>
                    <span class="v">{format!("{:.1}", change.score.abs())}</span>
                </span>
            </td>
        </tr>
    }
    .into_any()
}

/// The trend of a metric from before the span to after it, with the span marked.
pub(in crate::pages) fn around(metric: &str, span: Span) -> Ask {
    let margin = span.seconds();
    Ask {
        charts: vec![Question::of(metric)],
        period: Period::Dates(Some(span.from - margin), Some(span.to + margin)),
        compare: Compare::Nothing,
        zoom: None,
        changed: Some(span),
    }
}

//! One strip of a chart: its canvases, the cursor, and its lines' names, each a link that shows this line alone.

use super::ends::Ends;
use super::source::Source;
use super::strip::Strip;
use super::view::ChartTime;
use forewatch::format;
use leptos::prelude::*;
use std::sync::Arc;

/// The strip in place `n`. `still` is what the server draws; `ends` are the values at its end, of a time that is over.
#[component]
pub(super) fn StripFigure(
    n: usize,
    strips: Arc<Vec<Strip>>,
    still: String,
    source: Source,
    ends: Option<Vec<Option<f64>>>,
    /// The values of all strips where what is shown stands.
    stands: Ends,
    view: ChartTime,
) -> impl IntoView {
    let strip = &strips[n];
    let unit = strip.unit();
    let dots = strip.lines.iter().map(|line| view! { <i class=format!("dot {}", line.tone.class)></i> }).collect_view();
    let labels = strip.lines.iter().enumerate().map(|(index, line)| {
        let (name, class) = (line.name.clone(), line.tone.class);
        let value = {
            let (line, end) = (line.clone(), ends.as_ref().map(|ends| ends[index]));
            let live = move || source.read(&line).and_then(|reading| reading.point.1);
            let stands = stands.clone();
            move || format::optional(unit, stands.of(n, index, || end.unwrap_or_else(&live)))
        };
        let only = Only { strips: Arc::clone(&strips), n, view };
        let (is_dim, is_only, key) = (only.clone(), only.clone(), line.key());
        view! {
            <a
                class=move || ["dl ", class, if is_dim.chosen().is_some_and(|chosen| chosen != index) { " dim" } else { "" }].concat()
                href=move || {
                    let key = Some(&*key).filter(|_| only.chosen() != Some(index));
                    view.address.with(&[("only", key)])
                }
                data-noscroll=""
                aria-current=move || (is_only.chosen() == Some(index)).then_some("true")
                title="Show only this line, or all again"
            >
                <i></i>
                {(!name.is_empty()).then(|| view! { <span>{name}</span> })}
                <b>{value}</b>
            </a>
        }
    });
    let labels = labels.collect_view();
    let limit = strip.limit.as_ref().map(|limit| limit.text.clone());
    view! {
        <figure class="strip chart">
            <figcaption class="strip-cap"><b>{strip.title.clone()}</b><span class="cap">{strip.note.clone()}</span></figcaption>
            <div class="plot">
                <canvas class="axes" aria-hidden="true"></canvas>
                <canvas class="ink" aria-hidden="true"></canvas>
                <div class="area">
                    <div class="still" inner_html=still></div>
                    {limit.map(|text| view! { <span class="thr-in">{text}</span> })}
                    <span class="cursor" hidden><span class="cur-v"></span></span>
                    {dots}
                    <div class="dls">{labels}</div>
                </div>
            </div>
        </figure>
    }
}

/// Which line of a strip is shown alone.
#[derive(Clone)]
struct Only {
    strips: Arc<Vec<Strip>>,
    n: usize,
    view: ChartTime,
}

impl Only {
    fn chosen(&self) -> Option<usize> {
        self.view.only(&self.strips[self.n].lines)
    }
}

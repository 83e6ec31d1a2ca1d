//! The strip chart: stacked strips on one time axis, live. The server draws it as SVG; in the browser
//! a [`board`](super::board) takes over.

use super::history::{History, Memory, load};
use super::moments::names;
use super::scale::Scale;
use super::source::Source;
use super::still;
use super::strip::{Mark, Strip};
use super::table;
use super::tools::Tools;
use super::track::extremes;
use super::view::{ChartTime, Range};
use crate::components::each::each;
use crate::components::icon::Icon;
use crate::components::once::once_on_server;
use crate::live::use_live;
use crate::session::Zone;
#[cfg(feature = "hydrate")]
use crate::session::ZoneChoice;
use forewatch::{format, time};
use leptos::prelude::*;
use std::sync::Arc;

/// Height of a strip, CSS pixels: the names of four lines, 24 each. The style sheet has the same.
pub(super) const HEIGHT: i32 = 96;

/// The chart, in a panel.
#[component]
pub fn StripChart(
    /// What the panel is called; the range that is shown when it is empty.
    #[prop(into, default = String::new())]
    title: String,
    /// What it shows.
    strips: Vec<Strip>,
    /// Where live points come from.
    source: Source,
    /// What happened meanwhile.
    #[prop(into, default = Signal::stored(Vec::new()))]
    marks: Signal<Vec<Mark>>,
) -> impl IntoView {
    let view = ChartTime::of_page();
    let strips = Arc::new(strips);
    let now = use_live().now();
    let history = Resource::new(move || (view.range.get(), view.part()), {
        let strips = Arc::clone(&strips);
        move |_| {
            let (strips, span) = (Arc::clone(&strips), untrack(|| view.span(time::unix_seconds(now.get()))));
            async move { load(&strips, span).await }
        }
    });
    let heading =
        Signal::derive(move || if title.is_empty() { view.range.get().title().to_owned() } else { title.clone() });
    // Named only once there is a yesterday to show.
    let has_ghost = RwSignal::new(false);
    view! {
        <section class="panel" aria-label=heading>
            <div class="panel-h">
                <h2>{heading}</h2>
                <div class="right">
                    {move || has_ghost.get().then(|| view! {
                        <span class="key">
                            <svg width="20" height="8" aria-hidden="true"><path class="ln ghost" d="M0 4H20"></path></svg>
                            {move || if view.range.get() > Range::Day { "the period before" } else { "same time yesterday" }}
                        </span>
                    })}
                    <Tools view/>
                </div>
            </div>
            <Transition fallback=|| view! { <div class="strips wait"></div> }>
                {once_on_server(move || {
                    let strips = Arc::clone(&strips);
                    Suspend::new(async move {
                        let (history, failed) = match history.await {
                            Ok(history) => (history, None),
                            Err(error) => (History { to: time::unix_seconds(now.get_untracked()), step: 15.0, series: Vec::new() }, Some(error)),
                        };
                        let memory = Memory::of(&strips, &history);
                        view! {
                            {failed.map(|error| view! { <p class="panel-b soft">"The past did not load, live points follow: " {error.to_string()}</p> })}
                            <Strips strips memory source marks view has_ghost/>
                        }
                    })
                })}
            </Transition>
        </section>
    }
}

/// The strips with their past.
#[component]
pub fn Strips(
    /// What is shown.
    strips: Arc<Vec<Strip>>,
    /// The past.
    memory: Memory,
    /// Where live points come from.
    source: Source,
    /// What happened meanwhile.
    marks: Signal<Vec<Mark>>,
    /// Which part of time is shown.
    view: ChartTime,
    /// Told whether there is an earlier period to show.
    has_ghost: RwSignal<bool>,
) -> impl IntoView {
    let ghosts = memory.strips.iter().flatten().any(|line| !line.ghost.is_empty());
    Effect::new(move || has_ghost.set(ghosts));
    let window = untrack(|| view.span(memory.end));
    let is_over = untrack(|| view.part()).is_some_and(|part| part.to.is_some());
    let container = NodeRef::<leptos::html::Div>::new();
    let isolated = RwSignal::new(None::<(usize, usize)>);
    let spoken = RwSignal::new(String::new());
    let table = table::view(&strips, &memory, window);
    let figures: Vec<_> = strips
        .iter()
        .enumerate()
        .map(|(n, strip)| {
            let scale = scale(strip, &memory.strips[n], window);
            // In the browser the server's picture is there already, or a canvas is a moment away.
            let still = cfg!(feature = "ssr")
                .then(|| still::strip(strip, &memory.strips[n], &scale, window, memory.gap, HEIGHT));
            // Of a part of time that is over, its end stands beside the line, and not what is now.
            let ends = is_over.then(|| memory.strips[n].iter().map(|line| line.own.newest()).collect());
            view! { <StripFigure n strip=strip.clone() still=still.unwrap_or_default() source ends isolated/> }
        })
        .collect();
    let axis = cfg!(feature = "ssr").then(|| still::axis(window, &names(window, 7, Zone::Utc)));
    #[cfg(feature = "hydrate")]
    super::board::take_over(super::board::Setting {
        container,
        strips: Arc::clone(&strips),
        memory,
        source,
        marks,
        view,
        isolated,
        spoken,
        zone: ZoneChoice::expect().0,
    });
    view! {
        <div
            class="strips"
            node_ref=container
            tabindex="0"
            role="group"
            aria-label="Charts: arrow keys move the cursor, Escape removes it"
        >
            <MarkLabels marks/>
            {figures}
            <div class="strip axis">
                <div class="strip-cap"></div>
                <div class="plot">
                    <canvas class="axes" aria-hidden="true"></canvas>
                    <div class="area"><div class="still" inner_html=axis.unwrap_or_default()></div></div>
                </div>
            </div>
            <div class="vh" role="status" aria-live="polite">{spoken}</div>
        </div>
        {table}
    }
}

/// One strip.
#[component]
fn StripFigure(
    n: usize,
    strip: Strip,
    still: String,
    source: Source,
    ends: Option<Vec<Option<f64>>>,
    isolated: RwSignal<Option<(usize, usize)>>,
) -> impl IntoView {
    let unit = strip.unit();
    let dots = strip.lines.iter().map(|line| view! { <i class=format!("dot {}", line.tone.class)></i> }).collect_view();
    let labels = strip.lines.iter().enumerate().map(|(index, line)| {
        let own = (n, index);
        let (name, class) = (line.name.clone(), line.tone.class);
        let value = {
            let (line, end) = (line.clone(), ends.as_ref().map(|ends| ends[index]));
            let live = move || source.read(&line).and_then(|reading| reading.point.1);
            move || format::optional(unit, end.unwrap_or_else(&live))
        };
        let others = move || isolated.get().is_some_and(|chosen| chosen.0 == n && chosen != own);
        view! {
            <button
                type="button"
                class=move || if others() { format!("dl {class} dim") } else { format!("dl {class}") }
                aria-pressed=move || if isolated.get() == Some(own) { "true" } else { "false" }
                title="Show only this line"
                on:click=move |_| isolated.update(|chosen| *chosen = if *chosen == Some(own) { None } else { Some(own) })
            >
                <i></i>
                {(!name.is_empty()).then(|| view! { <span>{name}</span> })}
                <b>{value}</b>
            </button>
        }
    });
    view! {
        <figure class="strip chart">
            <figcaption class="strip-cap"><b>{strip.title.clone()}</b><span class="cap">{strip.note.clone()}</span></figcaption>
            <div class="plot">
                <canvas class="axes" aria-hidden="true"></canvas>
                <canvas class="ink" aria-hidden="true"></canvas>
                <div class="area">
                    <div class="still" inner_html=still></div>
                    {strip.limit.clone().map(|limit| view! { <span class="thr-in">{limit.text}</span> })}
                    <span class="cursor" hidden><span class="cur-v"></span></span>
                    {dots}
                    <div class="dls">{labels.collect_view()}</div>
                </div>
            </div>
        </figure>
    }
}

/// What happened, above the strips.
#[component]
pub(crate) fn MarkLabels(marks: Signal<Vec<Mark>>) -> impl IntoView {
    view! {
        <div class="strip marks">
            <div class="strip-cap cap">"Alerts and events"</div>
            <div class="plot"><div class="area">
                {each(
                    move || marks.get(),
                    |mark| format!("{} {}", mark.at.to_bits(), mark.text),
                    |mark| view! { <MarkLabel mark/> }.into_any(),
                )}
            </div></div>
        </div>
    }
    .into_any()
}

/// The name of something that happened.
#[component]
fn MarkLabel(mark: Mark) -> impl IntoView {
    let class = match mark.tone.class {
        "k-critical" => "c-critical",
        "k-error" => "c-error",
        "k-warning" => "c-warning",
        _ => "c-info",
    };
    let at = mark.at.to_string();
    let inner = view! { <Icon glyph=mark.glyph class/><span>{mark.text}</span> };
    match mark.link {
        Some(link) => view! { <a class="mark" href=link data-at=at>{inner}</a> }.into_any(),
        None => view! { <span class="mark" data-at=at>{inner}</span> }.into_any(),
    }
}

/// The vertical scale of a strip for what is shown: lines, their bands and yesterday's, and the limit.
pub(crate) fn scale(strip: &Strip, lines: &[super::history::LineMemory], window: (f64, f64)) -> Scale {
    let mut low = f64::INFINITY;
    let mut high = f64::NEG_INFINITY;
    for line in lines {
        let bands = line.band.iter().flatten().map(|track| track.within(window.0, window.1));
        let shown = std::iter::once(line.own.within(window.0, window.1)).chain(bands).flatten();
        if let Some((least, most)) = extremes(shown.chain(&line.ghost)) {
            (low, high) = (low.min(least), high.max(most));
        }
    }
    if let Some(limit) = &strip.limit {
        (low, high) = (low.min(limit.value), high.max(limit.value));
    }
    Scale::fit(strip.unit(), low, high)
}

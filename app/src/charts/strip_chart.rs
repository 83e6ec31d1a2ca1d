//! The strip chart: stacked strips on one time axis, live. The server draws it as SVG; in the browser
//! a [`board`](super::board) takes over.

use super::history::{History, Memory, load};
use super::moments::moments;
use super::scale::Scale;
use super::source::Source;
use super::still;
use super::strip::{Mark, Strip};
use super::track::extremes;
use super::view::{ChartTime, Range};
use crate::components::each::each;
use crate::components::icon::{Glyph, Icon};
use crate::components::moment::{absolute, clock, clock_seconds, date, date_clock};
use crate::live::use_live;
use crate::session::{Zone, ZoneChoice};
use forewatch::{format, time};
use leptos::prelude::*;
use std::sync::Arc;

/// Height of a strip, CSS pixels; the style sheet has the same.
pub(super) const HEIGHT: i32 = 92;
/// Rows of the table behind a chart.
const ROWS: usize = 12;

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
    let history = Resource::new(move || view.range.get(), {
        let strips = Arc::clone(&strips);
        move |range: Range| {
            let (strips, now) = (Arc::clone(&strips), now.get_untracked());
            async move { load(&strips, range, now).await }
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
                {move || {
                    let strips = Arc::clone(&strips);
                    Suspend::new(async move {
                        let (history, failed) = match history.await {
                            Ok(history) => (history, None),
                            Err(error) => (History { to: time::unix_seconds(now.get_untracked()), step: 15.0, series: Vec::new() }, Some(error)),
                        };
                        view! {
                            {failed.map(|error| view! { <p class="panel-b soft">"The past did not load, live points follow: " {error.to_string()}</p> })}
                            <Strips strips history source marks view has_ghost/>
                        }
                    })
                }}
            </Transition>
        </section>
    }
}

/// Range, pause, and the way back from a zoom.
#[component]
fn Tools(view: ChartTime) -> impl IntoView {
    let now = use_live().now();
    let pause = move |_| {
        let next = view.paused.get_untracked().is_none().then(|| time::unix_seconds(now.get_untracked()));
        view.paused.set(next);
    };
    let is_paused = move || view.paused.get().is_some();
    let choose = move |range: Range| {
        view.zoom.set(None);
        view.range.set(range);
    };
    let is_long = move || Range::ALL[Range::SHORT..].contains(&view.range.get());
    view! {
        <Show when=move || view.zoom.get().is_some()>
            <button class="btn bare" type="button" on:click=move |_| view.zoom.set(None)>"Zoom out"</button>
        </Show>
        <div class="seg" role="group" aria-label="Range">
            {Range::ALL[..Range::SHORT]
                .iter()
                .map(|range| view! {
                    <button
                        type="button"
                        aria-pressed=move || if view.range.get() == *range { "true" } else { "false" }
                        on:click=move |_| choose(*range)
                    >
                        {range.label()}
                    </button>
                })
                .collect_view()}
            <select
                aria-label="A longer range"
                data-chosen=move || is_long().then_some("true")
                on:change=move |event| {
                    if let Some(range) = Range::labelled(&event_target_value(&event)) {
                        choose(range);
                    }
                }
            >
                <option value="" prop:selected=move || !is_long()>"Longer"</option>
                {Range::ALL[Range::SHORT..]
                    .iter()
                    .map(|range| view! {
                        <option value=range.label() prop:selected=move || view.range.get() == *range>{range.label()}</option>
                    })
                    .collect_view()}
            </select>
        </div>
        <button
            class="btn bare icon"
            type="button"
            aria-label=move || if is_paused() { "Let the charts go on" } else { "Pause the charts" }
            on:click=pause
        >
            {move || if is_paused() { view! { <Icon glyph=Glyph::Play/> } } else { view! { <Icon glyph=Glyph::Pause/> } }}
        </button>
    }
}

/// The strips with their past.
#[component]
fn Strips(
    strips: Arc<Vec<Strip>>,
    history: History,
    source: Source,
    marks: Signal<Vec<Mark>>,
    view: ChartTime,
    has_ghost: RwSignal<bool>,
) -> impl IntoView {
    let memory = Memory::of(&strips, &history);
    let ghosts = memory.strips.iter().flatten().any(|line| !line.ghost.is_empty());
    Effect::new(move || has_ghost.set(ghosts));
    let window = (memory.end - view.range.get_untracked().seconds(), memory.end);
    let zone = ZoneChoice::expect().0;
    let container = NodeRef::<leptos::html::Div>::new();
    let isolated = RwSignal::new(None::<(usize, usize)>);
    let spoken = RwSignal::new(String::new());
    let table = table(&strips, &memory, window);
    let figures: Vec<_> = strips
        .iter()
        .enumerate()
        .map(|(n, strip)| {
            let scale = scale(strip, &memory.strips[n], window);
            // In the browser the server's picture is there already, or a canvas is a moment away.
            let still = cfg!(feature = "ssr")
                .then(|| still::strip(strip, &memory.strips[n], &scale, window, memory.gap, HEIGHT));
            view! { <StripFigure n strip=strip.clone() still=still.unwrap_or_default() source isolated/> }
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
        zone,
    });
    view! {
        <div
            class="strips"
            node_ref=container
            tabindex="0"
            role="group"
            aria-label="Charts: arrow keys move the cursor, Escape removes it"
        >
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
        <details class="fold data">
            <summary><Icon glyph=Glyph::Next class="chev"/>"These readings as a table"</summary>
            <div class="scroll" tabindex="0" role="region" aria-label="Readings">
                <table class="tbl">
                    <thead><tr>
                        <th scope="col">"Time"</th>
                        {table.names.into_iter().map(|name| view! { <th scope="col" class="num">{name}</th> }).collect_view()}
                    </tr></thead>
                    <tbody>
                        {table.rows.into_iter().map(|(at, values)| view! {
                            <tr>
                                <th scope="row">{move || time::from_unix_seconds(at).map(|at| absolute(at, zone.get()))}</th>
                                {values.into_iter().map(|value| view! { <td class="num">{value}</td> }).collect_view()}
                            </tr>
                        }).collect_view()}
                    </tbody>
                </table>
            </div>
        </details>
    }
}

/// One strip.
#[component]
fn StripFigure(
    n: usize,
    strip: Strip,
    still: String,
    source: Source,
    isolated: RwSignal<Option<(usize, usize)>>,
) -> impl IntoView {
    let unit = strip.unit();
    let dots = strip.lines.iter().map(|line| view! { <i class=format!("dot {}", line.tone.class)></i> }).collect_view();
    let labels = strip.lines.iter().enumerate().map(|(index, line)| {
        let own = (n, index);
        let (name, class) = (line.name.clone(), line.tone.class);
        let value = {
            let line = line.clone();
            move || format::optional(unit, source.read(&line).and_then(|reading| reading.point.1))
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
pub(super) fn scale(strip: &Strip, lines: &[super::history::LineMemory], window: (f64, f64)) -> Scale {
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

/// The names on the time axis: whole moments, and the right edge. A moment too near to the edge gives way.
pub(super) fn names(window: (f64, f64), most: usize, zone: Zone) -> Vec<(f64, String)> {
    let write = |at: f64| {
        let write = match window.1 - window.0 {
            ..300.0 => clock_seconds,
            ..90_000.0 => clock,
            ..200_000.0 => date_clock,
            _ => date,
        };
        time::from_unix_seconds(at).map(|at| write(at, zone)).unwrap_or_default()
    };
    let room = (window.1 - window.0) / most.max(1) as f64 * 0.45;
    let mut names: Vec<_> = moments(window.0, window.1, most)
        .into_iter()
        .filter(|at| window.1 - at > room)
        .map(|at| (at, write(at)))
        .collect();
    names.push((window.1, write(window.1)));
    names
}

/// What stands in the table.
struct Table {
    names: Vec<String>,
    rows: Vec<(f64, Vec<String>)>,
}

/// The readings of a chart at a dozen moments, for those who cannot see it.
fn table(strips: &[Strip], memory: &Memory, window: (f64, f64)) -> Table {
    let step = (window.1 - window.0) / ROWS as f64;
    let names = strips.iter().flat_map(|strip| {
        strip.lines.iter().map(move |line| {
            if line.name.is_empty() { strip.title.clone() } else { format!("{}, {}", strip.title, line.name) }
        })
    });
    let row = |n: usize| {
        let at = window.1 - n as f64 * step;
        let values = strips.iter().zip(&memory.strips).flat_map(|(strip, lines)| {
            let unit = strip.unit();
            lines.iter().map(move |line| format::optional(unit, line.own.at(at, step / 2.0)))
        });
        (at, values.collect())
    };
    Table { names: names.collect(), rows: (0..ROWS).map(row).collect() }
}

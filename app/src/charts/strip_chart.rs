//! The strip chart: stacked strips on one time axis, live. The server draws it as SVG; in the browser
//! a [`board`](super::board) takes over.

use super::elsewhere;
use super::ends::Ends;
use super::figure::StripFigure;
use super::history::{History, Memory, load};
use super::mark_labels::MarkLabels;
use super::marks::{Happenings, Marks};
use super::moments::names;
use super::range::Range;
use super::scale::Scale;
use super::source::Source;
use super::still;
use super::strip::{Mark, Strip};
use super::table::{self, Rows, Table};
use super::tools::Tools;
use super::track::extremes;
use super::view::ChartTime;
use crate::components::moment::clock_seconds;
use crate::components::once::once_on_server;
use crate::live::use_live;
use crate::session::Zone;
use crate::session::ZoneChoice;
use forewatch::time;
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
    /// What happened meanwhile, beside alerts and notes.
    #[prop(into, default = Signal::stored(Vec::new()))]
    marks: Signal<Vec<Mark>>,
    /// Which alerts are marked.
    #[prop(optional)]
    happenings: Option<Happenings>,
) -> impl IntoView {
    let view = ChartTime::of_page();
    let marks = Marks::of(marks, happenings);
    view.tell_metrics(elsewhere::metrics(&strips));
    let strips = Arc::new(strips);
    let now = use_live().now();
    let seconds = move || untrack(|| time::unix_seconds(now.get()));
    let history = Resource::new(move || (view.range(), view.part(), view.beyond(seconds())), {
        let strips = Arc::clone(&strips);
        move |_| {
            let span = untrack(|| view.wanted(seconds()));
            load(&strips, span, marks.about())
        }
    });
    let zone = ZoneChoice::expect().0;
    let heading = Signal::derive(move || {
        let whole = if title.is_empty() { view.range().title() } else { &title };
        let clock = |at: f64| clock_seconds(time::from_unix_seconds(at).unwrap_or_default(), zone.get());
        match view.zoom() {
            Some((from, to)) => [whole, ", ", &clock(from), " to ", &clock(to)].concat(),
            None => whole.to_owned(),
        }
    });
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
                            {move || if view.range() > Range::Day { "the period before" } else { "same time yesterday" }}
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
                            Err(error) => (History::none(time::unix_seconds(now.get_untracked())), Some(error)),
                        };
                        marks.renew(history.happenings.clone());
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
    marks: Marks,
    /// Which part of time is shown.
    view: ChartTime,
    /// Told whether there is an earlier period to show.
    has_ghost: RwSignal<bool>,
) -> impl IntoView {
    let ghosts = memory.strips.iter().flatten().any(|line| !line.ghost.is_empty());
    Effect::new(move || has_ghost.set(ghosts));
    let window = untrack(|| view.window(memory.end));
    let stands = Ends::new();
    let is_over = untrack(|| view.part()).is_some_and(|part| part.to.is_some());
    let container = NodeRef::<leptos::html::Div>::new();
    let spoken = RwSignal::new(String::new());
    let rows = cfg!(feature = "ssr").then(|| table::html(&strips, &memory, Rows::of(window), Zone::Utc));
    let table = NodeRef::<leptos::html::Div>::new();
    let figures: Vec<_> = strips
        .iter()
        .enumerate()
        .map(|(n, strip)| {
            // In the browser the server's picture is there already, or a canvas is a moment away.
            let still = cfg!(feature = "ssr").then(|| {
                let scale = scale(strip, &memory.strips[n], window);
                let only = untrack(|| view.only(&strip.lines));
                still::strip(strip, (&memory.strips[n], only), &scale, (window, memory.gap), HEIGHT)
            });
            // Of a part of time that is over, its end stands beside the line, and not what is now.
            let ends = is_over.then(|| memory.strips[n].iter().map(|line| line.own.newest()).collect());
            view! { <StripFigure n strips=Arc::clone(&strips) still=still.unwrap_or_default() source ends stands=stands.clone() view/> }
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
        table,
        spoken,
        ends: Some(stands.clone()),
        zone: ZoneChoice::expect().0,
    });
    view! {
        <div
            class="strips"
            node_ref=container
            tabindex="0"
            role="group"
            aria-label="Charts: arrow keys move the cursor, Escape removes it and then zooms out"
        >
            <MarkLabels marks=marks.shown/>
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
        <Table place=table view rows=rows.unwrap_or_default()/>
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

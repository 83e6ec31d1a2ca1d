//! A line without axes: the shape of the last hour beside a number.

use super::path::{self, Window};
use super::scale::Scale;
use super::track::{Track, extremes};
use forewatch::Unit;
use forewatch::series::Point;
use leptos::prelude::*;

/// Seconds that the line spans.
const SPAN: f64 = 3_600.0;
/// Seconds between the live points: the newest value of each span is kept.
const STEP: f64 = 5.0;
/// Points it keeps: the whole span.
const KEPT: usize = 720;

/// The line, drawn by the server, redrawn when its value changes. It says nothing that the number
/// beside it does not.
#[component]
pub fn Sparkline(
    /// The past, oldest first.
    points: Vec<Point>,
    /// The same time the day before.
    #[prop(optional)]
    ghost: Vec<Point>,
    /// The value now, which goes on from the past.
    #[prop(into, optional)]
    live: Option<Signal<Option<f64>>>,
) -> impl IntoView {
    let end = points.last().map(|p| p.0);
    let span = points.first().zip(end).map_or(SPAN, |(first, end)| (end - first.0).max(60.0));
    let step = span / points.len().max(2) as f64;
    let track = RwSignal::new(Track::from_history(&points, KEPT));
    if let Some(live) = live {
        let now = crate::live::use_live().now();
        Effect::new(move || {
            let value = live.get();
            let at = (forewatch::time::unix_seconds(now.get_untracked()) / STEP).floor() * STEP;
            track.update(|track| {
                track.push((at, value));
            });
        });
    }
    let ghost_from = ghost.last().map(|p| p.0);
    let drawn = Memo::new(move |_| {
        let track = track.read();
        let to = track.points().last().map_or(0.0, |p| p.0).max(end.unwrap_or(0.0));
        let low_high = extremes(track.points().iter().chain(&ghost)).unwrap_or((0.0, 0.0));
        let scale = Scale::fit(Unit::Seconds, low_high.0, low_high.1);
        let window = Window { from: to - span, to, low: scale.low, high: scale.high, gap: (step * 2.5).max(150.0) };
        let shown = track.within(window.from, window.to);
        // Yesterday's line ends where today's does, whichever day its times are of.
        let shift = ghost_from.map_or(0.0, |last| end.unwrap_or(to) - last);
        let before = Window { from: window.from - shift, to: window.to - shift, ..window };
        (path::area(shown, &window), path::line(&ghost, &before), path::line(shown, &window))
    });
    view! {
        <svg class="spark" viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden="true">
            <path class="ar" d=move || drawn.read().0.clone()></path>
            <path class="ln ghost" d=move || drawn.read().1.clone()></path>
            <path class="ln" d=move || drawn.read().2.clone()></path>
        </svg>
    }
}

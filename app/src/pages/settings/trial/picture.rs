//! The times at which a rule would have fired, on a line of days.

use crate::components::moment::{date, midnights};
use crate::session::ZoneChoice;
use forewatch::Timestamp;
use forewatch::rule::Firing;
use forewatch::time::seconds_between;
use leptos::prelude::*;

/// The least that a time takes of the line, in percent: what is short is seen, too.
const LEAST: f64 = 0.3;
/// Names of days stand where there is room for them, in percent.
const ROOM: f64 = 92.0;

/// The line. What it shows is in the list below it, word by word.
#[component]
pub(super) fn Picture(from: Timestamp, to: Timestamp, times: Vec<Firing>) -> impl IntoView {
    let zone = ZoneChoice::expect().0;
    let whole = seconds_between(from, to);
    let place = move |at: Timestamp| percent(seconds_between(from, at), whole);
    let bars = bars(from, to, &times).into_iter().map(|(x, width)| {
        view! { <rect x=written(x) y="4" width=written(width) height="20" rx="1"></rect> }
    });
    let days = move || {
        let zone = zone.get();
        let day = |at: Timestamp| {
            let x = place(at);
            let name =
                (x < ROOM).then(|| view! { <text class="tickt" x=written(x) y="42" dx="4">{date(at, zone)}</text> });
            view! { <line class="tickl" x1=written(x) x2=written(x) y1="0" y2="44"></line>{name} }
        };
        midnights(from, to, zone).into_iter().map(day).collect_view()
    };
    view! {
        <svg class="trial-line" aria-hidden="true">
            <rect class="all" x="0" y="4" width="100%" height="20" rx="2"></rect>
            {days}
            <g class="fired">{bars.collect_view()}</g>
        </svg>
    }
    .into_any()
}

/// Where each time lies on the line, and how long it is, in percent.
fn bars(from: Timestamp, to: Timestamp, times: &[Firing]) -> Vec<(f64, f64)> {
    let whole = seconds_between(from, to);
    let bar = |firing: &Firing| {
        let begins = percent(seconds_between(from, firing.from), whole);
        let ends = percent(seconds_between(from, firing.to.unwrap_or(to)), whole);
        let width = (ends - begins).max(LEAST);
        (begins.min(100.0 - width), width)
    };
    times.iter().map(bar).collect()
}

fn percent(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { (part / whole * 100.0).clamp(0.0, 100.0) } else { 0.0 }
}

fn written(percent: f64) -> String {
    format!("{percent:.3}%")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn firing(from: &str, to: Option<&str>) -> Firing {
        Firing { labels: std::collections::BTreeMap::new(), from: at(from), to: to.map(at), peak: 1.0 }
    }

    #[test]
    fn times_lie_where_they_were_and_short_ones_are_seen() {
        let (from, to) = (at("2026-11-20T00:00:00Z"), at("2026-11-30T00:00:00Z"));
        let times = [
            firing("2026-11-21T00:00:00Z", Some("2026-11-23T00:00:00Z")),
            firing("2026-11-25T00:00:00Z", Some("2026-11-25T00:01:00Z")),
            firing("2026-11-29T00:00:00Z", None),
            firing("2026-11-29T23:59:59Z", None),
        ];
        assert_eq!(bars(from, to, &times), [(10.0, 20.0), (50.0, LEAST), (90.0, 10.0), (100.0 - LEAST, LEAST)]);
        assert_eq!(bars(from, from, &times[..1]), [(0.0, LEAST)], "of no time at all");
    }
}

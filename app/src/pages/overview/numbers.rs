//! The six numbers: workers online, waiting, running, throughput, error rate, wait.

use crate::components::icon::Glyph;
use crate::components::tiles::{Change, Figure, Tile, direction};
use crate::server_fns::Trend;
use forewatch::{SystemMetrics, Unit, format};
use leptos::prelude::*;

/// The tiles.
#[component]
pub(in crate::pages) fn Numbers(system: Signal<SystemMetrics>, trends: Vec<Trend>) -> impl IntoView {
    let mut trends = trends.into_iter();
    let mut next = move || trends.next().unwrap_or_default();
    let offline = Signal::derive(move || {
        let system = system.read();
        let (offline, unwell) = (system.offline_workers, system.unhealthy_workers);
        match (offline, unwell) {
            (0, 0) => None,
            (0, unwell) => Some(format!("{unwell} with a fault")),
            (offline, 0) => Some(format!("{offline} offline")),
            (offline, unwell) => Some(format!("{offline} offline, {unwell} with a fault")),
        }
    });
    view! {
        <section class="panel" aria-label="Numbers now">
            <dl class="tiles">
                <Tile
                    name="Workers online"
                    figure=derive(system, |s| Figure { value: format::count(s.online_workers), unit: format!("of {}", format::count(s.total_workers)) })
                    value=derive(system, |s| Some(s.online_workers as f64))
                    trend=next() change=fewer_is_worse remark=offline
                />
                <Tile
                    name="Tasks waiting"
                    figure=derive(system, |s| Figure { value: format::count(s.pending_tasks), unit: String::new() })
                    value=derive(system, |s| Some(s.pending_tasks as f64))
                    trend=next() change=more_is_worse
                />
                <Tile
                    name="Running"
                    figure=derive(system, |s| Figure { value: format::count(s.processing_tasks), unit: String::new() })
                    value=derive(system, |s| Some(s.processing_tasks as f64))
                    trend=next() change=neither
                />
                <Tile
                    name="Throughput"
                    figure=derive(system, |s| Figure { value: format::number(s.system_throughput), unit: "/h".to_owned() })
                    value=derive(system, |s| Some(s.system_throughput))
                    trend=next() change=in_percent
                />
                <Tile
                    name="Error rate"
                    figure=derive(system, |s| figure(s.error_rate.map(forewatch::Ratio::get), Unit::Ratio))
                    value=derive(system, |s| s.error_rate.map(forewatch::Ratio::get))
                    trend=next() change=in_points
                />
                <Tile
                    name="Mean wait"
                    figure=derive(system, |s| figure(s.average_queue_wait_time, Unit::Seconds))
                    value=derive(system, |s| s.average_queue_wait_time)
                    trend=next() change=in_time
                />
            </dl>
        </section>
    }
    .into_any()
}

fn derive<T: Send + Sync + 'static>(system: Signal<SystemMetrics>, read: fn(&SystemMetrics) -> T) -> Signal<T> {
    Signal::derive(move || read(&system.read()))
}

/// A value that may be unknown, split into figure and unit.
fn figure(value: Option<f64>, unit: Unit) -> Figure {
    match value {
        Some(value) => {
            let text = format::value(unit, value);
            // The unit stands small beside the figure; a span of two units ("1 min 04 s") stays whole.
            match text.split_once(' ') {
                Some((value, unit)) if !unit.contains(' ') => Figure { value: value.to_owned(), unit: unit.to_owned() },
                _ => Figure { value: text, unit: String::new() },
            }
        }
        None => Figure { value: format::UNKNOWN.to_owned(), unit: String::new() },
    }
}

fn signed(amount: f64, text: &str) -> String {
    if amount < 0.0 { format!("−{text}") } else { format!("+{text}") }
}

fn by_count(from: f64, to: f64, is_worse: bool) -> Change {
    let glyph = direction(from, to, 0.5);
    let text =
        if glyph == Glyph::Flat { "as".to_owned() } else { signed(to - from, &format::number((to - from).abs())) };
    Change { glyph, text: if glyph == Glyph::Flat { "±0".to_owned() } else { text }, is_worse }
}

fn fewer_is_worse(from: f64, to: f64) -> Change {
    by_count(from, to, to < from * 0.95)
}

fn more_is_worse(from: f64, to: f64) -> Change {
    by_count(from, to, to > from * 1.25 && to - from >= 10.0)
}

fn neither(from: f64, to: f64) -> Change {
    by_count(from, to, false)
}

fn in_percent(from: f64, to: f64) -> Change {
    if from <= 0.0 {
        return by_count(from, to, false);
    }
    let share = (to - from) / from;
    let glyph = direction(from, to, from * 0.005);
    Change { glyph, text: signed(share, &format!("{:.0} %", share.abs() * 100.0)), is_worse: share < -0.25 }
}

fn in_points(from: f64, to: f64) -> Change {
    let points = (to - from) * 100.0;
    Change {
        glyph: direction(from, to, 0.0005),
        text: signed(points, &format!("{:.1} pt", points.abs())),
        is_worse: points > 1.0,
    }
}

fn in_time(from: f64, to: f64) -> Change {
    let glyph = direction(from, to, 0.05);
    Change {
        glyph,
        text: signed(to - from, &format::duration((to - from).abs())),
        is_worse: to > from * 1.5 && to - from > 1.0,
    }
}

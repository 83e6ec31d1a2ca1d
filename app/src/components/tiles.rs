//! Tiles: one number each, its change against the same time yesterday, and its last hour.

use super::icon::{Glyph, Icon};
use crate::charts::Sparkline;
use crate::server_fns::Trend;
use forewatch::series::Point;
use leptos::prelude::*;

/// A number of a tile: the figure and its unit, apart.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Figure {
    /// The figure; a dash when it is unknown.
    pub value: String,
    /// Its unit, or what it is part of.
    pub unit: String,
}

/// A change against yesterday.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Which way it went.
    pub glyph: Glyph,
    /// How far: "+163", "−6 %".
    pub text: String,
    /// Whether the change is for the worse and large enough to be marked.
    pub is_worse: bool,
}

/// One tile.
#[component]
pub fn Tile(
    /// What the number is.
    name: &'static str,
    /// The number now.
    #[prop(into)]
    figure: Signal<Figure>,
    /// The number now as the sparkline draws it.
    #[prop(into)]
    value: Signal<Option<f64>>,
    /// Its past.
    trend: Trend,
    /// Writes the change from yesterday's value to today's.
    change: fn(f64, f64) -> Change,
    /// What stands instead of the change, when there is something more important to say.
    #[prop(into, default = Signal::stored(None))]
    remark: Signal<Option<String>>,
) -> impl IntoView {
    let before = last_value(&trend.yesterday);
    let changed = Memo::new(move |_| Some(change(before?, value.get()?)));
    let colour = move || match changed.get() {
        Some(change) if change.is_worse => "k-warning",
        _ => "k6",
    };
    let delta = move || match (remark.get(), changed.get()) {
        (Some(text), _) => text.into_any(),
        (None, Some(change)) => {
            let class = if change.is_worse { "c-warning" } else { "" };
            view! {
                <span class=class><Icon glyph=change.glyph/>" "<b>{change.text}</b></span>
                " vs yesterday"
            }
            .into_any()
        }
        (None, None) => view! { <span class="quiet">"last hour"</span> }.into_any(),
    };
    view! {
        <div class="tile">
            <dt>{name}</dt>
            <dd class="fig">{move || figure.get().value}<small>{move || figure.get().unit}</small></dd>
            <dd class="delta">{delta}</dd>
            <dd class=colour><Sparkline points=trend.today ghost=trend.yesterday live=value/></dd>
        </div>
    }
    .into_any()
}

/// The newest value of a series.
fn last_value(points: &[Point]) -> Option<f64> {
    points.iter().rev().find_map(|(_, value)| *value)
}

/// The icon for a change's direction.
pub fn direction(from: f64, to: f64, still: f64) -> Glyph {
    if (to - from).abs() <= still {
        Glyph::Flat
    } else if to > from {
        Glyph::Rise
    } else {
        Glyph::Fall
    }
}

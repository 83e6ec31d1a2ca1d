//! The table behind a chart, for those who cannot see it.

use super::history::Memory;
use super::strip::Strip;
use crate::components::icon::{Glyph, Icon};
use crate::components::moment::absolute;
use crate::session::ZoneChoice;
use forewatch::{format, time};
use leptos::prelude::*;

/// Rows.
const ROWS: usize = 12;

/// The table, behind a line that opens it.
pub(super) fn view(strips: &[Strip], memory: &Memory, window: (f64, f64)) -> AnyView {
    let table = table(strips, memory, window);
    let zone = ZoneChoice::expect().0;
    view! {
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
    .into_any()
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

//! The data behind a chart as a table, for those who cannot see it or want the numbers.

use crate::components::icon::{Glyph, Icon};
use crate::components::moment::absolute;
use crate::session::ZoneChoice;
use crate::trends::{Chart, Compare, Question};
use forewatch::{format, time};
use leptos::prelude::*;
use std::sync::Arc;

/// Rows at most; the file has every one.
const ROWS: usize = 60;

/// The table, folded.
#[component]
pub(super) fn Readings(chart: Arc<Chart>, question: Question, step: f64, n: usize, compare: Compare) -> impl IntoView {
    let unit = question.unit();
    let zone = ZoneChoice::expect().0;
    let steps = chart.traces.iter().map(|trace| trace.values.len()).max().unwrap_or(0);
    let every = steps.div_ceil(ROWS).max(1);
    let mut heads = Vec::new();
    for trace in &chart.traces {
        let name = if trace.name.is_empty() { question.sentence() } else { trace.name.clone() };
        if !trace.before.is_empty() {
            heads.push(format!("{name}, {}", compare.label()));
        }
        heads.insert(heads.len() - usize::from(!trace.before.is_empty()), name);
    }
    let rows: Vec<_> = (0..steps)
        .rev()
        .step_by(every)
        .map(|row| {
            let at = time::from_unix_seconds(chart.first + row as f64 * step);
            let cells = chart.traces.iter().flat_map(|trace| {
                let columns = [Some(&trace.values), Some(&trace.before).filter(|before| !before.is_empty())];
                columns.into_iter().flatten().map(|values| values.get(row).copied().flatten()).collect::<Vec<_>>()
            });
            let cells =
                cells.map(|value| view! { <td class="num">{format::optional(unit, value)}</td> }).collect_view();
            view! { <tr><th scope="row">{move || at.map(|at| absolute(at, zone.get()))}</th>{cells}</tr> }
        })
        .collect();
    let note = (every > 1).then(|| format!(", every {}", ordinal(every)));
    view! {
        <details class="fold data">
            <summary><Icon glyph=Glyph::Next class="chev"/>"These readings as a table"{note}</summary>
            <div class="scroll" tabindex="0" role="region" aria-label=format!("Readings of chart {}", n + 1)>
                <table class="tbl">
                    <thead><tr>
                        <th scope="col">"Time"</th>
                        {heads.into_iter().map(|head| view! { <th scope="col" class="num">{head}</th> }).collect_view()}
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}

/// "2nd", "5th".
fn ordinal(n: usize) -> String {
    match (n % 10, n % 100) {
        (1, tens) if tens != 11 => format!("{n}st"),
        (2, tens) if tens != 12 => format!("{n}nd"),
        (3, tens) if tens != 13 => format!("{n}rd"),
        _ => format!("{n}th"),
    }
}

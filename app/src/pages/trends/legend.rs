//! The lines of a chart in numbers. Each name is a link that shows this line alone.

use super::Shared;
use super::picture::look;
use crate::components::icon::{Glyph, Icon};
use crate::components::moment::{clock_seconds, date_clock};
use crate::session::ZoneChoice;
use crate::trends::{Ask, Chart, Question, Trace};
use forewatch::{Unit, format, time};
use leptos::prelude::*;
use std::sync::Arc;

/// A line's values in a few numbers; `None` when none is known.
struct Summary {
    mean: f64,
    low: f64,
    high: f64,
    last: f64,
}

impl Summary {
    fn of(values: &[Option<f64>]) -> Option<Self> {
        let known = || values.iter().flatten().copied();
        let last = known().last()?;
        let (count, sum) = known().fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value));
        let (low, high) = known().fold((last, last), |(low, high), value| (value.min(low), value.max(high)));
        Some(Self { mean: sum / count, low, high, last })
    }
}

/// The table below the picture.
#[component]
pub(super) fn Legend(
    chart: Arc<Chart>,
    question: Question,
    only: Option<String>,
    step: f64,
    n: usize,
    shared: Shared,
    /// Whether there is something to compare with.
    has_before: bool,
) -> impl IntoView {
    let unit = question.unit();
    let zone = ZoneChoice::expect().0;
    let cursor = shared.view.cursor;
    let compare = shared.ask.get_untracked().compare;
    let newest = move || match cursor.get().and_then(time::from_unix_seconds) {
        Some(at) if step < 60.0 => clock_seconds(at, zone.get()),
        Some(at) => date_clock(at, zone.get()),
        None => "Last".to_owned(),
    };
    let rows: Vec<_> = (0..chart.traces.len())
        .map(|place| {
            let trace = &chart.traces[place];
            let address = {
                let (name, chosen) = (trace.name.clone(), only.as_deref() == Some(trace.name.as_str()));
                move || {
                    let other = (!chosen).then(|| name.clone());
                    let hide = |ask: &mut Ask| ask.charts.iter_mut().skip(n).take(1).for_each(|chart| chart.only.clone_from(&other));
                    shared.ask.read().with(hide).address()
                }
            };
            let pressed = only.as_ref().map(|only| *only == trace.name);
            let title = if trace.name.is_empty() { question.sentence() } else { trace.name.clone() };
            let single = chart.traces.len() == 1;
            let summary = Summary::of(&trace.values);
            let write = |read: fn(&Summary) -> f64| format::optional(unit, summary.as_ref().map(read));
            let last = {
                let (chart, fixed) = (Arc::clone(&chart), write(|s| s.last));
                move || match cursor.get() {
                    Some(at) => format::optional(unit, value_at(&chart, place, step, at)),
                    None => fixed.clone(),
                }
            };
            view! {
                <tr class=if pressed == Some(false) { "gone" } else { "" }>
                    <th scope="row">
                        {if single {
                            view! { <span class="st"><Sample place/>{title}</span> }.into_any()
                        } else {
                            view! {
                                <a class="st" href=address data-noscroll="" aria-current=(pressed == Some(true)).then_some("true") title="Show only this line, or all again">
                                    <Sample place/>{title}
                                </a>
                            }
                            .into_any()
                        }}
                    </th>
                    <td class="num strong">{write(|s| s.mean)}</td>
                    <td class="num wide-only">{write(|s| s.low)}</td>
                    <td class="num wide-only">{write(|s| s.high)}</td>
                    <td class="num">{last}</td>
                    {has_before.then(|| view! { <Before trace=trace.clone() now=summary.as_ref().map(|s| s.mean) unit/> })}
                </tr>
            }
        })
        .collect();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=format!("Lines of chart {}", n + 1)>
            <table class="tbl legend">
                <thead>
                    <tr>
                        <th scope="col">"Line"</th>
                        <th scope="col" class="num">"Mean"</th>
                        <th scope="col" class="num wide-only">"Lowest"</th>
                        <th scope="col" class="num wide-only">"Highest"</th>
                        <th scope="col" class="num">{newest}</th>
                        {has_before.then(|| view! {
                            <th scope="col" class="num wide-only">
                                <svg width="20" height="8" aria-hidden="true"><path class="ln k-ghost dotted" d="M0 4H20"></path></svg>
                                " Mean " {compare.label()}
                            </th>
                            <th scope="col" class="num">"Change"</th>
                        })}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn value_at(chart: &Chart, place: usize, step: f64, at: f64) -> Option<f64> {
    let row = ((at - chart.first) / step).floor();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked, and a few hundred")]
    let row = (row >= 0.0).then_some(row as usize)?;
    chart.traces[place].values.get(row).copied().flatten()
}

/// How a line is drawn.
#[component]
fn Sample(place: usize) -> impl IntoView {
    let (tone, stroke) = look(place);
    view! {
        <svg width="28" height="8" aria-hidden="true">
            <path class=format!("ln {} {}", tone.class, stroke.class()) d="M1 4H27"></path>
        </svg>
    }
}

/// The mean at the time that it is compared with, and how it moved since.
#[component]
fn Before(trace: Trace, now: Option<f64>, unit: Unit) -> impl IntoView {
    let was = Summary::of(&trace.before).map(|s| s.mean);
    let change = now.zip(was).map(|(now, was)| moved(unit, was, now));
    view! {
        <td class="num wide-only">{format::optional(unit, was)}</td>
        <td class="num">{match change {
            Some((glyph, text)) => view! { <span class="st"><Icon glyph class="quiet"/>{text}</span> }.into_any(),
            None => format::UNKNOWN.into_any(),
        }}</td>
    }
}

/// From one mean to another: the direction, and by how much. Shares move by points, all else by a share.
pub(in crate::pages) fn moved(unit: Unit, was: f64, now: f64) -> (Glyph, String) {
    let by = now - was;
    let glyph = match by.total_cmp(&0.0) {
        std::cmp::Ordering::Greater => Glyph::Rise,
        std::cmp::Ordering::Less => Glyph::Fall,
        std::cmp::Ordering::Equal => Glyph::Flat,
    };
    let sign = if by > 0.0 { "+" } else { "" };
    let text = match unit {
        _ if by == 0.0 => "unchanged".to_owned(),
        Unit::Ratio => format!("{sign}{} pt", format::ratio(by).trim_end_matches(" %")),
        Unit::Celsius => format!("{sign}{}", format::celsius(by)),
        _ if was == 0.0 => format!("{sign}{}", format::value(unit, by)),
        _ if (now / was).abs() >= 3.0 => format!("{} times", format::number(now / was)),
        _ => format!("{sign}{}", format::ratio(by / was.abs())),
    };
    (glyph, text)
}

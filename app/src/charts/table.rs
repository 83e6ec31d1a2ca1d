//! The table behind a chart, for those who cannot see it: the readings at some moments of what is shown. The server writes it
//! for what it draws; in the browser it is made when somebody opens it, and follows what is shown from then on.

use super::history::Memory;
use super::strip::Strip;
use super::view::ChartTime;
use crate::components::icon::{Glyph, Icon};
use crate::components::moment::absolute;
use crate::session::Zone;
use forewatch::series::step_for;
use forewatch::{format, time};
use leptos::html::Div;
use leptos::prelude::*;
use leptos::web_sys::Element;

/// Rows at most.
const ROWS: usize = 12;

/// The moments of the rows: from where, how far apart, how many. They are whole ones, so that a row stays what it was while
/// time goes on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rows {
    first: f64,
    step: f64,
    count: usize,
}

impl Rows {
    /// Those of what is shown.
    pub(super) fn of(window: (f64, f64)) -> Self {
        let step = step_for(window.1 - window.0, ROWS);
        let first = (window.0 / step).ceil() * step;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a dozen; a float saturates")]
        let count = ((window.1 - first) / step + 1.0).floor().max(0.0) as usize;
        Self { first, step, count: count.min(ROWS + 1) }
    }
}

/// The table, behind a line that opens it, and all readings as a file. `rows` is what the server writes.
#[component]
pub(super) fn Table(place: NodeRef<Div>, view: ChartTime, rows: String) -> impl IntoView {
    let toggled = move |event| view.has_table.set(event_target::<Element>(&event).has_attribute("open"));
    view! {
        <details class="fold data" open=view.has_table.get_untracked() on:toggle=toggled>
            <summary><Icon glyph=Glyph::Next class="chev"/>"These readings as a table"</summary>
            <div class="scroll" tabindex="0" role="region" aria-label="Readings" node_ref=place inner_html=rows></div>
            <p class="panel-b">
                <a class="link" href=move || view.elsewhere("/trends.csv?chart=all&") download="" rel="external">"All of them as a CSV file"</a>
            </p>
        </details>
    }
    .into_any()
}

/// The table as HTML, the newest first.
pub(super) fn html(strips: &[Strip], memory: &Memory, rows: Rows, zone: Zone) -> String {
    let mut out = String::from("<table class=\"tbl\"><thead><tr><th scope=\"col\">Time");
    for strip in strips {
        for line in &strip.lines {
            out.push_str("<th scope=\"col\" class=\"num\">");
            put(&mut out, &strip.title);
            if !line.name.is_empty() {
                out.push_str(", ");
                put(&mut out, &line.name);
            }
        }
    }
    out.push_str("<tbody>");
    for n in (0..rows.count).rev() {
        let at = rows.first + n as f64 * rows.step;
        out.push_str("<tr><th scope=\"row\">");
        out.push_str(&time::from_unix_seconds(at).map(|at| absolute(at, zone)).unwrap_or_default());
        for (strip, lines) in strips.iter().zip(&memory.strips) {
            for line in lines {
                out.push_str("<td class=\"num\">");
                put(&mut out, &format::optional(strip.unit(), line.own.at(at, rows.step / 2.0)));
            }
        }
    }
    out.push_str("</table>");
    out
}

/// Adds a text.
fn put(out: &mut String, text: &str) {
    out.push_str(&text.replace('&', "&amp;").replace('<', "&lt;"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::history::{LineMemory, Newest};
    use crate::charts::track::Track;
    use crate::charts::{Line, Tone};

    fn written(window: (f64, f64)) -> String {
        let strip = Strip::new("Load", "", vec![Line::new("GPU <0>", "system.gpu_usage", Tone::BLUE)]);
        let points: Vec<_> = (0..60).map(|n| (f64::from(n) * 60.0, Some(f64::from(n) / 100.0))).collect();
        let line = LineMemory {
            own: Track::from_history(&points, 60),
            ghost: Vec::new(),
            band: None,
            newest: Newest::default(),
        };
        html(&[strip], &Memory::past(vec![line], 3_600.0, 60.0), Rows::of(window), Zone::Utc)
    }

    #[test]
    fn rows_are_at_whole_moments_of_what_is_shown_the_newest_first_and_the_unknown_is_told() {
        let table = written((1_234.0, 4_834.0));
        assert!(table.contains("<th scope=\"col\" class=\"num\">Load, GPU &lt;0>"), "{table}");
        let rows: Vec<&str> = table.split("<tr><th scope=\"row\">").skip(1).collect();
        assert_eq!(rows.len(), 12);
        assert!(rows[0].starts_with("1 Jan 1970, 01:20:00 UTC"), "{}", rows[0]);
        assert!(rows[11].starts_with("1 Jan 1970, 00:25:00 UTC<td class=\"num\">25 %"), "{}", rows[11]);
        assert!(rows[0].contains(format::UNKNOWN), "{}", rows[0]);
    }

    #[test]
    fn a_row_stays_while_time_goes_on_and_what_has_no_length_has_none() {
        assert_eq!(Rows::of((1_201.0, 4_801.0)).first.to_bits(), Rows::of((1_299.0, 4_899.0)).first.to_bits());
        for odd in [(60.5, 60.5), (f64::NAN, 1.0)] {
            assert_eq!(Rows::of(odd).count, 0);
        }
    }
}

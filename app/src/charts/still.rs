//! What the server draws, readable before any script: plotters' axes as SVG whose places are shares of
//! the width, so that text keeps its size at any width; and the lines, stretched.

use super::axes::{self, Look, Plot};
use super::history::LineMemory;
use super::path::{self, HEIGHT, WIDTH, Window};
use super::scale::Scale;
use super::strip::Strip;
use plotters::style::RGBColor;
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind};
use std::fmt::Write as _;

/// The width that plotters believes in; places are shares of it.
const NOMINAL: i32 = 10_000;

/// Draws SVG elements. Colours come from the style sheet, by class.
struct Shares<'a> {
    out: &'a mut String,
    height: i32,
}

impl Shares<'_> {
    fn x(x: i32) -> String {
        // Left of the plot things keep their distance in pixels.
        if x < 0 { x.to_string() } else { format!("{:.2}%", f64::from(x) * 100.0 / f64::from(NOMINAL)) }
    }
}

impl DrawingBackend for Shares<'_> {
    type ErrorType = std::fmt::Error;

    fn get_size(&self) -> (u32, u32) {
        (NOMINAL.unsigned_abs(), self.height.unsigned_abs())
    }

    fn ensure_prepared(&mut self) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        Ok(())
    }

    fn present(&mut self) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        Ok(())
    }

    fn draw_pixel(&mut self, _: BackendCoord, _: BackendColor) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        _: &S,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        let points: Vec<BackendCoord> = path.into_iter().collect();
        for pair in points.windows(2) {
            let ([(x1, y1), (x2, y2)], class) =
                ([pair[0], pair[1]], if pair[0].1 == pair[1].1 { "gridl" } else { "tickl" });
            write!(
                self.out,
                r#"<line class="{class}" x1="{}" y1="{y1}" x2="{}" y2="{y2}"/>"#,
                Self::x(x1),
                Self::x(x2)
            )
            .map_err(DrawingErrorKind::DrawingError)?;
        }
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        (x, y): BackendCoord,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        let anchor = match style.anchor().h_pos {
            HPos::Left => "start",
            HPos::Right => "end",
            HPos::Center => "middle",
        };
        let dy = match style.anchor().v_pos {
            VPos::Top => "0.76em",
            VPos::Center => "0.35em",
            VPos::Bottom => "0",
        };
        let x = Self::x(x);
        // Names of ticks are numbers, units and times: nothing in them needs escaping.
        write!(self.out, r#"<text class="tickt" x="{x}" y="{y}" dy="{dy}" text-anchor="{anchor}">{text}</text>"#)
            .map_err(DrawingErrorKind::DrawingError)
    }
}

fn picture(height: i32, draw: impl FnOnce(Shares<'_>, &Plot, &Look)) -> String {
    let mut out = String::new();
    let plain = RGBColor(0, 0, 0);
    let look = Look { text: plain, strong: plain, grid: plain, line: plain, font: "sans-serif".to_owned(), scale: 1.0 };
    let plot = Plot { left: 0, right: NOMINAL, height, density: 1.0 };
    draw(Shares { out: &mut out, height }, &plot, &look);
    out
}

/// A strip with its grid and its lines; `only` is the one line that is shown, if one is chosen.
pub fn strip(
    strip: &Strip,
    (lines, only): (&[LineMemory], Option<usize>),
    scale: &Scale,
    (window, gap): ((f64, f64), f64),
    height: i32,
) -> String {
    let mut out = String::from(r#"<svg width="100%" height="100%" aria-hidden="true">"#);
    // Drawing into a string cannot fail.
    out.push_str(&picture(height, |backend, plot, look| {
        let _ = axes::values(backend, plot, look, strip.unit(), scale);
    }));
    let _ =
        write!(out, r#"<svg width="100%" height="100%" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none">"#);
    let window = Window { from: window.0, to: window.1, low: scale.low, high: scale.high, gap };
    let shown = strip.lines.iter().zip(lines).enumerate().filter(|(n, _)| only.is_none_or(|only| only == *n));
    for (_, (line, memory)) in shown {
        let class = line.tone.class;
        if let Some([low, high]) = &memory.band {
            let area = path::band(low.points(), high.points(), &window);
            let _ = write!(out, r#"<path class="ar band {class}" d="{area}"/>"#);
        }
        if !memory.ghost.is_empty() {
            let _ = write!(out, r#"<path class="ln ghost" d="{}"/>"#, path::line(&memory.ghost, &window));
        }
        let (stroke, line) = (line.stroke.class(), path::line(memory.own.points(), &window));
        let _ = write!(out, r#"<path class="ln {class} {stroke}" d="{line}"/>"#);
    }
    if let Some(limit) = &strip.limit {
        let y = scale.place(limit.value) * HEIGHT;
        let _ = write!(out, r#"<path class="thr" d="M0 {y:.1}H{WIDTH}"/>"#);
    }
    out.push_str("</svg></svg>");
    out
}

/// The time axis.
pub fn axis(window: (f64, f64), names: &[(f64, String)]) -> String {
    let inner = picture(24, |backend, plot, look| {
        let _ = axes::times(backend, plot, look, window, names);
    });
    format!(r#"<svg width="100%" height="100%" aria-hidden="true">{inner}</svg>"#)
}

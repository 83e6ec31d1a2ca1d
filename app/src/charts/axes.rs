//! Axes, grid and their text, drawn by plotters: on the server into SVG that fits any width, in the
//! browser onto a canvas of their own.

use super::scale::Scale;
use forewatch::Unit;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Where the plot lies in the picture, in the picture's own pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plot {
    /// Left edge.
    pub left: i32,
    /// Right edge.
    pub right: i32,
    /// Height; the plot begins at the top.
    pub height: i32,
    /// The picture's pixels a CSS pixel.
    pub density: f64,
}

/// How text and lines look.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Look {
    /// Text.
    pub text: RGBColor,
    /// The text of the moment "now".
    pub strong: RGBColor,
    /// Grid lines.
    pub grid: RGBColor,
    /// The line of the time axis.
    pub line: RGBColor,
    /// Family of the text.
    pub font: String,
    /// How much larger it is than [`TEXT`].
    pub scale: f64,
}

/// The usual size of an axis' text, CSS pixels.
const TEXT: f64 = 12.0;

/// The share of the height at the top where a name does not fit above its line.
const AT_TOP: f64 = 0.08;

type Area<B> = DrawingArea<B, Cartesian2d<RangedCoordf64, RangedCoordf64>>;
type Drawn<B> = Result<(), DrawingAreaErrorKind<<B as DrawingBackend>::ErrorType>>;

impl Plot {
    fn area<B: DrawingBackend>(&self, backend: B, x: std::ops::Range<f64>, y: std::ops::Range<f64>) -> Area<B> {
        let pixels = (self.left..self.right, 0..self.height);
        backend.into_drawing_area().apply_coord_spec(Cartesian2d::new(x, y, pixels))
    }

    fn px(&self, css: f64) -> i32 {
        #[expect(clippy::cast_possible_truncation, reason = "a few pixels")]
        let px = (css * self.density).round() as i32;
        px
    }

    fn style<'a>(&self, look: &'a Look, color: &'a RGBColor, h: HPos, v: VPos) -> TextStyle<'a> {
        let font = FontDesc::new(FontFamily::Name(&look.font), TEXT * look.scale * self.density, FontStyle::Normal);
        TextStyle::from(font).color(color).pos(Pos::new(h, v))
    }
}

/// The grid of a strip and the names of its lines, left of it; or that there is nothing to show.
pub fn values<B: DrawingBackend>(backend: B, plot: &Plot, look: &Look, unit: Unit, scale: &Scale) -> Drawn<B> {
    // Plotters' vertical axis grows upwards when its range is given from bottom to top.
    let area = plot.area(backend, 0.0..1.0, scale.high..scale.low);
    let line = ShapeStyle::from(&look.grid).stroke_width(plot.px(1.0).max(1).unsigned_abs());
    if scale.ticks.is_empty() {
        let style = plot.style(look, &look.text, HPos::Center, VPos::Center);
        area.draw(&Text::new("no readings", (0.5, f64::midpoint(scale.low, scale.high)), style))?;
    }
    for &tick in &scale.ticks {
        area.draw(&PathElement::new(vec![(0.0, tick), (1.0, tick)], line))?;
        // A name at the very top stands below its line: it would be cut off.
        let vertical = if scale.place(tick) < AT_TOP { VPos::Top } else { VPos::Center };
        let style = plot.style(look, &look.text, HPos::Right, vertical);
        area.draw(
            &(EmptyElement::at((0.0, tick))
                + Text::new(Scale::name(unit, tick), (plot.px(-8.0 * look.scale), 0), style)),
        )?;
    }
    area.present()
}

/// The time axis: a line, a tick at each moment, its name below; the last is "now".
pub fn times<B: DrawingBackend>(
    backend: B,
    plot: &Plot,
    look: &Look,
    window: (f64, f64),
    names: &[(f64, String)],
) -> Drawn<B> {
    let area = plot.area(backend, window.0..window.1, 0.0..1.0);
    let line = ShapeStyle::from(&look.line).stroke_width(plot.px(1.0).max(1).unsigned_abs());
    area.draw(&PathElement::new(vec![(window.0, 0.0), (window.1, 0.0)], line))?;
    for (n, (at, name)) in names.iter().enumerate() {
        let color = if n + 1 == names.len() { &look.strong } else { &look.text };
        let style = plot.style(look, color, HPos::Center, VPos::Top);
        let tick = PathElement::new(vec![(0, 0), (0, plot.px(4.0 * look.scale))], line);
        area.draw(
            &(EmptyElement::at((*at, 0.0)) + tick + Text::new(name.clone(), (0, plot.px(8.0 * look.scale)), style)),
        )?;
    }
    area.present()
}

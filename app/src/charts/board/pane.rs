//! The elements of one strip, and where they lie.

use crate::charts::axes::{self, Look, Plot};
use crate::charts::raster::Raster;
use crate::charts::scale::Scale;
use crate::charts::strip::Strip;
use crate::charts::surface::Surface;
use plotters_canvas::CanvasBackend;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlCanvasElement, HtmlElement};

/// One strip's elements.
pub(super) struct Pane {
    pub(super) plot: HtmlElement,
    pub(super) axes: Surface,
    pub(super) ink: Surface,
    /// What the ink is drawn on before it is shown.
    pub(super) raster: Raster,
    pub(super) cursor: HtmlElement,
    pub(super) said: HtmlElement,
    pub(super) limit: Option<HtmlElement>,
    pub(super) dots: Vec<HtmlElement>,
    pub(super) labels: Vec<HtmlElement>,
    /// Where the labels stand, CSS pixels from the top.
    pub(super) label_places: Vec<f64>,
    pub(super) scale: Option<Scale>,
    pub(super) place: Place,
}

/// Where a strip's plot lies, CSS pixels. Asking the browser has it lay out the page, so it is asked when a size changes only.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    /// The edges of the plot area within its box.
    pub(super) edges: (f64, f64),
    /// Width and height of the box.
    pub(super) size: (f64, f64),
    /// The box's left edge from the container's.
    pub(super) left: f64,
}

impl Place {
    pub(super) fn of(plot: &HtmlElement, container: &HtmlElement) -> Self {
        Self {
            edges: edges(plot),
            size: (f64::from(plot.client_width()), f64::from(plot.client_height())),
            left: plot.get_bounding_client_rect().left() - container.get_bounding_client_rect().left(),
        }
    }
}

impl Pane {
    pub(super) fn of(strip: &HtmlElement) -> Option<Self> {
        let plot = one(strip, ".plot")?;
        Some(Self {
            axes: surface(strip, "canvas.axes")?,
            ink: surface(strip, "canvas.ink")?,
            raster: Raster::default(),
            cursor: one(strip, ".cursor")?,
            said: one(strip, ".cur-v")?,
            limit: one(strip, ".thr-in"),
            dots: all(strip, ".dot"),
            labels: all(strip, ".dl"),
            label_places: Vec::new(),
            plot,
            scale: None,
            place: Place::default(),
        })
    }

    /// Gives the canvas of the lines its size. True when it changed.
    pub(super) fn fit_ink(&mut self, width: f64, height: f64, density: f64) -> bool {
        let resized = self.ink.fit(width, height, density);
        if resized {
            self.raster.fit(self.ink.canvas.width() as usize, self.ink.canvas.height() as usize);
        }
        resized
    }

    pub(super) fn draw_axes(&self, look: &Look, strip: &Strip, scale: &Scale, (left, right): (f64, f64)) {
        self.axes.clear();
        let _ = self.axes.context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0);
        if let Some(backend) = CanvasBackend::with_canvas_object(self.axes.canvas.clone()) {
            // A canvas that cannot be drawn on stays empty; the table has the numbers.
            let _ = axes::values(backend, &device_plot(left, right, &self.axes), look, strip.unit(), scale);
        }
    }
}

/// Every element within `root` that the selector names.
pub(super) fn all(root: &Element, selector: &str) -> Vec<HtmlElement> {
    let Ok(list) = root.query_selector_all(selector) else { return Vec::new() };
    (0..list.length()).filter_map(|n| list.get(n)?.dyn_into().ok()).collect()
}

/// The first of them.
pub(super) fn one(root: &Element, selector: &str) -> Option<HtmlElement> {
    root.query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// The canvas that the selector names.
pub(super) fn surface(root: &Element, selector: &str) -> Option<Surface> {
    let canvas: HtmlCanvasElement = root.query_selector(selector).ok().flatten()?.dyn_into().ok()?;
    Surface::new(canvas)
}

/// Moves an element; through the object model, which the content security policy allows.
pub(super) fn put(element: &HtmlElement, property: &str, css: f64) {
    let _ = element.style().set_property(property, &format!("{css:.1}px"));
}

/// The edges of the plot area within its box, as the style sheet lays it out.
fn edges(plot: &HtmlElement) -> (f64, f64) {
    let Some(area) = one(plot, ".area") else { return (0.0, 1.0) };
    let left = f64::from(area.offset_left());
    (left, left + f64::from(area.client_width()).max(1.0))
}

/// The plot in the pixels of a canvas.
pub(super) fn device_plot(left: f64, right: f64, surface: &Surface) -> Plot {
    #[expect(clippy::cast_possible_truncation, reason = "pixels of a screen")]
    let px = |css: f64| (css * surface.density).round() as i32;
    Plot { left: px(left), right: px(right), height: px(surface.height), density: surface.density }
}

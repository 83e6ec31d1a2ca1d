//! What stands along the time axis: its moments, and the names of the marks.

use super::Board;
use super::pane::{Place, all, device_plot, one, put, surface};
use crate::charts::axes::{self, Look};
use crate::charts::moments::names;
use crate::charts::surface::Surface;
use leptos::prelude::GetUntracked;
use plotters_canvas::CanvasBackend;
use web_sys::HtmlElement;

/// How far a name begins before its line, CSS pixels: its icon stands above it.
const BEFORE: f64 = 10.0;

/// The time axis: its element and canvas, where it lies, and the moments that are drawn.
pub(super) struct Times {
    plot: HtmlElement,
    surface: Surface,
    place: Place,
    drawn: Vec<(f64, String)>,
}

/// The name of a mark above its line.
pub(super) struct Name {
    /// Unix seconds of its line.
    at: f64,
    element: HtmlElement,
    width: f64,
    /// Where it stands, CSS pixels from the plot's left edge; `None` where it is hidden. No number, which nothing equals, until
    /// it was placed.
    place: Option<f64>,
}

impl Name {
    /// Those of a chart, in order of time. Asking for their widths has the browser lay out the page.
    fn all(chart: &HtmlElement) -> Vec<Self> {
        let name = |element: HtmlElement| {
            let at = element.get_attribute("data-at")?.parse().ok()?;
            Some(Self { at, width: f64::from(element.offset_width()), element, place: Some(f64::NAN) })
        };
        let mut names: Vec<Self> = all(chart, ".mark").into_iter().filter_map(name).collect();
        names.sort_by(|a, b| a.at.total_cmp(&b.at));
        names
    }

    /// Shows it at a place, or hides it. What stands where it stood is not touched.
    fn show(&mut self, place: Option<f64>) {
        if self.place == place {
            return;
        }
        let _ = self.element.class_list().toggle_with_force("out", place.is_none());
        if let Some(left) = place {
            put(&self.element, "left", left);
        }
        self.place = place;
    }
}

impl Times {
    pub(super) fn of(chart: &HtmlElement) -> Option<Self> {
        let plot = one(chart, ".strip.axis .plot")?;
        Some(Self { surface: surface(&plot, "canvas")?, plot, place: Place::default(), drawn: Vec::new() })
    }
}

impl Board {
    /// Draws the time axis anew where its moments or its size have changed, or where it must.
    pub(super) fn draw_times(&self, look: &Look, window: (f64, f64), density: f64, resized: bool) {
        let mut times = self.times.borrow_mut();
        let Some(Times { plot, surface, place, drawn }) = times.as_mut() else { return };
        if resized {
            *place = Place::of(plot, &self.element);
        }
        let (left, right) = place.edges;
        let most = match right - left {
            ..250.0 => 2,
            ..400.0 => 3,
            _ => 7,
        };
        let names = names(window, most, self.setting.zone.get_untracked());
        let resized = surface.fit(place.size.0, place.size.1, density) || resized;
        if !resized && *drawn == names {
            return;
        }
        surface.clear();
        let _ = surface.context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0);
        if let Some(backend) = CanvasBackend::with_canvas_object(surface.canvas.clone()) {
            let plot = device_plot(left, right, surface);
            // A canvas that cannot be drawn on stays empty; the table has the numbers.
            let _ = axes::times(backend, &plot, look, window, &names);
        }
        *drawn = names;
    }

    /// Puts the marks' names above their lines; one that has no room before the next steps back.
    pub(super) fn place_marks(&self, window: (f64, f64)) {
        let mut names = self.names.borrow_mut();
        if self.names_due.replace(false) {
            *names = Name::all(&self.element);
        }
        if names.is_empty() {
            return;
        }
        let (start, width) = self.plot.get();
        let mut taken = f64::NEG_INFINITY;
        // The chart's right edge from the plot's left one.
        let end = self.width.get() - start;
        for name in names.iter_mut() {
            let x = (name.at - window.0) / (window.1 - window.0) * width;
            let left =
                if x - BEFORE + name.width > end { (x - name.width + BEFORE).max(0.0) } else { (x - BEFORE).max(0.0) };
            let is_shown = x >= 0.0 && x <= width && left >= taken;
            name.show(is_shown.then_some(left));
            if is_shown {
                taken = left + name.width;
            }
        }
    }
}

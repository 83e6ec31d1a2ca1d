//! What stands along the time axis: its moments, and the names of the marks.

use super::Board;
use super::pane::{Place, all, device_plot, one, put, surface};
use crate::charts::axes::{self, Look};
use crate::charts::moments::names;
use crate::charts::surface::Surface;
use leptos::prelude::GetUntracked;
use plotters_canvas::CanvasBackend;
use web_sys::HtmlElement;

/// The time axis: its element and canvas, where it lies, and the moments that are drawn.
pub(super) struct Times {
    plot: HtmlElement,
    surface: Surface,
    place: Place,
    drawn: Vec<(f64, String)>,
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
        let (start, width) = self.plot.get();
        let mut taken = f64::NEG_INFINITY;
        let mut marks: Vec<(f64, HtmlElement)> = all(&self.element, ".mark")
            .into_iter()
            .filter_map(|mark| Some((mark.get_attribute("data-at")?.parse().ok()?, mark)))
            .collect();
        if marks.is_empty() {
            return;
        }
        marks.sort_by(|a, b| a.0.total_cmp(&b.0));
        // What is right of the plot and still on the chart.
        let beside = f64::from(self.element.client_width()) - start - width;
        for (at, mark) in marks {
            let x = (at - window.0) / (window.1 - window.0) * width;
            let shown = x >= 0.0 && x <= width;
            let own = f64::from(mark.offset_width());
            let left = if x - 10.0 + own > width + beside { (x - own + 10.0).max(0.0) } else { (x - 10.0).max(0.0) };
            let _ = mark.class_list().toggle_with_force("out", !shown || left < taken);
            if shown && left >= taken {
                put(&mark, "left", left);
                taken = left + own;
            }
        }
    }
}

//! What stands along the time axis: its moments, and the names of the marks.

use super::Board;
use super::pane::{all, device_plot, edges, put};
use crate::charts::axes::{self, Look};
use crate::charts::moments::names;
use leptos::prelude::GetUntracked;
use plotters_canvas::CanvasBackend;
use web_sys::HtmlElement;

impl Board {
    /// Draws the time axis anew where its moments or its size have changed, or where it must.
    pub(super) fn draw_times(&self, look: &Look, window: (f64, f64), density: f64, force: bool) {
        let mut times = self.times.borrow_mut();
        let Some((plot, surface, drawn)) = times.as_mut() else { return };
        let (left, right) = edges(plot);
        let most = match right - left {
            ..250.0 => 2,
            ..400.0 => 3,
            _ => 7,
        };
        let names = names(window, most, self.setting.zone.get_untracked());
        let resized = surface.fit(f64::from(plot.client_width()), f64::from(plot.client_height()), density);
        if !(resized || force) && *drawn == names {
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
        // What is right of the plot and still on the chart.
        let beside = f64::from(self.element.client_width()) - start - width;
        let mut taken = f64::NEG_INFINITY;
        let mut marks: Vec<(f64, HtmlElement)> = all(&self.element, ".mark")
            .into_iter()
            .filter_map(|mark| Some((mark.get_attribute("data-at")?.parse().ok()?, mark)))
            .collect();
        marks.sort_by(|a, b| a.0.total_cmp(&b.0));
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

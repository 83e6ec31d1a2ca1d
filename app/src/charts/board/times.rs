//! What stands along the time axis: its moments, and the names of the marks.

use super::Board;
use super::pane::{Place, all, device_plot, one, put, surface};
use crate::charts::axes::{self, Look};
use crate::charts::moments::names;
use crate::charts::strip::Mark;
use crate::charts::surface::Surface;
use leptos::prelude::GetUntracked;
use plotters_canvas::CanvasBackend;
use web_sys::HtmlElement;

/// How far a name begins before its line, CSS pixels: its icon stands above it.
const BEFORE: f64 = 10.0;

/// The width of a mark's icon alone, CSS pixels: what a finger needs. The style sheet has the same.
const ICON: f64 = 24.0;

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
    /// How much it matters beside others.
    weight: u8,
    element: HtmlElement,
    width: f64,
    /// What is shown of it; `None` until it was placed.
    shown: Option<Shown>,
}

/// What is shown of a name, from how many CSS pixels right of the plot's left edge.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Shown {
    Whole(f64),
    /// Its icon alone: there is no room for more.
    Icon(f64),
    Nothing,
}

impl Name {
    /// Those of a chart, of one weight the oldest first. Asking for their widths has the browser lay out the page.
    fn all(chart: &HtmlElement) -> Vec<Self> {
        let elements: Vec<HtmlElement> = all(chart, ".mark");
        for element in &elements {
            let _ = element.class_list().remove_1("brief");
        }
        let name = |element: HtmlElement| {
            let at = element.get_attribute("data-at")?.parse().ok()?;
            let weight = element.get_attribute("data-weight")?.parse().ok()?;
            Some(Self { at, weight, width: f64::from(element.offset_width()), element, shown: None })
        };
        elements.into_iter().filter_map(name).collect()
    }

    /// What it takes where an icon is so wide, CSS pixels from the plot's left edge.
    fn taken(&self, icon: f64) -> Option<(f64, f64)> {
        match self.shown? {
            Shown::Whole(left) => Some((left, left + self.width)),
            Shown::Icon(left) => Some((left, left + icon)),
            Shown::Nothing => None,
        }
    }

    /// Shows so much of it. What stands as it stood is not touched.
    fn show(&mut self, shown: Shown) {
        if self.shown == Some(shown) {
            return;
        }
        let classes = self.element.class_list();
        let _ = classes.toggle_with_force("out", shown == Shown::Nothing);
        let _ = classes.toggle_with_force("brief", matches!(shown, Shown::Icon(_)));
        if let Shown::Whole(left) | Shown::Icon(left) = shown {
            put(&self.element, "left", left);
        }
        self.shown = Some(shown);
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
        let most = match (right - left) / look.scale {
            ..250.0 => 2,
            ..400.0 => 3,
            ..600.0 => 5,
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

    /// Puts the marks' names above their lines. Where there is no room for all, what matters most has its name, and others
    /// their icon.
    pub(super) fn place_marks(&self, window: (f64, f64)) {
        let mut names = self.names.borrow_mut();
        if self.names_due.replace(false) {
            *names = Name::all(&self.element);
        }
        if names.is_empty() {
            return;
        }
        let (start, width) = self.plot.get();
        let scale = self.look.borrow().scale;
        let (icon, lead) = (ICON * scale, BEFORE * scale);
        // The chart's right edge from the plot's left one.
        let end = self.width.get() - start;
        // What matters most takes its place first, and of that the newest.
        for weight in (0..=Mark::OWN).rev() {
            for n in (0..names.len()).rev() {
                if names[n].weight != weight {
                    continue;
                }
                let name = &names[n];
                let x = (name.at - window.0) / (window.1 - window.0) * width;
                let placed = |m: usize, other: &Name| other.weight > weight || (other.weight == weight && m > n);
                let is_free = |left: f64, width: f64| {
                    let mut taken = names.iter().enumerate().filter(|(m, other)| placed(*m, other));
                    taken
                        .all(|(_, other)| other.taken(icon).is_none_or(|(from, to)| left >= to || left + width <= from))
                };
                // Right of its line, or where the chart ends before, left of it.
                let right = (x - lead).max(0.0);
                let left = if right + name.width > end { (x - name.width + lead).max(0.0) } else { right };
                let shown = match x {
                    x if !(0.0..=width).contains(&x) => Shown::Nothing,
                    _ if is_free(left, name.width) => Shown::Whole(left),
                    _ if is_free(right, icon) => Shown::Icon(right),
                    _ => Shown::Nothing,
                };
                names[n].show(shown);
            }
        }
    }
}

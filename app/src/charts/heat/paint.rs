//! The cells of a large fleet on a canvas: those that changed, a colour after the other.

use super::fleet::{Cell, mean};
use super::grid::HEADING;
use super::plan::{Plan, Site};
use crate::charts::surface::{Palette, Surface};
use forewatch::worker::FleetGpu;
use forewatch::{Unit, format};
use web_sys::CanvasRenderingContext2d;

/// What a place is drawn with before anything is.
const BARE: usize = Cell::KINDS;
/// Browsers refuse canvases with more pixels than this on a side …
const LONGEST: f64 = 16_000.0;
/// … and some of them canvases with more pixels than this in all.
const MOST: f64 = 16_000_000.0;
const LOADS: [&str; 10] = ["--l0", "--l1", "--l2", "--l3", "--l4", "--l5", "--l6", "--l7", "--l8", "--l9"];

/// A canvas, and what is on it.
pub(super) struct Painter {
    surface: Surface,
    palette: Palette,
    plan: Option<Plan>,
    drawn: Vec<usize>,
    headings: Vec<String>,
    changed: [Vec<usize>; Cell::KINDS],
}

impl Painter {
    pub(super) fn new(surface: Surface, palette: Palette) -> Self {
        let (drawn, headings) = (Vec::new(), Vec::new());
        Self { surface, palette, plan: None, drawn, headings, changed: Default::default() }
    }

    /// Where things are drawn; nothing before the first painting.
    pub(super) fn plan(&self) -> Option<&Plan> {
        self.plan.as_ref()
    }

    /// The theme has changed: all is drawn anew.
    pub(super) fn repaint(&mut self) {
        self.palette.forget();
        self.drawn.fill(BARE);
        self.headings.clear();
    }

    /// Draws what differs from what is drawn. True when things came to lie elsewhere.
    pub(super) fn paint(&mut self, fleet: &[FleetGpu], width: f64, density: f64) -> bool {
        let moved = !self.plan.as_ref().is_some_and(|plan| plan.fits(fleet, width));
        if moved {
            self.plan = Some(Plan::of(fleet, width));
        }
        let Some(plan) = self.plan.take() else { return false };
        let (longest, all) = (plan.height.max(plan.width).max(1.0), (plan.height * plan.width).max(1.0));
        let sharp = density.min(LONGEST / longest).min((MOST / all).sqrt());
        if self.surface.fit(plan.width, plan.height, sharp) || moved {
            let _ = self.surface.canvas.style().set_property("height", &format!("{}px", plan.height));
            self.surface.clear();
            self.drawn.clear();
            self.drawn.resize(fleet.len(), BARE);
            self.headings.clear();
        }
        self.note(fleet);
        self.draw_cells(&plan);
        self.draw_headings(&plan, fleet);
        self.plan = Some(plan);
        moved
    }

    /// Notes which devices changed, by what they have come to be.
    fn note(&mut self, fleet: &[FleetGpu]) {
        self.changed.iter_mut().for_each(Vec::clear);
        for (n, (gpu, drawn)) in fleet.iter().zip(&mut self.drawn).enumerate() {
            let kind = Cell::of(gpu).kind();
            if *drawn != kind {
                *drawn = kind;
                self.changed[kind].push(n);
            }
        }
    }

    fn draw_cells(&self, plan: &Plan) {
        let (context, cell) = (&self.surface.context, plan.grid.cell);
        for (kind, changed) in self.changed.iter().enumerate().filter(|(_, changed)| !changed.is_empty()) {
            let mut brush = Brush::of(kind, context, &self.palette);
            for device in changed {
                let (x, y) = plan.places[*device];
                brush.draw(x, y, cell);
            }
        }
    }

    /// The name of each group, its hosts and their mean load, where that reads differently now.
    fn draw_headings(&mut self, plan: &Plan, fleet: &[FleetGpu]) {
        self.headings.resize(plan.sites.len(), String::new());
        for (site, drawn) in plan.sites.iter().zip(&mut self.headings) {
            let text = heading(plan, site, fleet);
            if *drawn == text {
                continue;
            }
            let context = &self.surface.context;
            context.clear_rect(site.left, site.top, plan.grid.width, HEADING - 1.0);
            context.set_font(&(String::from("500 12px ") + &self.palette.font()));
            context.set_fill_style_str(&self.palette.css("--ink-2"));
            // Text that the browser cannot draw is in the table.
            let _ = context.fill_text_with_max_width(&text, site.left, site.top + 15.0, plan.grid.width);
            *drawn = text;
        }
    }
}

/// "fra: 250 hosts, 83 %".
fn heading(plan: &Plan, site: &Site, fleet: &[FleetGpu]) -> String {
    let devices = plan.hosts[site.hosts.clone()].iter().flat_map(|host| &host.devices);
    let load = format::optional(Unit::Ratio, mean(devices.filter_map(|device| fleet.get(*device))));
    let count = site.hosts.len();
    let hosts = format::count(count as u64) + if count == 1 { " host, " } else { " hosts, " };
    let name = site.name.strip_prefix("site:").unwrap_or(&site.name);
    let name = if name.is_empty() { String::new() } else { String::from(name) + ": " };
    name + &hosts + &load
}

/// Draws cells of one kind. A mark has a shape beside its colour.
struct Brush<'a> {
    kind: usize,
    context: &'a CanvasRenderingContext2d,
    surface: String,
    colour: String,
}

impl<'a> Brush<'a> {
    fn of(kind: usize, context: &'a CanvasRenderingContext2d, palette: &Palette) -> Self {
        let property = match kind {
            10 => "--critical",
            11 | 12 => "--error",
            13 | 14 => "--line-2",
            load => LOADS[load],
        };
        let colour = palette.css(property);
        context.set_fill_style_str(&colour);
        context.set_line_width(1.0);
        context.set_stroke_style_str(&colour);
        Self { kind, context, surface: palette.css("--surface"), colour }
    }

    fn draw(&mut self, x: f64, y: f64, cell: f64) {
        let context = self.context;
        match self.kind {
            0..=9 => context.fill_rect(x, y, cell, cell),
            10..=12 => {
                context.fill_rect(x, y, cell, cell);
                self.mark(x, y, cell);
            }
            kind => {
                context.clear_rect(x, y, cell, cell);
                context.stroke_rect(x + 0.5, y + 0.5, cell - 1.0, cell - 1.0);
                if kind == 13 {
                    self.lines(&[(x + 1.0, y + cell - 1.0), (x + cell - 1.0, y + 1.0)]);
                }
            }
        }
    }

    /// A cross for a fault, a dot for heat, a bar for what is held down.
    fn mark(&self, x: f64, y: f64, cell: f64) {
        let (context, third) = (self.context, (cell / 3.0).round());
        let inner = (cell - third) / 2.0;
        context.set_fill_style_str(&self.surface);
        match self.kind {
            10 => {
                context.set_stroke_style_str(&self.surface);
                let (near, far) = (2.0, cell - 2.0);
                self.lines(&[(x + near, y + near), (x + far, y + far), (x + near, y + far), (x + far, y + near)]);
            }
            11 => context.fill_rect(x + inner, y + inner, third, third),
            _ => context.fill_rect(x + 1.5, y + inner, cell - 3.0, third),
        }
        context.set_fill_style_str(&self.colour);
    }

    /// A line for each two ends.
    fn lines(&self, ends: &[(f64, f64)]) {
        self.context.begin_path();
        for pair in ends.chunks_exact(2) {
            self.context.move_to(pair[0].0, pair[0].1);
            self.context.line_to(pair[1].0, pair[1].1);
        }
        self.context.stroke();
    }
}

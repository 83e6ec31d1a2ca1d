//! The strip chart in the browser: takes over from the server's picture, draws at most once a frame and
//! only when something changed, and moves cursor, labels and marks.

use super::axes::{self, Look, Plot};
use super::history::Memory;
use super::ink::Field;
use super::pointer;
use super::scale::Scale;
use super::source::Source;
use super::spread::spread;
use super::strip::{Mark, Strip};
use super::strip_chart::{names, scale};
use super::surface::{Palette, Surface};
use super::view::ChartTime;
use crate::components::moment::clock_seconds;
use crate::session::Zone;
use forewatch::series::Point;
use forewatch::{format, time};
use leptos::html::Div;
use leptos::prelude::*;
use plotters_canvas::CanvasBackend;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlCanvasElement, HtmlElement};

/// Height of a label at the end of a line, CSS pixels.
const LABEL: f64 = 24.0;

/// What the chart is made of.
pub struct Setting {
    /// Where it stands.
    pub container: NodeRef<Div>,
    /// What it shows.
    pub strips: Arc<Vec<Strip>>,
    /// The past.
    pub memory: Memory,
    /// Where live points come from.
    pub source: Source,
    /// What happened meanwhile.
    pub marks: Signal<Vec<Mark>>,
    /// Which part of time is shown.
    pub view: ChartTime,
    /// The only line that is shown of a strip.
    pub isolated: RwSignal<Option<(usize, usize)>>,
    /// What is said about the cursor to those who cannot see it.
    pub spoken: RwSignal<String>,
    /// The zone of times.
    pub zone: RwSignal<Zone>,
}

/// Draws the chart once it is in the page, until it leaves it.
pub fn take_over(setting: Setting) {
    let container = setting.container;
    let setting = StoredValue::new_local(Some(setting));
    let board = StoredValue::new_local(None::<Rc<Board>>);
    Effect::new(move || {
        let Some(element) = container.get() else { return };
        let Some(setting) = setting.try_update_value(Option::take).flatten() else { return };
        if let Some(made) = Board::new(&element, setting) {
            made.start();
            board.set_value(Some(made));
        }
    });
    on_cleanup(move || {
        // Dropping the board stops what it listens to.
        board.try_update_value(Option::take);
    });
}

/// One strip's elements.
struct Pane {
    plot: HtmlElement,
    axes: Surface,
    ink: Surface,
    cursor: HtmlElement,
    said: HtmlElement,
    limit: Option<HtmlElement>,
    dots: Vec<HtmlElement>,
    labels: Vec<HtmlElement>,
    scale: Option<Scale>,
}

/// The chart.
pub struct Board {
    element: HtmlElement,
    setting: Setting,
    palette: Palette,
    memory: RefCell<Memory>,
    panes: RefCell<Vec<Pane>>,
    times: RefCell<Option<(HtmlElement, Surface, Vec<(f64, String)>)>>,
    frame_due: Cell<bool>,
    axes_due: Cell<bool>,
    scratch: RefCell<(Vec<Point>, Vec<f64>, Vec<f64>)>,
    /// The plot in CSS pixels from the container's left edge, and the time in it, as last drawn.
    plot: Cell<(f64, f64)>,
    window: Cell<(f64, f64)>,
    watching: RefCell<Vec<Watch>>,
}

/// An observer of the browser that ends with the board.
struct Watch {
    stop: Box<dyn Fn()>,
    _closure: Closure<dyn FnMut(JsValue)>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        (self.stop)();
    }
}

fn all(root: &Element, selector: &str) -> Vec<HtmlElement> {
    let Ok(list) = root.query_selector_all(selector) else { return Vec::new() };
    (0..list.length()).filter_map(|n| list.get(n)?.dyn_into().ok()).collect()
}

fn one(root: &Element, selector: &str) -> Option<HtmlElement> {
    root.query_selector(selector).ok().flatten()?.dyn_into().ok()
}

fn surface(root: &Element, selector: &str) -> Option<Surface> {
    let canvas: HtmlCanvasElement = root.query_selector(selector).ok().flatten()?.dyn_into().ok()?;
    Surface::new(canvas)
}

/// Moves an element; through the object model, which the content security policy allows.
fn put(element: &HtmlElement, property: &str, css: f64) {
    let _ = element.style().set_property(property, &format!("{css:.1}px"));
}

impl Board {
    fn new(element: &HtmlElement, setting: Setting) -> Option<Rc<Self>> {
        let panes: Option<Vec<Pane>> = all(element, ".strip.chart").iter().map(Pane::of).collect();
        let axis = one(element, ".strip.axis .plot");
        let times = axis.and_then(|axis| Some((axis.clone(), surface(&axis, "canvas")?, Vec::new())));
        let palette = Palette::at(element)?;
        let memory = RefCell::new(setting.memory.clone());
        let _ = element.class_list().add_1("on");
        Some(Rc::new(Self {
            element: element.clone(),
            setting,
            palette,
            memory,
            panes: RefCell::new(panes?),
            times: RefCell::new(times),
            frame_due: Cell::new(false),
            axes_due: Cell::new(true),
            scratch: RefCell::default(),
            plot: Cell::new((0.0, 1.0)),
            window: Cell::new((0.0, 1.0)),
            watching: RefCell::default(),
        }))
    }

    fn start(self: &Rc<Self>) {
        let this = StoredValue::new_local(Rc::downgrade(self));
        let with = move |act: &dyn Fn(&Rc<Self>)| {
            if let Some(board) = this.try_get_value().and_then(|weak| weak.upgrade()) {
                act(&board);
            }
        };
        let Setting { source, marks, view, isolated, zone, .. } = self.setting;
        Effect::new(move || {
            source.track();
            with(&Self::take_readings);
        });
        Effect::new(move || {
            marks.track();
            view.range.track();
            view.zoom.track();
            view.paused.track();
            isolated.track();
            zone.track();
            with(&Self::draw_soon);
        });
        Effect::new(move || {
            view.cursor.track();
            with(&|board| board.show_cursor());
        });
        self.watch();
        pointer::listen(self);
    }

    /// Draws anew when the size or the theme changes.
    fn watch(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        let redraw = move |_: JsValue| {
            if let Some(board) = weak.upgrade() {
                board.axes_due.set(true);
                board.draw_soon();
            }
        };
        let mut watching = self.watching.borrow_mut();
        let closure = Closure::new(redraw.clone());
        if let Ok(observer) = web_sys::ResizeObserver::new(closure.as_ref().unchecked_ref()) {
            observer.observe(&self.element);
            watching.push(Watch { stop: Box::new(move || observer.disconnect()), _closure: closure });
        }
        let closure = Closure::new(redraw.clone());
        if let (Ok(observer), Some(root)) =
            (web_sys::MutationObserver::new(closure.as_ref().unchecked_ref()), document().document_element())
        {
            let what = web_sys::MutationObserverInit::new();
            what.set_attributes(true);
            let _ = observer.observe_with_options(&root, &what);
            watching.push(Watch { stop: Box::new(move || observer.disconnect()), _closure: closure });
        }
        if let Ok(Some(system)) = window().match_media("(prefers-color-scheme: dark)") {
            let closure = Closure::new(redraw);
            let function: js_sys::Function = closure.as_ref().unchecked_ref::<js_sys::Function>().clone();
            let _ = system.add_event_listener_with_callback("change", &function);
            let stop = move || drop(system.remove_event_listener_with_callback("change", &function));
            watching.push(Watch { stop: Box::new(stop), _closure: closure });
        }
    }

    fn take_readings(self: &Rc<Self>) {
        let mut changed = false;
        let mut memory = self.memory.borrow_mut();
        for (n, strip) in self.setting.strips.iter().enumerate() {
            for (index, line) in strip.lines.iter().enumerate() {
                if let Some(reading) = self.setting.source.read(line) {
                    changed |= memory.push(n, index, &reading);
                }
            }
        }
        drop(memory);
        if changed && self.setting.view.paused.get_untracked().is_none() {
            self.draw_soon();
        }
    }

    fn draw_soon(self: &Rc<Self>) {
        if !self.frame_due.replace(true) {
            let weak = Rc::downgrade(self);
            request_animation_frame(move || {
                if let Some(board) = weak.upgrade() {
                    board.frame_due.set(false);
                    board.draw();
                }
            });
        }
    }

    fn draw(&self) {
        let memory = self.memory.borrow();
        let window = untrack(|| self.setting.view.window(memory.end));
        self.window.set(window);
        let density = leptos::prelude::window().device_pixel_ratio().max(1.0);
        let axes_due = self.axes_due.replace(false);
        let look = self.look();
        let marks = self.setting.marks.get_untracked();
        let isolated = self.setting.isolated.get_untracked();
        let mut panes = self.panes.borrow_mut();
        let mut scratch = self.scratch.borrow_mut();
        for (n, pane) in panes.iter_mut().enumerate() {
            let strip = &self.setting.strips[n];
            let lines = &memory.strips[n];
            let (left, right) = pane.edges();
            let (width, height) = (f64::from(pane.plot.client_width()), f64::from(pane.plot.client_height()));
            self.plot.set((pane.left_in(&self.element) + left, right - left));
            let resized = pane.axes.fit(width, height, density) | pane.ink.fit(width, height, density);
            let scale = scale(strip, lines, window);
            if resized || axes_due || pane.scale.as_ref() != Some(&scale) {
                pane.draw_axes(&look, strip, &scale, (left, right));
                pane.scale = Some(scale.clone());
            }
            let field = Field { window, scale: &scale, left, width: right - left, height, gap: memory.gap };
            pane.ink.clear();
            self.draw_marks(pane, &field, &marks);
            let context = &pane.ink.context;
            context.save();
            context.begin_path();
            context.rect(left, 0.0, right - left + 1.0, height);
            context.clip();
            context.set_line_join("round");
            context.set_line_cap("round");
            let only = isolated.filter(|chosen| chosen.0 == n).map(|chosen| chosen.1);
            for (index, (line, memory)) in strip.lines.iter().zip(lines).enumerate() {
                if only.is_some_and(|only| only != index) {
                    continue;
                }
                let color = self.palette.css(line.tone.property);
                if let Some([low, high]) = &memory.band {
                    context.set_fill_style_str(&color);
                    context.set_global_alpha(0.16);
                    let (low, high) = (low.within(window.0, window.1), high.within(window.0, window.1));
                    field.band(context, low, high, &mut scratch.0);
                    context.set_global_alpha(1.0);
                }
                if !memory.ghost.is_empty() {
                    context.set_stroke_style_str(&self.palette.css("--ghost"));
                    context.set_line_width(1.0);
                    dash(context, &[2.0, 3.0]);
                    field.line(context, &memory.ghost, &mut scratch.0);
                    dash(context, &[]);
                }
                context.set_stroke_style_str(&color);
                context.set_line_width(1.5);
                field.line(context, memory.own.within(window.0, window.1), &mut scratch.0);
            }
            if let Some(limit) = &strip.limit {
                context.set_stroke_style_str(&self.palette.css("--error"));
                context.set_line_width(1.0);
                dash(context, &[5.0, 4.0]);
                let y = field.y(limit.value).round() + 0.5;
                context.begin_path();
                context.move_to(left, y);
                context.line_to(right, y);
                context.stroke();
                dash(context, &[]);
                if let Some(name) = &pane.limit {
                    put(name, "top", y);
                }
            }
            context.restore();
            let (_, wishes, places) = &mut *scratch;
            wishes.clear();
            wishes.extend(
                lines.iter().map(|line| line.own.newest().map_or(height / 2.0, |value| field.y(value)) - LABEL / 2.0),
            );
            spread(wishes, LABEL, height - LABEL, places);
            for (label, place) in pane.labels.iter().zip(places.iter()) {
                put(label, "top", *place);
            }
        }
        drop(panes);
        self.draw_times(&look, window, density, axes_due);
        self.place_marks(window);
        drop((memory, scratch));
        self.show_cursor();
    }

    fn look(&self) -> Look {
        let palette = &self.palette;
        Look {
            text: palette.rgb("--ink-3"),
            strong: palette.rgb("--ink"),
            grid: palette.rgb("--grid"),
            line: palette.rgb("--line-2"),
            font: palette.font(),
        }
    }

    /// Alerts and events as lines through a strip; the time an alert is open is tinted.
    fn draw_marks(&self, pane: &Pane, field: &Field<'_>, marks: &[Mark]) {
        let context = &pane.ink.context;
        let right = field.left + field.width;
        for mark in marks {
            let until = field.x(mark.until.unwrap_or(field.window.1)).clamp(field.left, right);
            let from = field.x(mark.at);
            if from > right || until <= field.left {
                continue;
            }
            let color = self.palette.css(mark.tone.property);
            if until > from {
                context.set_global_alpha(0.04);
                context.set_fill_style_str(&color);
                context.fill_rect(from.max(field.left), 0.0, until - from.max(field.left), field.height);
                context.set_global_alpha(1.0);
            }
            if from >= field.left {
                context.set_stroke_style_str(&color);
                context.set_line_width(1.0);
                context.begin_path();
                context.move_to(from.round() + 0.5, 0.0);
                context.line_to(from.round() + 0.5, field.height);
                context.stroke();
            }
        }
    }

    fn draw_times(&self, look: &Look, window: (f64, f64), density: f64, force: bool) {
        let mut times = self.times.borrow_mut();
        let Some((plot, surface, drawn)) = times.as_mut() else { return };
        let (left, right) = edges(plot);
        let most = if right - left < 400.0 { 3 } else { 7 };
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
    fn place_marks(&self, window: (f64, f64)) {
        let (_, width) = self.plot.get();
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
            let left = if x + own > width + 100.0 { (x - own + 10.0).max(0.0) } else { (x - 10.0).max(0.0) };
            let _ = mark.class_list().toggle_with_force("out", !shown || left < taken);
            if shown && left >= taken {
                put(&mark, "left", left);
                taken = left + own;
            }
        }
    }

    /// Shows the values at the cursor's moment.
    fn show_cursor(&self) {
        let Ok(panes) = self.panes.try_borrow() else { return };
        let window = self.window.get();
        let cursor = self.setting.view.cursor.get_untracked().filter(|at| *at >= window.0 && *at <= window.1);
        let memory = self.memory.borrow();
        let mut spoken = String::new();
        for (n, pane) in panes.iter().enumerate() {
            pane.cursor.set_hidden(cursor.is_none());
            let (Some(at), Some(scale)) = (cursor, &pane.scale) else {
                pane.dots.iter().for_each(|dot| dot.set_hidden(true));
                continue;
            };
            let (left, right) = pane.edges();
            let field =
                Field { window, scale, left: 0.0, width: right - left, height: pane.ink.height, gap: memory.gap };
            let x = field.x(at);
            put(&pane.cursor, "left", x);
            let _ = pane.cursor.class_list().toggle_with_force("flip", x > field.width * 0.7);
            let strip = &self.setting.strips[n];
            let mut text = String::new();
            if n == 0 {
                text = time::from_unix_seconds(at)
                    .map(|at| clock_seconds(at, self.setting.zone.get_untracked()))
                    .unwrap_or_default();
            }
            for (index, (line, own)) in strip.lines.iter().zip(&memory.strips[n]).enumerate() {
                let value = own.own.at(at, memory.gap / 2.0);
                if !text.is_empty() {
                    text.push_str(" · ");
                }
                if !line.name.is_empty() {
                    text.push_str(&line.name);
                    text.push(' ');
                }
                text.push_str(&format::optional(strip.unit(), value));
                if let Some(dot) = pane.dots.get(index) {
                    dot.set_hidden(value.is_none());
                    put(dot, "left", x);
                    put(dot, "top", value.map_or(0.0, |value| field.y(value)));
                }
            }
            pane.said.set_text_content(Some(&text));
            spoken.push_str(&strip.title);
            spoken.push_str(": ");
            spoken.push_str(&text);
            spoken.push_str(". ");
        }
        if document().active_element().is_some_and(|active| active == *self.element.unchecked_ref::<Element>()) {
            self.setting.spoken.set(spoken);
        }
    }

    /// The container.
    pub(super) fn element(&self) -> &HtmlElement {
        &self.element
    }

    /// The shared time.
    pub(super) fn view(&self) -> ChartTime {
        self.setting.view
    }

    /// What is shown now.
    pub(super) fn shown(&self) -> (f64, f64) {
        self.window.get()
    }

    /// The plot's left edge from the container's, and its width.
    pub(super) fn plot(&self) -> (f64, f64) {
        self.plot.get()
    }

    /// Keeps something for as long as the board lives.
    pub(super) fn keep(&self, stop: Box<dyn Fn()>, closure: Closure<dyn FnMut(JsValue)>) {
        self.watching.borrow_mut().push(Watch { stop, _closure: closure });
    }
}

fn dash(context: &web_sys::CanvasRenderingContext2d, pattern: &[f64]) {
    let array: js_sys::Array = pattern.iter().copied().map(JsValue::from_f64).collect();
    let _ = context.set_line_dash(&array);
}

/// The edges of the plot area within its box, as the style sheet lays it out.
fn edges(plot: &HtmlElement) -> (f64, f64) {
    let Some(area) = one(plot, ".area") else { return (0.0, 1.0) };
    let left = f64::from(area.offset_left());
    (left, left + f64::from(area.client_width()).max(1.0))
}

fn device_plot(left: f64, right: f64, surface: &Surface) -> Plot {
    #[expect(clippy::cast_possible_truncation, reason = "pixels of a screen")]
    let px = |css: f64| (css * surface.density).round() as i32;
    Plot { left: px(left), right: px(right), height: px(surface.height), density: surface.density }
}

impl Pane {
    fn of(strip: &HtmlElement) -> Option<Self> {
        let plot = one(strip, ".plot")?;
        Some(Self {
            axes: surface(strip, "canvas.axes")?,
            ink: surface(strip, "canvas.ink")?,
            cursor: one(strip, ".cursor")?,
            said: one(strip, ".cur-v")?,
            limit: one(strip, ".thr-in"),
            dots: all(strip, ".dot"),
            labels: all(strip, ".dl"),
            plot,
            scale: None,
        })
    }

    fn edges(&self) -> (f64, f64) {
        edges(&self.plot)
    }

    fn left_in(&self, container: &HtmlElement) -> f64 {
        self.plot.get_bounding_client_rect().left() - container.get_bounding_client_rect().left()
    }

    fn draw_axes(&self, look: &Look, strip: &Strip, scale: &Scale, (left, right): (f64, f64)) {
        self.axes.clear();
        let _ = self.axes.context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0);
        if let Some(backend) = CanvasBackend::with_canvas_object(self.axes.canvas.clone()) {
            // A canvas that cannot be drawn on stays empty; the table has the numbers.
            let _ = axes::values(backend, &device_plot(left, right, &self.axes), look, strip.unit(), scale);
        }
    }
}

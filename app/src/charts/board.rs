//! The strip chart in the browser: takes over from the server's picture, draws at most once a frame and
//! only when something changed, and moves cursor, labels and marks.
//!
//! - `pane`: the elements of a strip, and where they lie.
//! - `lines`: what is drawn in a strip.
//! - `times`: what stands along the time axis.
//! - `cursor`: the values at a moment.
//! - `readings`: live points, the past that was missed, and the table of all that.
//! - `setting`: what the chart is made of, and how a board takes it over.

mod cursor;
mod lines;
mod pane;
mod readings;
mod setting;
mod times;

use super::axes::Look;
use super::history::{LineMemory, Memory};
use super::ink::{Field, steady};
use super::pointer;
use super::strip_chart::scale;
use super::surface::Palette;
use super::table::Rows;
use super::view::ChartTime;
use super::watch::{Watch, changes};
use crate::live::use_live;
use crate::session::Zone;
use crate::turns::in_turn;
use leptos::prelude::*;
use lines::Scratch;
use pane::{Pane, Place, all};
pub use setting::{Setting, take_over};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use times::{Name, Times};
use web_sys::HtmlElement;

/// The chart.
pub struct Board {
    element: HtmlElement,
    setting: Setting,
    palette: Palette,
    memory: RefCell<Memory>,
    panes: RefCell<Vec<Pane>>,
    times: RefCell<Option<Times>>,
    names: RefCell<Vec<Name>>,
    frame_due: Cell<bool>,
    axes_due: Cell<bool>,
    names_due: Cell<bool>,
    /// The rows of the table that is open, and the zone of their times.
    rows: Cell<Option<(Rows, Zone)>>,
    /// How often something had been missed when the past was last loaded.
    missed: Cell<u32>,
    scratch: RefCell<Scratch>,
    look: RefCell<Look>,
    /// The container's width, CSS pixels.
    width: Cell<f64>,
    /// The plot in CSS pixels from the container's left edge, and the time in it, as last drawn.
    plot: Cell<(f64, f64)>,
    window: Cell<(f64, f64)>,
    /// Whether the cursor is shown.
    has_cursor: Cell<bool>,
    watching: RefCell<Vec<Watch>>,
}

impl Board {
    fn new(element: &HtmlElement, setting: Setting) -> Option<Rc<Self>> {
        let panes: Option<Vec<Pane>> = all(element, ".strip.chart").iter().map(Pane::of).collect();
        let palette = Palette::at(element)?;
        let memory = RefCell::new(setting.memory.clone());
        let _ = element.class_list().add_1("on");
        Some(Rc::new(Self {
            element: element.clone(),
            setting,
            palette,
            memory,
            panes: RefCell::new(panes?),
            times: RefCell::new(Times::of(element)),
            names: RefCell::default(),
            frame_due: Cell::new(false),
            axes_due: Cell::new(true),
            names_due: Cell::new(true),
            rows: Cell::new(None),
            missed: Cell::new(use_live().missed().get_untracked()),
            scratch: RefCell::default(),
            look: RefCell::default(),
            width: Cell::new(0.0),
            plot: Cell::new((0.0, 1.0)),
            window: Cell::new((0.0, 1.0)),
            // The dots are there from the start: the first frame hides them.
            has_cursor: Cell::new(true),
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
        let Setting { source, marks, view, zone, .. } = self.setting;
        Effect::new(move || {
            source.track();
            with(&Self::take_readings);
        });
        Effect::new(move || {
            marks.shown.track();
            view.track();
            zone.track();
            with(&|board| {
                board.names_due.set(true);
                board.draw_soon();
            });
        });
        Effect::new(move || {
            view.cursor.track();
            view.marked.track();
            with(&|board| board.show_cursor());
        });
        let missed = use_live().missed();
        Effect::new(move || {
            // What stands still for a reader is made whole when it goes on.
            let stands = view.paused.get().is_some() || view.zoom().is_some();
            let missed = missed.get();
            with(&|board| {
                if !stands && board.missed.replace(missed) != missed {
                    board.load_past();
                }
            });
        });
        let weak = Rc::downgrade(self);
        let look_changed = move || {
            if let Some(board) = weak.upgrade() {
                board.axes_due.set(true);
                board.draw_soon();
            }
        };
        self.watching.borrow_mut().extend(changes(&self.element, Rc::new(look_changed)));
        pointer::listen(self);
    }

    fn draw_soon(self: &Rc<Self>) {
        if !self.frame_due.replace(true) {
            let weak = Rc::downgrade(self);
            in_turn(move || {
                if let Some(board) = weak.upgrade() {
                    board.frame_due.set(false);
                    board.draw();
                }
            });
        }
    }

    fn draw(&self) {
        let memory = self.memory.borrow();
        let density = leptos::prelude::window().device_pixel_ratio().max(1.0);
        let axes_due = self.axes_due.replace(false);
        if axes_due {
            self.measure();
        }
        let window = steady(untrack(|| self.setting.view.window(memory.end)), self.plot.get().1 * density);
        self.window.set(window);
        // Before anything is moved: these ask for sizes, and the page would be laid out for it.
        self.place_marks(window);
        let look = self.look.borrow();
        let marks = self.setting.marks.shown.read_untracked();
        let mut panes = self.panes.borrow_mut();
        let mut scratch = self.scratch.borrow_mut();
        for (n, pane) in panes.iter_mut().enumerate() {
            let (strip, lines) = (&self.setting.strips[n], &*memory.strips[n]);
            let Place { edges: (left, right), size: (width, height), .. } = pane.place;
            let resized = pane.axes.fit(width, height, density) | pane.fit_ink(width, height, density);
            let scale = scale(strip, lines, window);
            if resized || axes_due || pane.scale.as_ref() != Some(&scale) {
                pane.draw_axes(&look, strip, &scale, (left, right));
                pane.scale = Some(scale.clone());
            }
            let field = Field { window, scale: &scale, left, width: right - left, height, density, gap: memory.gap };
            let only = untrack(|| self.setting.view.only(&strip.lines));
            self.draw_strip(pane, &field, (strip, lines), (&marks, only), &mut scratch);
        }
        drop(panes);
        self.tell_ends(&memory);
        self.draw_times(&look, window, density, axes_due);
        drop((memory, scratch, look));
        self.show_cursor();
        self.show_table();
    }

    /// Tells the values where what is shown stands.
    fn tell_ends(&self, memory: &Memory) {
        let Some(ends) = &self.setting.ends else { return };
        let values = |to| {
            let of = |lines: &Vec<LineMemory>| lines.iter().map(|line| line.own.until(to)).collect();
            memory.strips.iter().map(of).collect()
        };
        ends.tell(untrack(|| self.setting.view.stands()).map(values).unwrap_or_default());
    }

    /// Asks the browser where everything lies and how it looks: only when a size or the theme has changed.
    fn measure(&self) {
        self.names_due.set(true);
        self.width.set(f64::from(self.element.client_width()));
        let palette = &self.palette;
        palette.forget();
        self.look.replace(Look {
            text: palette.plotters("--ink-3"),
            strong: palette.plotters("--ink"),
            grid: palette.plotters("--grid"),
            line: palette.plotters("--line-2"),
            font: palette.font(),
            scale: palette.text_scale(),
        });
        for pane in self.panes.borrow_mut().iter_mut() {
            pane.place = Place::of(&pane.plot, &self.element);
            let (left, right) = pane.place.edges;
            self.plot.set((pane.place.left + left, right - left));
        }
    }

    /// Keeps something for as long as the board lives.
    pub(super) fn keep(&self, watch: Watch) {
        self.watching.borrow_mut().push(watch);
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

    /// The plot's left edge from the container's, and its width. What is due is drawn first: a pointer may come before its turn.
    pub(super) fn plot(&self) -> (f64, f64) {
        if self.axes_due.get() {
            self.draw();
        }
        self.plot.get()
    }
}

//! The strip chart in the browser: takes over from the server's picture, draws at most once a frame and
//! only when something changed, and moves cursor, labels and marks.
//!
//! - `pane`: the elements of a strip, and where they lie.
//! - `lines`: what is drawn in a strip.
//! - `times`: what stands along the time axis.
//! - `cursor`: the values at a moment.
//! - `readings`: live points, and the past that was missed.

mod cursor;
mod lines;
mod pane;
mod readings;
mod times;

use super::axes::Look;
use super::history::Memory;
use super::ink::{Field, steady};
use super::pointer;
use super::source::Source;
use super::strip::{Mark, Strip};
use super::strip_chart::scale;
use super::surface::Palette;
use super::turns::draw_in_turn;
use super::view::ChartTime;
use super::watch::{Watch, changes};
use crate::live::use_live;
use crate::session::Zone;
use leptos::html::Div;
use leptos::prelude::*;
use lines::Scratch;
use pane::{Pane, Place, all};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use times::Times;
use web_sys::HtmlElement;

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

/// The chart.
pub struct Board {
    element: HtmlElement,
    setting: Setting,
    palette: Palette,
    memory: RefCell<Memory>,
    panes: RefCell<Vec<Pane>>,
    times: RefCell<Option<Times>>,
    frame_due: Cell<bool>,
    axes_due: Cell<bool>,
    /// How often something had been missed when the past was last loaded.
    missed: Cell<u32>,
    scratch: RefCell<Scratch>,
    look: RefCell<Look>,
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
            frame_due: Cell::new(false),
            axes_due: Cell::new(true),
            missed: Cell::new(use_live().missed().get_untracked()),
            scratch: RefCell::default(),
            look: RefCell::default(),
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
        let missed = use_live().missed();
        Effect::new(move || {
            // What stands still for a reader is made whole when it goes on.
            let stands = view.paused.get().is_some() || view.zoom.get().is_some();
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
            draw_in_turn(move || {
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
        let marks = self.setting.marks.get_untracked();
        let isolated = self.setting.isolated.get_untracked();
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
            let only = isolated.filter(|chosen| chosen.0 == n).map(|chosen| chosen.1);
            self.draw_strip(pane, &field, (strip, lines), (&marks, only), &mut scratch);
        }
        drop(panes);
        self.draw_times(&look, window, density, axes_due);
        drop((memory, scratch, look));
        self.show_cursor();
    }

    /// Asks the browser where everything lies and how it looks: only when a size or the theme has changed.
    fn measure(&self) {
        let palette = &self.palette;
        palette.forget();
        self.look.replace(Look {
            text: palette.plotters("--ink-3"),
            strong: palette.plotters("--ink"),
            grid: palette.plotters("--grid"),
            line: palette.plotters("--line-2"),
            font: palette.font(),
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

    /// The plot's left edge from the container's, and its width.
    pub(super) fn plot(&self) -> (f64, f64) {
        self.plot.get()
    }
}

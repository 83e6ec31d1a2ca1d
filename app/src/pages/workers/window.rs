//! Which rows of a long table are in view. Rows have one height, measured once they are there; what lies above and below
//! is held open by fillers. While one scrolls, rows are shifted only; when it stops they are put in order. On the server,
//! and until the page is mounted, the window is the first rows.

use crate::server_fns::FIRST_ROWS;
use leptos::html::Table;
use leptos::prelude::*;

/// Rows drawn beyond the edges of the screen, so that scrolling shows no gap.
const SPARE: usize = 8;

/// A part of the rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Window {
    /// The first row that is drawn.
    pub(super) first: usize,
    /// The row after the last.
    pub(super) last: usize,
    /// How many rows there are.
    pub(super) count: usize,
    /// The height of a row, pixels; 0 where it is not known.
    pub(super) height: f64,
    /// Rows that are drawn wherever the window is; fewer only where there are no more.
    pub(super) slots: usize,
    /// Whether it is being moved: rows are put in order when it stops.
    pub(super) is_moving: bool,
    /// After a jump, the first row that is seen and the one after the last: the others are left for the next frame.
    pub(super) seen: Option<(usize, usize)>,
}

impl Window {
    /// The window onto `count` rows.
    fn of(count: usize, View { height, scrolled, screen, is_far, is_moving }: View) -> Self {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "cut to 0..=count")]
        let row = |pixels: f64| ((pixels / height).max(0.0) as usize).min(count);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rows of a screen")]
        let slots = (screen / height).ceil().max(1.0) as usize + 1 + 2 * SPARE;
        let drawn = slots.min(count);
        let first = row(scrolled).saturating_sub(SPARE).min(count - drawn);
        let last = first + drawn;
        let seen = is_far.then(|| (row(scrolled), row(scrolled + screen) + 1));
        Self { first, last, count, height, slots, is_moving, seen }
    }
}

/// What the browser measures, pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
struct View {
    /// Height of a row.
    height: f64,
    /// How far the top of the screen lies below the first row.
    scrolled: f64,
    /// Height of the screen.
    screen: f64,
    /// Whether it was scrolled further than a screen at once.
    is_far: bool,
    /// Whether it is being scrolled.
    is_moving: bool,
}

/// The window onto a table's rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowWindow {
    /// The table.
    pub(super) table: NodeRef<Table>,
    range: Memo<Window>,
}

impl RowWindow {
    /// A window onto `count` rows.
    pub(super) fn new(count: Signal<usize>) -> Self {
        let table = NodeRef::new();
        let view = RwSignal::new(None::<View>);
        #[cfg(feature = "hydrate")]
        browser::watch(table, view);
        let range = Memo::new(move |_| match view.get() {
            Some(view) => Window::of(count.get(), view),
            None => {
                let (count, slots) = (count.get(), FIRST_ROWS + SPARE);
                Window { first: 0, last: count.min(slots), count, height: 0.0, slots, is_moving: false, seen: None }
            }
        });
        Self { table, range }
    }

    /// The rows in view.
    pub(super) fn range(self) -> Window {
        self.range.get()
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::View;
    use leptos::html::Table;
    use leptos::leptos_dom::helpers::debounce;
    use leptos::prelude::*;
    use std::cell::RefCell;
    use std::time::Duration;
    use wasm_bindgen::JsCast;

    /// How long nothing has scrolled when rows are put in order.
    const REST: Duration = Duration::from_millis(120);

    /// Measures after mounting, on scrolling and on resizing, at most once a frame.
    pub(super) fn watch(table: NodeRef<Table>, view: RwSignal<Option<View>>) {
        let waiting = StoredValue::new(false);
        // The page may be gone by the time the frame comes.
        let measured = move |is_moving| {
            let new = look(&table.try_get_untracked().flatten()?)?;
            let before = view.try_get_untracked()?;
            let is_far = before.is_some_and(|before| (new.scrolled - before.scrolled).abs() > new.screen);
            view.set(Some(View { is_far, is_moving, ..new }));
            Some(is_far)
        };
        let measure = move |is_moving| measure(waiting, move || measured(is_moving));
        let rest = move || {
            if view.try_get_untracked().flatten().is_some_and(|view| view.is_moving) {
                measured(false);
            }
        };
        let rest_later = RefCell::new(debounce(REST, move |()| rest()));
        Effect::new(move || {
            if table.get().is_some() {
                measure(false);
            }
        });
        let scroll = window_event_listener(leptos::ev::scroll, move |_| {
            measure(true);
            rest_later.borrow_mut()(());
        });
        let resize = window_event_listener(leptos::ev::resize, move |_| measure(false));
        // A key goes from what has the focus to what follows it in the page.
        let key = window_event_listener(leptos::ev::keydown, move |_| rest());
        on_cleanup(move || {
            scroll.remove();
            resize.remove();
            key.remove();
        });
    }

    /// Measures with the next frame; after a jump also with the one after it, in which there is time for what is not seen.
    fn measure(waiting: StoredValue<bool>, measured: impl Fn() -> Option<bool> + Copy + 'static) {
        if waiting.try_get_value().unwrap_or(true) {
            return;
        }
        waiting.set_value(true);
        request_animation_frame(move || {
            if waiting.try_set_value(false).is_none() && measured() == Some(true) {
                measure(waiting, measured);
            }
        });
    }

    fn look(table: &web_sys::HtmlTableElement) -> Option<View> {
        let body = table.query_selector("tbody").ok()??;
        let row = body.query_selector("tr:not(.filler):not(.grp)").ok().flatten()?;
        let height = row.unchecked_ref::<web_sys::HtmlElement>().get_bounding_client_rect().height();
        let screen = window().inner_height().ok()?.as_f64()?;
        let scrolled = -body.get_bounding_client_rect().top();
        (height > 0.0).then_some(View { height, scrolled, screen, is_far: false, is_moving: false })
    }
}

//! Which rows of a long table are in view. Rows have one height, measured once they are there; what
//! lies above and below is held open by fillers. On the server, and until the page is mounted, the
//! window is the first rows.

use crate::server_fns::FIRST_ROWS;
use leptos::html::Table;
use leptos::prelude::*;

/// Rows drawn beyond the edges of the screen, so that scrolling shows no gap.
const SPARE: usize = 8;

/// A part of the rows, and the height of what is left out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Window {
    /// The first row that is drawn.
    pub(super) first: usize,
    /// The row after the last.
    pub(super) last: usize,
    /// Pixels above.
    pub(super) above: f64,
    /// Pixels below.
    pub(super) below: f64,
    /// Rows that are drawn wherever the window is; fewer only where there are no more.
    pub(super) slots: usize,
    /// After a jump, the first row that is seen and the one after the last: the others are left for the next frame.
    pub(super) seen: Option<(usize, usize)>,
}

impl Window {
    /// The window onto `count` rows.
    fn of(count: usize, View { height, scrolled, screen, is_far }: View) -> Self {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "cut to 0..=count")]
        let row = |pixels: f64| ((pixels / height).max(0.0) as usize).min(count);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rows of a screen")]
        let slots = (screen / height).ceil().max(1.0) as usize + 1 + 2 * SPARE;
        let drawn = slots.min(count);
        let first = row(scrolled).saturating_sub(SPARE).min(count - drawn);
        let last = first + drawn;
        let seen = is_far.then(|| (row(scrolled), row(scrolled + screen) + 1));
        Self { first, last, above: first as f64 * height, below: (count - last) as f64 * height, slots, seen }
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
                let slots = FIRST_ROWS + SPARE;
                Window { first: 0, last: count.get().min(slots), above: 0.0, below: 0.0, slots, seen: None }
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
    use leptos::prelude::*;
    use wasm_bindgen::JsCast;

    /// Measures after mounting, on scrolling and on resizing, at most once a frame.
    pub(super) fn watch(table: NodeRef<Table>, view: RwSignal<Option<View>>) {
        let waiting = StoredValue::new(false);
        // The page may be gone by the time the frame comes.
        let measured = move || {
            let new = look(&table.try_get_untracked().flatten()?)?;
            let before = view.try_get_untracked()?;
            let is_far = before.is_some_and(|before| (new.scrolled - before.scrolled).abs() > new.screen);
            view.set(Some(View { is_far, ..new }));
            Some(is_far)
        };
        let measure = move || measure(waiting, measured);
        Effect::new(move || {
            if table.get().is_some() {
                measure();
            }
        });
        let scroll = window_event_listener(leptos::ev::scroll, move |_| measure());
        let resize = window_event_listener(leptos::ev::resize, move |_| measure());
        on_cleanup(move || {
            scroll.remove();
            resize.remove();
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
        (height > 0.0).then(|| View { height, scrolled: -body.get_bounding_client_rect().top(), screen, is_far: false })
    }
}
